//! Stores: where the state, the journal, leases, published outputs, plans and the audit's events of stacks are kept.
//!
//! [`Store`] is what every kind has; [`EstateStore`] is what an estate needs beyond. [`FileStore`] keeps one plain root
//! module beside its files, [`SqliteStore`] an estate in one file, [`PostgresStore`] one that several machines share,
//! [`MemoryStore`] is the twin for tests and
//! simulations. All calls block: a driver that must not, bridges. Nothing here reads the environment; settings come in
//! as values, the clock, the processes and chance through [`World`].
//!
//! Invariants: nothing is written without a lease whose fencing number still holds, and the store itself checks that;
//! what [`Journal::durable`] has told survives a crash of the process and of the machine; no store is made silently.

mod chain;
mod commit;
mod contract;
mod database;
mod error;
mod estate;
mod event;
mod file;
mod journal;
mod key;
mod lease;
mod memory;
mod op;
mod place;
mod postgres;
mod rescue;
mod rules;
mod sqlite;
mod transfer;
mod who;
mod world;

pub use chain::{ChainCheck, Fault, FaultKind, Head, Memory};
pub use commit::{JournalFailure, Rescued};
pub use contract::{Loaded, Opening, Recovered, Store};
pub use database::seal::MasterKey;
pub use database::{DatabaseStore, EstateIdentity};
pub use error::{Conflict, CreateError, LoadError, LockError, OpenError, PortError, WriteError};
pub use estate::{
    EstateStore, FileFault, Freeze, PlanHead, Published, Put, SignedHead, SimulatedRow, StoreKind,
    StorePlan, StoredApproval, StoredRun,
};
pub use event::{ChainError, Event, EventForm, EventRecord};
pub use file::{FileSettings, FileStore};
pub use journal::{Journal, Listener};
pub use key::StackKey;
pub use lease::{Holder, Lease, LockRequest, Process};
pub use memory::{Durability, MemoryDisk, MemoryStore, Moment};
pub use place::StorePlace;
pub use postgres::{
    AddressFault, Password, PostgresAddress, PostgresHost, PostgresSettings, PostgresStore,
    PostgresTls, password_in,
};
pub use rescue::RescueDirs;
pub use sqlite::{SqliteSettings, SqliteStore};
pub use transfer::{Carried, Carrier, TransferError, backup, copy, restore};
pub use who::{Who, WhoKind};
pub use world::{SystemWorld, World};
