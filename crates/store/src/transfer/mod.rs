//! Carrying an estate from one store to another: moving it, backing it up, restoring it.
//!
//! Everything is read at one moment and written in one transaction, so that what is there afterwards is all of it or
//! nothing; then it is read back and compared. A backup is a SQLite store like any other, in one file.
//! Invariants: nothing is written over; a store that is moved from is left as it is, but for an event that says so;
//! what was sealed is carried sealed, and opens only as what it was.

mod compare;
mod tables;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::contract::Store as _;
use crate::database::{DatabaseStore, Engine};
use crate::error::{CreateError, LoadError, LockError, OpenError, PortError};
use crate::estate::EstateStore as _;
use crate::event::{ChainError, Event};
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};
use crate::place::StorePlace;
use crate::postgres::PostgresStore;
use crate::sqlite::{SqliteSettings, SqliteStore};
use crate::world::World;

use tables::{Contents, Fences, JOURNAL, is_empty};

/// How much higher the fencing numbers of a restored store are: more than leases were given out since its backup, so
/// that nobody who holds one of those can write.
const FENCE_STEP: u64 = 1_000_000;

/// What was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Stacks that have a state.
    pub stacks: usize,
    /// Their objects.
    pub objects: usize,
    /// Kept plans.
    pub plans: usize,
    /// Events.
    pub events: u64,
    /// Journals of runs that were under way.
    pub journals: usize,
}

/// Why an estate was not carried.
#[derive(Debug)]
pub enum TransferError {
    /// One of the stores is not opened.
    Open(OpenError),
    /// The store that is to take it cannot be made.
    Create(CreateError),
    /// The store that is to take it has something.
    NotEmpty(PathBuf),
    /// There is a file where the backup is to be.
    Exists(PathBuf),
    /// Somebody works on a stack.
    Held {
        /// The stack.
        stack: StackKey,
        /// Who; boxed, since a holder is large.
        holder: Option<Box<Holder>>,
    },
    /// A run of a stack was not ended: its journal must be folded first.
    JournalOpen(StackKey),
    /// What was read back is not what was carried.
    Differs {
        /// Of what.
        what: String,
    },
    /// Something stored could not be read.
    Load(StackKey, LoadError),
    /// The chain of events does not hold.
    Chain(ChainError),
    /// The system refused.
    Port(PortError),
}

macro_rules! from {
    ($($kind:ident $error:ty),+ $(,)?) => {$(
        impl From<$error> for TransferError {
            fn from(error: $error) -> TransferError {
                TransferError::$kind(error)
            }
        }
    )+};
}
from!(Open OpenError, Create CreateError, Chain ChainError, Port PortError);

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferError::Open(error) => error.fmt(f),
            TransferError::Create(error) => error.fmt(f),
            TransferError::NotEmpty(path) => write!(f, "{} is not empty", path.display()),
            TransferError::Exists(path) => write!(f, "{} exists", path.display()),
            TransferError::Held { stack, holder: Some(holder) } => {
                write!(f, "{stack} is locked by {holder}")
            }
            TransferError::Held { stack, holder: None } => write!(f, "{stack} is locked"),
            TransferError::JournalOpen(stack) => write!(f, "a run of {stack} has not ended"),
            TransferError::Differs { what } => {
                write!(f, "what was read back differs from what was carried: {what}")
            }
            TransferError::Load(stack, error) => write!(f, "{stack}: {error}"),
            TransferError::Chain(error) => error.fmt(f),
            TransferError::Port(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TransferError {}

/// Who carries, and when: for the locks and the event.
#[derive(Clone, Debug)]
pub struct Carrier {
    /// How the locks are asked for.
    pub request: LockRequest,
    /// Where it is carried to, for the event: an address without a password.
    pub to: Arc<str>,
}

/// Either kind of store, as a place has it.
enum Either {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

macro_rules! either {
    ($store:expr, $bound:ident => $body:expr) => {
        match $store {
            Either::Sqlite($bound) => $body,
            Either::Postgres($bound) => $body,
        }
    };
}

impl Either {
    fn open(place: StorePlace, world: &Arc<dyn World>) -> Result<Either, OpenError> {
        let world = world.clone();
        Ok(match place {
            StorePlace::Sqlite(settings) => Either::Sqlite(SqliteStore::open(settings, world)?),
            StorePlace::Postgres(settings) => {
                Either::Postgres(PostgresStore::open(*settings, world)?)
            }
        })
    }

    /// The store that is there, or a new one.
    fn open_or_create(place: StorePlace, world: &Arc<dyn World>) -> Result<Either, TransferError> {
        let again = place.clone();
        match Either::open(place, world) {
            Err(OpenError::MissingStore { .. }) => {}
            opened => return Ok(opened?),
        }
        let world = world.clone();
        Ok(match again {
            StorePlace::Sqlite(settings) => Either::Sqlite(SqliteStore::create(settings, world)?),
            StorePlace::Postgres(settings) => {
                Either::Postgres(PostgresStore::create(*settings, world)?)
            }
        })
    }
}

/// Moves an estate into another store, which is made where there is none and must have nothing. Nobody may be working
/// on a stack meanwhile; the store that it is moved from stays, with an event that tells where to.
///
/// # Errors
/// Where somebody works on a stack, a run has not ended, the other store has something, or what is read back from it
/// differs.
pub fn copy(
    from: StorePlace,
    to: StorePlace,
    carrier: &Carrier,
    world: &Arc<dyn World>,
) -> Result<Carried, TransferError> {
    let from = Either::open(from, world)?;
    let path = to.path();
    let to = Either::open_or_create(to, world)?;
    check_empty(&to, path)?;
    either!(&from, from => {
        let leases = lock_all(from, &carrier.request)?;
        let copied = record(from, carrier, &**world).and_then(|()| carry(from, &to, Fences::Kept));
        leases.into_iter().for_each(|lease| drop(from.release(lease)));
        copied
    })
}

/// Writes everything that a store holds at one moment into a new file, runs under way included.
///
/// # Errors
/// Where there is a file already, or what is read back differs.
pub fn backup(
    from: StorePlace,
    to: &SqliteSettings,
    world: &Arc<dyn World>,
) -> Result<Carried, TransferError> {
    if to.path.exists() {
        return Err(TransferError::Exists(to.path.clone()));
    }
    let from = Either::open(from, world)?;
    let partial = partial(&to.path);
    drop(fs::remove_file(&partial));
    let made =
        SqliteStore::create(SqliteSettings { path: partial.clone(), ..to.clone() }, world.clone())?;
    let to_store = Either::Sqlite(made);
    let carried = either!(&from, from => carry_anything(from, &to_store, Fences::Kept));
    drop(to_store);
    let done = carried.and_then(|carried| {
        SqliteStore::seal_off(&partial)?;
        // Fails where somebody made the file meanwhile.
        fs::hard_link(&partial, &to.path)
            .and_then(|()| fs::File::open(to.path.parent().unwrap_or(Path::new("/")))?.sync_all())
            .map_err(|error| PortError::new("cannot write the backup", &to.path, &error))?;
        Ok(carried)
    });
    drop(fs::remove_file(&partial));
    done
}

/// Puts a backup into a store, which is made where there is none and must have nothing. What holders of earlier leases
/// still want to write is refused there.
///
/// # Errors
/// Where the backup is not this estate's, the store has something, or what is read back differs.
pub fn restore(
    from: &SqliteSettings,
    to: StorePlace,
    world: &Arc<dyn World>,
) -> Result<Carried, TransferError> {
    let from = SqliteStore::open(from.clone(), world.clone())?;
    let path = to.path();
    let to = Either::open_or_create(to, world)?;
    check_empty(&to, path)?;
    carry_anything(&from, &to, Fences::RaisedBy(FENCE_STEP))
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

fn check_empty(store: &Either, path: PathBuf) -> Result<(), TransferError> {
    let empty = either!(store, store => {
        let read = store.engine.read(|db| Ok(is_empty(db)?));
        read.map_err(|refusal| refusal.port(store.engine.place()))?
    });
    if empty { Ok(()) } else { Err(TransferError::NotEmpty(path)) }
}

/// Takes the lease of every stack, so that nobody writes while it is carried.
fn lock_all<E: Engine>(
    store: &DatabaseStore<E>,
    request: &LockRequest,
) -> Result<Vec<Lease>, TransferError> {
    let mut leases = Vec::new();
    for stack in store.stacks()? {
        let refused = match store.acquire(&stack, request) {
            Ok(lease) => {
                leases.push(lease);
                continue;
            }
            Err(LockError::Held(holder)) => TransferError::Held { stack, holder: Some(holder) },
            Err(LockError::HeldByUnknown) => TransferError::Held { stack, holder: None },
            Err(LockError::Port(error)) => TransferError::Port(error),
        };
        leases.into_iter().for_each(|lease| drop(store.release(lease)));
        return Err(refused);
    }
    Ok(leases)
}

fn record<E: Engine>(
    store: &DatabaseStore<E>,
    carrier: &Carrier,
    world: &dyn World,
) -> Result<(), TransferError> {
    let event = Event::new(world.now_ms(), carrier.request.author(), "store-copy");
    store.record(&event.saying(format!("to {}", carrier.to)))?;
    Ok(())
}

/// Carries everything of a store in which no run is under way.
fn carry<E: Engine>(
    from: &DatabaseStore<E>,
    to: &Either,
    fences: Fences,
) -> Result<Carried, TransferError> {
    let contents = contents(from)?;
    if let Some(entry) = contents.rows(JOURNAL).first() {
        let of = entry.int(0).ok();
        let stack = contents.rows("stack").iter().find(|row| row.int(0).ok() == of);
        let address = stack.and_then(|row| row.text(1).ok()).unwrap_or("a stack");
        return Err(TransferError::JournalOpen(StackKey::from(address)));
    }
    put(contents, from, to, fences)
}

/// The same with runs under way.
fn carry_anything<E: Engine>(
    from: &DatabaseStore<E>,
    to: &Either,
    fences: Fences,
) -> Result<Carried, TransferError> {
    put(contents(from)?, from, to, fences)
}

fn contents<E: Engine>(from: &DatabaseStore<E>) -> Result<Contents, PortError> {
    let read = from.engine.read(|db| Ok(Contents::read(db)?));
    read.map_err(|refusal| refusal.port(from.engine.place()))
}

fn put<E: Engine>(
    contents: Contents,
    from: &DatabaseStore<E>,
    to: &Either,
    fences: Fences,
) -> Result<Carried, TransferError> {
    let contents = Arc::new(contents);
    let ours = contents.clone();
    either!(to, to => {
        let written = to.engine.write(move |db| Ok(ours.write(db, fences)?));
        written.map_err(|refusal| refusal.port(to.engine.place()))?;
        compare::read_back(&contents, from, to, fences)
    })
}
