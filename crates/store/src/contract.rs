//! What every store does.
//!
//! Only the contract; `tests/contract.rs` runs one suite of laws against every implementation.
//! Invariant: the life of a run is acquire, load, open a journal, append, close it, release; each step is refused when
//! the one before it did not happen or the lease was lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use state::journal::{InDoubt, RunId};
use state::{Digest, State};

use crate::error::{LoadError, LockError, PortError, WriteError};
use crate::journal::Journal;
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};

/// A state as it is stored, and what is left to resolve.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The state; one that was never written is empty, without lineage and with serial 0.
    pub state: State,
    /// The digest of its stored form: what a plan is bound to.
    pub digest: Digest,
    /// Ops of earlier runs that are in doubt.
    pub in_doubt: Vec<InDoubt>,
    /// Outputs whose published value is behind.
    pub stale: BTreeSet<Arc<str>>,
    /// The run that has not closed its journal, where there is one: a load has folded it for good, a peek only looked
    /// into it, and the next load moves the state on.
    pub recovered: Option<Recovered>,
}

/// A journal that was found open and folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The run that wrote it.
    pub run: RunId,
    /// How many entries it had.
    pub entries: usize,
}

/// What a run is about to do, for its journal.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The run.
    pub run: RunId,
    /// The digest of the plan that it carries out.
    pub plan: Digest,
    /// The lineage of a state that was never written; one is made by chance where this is `None`.
    pub lineage: Option<Arc<str>>,
}

/// What every store does.
pub trait Store: Send + Sync {
    /// Takes the lease of a stack, without waiting.
    ///
    /// # Errors
    /// Where somebody has it who may live: on the same host a process that runs, on another host one whose heartbeat
    /// was seen to move less than the lease's time ago.
    fn acquire(&self, stack: &StackKey, request: &LockRequest) -> Result<Lease, LockError>;

    /// Says that the holder lives.
    ///
    /// # Errors
    /// [`WriteError::Fenced`] where the lease is lost.
    fn heartbeat(&self, lease: &Lease) -> Result<(), WriteError>;

    /// Gives the lease back. One that was lost is nobody's to give, and that is no error.
    ///
    /// # Errors
    /// Where the port fails; the lease then ends with the process.
    fn release(&self, lease: Lease) -> Result<(), PortError>;

    /// Who holds the lease of a stack.
    ///
    /// # Errors
    /// Where the port fails.
    fn holder(&self, stack: &StackKey) -> Result<Option<Holder>, PortError>;

    /// Takes the lease from its holder, even a living one, by raising the fencing number; tells who had it.
    ///
    /// # Errors
    /// Where the port fails.
    fn break_lock(&self, stack: &StackKey) -> Result<Option<Holder>, LockError>;

    /// The state as it is stored, a journal that is open folded in, without a lease and without writing.
    ///
    /// # Errors
    /// Where what is stored cannot be read or folded.
    fn peek(&self, stack: &StackKey) -> Result<Loaded, LoadError>;

    /// The state, after folding and closing a journal that an earlier run left open.
    ///
    /// # Errors
    /// Where what is stored cannot be read or folded, or the lease is lost.
    fn load(&self, lease: &Lease) -> Result<Loaded, LoadError>;

    /// Opens the journal of a run upon the state as it is stored. The opening entry is durable on return.
    ///
    /// # Errors
    /// Where a journal is open (load first), or the lease is lost.
    fn open_journal(&self, lease: &Lease, opening: &Opening) -> Result<Journal, WriteError>;

    /// Waits for the journal's entries, puts the folded state in place, publishes its outputs and removes the journal.
    /// Ops without an end stay in doubt. Where the content did not change, the serial stays.
    ///
    /// # Errors
    /// Where the journal failed or the lease is lost: the journal then stays, and the next load folds it.
    fn close_journal(&self, lease: &Lease, journal: Journal) -> Result<Loaded, WriteError>;

    /// Puts a state in place of the one with this serial, outside any run. Its serial becomes the next one, or its own
    /// where that is higher.
    ///
    /// # Errors
    /// Where the serial moved, the lineage is another, a journal is open or the lease is lost.
    fn replace(&self, lease: &Lease, base_serial: u64, state: State) -> Result<Loaded, WriteError>;
}
