//! The store of an estate: one SQLite database, sealed, with one writer.
//!
//! `schema` is the layout, `seal` the keys, `db` the connections and the writing thread, `rows` a stack's rows, `lease`
//! who may write them, `install` how a state is put in place, `store` the contract of every store, `estate` plans and
//! events, `approvals` what is said of plans and environments. Reads use a connection of their own and see one moment.
//! Invariants: every write is a transaction that began by taking the right to write and by comparing the fencing
//! number; nothing durable is told before its commit returned, which syncs fully.

mod approvals;
mod db;
mod estate;
mod install;
mod lease;
mod rows;
mod schema;
mod seal;
mod store;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use state::journal::{Fold, Folded, InDoubt, Record};
use state::{Digest, State};

use crate::commit::{Sink, Submission, Writer};
use crate::contract::Loaded;
use crate::error::{CreateError, LoadError, OpenError, PortError, WriteError};
use crate::key::StackKey;
use crate::lease::Lease;
use crate::rescue::{Found, RescueDirs, Rescuer};
use crate::world::World;

use db::{DbCommit, Refusal};
use install::Install;
use seal::Seal;

pub use seal::MasterKey;

/// Which estate a store belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstateIdentity {
    /// Its id, as `strata.hcl` has it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
}

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
}

/// The store of an estate.
pub struct SqliteStore {
    settings: SqliteSettings,
    world: Arc<dyn World>,
    seal: Arc<Seal>,
    rescuer: Rescuer,
    reader: Mutex<Connection>,
    writer: Arc<Writer<DbCommit>>,
    seen: Mutex<lease::Seen>,
    /// What is stored of the stacks that this process has the lease of, by fencing number: nobody else can have changed
    /// it, and so it is not read and opened again.
    known: Mutex<HashMap<StackKey, (u64, Known)>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let beside = path.parent().map(Path::to_owned);
        let dirs = beside.into_iter().chain(settings.rescue.0.iter().cloned()).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rescuer = Rescuer::new(RescueDirs(dirs), name, seal.clone());
        let commit = DbCommit::new(db, &path, seal.clone(), rescuer.clone());
        let writer = Writer::start("store", commit).map_err(|error| failed(&error))?;
        Ok(SqliteStore {
            settings,
            world,
            seal,
            rescuer,
            reader: Mutex::new(reader),
            writer: Arc::new(writer),
            seen: Mutex::default(),
            known: Mutex::default(),
        })
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

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.settings.path
    }

    /// Carries out a writing transaction on the writing thread.
    fn write<T: Send + 'static>(
        &self,
        body: impl FnOnce(&Connection, &Seal) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let seal = self.seal.clone();
        self.writer.run(move |commit| commit.write(|transaction| body(transaction, &seal)))
    }

    /// Reads at one moment.
    fn read<T>(
        &self,
        body: impl FnOnce(&Connection, &Seal) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut reader = locked(&self.reader);
        let transaction = reader.transaction()?;
        body(&transaction, &self.seal)
    }

    /// What is stored of a stack, its journal not folded.
    fn stored(&self, stack: &StackKey) -> Result<Stored, Refusal> {
        self.read(|db, seal| {
            let Some(row) = rows::find(db, stack)? else { return Ok(Stored::default()) };
            let (state, stale) = rows::read(db, seal, &row)?;
            let records = rows::read_records(db, seal, &row)?;
            let in_doubt = rows::read_in_doubt(db, seal, &row)?;
            let rescued = match records.last() {
                Some(last) => self.rescuer.find(stack, &last.run, last.seq),
                None => Found::default(),
            };
            Ok(Stored { state, stale, records, rescued, in_doubt })
        })
    }

    /// The same, if the lease is still good. What is known under it is not read again.
    fn stored_under(&self, lease: &Lease) -> Result<Stored, Refusal> {
        let has_journal = self.read(|db, _| {
            let stack = rows::fenced(db, lease)?;
            Ok(rows::has_journal(db, &stack)?)
        })?;
        let known = locked(&self.known).get(lease.stack()).cloned();
        match known {
            Some((fence, known)) if fence == lease.fence() && !has_journal => {
                let Known { state, stale, in_doubt } = known;
                Ok(Stored { state, stale, in_doubt, ..Stored::default() })
            }
            _ => {
                let stored = self.stored(lease.stack())?;
                if stored.records.is_empty() {
                    self.learn(lease, &stored.state, &stored.stale, &stored.in_doubt);
                }
                Ok(stored)
            }
        }
    }

    fn learn(
        &self,
        lease: &Lease,
        state: &State,
        stale: &BTreeSet<Arc<str>>,
        in_doubt: &[InDoubt],
    ) {
        let (state, stale, in_doubt) = (state.clone(), stale.clone(), in_doubt.to_vec());
        let known = (lease.fence(), Known { state, stale, in_doubt });
        locked(&self.known).insert(lease.stack().clone(), known);
    }

    /// Carries out an installation, and remembers what it left; after a failure nothing is known.
    fn put_in_place(
        &self,
        lease: &Lease,
        base: &State,
        install: Install,
    ) -> Result<State, WriteError> {
        locked(&self.known).remove(lease.stack());
        let state = install.state().unwrap_or(base).clone();
        self.write(move |db, seal| install.carry_out(db, seal))
            .map_err(|refusal| refusal.write(&self.settings.path))?;
        Ok(state)
    }

    fn folded(&self, stored: &Stored) -> Result<Folded, LoadError> {
        let mut fold = Fold::new(stored.state.clone()).with_stale(stored.stale.clone());
        for record in stored.records.iter().chain(&stored.rescued.records) {
            let path = self.settings.path.clone();
            fold.apply(record).map_err(|error| LoadError::Fold { path, error: Box::new(error) })?;
        }
        Ok(fold.finish())
    }

    /// Puts a folded state in place, and ends its journal.
    fn install(&self, lease: &Lease, base: &State, folded: Folded) -> Result<Loaded, WriteError> {
        let install = Install::folded(lease, base, &folded, &self.settings.version);
        let state = self.put_in_place(lease, base, install)?;
        let digest = digest(&state);
        let (in_doubt, stale) = (folded.in_doubt, folded.stale);
        self.learn(lease, &state, &stale, &in_doubt);
        Ok(Loaded { state, digest, in_doubt, stale, recovered: None })
    }
}

/// A state without an open journal.
#[derive(Clone)]
struct Known {
    state: State,
    stale: BTreeSet<Arc<str>>,
    in_doubt: Vec<InDoubt>,
}

/// What is stored of a stack.
#[derive(Default)]
struct Stored {
    state: State,
    stale: BTreeSet<Arc<str>>,
    records: Vec<Record>,
    /// What goes on where the records end.
    rescued: Found,
    in_doubt: Vec<InDoubt>,
}

/// What a state in the database is bound by: serials move only through the store.
fn digest(state: &State) -> Digest {
    Digest::of(format!("{}\n{}", state.lineage, state.serial).as_bytes())
}

/// Makes an empty database a store.
fn lay_out(settings: &SqliteSettings, seal: &Seal, now_ms: u64) -> rusqlite::Result<()> {
    let mut db = db::connect(&settings.path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = db.transaction()?;
    transaction.execute_batch(schema::LAYOUT_1_SQL)?;
    schema::UPGRADES_SQL.iter().try_for_each(|sql| transaction.execute_batch(sql))?;
    transaction.execute(
        "INSERT INTO estate VALUES (?1, ?2, ?3, ?4)",
        params![settings.estate.id, settings.estate.name, seal.key_check(), now_ms],
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
    db.query_row("SELECT id, name, key_check FROM estate", [], |row| {
        let estate = EstateIdentity { id: row.get(0)?, name: row.get(1)? };
        Ok(Identified { estate, key_check: row.get(2)?, layout })
    })
    .map_err(|_| OpenError::NotAStore { path: path() })
}

/// Opens the database of this estate, sealed with this key, and no other; gives an older one today's layout.
fn open_checked(settings: &SqliteSettings, seal: &Seal) -> Result<Connection, OpenError> {
    let path = || settings.path.clone();
    let mut db = db::connect(&settings.path).map_err(|_| OpenError::NotAStore { path: path() })?;
    let Identified { estate: found, key_check, layout } = identity(&db, &settings.path)?;
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
