//! The store of an estate: one SQLite database, sealed, with one writer.
//!
//! `schema` is the layout, `seal` the keys, `db` the connections and the writing thread, `rows` a stack's rows, `lease`
//! who may write them, `estate` plans and events. Reads use a connection of their own and see one moment.
//! Invariants: every write is a transaction that began by taking the right to write and by comparing the fencing
//! number; nothing durable is told before its commit returned, which syncs fully.

mod db;
mod estate;
mod lease;
mod rows;
mod schema;
mod seal;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use state::journal::{Fold, Folded, InDoubt, Open, OutputChange, Record};
use state::{Digest, ObjectAddr, State};

use crate::close::{closed, lineage, replaced};
use crate::commit::{Sink, Submission, Writer};
use crate::contract::{
    EstateStore, Loaded, Opening, PlanHead, Published, Recovered, Store, StorePlan,
};
use crate::error::{CreateError, LoadError, LockError, OpenError, PortError, WriteError};
use crate::event::{ChainError, Event, EventRecord};
use crate::file::{check_base, opening_records};
use crate::journal::Journal;
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};
use crate::rescue::{Found, RescueDirs, Rescuer};
use crate::world::World;

use db::{DbCommit, Refusal};
use rows::{Change, StackRow};
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
        identity(&db, path).map(|(identity, _)| identity)
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

    /// The same, if the lease is still good.
    fn stored_under(&self, lease: &Lease) -> Result<Stored, Refusal> {
        self.read(|db, _| rows::fenced(db, lease).map(drop))?;
        self.stored(lease.stack())
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
        let next = closed(base, &folded.state, &self.settings.version);
        let touched = folded.touched.rows.iter().cloned().collect();
        let outputs = output_changes(&folded);
        let change = Installed {
            lease: lease.clone(),
            base_serial: base.serial,
            state: next.clone(),
            touched,
            outputs,
            in_doubt: folded.in_doubt.clone(),
            journal: JournalIs::ToSettle,
        };
        self.write(move |db, seal| change.carry_out(db, seal))
            .map_err(|refusal| refusal.write(&self.settings.path))?;
        let state = next.unwrap_or_else(|| base.clone());
        let digest = digest(&state);
        let (in_doubt, stale) = (folded.in_doubt, folded.stale);
        Ok(Loaded { state, digest, in_doubt, stale, recovered: None })
    }

    fn lineage(&self) -> Arc<str> {
        let mut random = [0; 16];
        self.world.random(&mut random);
        lineage(random)
    }
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

fn output_changes(folded: &Folded) -> Vec<OutputChange> {
    let mut changes = Vec::new();
    for name in &folded.touched.outputs {
        match folded.state.outputs.get(name) {
            Some(output) => changes.push(OutputChange::Set(name.clone(), output.clone())),
            None => changes.push(OutputChange::Removed(name.clone())),
        }
        if folded.stale.contains(name) {
            changes.push(OutputChange::Stale(name.clone()));
        }
    }
    changes
}

/// What is expected of a stack's journal when a state is put in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JournalIs {
    /// It belongs to this state, and ends.
    ToSettle,
    /// There must be none.
    Absent,
}

/// A state to be put in place, and all that goes with it.
struct Installed {
    lease: Lease,
    base_serial: u64,
    state: Option<State>,
    touched: Vec<ObjectAddr>,
    outputs: Vec<OutputChange>,
    in_doubt: Vec<InDoubt>,
    journal: JournalIs,
}

impl Installed {
    fn carry_out(self, db: &Connection, seal: &Seal) -> Result<(), Refusal> {
        let stack = rows::fenced(db, &self.lease)?;
        if stack.serial != self.base_serial {
            let found = stack.serial;
            return Err(WriteError::Stale { expected: self.base_serial, found }.into());
        }
        if self.journal == JournalIs::Absent && has_journal(db, &stack)? {
            return Err(WriteError::JournalOpen.into());
        }
        let after = self.state.as_ref().map_or(stack.serial, |state| state.serial);
        let mut change = Change::begin(db, seal, stack.clone())?;
        if let Some(state) = &self.state {
            change.advance(state)?;
            for at in &self.touched {
                change.put_object(at, state.row(at).as_ref())?;
            }
        }
        self.outputs.iter().try_for_each(|output| change.publish(output))?;
        change.finish()?;
        rows::settle_journal(db, seal, &stack.at(after), &self.in_doubt)
    }
}

fn has_journal(db: &Connection, stack: &StackRow) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM journal WHERE stack = ?1 LIMIT 1")?.exists([stack.id])
}

/// Makes an empty database a store.
fn lay_out(settings: &SqliteSettings, seal: &Seal, now_ms: u64) -> rusqlite::Result<()> {
    let mut db = db::connect(&settings.path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = db.transaction()?;
    transaction.execute_batch(schema::LAYOUT_SQL)?;
    transaction.execute(
        "INSERT INTO estate VALUES (?1, ?2, ?3, ?4)",
        params![settings.estate.id, settings.estate.name, seal.key_check(), now_ms],
    )?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", schema::LAYOUT)?;
    transaction.commit()
}

/// Whose store it is, and what tells its key.
fn identity(db: &Connection, path: &Path) -> Result<(EstateIdentity, Vec<u8>), OpenError> {
    let number = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let path = || path.to_owned();
    match number("application_id") {
        Ok(schema::APPLICATION_ID) => {}
        _ => return Err(OpenError::NotAStore { path: path() }),
    }
    match number("user_version") {
        Ok(schema::LAYOUT) => {}
        Ok(version) => return Err(OpenError::NewerStore { path: path(), version }),
        Err(_) => return Err(OpenError::NotAStore { path: path() }),
    }
    db.query_row("SELECT id, name, key_check FROM estate", [], |row| {
        Ok((EstateIdentity { id: row.get(0)?, name: row.get(1)? }, row.get(2)?))
    })
    .map_err(|_| OpenError::NotAStore { path: path() })
}

/// Opens the database of this estate, sealed with this key, and no other.
fn open_checked(settings: &SqliteSettings, seal: &Seal) -> Result<Connection, OpenError> {
    let path = || settings.path.clone();
    let db = db::connect(&settings.path).map_err(|_| OpenError::NotAStore { path: path() })?;
    let (found, key_check) = identity(&db, &settings.path)?;
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
    Ok(db)
}

/// The writer shared by all journals of the store.
struct SharedSink(Arc<Writer<DbCommit>>);

impl Sink for SharedSink {
    fn submit(&self, submission: Submission) {
        self.0.submit(submission);
    }
}

impl Store for SqliteStore {
    fn acquire(&self, stack: &StackKey, request: &LockRequest) -> Result<Lease, LockError> {
        let asked = lease::Asked {
            stack: stack.clone(),
            request: request.clone(),
            me: self.world.me(),
            now_ms: self.world.now_ms(),
        };
        let world = self.world.clone();
        let (now_ms, lease_ms) = (self.world.monotonic_ms(), self.settings.lease_ms);
        let seen = std::mem::take(&mut *locked(&self.seen));
        let (granted, seen) = self.writer.run(move |commit| {
            let mut seen = seen;
            let granted = commit.write(|transaction| {
                lease::acquire(transaction, &asked, &*world, &mut seen, now_ms, lease_ms)
            });
            (granted, seen)
        });
        locked(&self.seen).extend(seen);
        let fence = granted.map_err(|refusal| refusal.lock(&self.settings.path))?;
        Ok(Lease::new(stack.clone(), fence, request.clone(), now_ms))
    }

    fn heartbeat(&self, lease: &Lease) -> Result<(), WriteError> {
        let (ours, now_ms) = (lease.clone(), self.world.now_ms());
        let asked_ms = self.world.monotonic_ms();
        self.write(move |db, _| lease::beat(db, &ours, now_ms))
            .map_err(|refusal| refusal.write(&self.settings.path))?;
        lease.confirm(asked_ms);
        Ok(())
    }

    fn release(&self, lease: Lease) -> Result<(), PortError> {
        self.write(move |db, _| lease::release(db, &lease))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn holder(&self, stack: &StackKey) -> Result<Option<Holder>, PortError> {
        self.read(|db, _| Ok(lease::holder(db, stack)?))
            .map(|holder| holder.filter(|holder| lease::may_live(holder, &*self.world)))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn break_lock(&self, stack: &StackKey) -> Result<Option<Holder>, LockError> {
        let stack = stack.clone();
        self.write(move |db, _| lease::break_lock(db, &stack))
            .map_err(|refusal| refusal.lock(&self.settings.path))
    }

    fn peek(&self, stack: &StackKey) -> Result<Loaded, LoadError> {
        let stored = self.stored(stack).map_err(|refusal| refusal.load(&self.settings.path))?;
        let digest = digest(&stored.state);
        if stored.records.is_empty() {
            let Stored { state, stale, in_doubt, .. } = stored;
            return Ok(Loaded { state, digest, in_doubt, stale, recovered: None });
        }
        let Folded { state, in_doubt, stale, .. } = self.folded(&stored)?;
        Ok(Loaded { state, digest, in_doubt, stale, recovered: None })
    }

    fn load(&self, lease: &Lease) -> Result<Loaded, LoadError> {
        let stored = self.stored_under(lease);
        let stored = stored.map_err(|refusal| refusal.load(&self.settings.path))?;
        let Some(first) = stored.records.first() else {
            let digest = digest(&stored.state);
            let Stored { state, stale, in_doubt, .. } = stored;
            return Ok(Loaded { state, digest, in_doubt, stale, recovered: None });
        };
        let entries = stored.records.len() + stored.rescued.records.len();
        let recovered = Recovered { run: first.run.clone(), entries };
        let folded = self.folded(&stored)?;
        let loaded = self.install(lease, &stored.state, folded)?;
        stored.rescued.remove()?;
        Ok(Loaded { recovered: Some(recovered), ..loaded })
    }

    fn open_journal(&self, lease: &Lease, opening: &Opening) -> Result<Journal, WriteError> {
        let path = &self.settings.path;
        let stored = self.stored_under(lease).map_err(|refusal| refusal.write(path))?;
        if !stored.records.is_empty() {
            return Err(WriteError::JournalOpen);
        }
        let lineage = match &*stored.state.lineage {
            "" => opening.lineage.clone().unwrap_or_else(|| self.lineage()),
            _ => stored.state.lineage.clone(),
        };
        let open = Open {
            lineage,
            base_serial: stored.state.serial,
            base: digest(&stored.state),
            plan: opening.plan,
            fence: lease.fence(),
            owner: lease.request().who.clone(),
        };
        let records = opening_records(opening, open, stored.in_doubt);
        let mut fold = Fold::new(stored.state.clone()).with_stale(stored.stale);
        for record in &records {
            fold.apply(record).expect("BUG: a journal's own opening does not fold");
        }
        let (ours, base_serial) = (lease.clone(), stored.state.serial);
        self.write(move |db, seal| {
            let stack = rows::fenced(db, &ours)?;
            if stack.serial != base_serial || has_journal(db, &stack)? {
                return Err(WriteError::JournalOpen.into());
            }
            rows::put_records(db, seal, &stack, &records)
        })
        .map_err(|refusal| refusal.write(path))?;
        let sink = Arc::new(SharedSink(self.writer.clone()));
        Ok(Journal::new(lease, opening.run.clone(), stored.state, fold, sink))
    }

    fn close_journal(&self, lease: &Lease, journal: Journal) -> Result<Loaded, WriteError> {
        let (base, folded) = journal.finish()?;
        self.install(lease, &base, folded)
    }

    fn replace(&self, lease: &Lease, base_serial: u64, state: State) -> Result<Loaded, WriteError> {
        let path = &self.settings.path;
        let stored = self.stored_under(lease).map_err(|refusal| refusal.write(path))?;
        check_base(&stored.state, base_serial, &state)?;
        let mut state = replaced(&stored.state, state, &self.settings.version);
        if state.lineage.is_empty() {
            state.lineage = self.lineage();
        }
        let change = Installed {
            lease: lease.clone(),
            base_serial,
            touched: differing_rows(&stored.state, &state),
            outputs: differing_outputs(&stored.state, &state),
            state: Some(state.clone()),
            in_doubt: stored.in_doubt.clone(),
            journal: JournalIs::Absent,
        };
        self.write(move |db, seal| change.carry_out(db, seal))
            .map_err(|refusal| refusal.write(path))?;
        let digest = digest(&state);
        let in_doubt = stored.in_doubt;
        Ok(Loaded { state, digest, in_doubt, stale: BTreeSet::new(), recovered: None })
    }
}

/// Addresses at which two states differ.
fn differing_rows(before: &State, after: &State) -> Vec<ObjectAddr> {
    let gone = before.rows().map(|(at, _)| at).filter(|at| after.object(at).is_none());
    let other =
        after.rows().filter(|(at, row)| before.row(at).as_ref() != Some(row)).map(|(at, _)| at);
    gone.chain(other).collect()
}

fn differing_outputs(before: &State, after: &State) -> Vec<OutputChange> {
    let gone = before.outputs.keys().filter(|name| !after.outputs.contains_key(*name));
    let gone = gone.map(|name| OutputChange::Removed(name.clone()));
    let set = after.outputs.iter();
    let set = set.map(|(name, output)| OutputChange::Set(name.clone(), output.clone()));
    gone.chain(set).collect()
}

impl EstateStore for SqliteStore {
    fn stacks(&self) -> Result<Vec<StackKey>, PortError> {
        self.read(|db, _| Ok(estate::stacks(db)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn outputs(&self, stack: &StackKey) -> Result<BTreeMap<Arc<str>, Published>, LoadError> {
        self.read(|db, seal| match rows::find(db, stack)? {
            Some(row) => rows::read_outputs(db, seal, &row, None),
            None => Ok(BTreeMap::new()),
        })
        .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn put_plan(&self, plan: &StorePlan) -> Result<(), PortError> {
        let plan = plan.clone();
        self.write(move |db, seal| Ok(estate::put_plan(db, seal, &plan)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn plan(&self, id: &str) -> Result<Option<StorePlan>, LoadError> {
        self.read(|db, seal| estate::plan(db, seal, id))
            .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn plans(&self) -> Result<Vec<PlanHead>, PortError> {
        self.read(|db, _| Ok(estate::plans(db)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn record(&self, event: &Event) -> Result<u64, PortError> {
        let event = event.clone();
        self.write(move |db, _| Ok(estate::record(db, event)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn events(&self, from: u64, count_max: usize) -> Result<Vec<EventRecord>, PortError> {
        self.read(|db, _| Ok(estate::events(db, from, count_max)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn verify_events(&self) -> Result<u64, ChainError> {
        let chain = self.read(|db, _| Ok(estate::verify(db)?));
        chain.map_err(|refusal| refusal.port(&self.settings.path))?
    }
}
