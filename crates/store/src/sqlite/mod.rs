//! The store of an estate in one SQLite database, sealed, with one writer.
//!
//! `schema` is the layout, `db` the connections and the writing thread. Reads use a connection of their own and see one
//! moment. What is done with rows is the same for every database, and stands there.
//! Invariants: every write is a transaction that began by taking the right to write; nothing durable is told before its
//! commit returned, which syncs fully.

mod db;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, params};

use crate::commit::{Sink, Submission, Writer};
use crate::database::seal::{MasterKey, Seal};
use crate::database::sql::{Refusal, Sql};
use crate::database::{Common, DatabaseStore, Engine, EstateIdentity, locked};
use crate::error::{CreateError, OpenError, PortError};
use crate::estate::StoreKind;
use crate::rescue::{RescueDirs, Rescuer};
use crate::world::World;

use db::{DbCommit, said};

/// How a [`SqliteStore`] is set up.
#[derive(Clone, Debug)]
pub struct SqliteSettings {
    /// The database.
    pub path: PathBuf,
    /// The estate at hand.
    pub estate: EstateIdentity,
    /// What its sensitive values are sealed with.
    pub key: MasterKey,
    /// How long a silent holder on another host is waited for, in milliseconds.
    pub lease_ms: u64,
    /// Where entries go that the journal cannot take, besides beside the database.
    pub rescue: RescueDirs,
    /// The version that stands in the states written.
    pub version: Arc<str>,
    /// What the store is to be about; one about something else is not opened.
    pub kind: StoreKind,
}

/// The store of an estate in a SQLite database.
pub type SqliteStore = DatabaseStore<Sqlite>;

/// A SQLite database.
pub struct Sqlite {
    path: PathBuf,
    reader: Mutex<Connection>,
    writer: Arc<Writer<DbCommit>>,
}

impl Engine for Sqlite {
    fn write<T: Send + 'static>(
        &self,
        body: impl Fn(&dyn Sql) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.writer.run(move |commit| commit.write(body))
    }

    fn read<T>(&self, body: impl Fn(&dyn Sql) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut reader = locked(&self.reader);
        let transaction = reader.transaction().map_err(|error| said(&error))?;
        body(&*transaction)
    }

    fn sink(&self) -> Arc<dyn Sink> {
        Arc::new(SharedSink(self.writer.clone()))
    }

    fn place(&self) -> &Path {
        &self.path
    }
}

impl SqliteStore {
    /// Makes an empty store for an estate, and opens it.
    ///
    /// # Errors
    /// Where there is a file already, or the system refuses.
    pub fn create(
        settings: SqliteSettings,
        world: Arc<dyn World>,
    ) -> Result<SqliteStore, CreateError> {
        let path = settings.path.clone();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(CreateError::Exists(path));
            }
            Err(error) => return Err(PortError::new("cannot make the store", path, &error).into()),
        }
        let seal = Seal::new(settings.key.clone(), &settings.estate.id, world.clone());
        let made = lay_out(&settings, &seal, world.now_ms()).map_err(|error| error.to_string());
        let opened = made
            .map_err(|cause| PortError::new("cannot make the store", &path, &cause))
            .and_then(|()| {
                SqliteStore::open(settings, world)
                    .map_err(|error| PortError::new("cannot open the new store", &path, &error))
            });
        opened.map_err(|error| {
            // Ours, empty, and of no use to anybody.
            drop(std::fs::remove_file(&path));
            error.into()
        })
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// Where there is none, or it is another estate's, or sealed with another key.
    pub fn open(settings: SqliteSettings, world: Arc<dyn World>) -> Result<SqliteStore, OpenError> {
        let path = settings.path.clone();
        if !path.exists() {
            return Err(OpenError::MissingStore { path });
        }
        let seal = Arc::new(Seal::new(settings.key.clone(), &settings.estate.id, world.clone()));
        let reader = open_checked(&settings, &seal)?;
        let failed = |error: &dyn std::fmt::Display| {
            OpenError::Port(PortError::new("cannot open the store", &path, error))
        };
        let db = db::connect(&path).map_err(|error| failed(&error))?;
        if settings.kind == StoreKind::Rehearsal {
            db::survive_the_process_only(&db).map_err(|error| failed(&error))?;
        }
        let beside = path.parent().map(Path::to_owned);
        let dirs = beside.into_iter().chain(settings.rescue.0.iter().cloned()).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rescuer = Rescuer::new(RescueDirs(dirs), name, seal.clone());
        let commit = DbCommit::new(db, &path, seal.clone(), rescuer.clone());
        let writer = Writer::start("store", commit).map_err(|error| failed(&error))?;
        let engine = Sqlite { path, reader: Mutex::new(reader), writer: Arc::new(writer) };
        let common =
            Common { lease_ms: settings.lease_ms, version: settings.version, kind: settings.kind };
        Ok(SqliteStore::over(engine, common, world, seal, rescuer))
    }

    /// The estate it belongs to, without its key: what to say of a file that may be another estate's.
    ///
    /// # Errors
    /// Where there is no store.
    pub fn identify(path: &Path) -> Result<EstateIdentity, OpenError> {
        if !path.exists() {
            return Err(OpenError::MissingStore { path: path.to_owned() });
        }
        let db = db::connect(path).map_err(|_| OpenError::NotAStore { path: path.to_owned() })?;
        identity(&db, path).map(|found| found.estate)
    }

    /// What the store in a file is about, without its key.
    ///
    /// # Errors
    /// Where there is no store.
    pub fn kind_of(path: &Path) -> Result<StoreKind, OpenError> {
        if !path.exists() {
            return Err(OpenError::MissingStore { path: path.to_owned() });
        }
        let db = db::connect(path).map_err(|_| OpenError::NotAStore { path: path.to_owned() })?;
        identity(&db, path).map(|found| found.kind)
    }

    /// Makes a database that nobody uses one file, with nothing beside it.
    pub(crate) fn seal_off(path: &Path) -> Result<(), PortError> {
        let done = db::connect(path)
            .and_then(|db| db.pragma_update(None, "journal_mode", "DELETE"))
            .map_err(|error| PortError::new("cannot finish the backup", path, &error));
        done.and_then(|()| {
            std::fs::File::open(path)
                .and_then(|file| file.sync_all())
                .map_err(|error| PortError::new("cannot finish the backup", path, &error))
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.engine.path
    }
}

/// Makes an empty database a store.
fn lay_out(settings: &SqliteSettings, seal: &Seal, now_ms: u64) -> rusqlite::Result<()> {
    let mut db = db::connect(&settings.path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = db.transaction()?;
    transaction.execute_batch(schema::LAYOUT_1_SQL)?;
    schema::UPGRADES_SQL.iter().try_for_each(|sql| transaction.execute_batch(sql))?;
    transaction.execute(
        "INSERT INTO estate (id, name, key_check, made_ms, kind) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            settings.estate.id,
            settings.estate.name,
            seal.key_check(),
            now_ms,
            settings.kind.text()
        ],
    )?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", schema::LAYOUT)?;
    transaction.commit()
}

/// Whose store it is, what tells its key, and which layout it has.
struct Identified {
    estate: EstateIdentity,
    key_check: Vec<u8>,
    layout: i64,
    kind: StoreKind,
}

fn identity(db: &Connection, path: &Path) -> Result<Identified, OpenError> {
    let number = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let path = || path.to_owned();
    match number("application_id") {
        Ok(schema::APPLICATION_ID) => {}
        _ => return Err(OpenError::NotAStore { path: path() }),
    }
    let layout = match number("user_version") {
        Ok(layout) if (1..=schema::LAYOUT).contains(&layout) => layout,
        Ok(version) if version > schema::LAYOUT => {
            return Err(OpenError::NewerStore { path: path(), version });
        }
        _ => return Err(OpenError::NotAStore { path: path() }),
    };
    let sql = match layout {
        1 | 2 => "SELECT id, name, key_check, 'real' FROM estate",
        _ => "SELECT id, name, key_check, kind FROM estate",
    };
    let (estate, key_check, kind) = db
        .query_row(sql, [], |row| {
            let estate = EstateIdentity { id: row.get(0)?, name: row.get(1)? };
            Ok((estate, row.get(2)?, row.get::<_, String>(3)?))
        })
        .map_err(|_| OpenError::NotAStore { path: path() })?;
    let kind = StoreKind::parse(&kind).ok_or_else(|| OpenError::NotAStore { path: path() })?;
    Ok(Identified { estate, key_check, layout, kind })
}

/// Opens the database of this estate, sealed with this key, and no other; gives an older one today's layout.
fn open_checked(settings: &SqliteSettings, seal: &Seal) -> Result<Connection, OpenError> {
    let path = || settings.path.clone();
    let mut db = db::connect(&settings.path).map_err(|_| OpenError::NotAStore { path: path() })?;
    let Identified { estate: found, key_check, layout, kind } = identity(&db, &settings.path)?;
    if kind != settings.kind {
        return Err(OpenError::OtherKind { path: path(), found: kind });
    }
    if found.id != settings.estate.id {
        let wanted = settings.estate.id.clone();
        return Err(OpenError::ForeignStore {
            path: path(),
            found: (found.id, found.name),
            wanted,
        });
    }
    if key_check != seal.key_check() {
        return Err(OpenError::WrongKey { path: path() });
    }
    if layout < schema::LAYOUT {
        schema::upgrade(&mut db)
            .map_err(|e| PortError::new("cannot upgrade the store", path(), &e))?;
    }
    Ok(db)
}

/// The writer shared by all journals of the store.
struct SharedSink(Arc<Writer<DbCommit>>);

impl Sink for SharedSink {
    fn submit(&self, submission: Submission) {
        self.0.submit(submission);
    }
}
