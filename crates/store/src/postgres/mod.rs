//! The store of an estate in PostgreSQL, for those who share an estate from several machines.
//!
//! `address` says where, `passfile` and `tls` how to get in, `session` is a connection, `patience` how long a server
//! that went away is waited for, `writer` the transactions, `pool` the readings, `schema` the layout. What is done with
//! rows is the same for every database, and stands there.
//! Invariants: nothing is used that does not keep what it committed; leases are timed by the server's clock alone.

mod address;
mod passfile;
mod patience;
mod pool;
mod schema;
mod session;
mod tls;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::commit::{Sink, Submission, Writer};
use crate::database::seal::{MasterKey, Seal};
use crate::database::sql::{Refusal, Sql, SqlError, SqlFault, params};
use crate::database::{Common, DatabaseStore, Engine, EstateIdentity};
use crate::error::{CreateError, OpenError, PortError};
use crate::estate::StoreKind;
use crate::rescue::{RescueDirs, Rescuer};
use crate::world::World;

use pool::Pool;
use session::{Connector, Session};
use writer::PgWriter;

pub use address::{AddressFault, PostgresAddress, PostgresHost, PostgresTls};
pub use passfile::password_in;
pub use session::Password;

/// The oldest server that is used, as it numbers itself.
const SERVER_VERSION_MIN: u32 = 150_000;

/// How a [`PostgresStore`] is set up.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// Where the database is.
    pub address: PostgresAddress,
    /// The role to log in as.
    pub user: String,
    /// Its password, where it needs one.
    pub password: Option<Password>,
    /// The estate at hand.
    pub estate: EstateIdentity,
    /// What its sensitive values are sealed with.
    pub key: MasterKey,
    /// How long a silent holder on another host is believed alive, in milliseconds of the server's clock.
    pub lease_ms: u64,
    /// How long a server that went away is waited for, in milliseconds.
    pub patience_ms: u64,
    /// Where entries go that the journal cannot take.
    pub rescue: RescueDirs,
    /// The version that stands in the states written.
    pub version: Arc<str>,
    /// What the store is to be about; one about something else is not opened.
    pub kind: StoreKind,
}

/// The store of an estate in PostgreSQL.
pub type PostgresStore = DatabaseStore<Postgres>;

/// A PostgreSQL database.
pub struct Postgres {
    // Before the connector, whose end ends its connections: the writer says goodbye.
    writer: Arc<Writer<PgWriter>>,
    pool: Pool,
    connector: Arc<Connector>,
}

impl Engine for Postgres {
    fn write<T: Send + 'static>(
        &self,
        body: impl Fn(&dyn Sql) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.writer.run(move |writer| writer.write(body))
    }

    fn read<T>(&self, body: impl Fn(&dyn Sql) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.pool.read(body)
    }

    fn sink(&self) -> Arc<dyn Sink> {
        Arc::new(SharedSink(self.writer.clone()))
    }

    fn place(&self) -> &Path {
        self.connector.place()
    }
}

/// The writer shared by all journals of the store.
struct SharedSink(Arc<Writer<PgWriter>>);

impl Sink for SharedSink {
    fn submit(&self, submission: Submission) {
        self.0.submit(submission);
    }
}

impl PostgresStore {
    /// Makes an empty store for an estate in a database that is there, and opens it.
    ///
    /// # Errors
    /// Where there is a store already, or the server refuses.
    pub fn create(
        settings: PostgresSettings,
        world: Arc<dyn World>,
    ) -> Result<PostgresStore, CreateError> {
        let place = PathBuf::from(&settings.address.text);
        let failed = |cause: &dyn std::fmt::Display| {
            CreateError::Port(PortError::new("cannot make the store", &place, cause))
        };
        let connector = connector(&settings)?;
        let session = connector.connect().map_err(|error| failed(&error))?;
        check_server(&session, &place).map_err(|error| failed(&error))?;
        if find_layout(&session, connector.schema()).map_err(|error| failed(&error))?.is_some() {
            return Err(CreateError::Exists(place));
        }
        let seal = Seal::new(settings.key.clone(), &settings.estate.id, world.clone());
        lay_out(&session, connector.schema(), &settings, &seal).map_err(|error| failed(&error))?;
        drop(session);
        PostgresStore::open(settings, world).map_err(|error| failed(&error))
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// Where there is none, it is another estate's or sealed with another key, or the server does not do what a store
    /// relies on.
    pub fn open(
        settings: PostgresSettings,
        world: Arc<dyn World>,
    ) -> Result<PostgresStore, OpenError> {
        let connector = Arc::new(connector(&settings)?);
        let place = connector.place().to_owned();
        let failed = |cause: &dyn std::fmt::Display| {
            OpenError::Port(PortError::new("cannot open the store", &place, cause))
        };
        let session = connector.connect().map_err(|error| failed(&error))?;
        check_server(&session, &place)?;
        let seal = Arc::new(Seal::new(settings.key.clone(), &settings.estate.id, world.clone()));
        check_store(&session, &settings, &seal)?;
        let mut id = [0; 16];
        world.random(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let rescuer = Rescuer::new(settings.rescue.clone(), "strata-estate", seal.clone());
        let patience = Duration::from_millis(settings.patience_ms);
        let (ours, theirs) = (connector.clone(), seal.clone());
        let writer = PgWriter::new(ours, session, id, patience, theirs, rescuer.clone())
            .map_err(|error| failed(&error))?;
        let writer = Writer::start("store", writer).map_err(|error| failed(&error))?;
        let pool = Pool::new(connector.clone(), patience);
        let engine = Postgres { writer: Arc::new(writer), pool, connector };
        let common =
            Common { lease_ms: settings.lease_ms, version: settings.version, kind: settings.kind };
        Ok(PostgresStore::over(engine, common, world, seal, rescuer))
    }

    /// Where it is.
    pub fn address(&self) -> &Path {
        self.engine.connector.place()
    }
}

fn connector(settings: &PostgresSettings) -> Result<Connector, PortError> {
    Connector::new(&settings.address, &settings.user, settings.password.as_ref())
}

/// Whether the server does what a store relies on.
fn check_server(session: &Session, place: &Path) -> Result<(), OpenError> {
    let show = |sql: &str| {
        session.show(sql).map_err(|error| {
            OpenError::Port(PortError::new("cannot ask the server of the store", place, &error))
        })
    };
    let unfit = |why: String, remedy: &'static str| {
        Err(OpenError::Unfit { path: place.to_owned(), why, remedy })
    };
    let version: u32 = show("SHOW server_version_num")?.parse().unwrap_or_default();
    if version < SERVER_VERSION_MIN {
        let why = format!("the server is PostgreSQL {}", show("SHOW server_version")?);
        return unfit(why, "Use PostgreSQL 15 or newer.");
    }
    if show("SELECT pg_is_in_recovery()::text")? == "true" {
        return unfit(
            "the server is a standby, which only reads".into(),
            "Name the primary server.",
        );
    }
    let commit = show("SHOW synchronous_commit")?;
    if !matches!(&*commit, "on" | "remote_apply") {
        return unfit(
            format!("synchronous_commit is {commit}: what is committed could be lost"),
            "Set it to on for the role or the database: ALTER ROLE ... SET synchronous_commit = on.",
        );
    }
    if show("SHOW fsync")? != "on" {
        return unfit(
            "fsync is off: what is committed could be lost".into(),
            "Turn fsync on in the server's configuration.",
        );
    }
    Ok(())
}

/// The layout of the store in a schema, where there is one.
fn find_layout(session: &Session, schema: &str) -> Result<Option<i64>, SqlError> {
    let sql = "SELECT count(*) FROM pg_catalog.pg_tables
               WHERE schemaname = ?1::text AND tablename = 'layout'";
    let found = session.find(sql, params![schema])?;
    if found.map(|row| row.int(0)).transpose()? != Some(1) {
        return Ok(None);
    }
    session.find("SELECT version FROM layout", &[])?.map(|row| row.int(0)).transpose()
}

fn lay_out(
    session: &Session,
    schema: &str,
    settings: &PostgresSettings,
    seal: &Seal,
) -> Result<(), SqlError> {
    let first = schema::LAYOUT_FIRST_SQL;
    session.batch(&format!("BEGIN; CREATE SCHEMA IF NOT EXISTS \"{schema}\"; {first}"))?;
    schema::UPGRADES_SQL.iter().try_for_each(|sql| session.batch(sql))?;
    let (estate, kind) = (&settings.estate, settings.kind.text());
    let now_ms = session.clock_ms()?.unwrap_or_default();
    session.execute("INSERT INTO layout VALUES (?1)", params![schema::LAYOUT])?;
    session.execute(
        "INSERT INTO estate (id, name, key_check, made_ms, kind) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![&estate.id, &estate.name, &seal.key_check(), now_ms, kind],
    )?;
    session.batch("COMMIT")
}

/// Gives a store of an older layout today's, in one transaction. Where another process did so meanwhile, nothing is done.
fn upgrade(session: &Session) -> Result<(), SqlError> {
    session.batch("BEGIN; LOCK TABLE layout IN ACCESS EXCLUSIVE MODE")?;
    let found = session.find("SELECT version FROM layout", &[])?;
    let layout = found.map_or(Ok(schema::LAYOUT), |row| row.int(0))?;
    for sql in schema::UPGRADES_SQL.iter().skip((layout - schema::LAYOUT_FIRST).max(0) as usize) {
        session.batch(sql)?;
    }
    if layout < schema::LAYOUT {
        session.execute("UPDATE layout SET version = ?1", params![schema::LAYOUT])?;
    }
    session.batch("COMMIT")
}

/// Whether the store there is this estate's, sealed with this key.
fn check_store(
    session: &Session,
    settings: &PostgresSettings,
    seal: &Seal,
) -> Result<(), OpenError> {
    let path = || PathBuf::from(&settings.address.text);
    let failed = |error: SqlError| match error.fault {
        SqlFault::Lost => OpenError::Port(PortError::new("cannot open the store", path(), &error)),
        _ => OpenError::Port(PortError::new("cannot read the store", path(), &error)),
    };
    let layout = match find_layout(session, &settings.address.schema).map_err(failed)? {
        None => return Err(OpenError::MissingStore { path: path() }),
        Some(layout) if (schema::LAYOUT_FIRST..=schema::LAYOUT).contains(&layout) => layout,
        Some(version) => return Err(OpenError::NewerStore { path: path(), version }),
    };
    let sql = match layout {
        schema::LAYOUT_FIRST => "SELECT id, name, key_check, 'real' FROM estate",
        _ => "SELECT id, name, key_check, kind FROM estate",
    };
    let found = session.find(sql, &[]).map_err(failed)?;
    let row = found.ok_or_else(|| OpenError::NotAStore { path: path() })?;
    let text = |column| row.text(column).map(str::to_owned).map_err(failed);
    let (id, name) = (text(0)?, text(1)?);
    if id != settings.estate.id {
        let wanted = settings.estate.id.clone();
        return Err(OpenError::ForeignStore { path: path(), found: (id, name), wanted });
    }
    if row.bytes(2).map_err(failed)? != seal.key_check() {
        return Err(OpenError::WrongKey { path: path() });
    }
    let kind = row.text(3).map_err(failed)?;
    match StoreKind::parse(kind).ok_or_else(|| OpenError::NotAStore { path: path() })? {
        kind if kind == settings.kind => {}
        found => return Err(OpenError::OtherKind { path: path(), found }),
    }
    if layout < schema::LAYOUT { upgrade(session).map_err(failed) } else { Ok(()) }
}
