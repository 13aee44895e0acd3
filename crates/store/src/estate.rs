//! What a store of an estate does beyond: stacks by address, published outputs, plans and their approvals, runs,
//! freezes, events, sealed files.
//!
//! Only the contract; `tests/it/contract.rs` runs one suite of laws against every implementation.
//! Invariant: what is kept under an id or a number is never replaced by something else under the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use state::{Digest, Output};

use crate::chain::Head;
use crate::contract::Store;
use crate::error::{LoadError, PortError, WriteError};
use crate::event::{ChainError, Event, EventRecord};
use crate::key::StackKey;
use crate::lease::Lease;

/// An output as other stacks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The value.
    pub output: Output,
    /// Whether it is behind what the configuration says.
    pub stale: bool,
}

/// What is told of a kept plan without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanHead {
    /// Its id, as in `p-7Q4K`.
    pub id: Arc<str>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// One line about it.
    pub title: Arc<str>,
}

/// A kept plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorePlan {
    /// What is told of it.
    pub head: PlanHead,
    /// The plan's file.
    pub file: Vec<u8>,
}

/// A signature under a plan. What it says is the signer's and the guard's business; the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredApproval {
    /// The plan's id.
    pub plan: Arc<str>,
    /// The digest of the plan's file.
    pub digest: Digest,
    /// The fingerprint of the key that signed: `SHA256:...`.
    pub signer_key: Arc<str>,
    /// When, in milliseconds since 1970, by the signer's clock.
    pub at_ms: u64,
    /// The signed document and its signature.
    pub body: Vec<u8>,
}

/// What came of keeping something that is kept once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is kept now.
    Kept,
    /// There was one already, which stays.
    Already,
}

/// Why an environment is not applied to for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// Why.
    pub reason: Arc<str>,
    /// Who said so: `user@host`.
    pub who: Arc<str>,
    /// Since when, in milliseconds since 1970.
    pub at_ms: u64,
}

/// A signature under how far the chain of events went. What it says is its signer's business; the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// The number of the last event then.
    pub number: u64,
    /// The fingerprint of the key that signed: `SHA256:...`.
    pub signer: Arc<str>,
    /// The signed document and its signature.
    pub body: Arc<str>,
}

/// What is kept of a run over several stacks, so that another can go on where it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// Its id.
    pub id: Arc<str>,
    /// The environment that it is about.
    pub environment: Arc<str>,
    /// The id of the plan that it carries out.
    pub plan: Arc<str>,
    /// When it began, in milliseconds since 1970.
    pub at_ms: u64,
    /// What its driver needs to know; sealed in the store.
    pub body: Vec<u8>,
}

/// Why a sealed file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It is no sealed file.
    NotSealed,
    /// It was sealed with another key, or its bytes were changed.
    WrongKeyOrChanged,
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FileFault::NotSealed => "it is no sealed file",
            FileFault::WrongKeyOrChanged => "it was sealed with another key, or changed since",
        })
    }
}

impl std::error::Error for FileFault {}

/// An object of a simulated cloud: its key, and what the cloud knows of it.
pub type SimulatedRow = (Arc<str>, Vec<u8>);

/// What a store is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreKind {
    /// Objects that there are.
    #[default]
    Real,
    /// Objects of a simulated cloud, and that cloud itself.
    Rehearsal,
}

impl StoreKind {
    /// As it is written in a store.
    pub(crate) fn text(self) -> &'static str {
        match self {
            StoreKind::Real => "real",
            StoreKind::Rehearsal => "rehearsal",
        }
    }

    /// What is written in a store.
    pub(crate) fn parse(text: &str) -> Option<StoreKind> {
        [StoreKind::Real, StoreKind::Rehearsal].into_iter().find(|kind| kind.text() == text)
    }
}

/// What a store of an estate does beyond.
pub trait EstateStore: Store {
    /// What it is about: marked when it was made, and never changed.
    fn kind(&self) -> StoreKind;

    /// All rows of the simulated cloud, by key. A real store has none.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn simulated(&self) -> Result<Vec<SimulatedRow>, LoadError>;

    /// Puts rows of the simulated cloud in place of those with their keys, all or none of them; `None` removes. They
    /// are durable on return, and not part of a copy or a backup.
    ///
    /// # Errors
    /// Where the port fails, or the store is a real one.
    fn put_simulated(&self, changes: &[(Arc<str>, Option<Vec<u8>>)]) -> Result<(), PortError>;

    /// Every stack that has a state, by address.
    ///
    /// # Errors
    /// Where the port fails.
    fn stacks(&self) -> Result<Vec<StackKey>, PortError>;

    /// The published outputs of a stack, without reading its state.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn outputs(&self, stack: &StackKey) -> Result<BTreeMap<Arc<str>, Published>, LoadError>;

    /// Keeps a plan under its id.
    ///
    /// # Errors
    /// Where the port fails, or the id is taken.
    fn put_plan(&self, plan: &StorePlan) -> Result<(), PortError>;

    /// The plan with this id.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn plan(&self, id: &str) -> Result<Option<StorePlan>, LoadError>;

    /// What plans are kept, latest first.
    ///
    /// # Errors
    /// Where the port fails.
    fn plans(&self) -> Result<Vec<PlanHead>, PortError>;

    /// Keeps an approval. One plan has one approval of each key: the first stays.
    ///
    /// # Errors
    /// Where the port fails.
    fn put_approval(&self, approval: &StoredApproval) -> Result<Put, PortError>;

    /// The approvals of a plan, in the order of their keys.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn approvals(&self, plan: &str) -> Result<Vec<StoredApproval>, LoadError>;

    /// Freezes an environment. Where it is frozen, that stays.
    ///
    /// # Errors
    /// Where the port fails.
    fn freeze(&self, environment: &str, freeze: &Freeze) -> Result<Put, PortError>;

    /// Ends a freeze; tells which.
    ///
    /// # Errors
    /// Where the port fails.
    fn thaw(&self, environment: &str) -> Result<Option<Freeze>, PortError>;

    /// Whether an environment is frozen, and why.
    ///
    /// # Errors
    /// Where the port fails.
    fn frozen(&self, environment: &str) -> Result<Option<Freeze>, PortError>;

    /// Keeps the record of a run, in place of its earlier one.
    ///
    /// # Errors
    /// Where the port fails.
    fn put_run(&self, run: &StoredRun) -> Result<(), PortError>;

    /// The record of a run.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn run(&self, id: &str) -> Result<Option<StoredRun>, LoadError>;

    /// Keeps with a stack what it was last applied from, in place of what was kept before. It goes with the stack when
    /// that is renamed or forgotten.
    ///
    /// # Errors
    /// Where the lease is lost.
    fn put_snapshot(&self, lease: &Lease, snapshot: &[u8]) -> Result<(), WriteError>;

    /// What was kept with a stack.
    ///
    /// # Errors
    /// Where what is stored cannot be read.
    fn snapshot(&self, stack: &StackKey) -> Result<Option<Vec<u8>>, LoadError>;

    /// Gives everything that is stored of one stack to another, which must have nothing: state with lineage and serial,
    /// outputs, ops in doubt, snapshot.
    ///
    /// # Errors
    /// [`WriteError::Taken`] where the other has something; where a journal is open or one of the leases is lost.
    fn rename_stack(&self, from: &Lease, to: &Lease) -> Result<(), WriteError>;

    /// Removes everything that is stored of a stack but its fencing number. What its objects are is not the store's
    /// business: they stay in the world.
    ///
    /// # Errors
    /// Where a journal is open or the lease is lost.
    fn forget_stack(&self, lease: &Lease) -> Result<(), WriteError>;

    /// Appends an event; tells its number.
    ///
    /// # Errors
    /// Where the port fails.
    fn record(&self, event: &Event) -> Result<u64, PortError>;

    /// The events from a number on, at most this many.
    ///
    /// # Errors
    /// Where the port fails.
    fn events(&self, from: u64, count_max: usize) -> Result<Vec<EventRecord>, PortError>;

    /// The bytes as a file that only this estate's master key opens: for plans that leave the store.
    fn seal_file(&self, plain: &[u8]) -> Vec<u8>;

    /// What is in a sealed file of this estate.
    ///
    /// # Errors
    /// Where it is no sealed file, was sealed with another key, or was changed.
    fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, FileFault>;

    /// Checks the chain of all events, and that it goes as far as the store remembers; tells how many there are.
    ///
    /// # Errors
    /// Where an event was changed, taken out or put in behind the store's back.
    fn verify_events(&self) -> Result<u64, ChainError>;

    /// The estate's id, which is part of every event's hash.
    fn estate_id(&self) -> Arc<str>;

    /// How far the chain of events goes, as the store remembers; `None` before the first event.
    ///
    /// # Errors
    /// Where the port fails, or what the store remembers was changed behind its back.
    fn head(&self) -> Result<Option<Head>, PortError>;

    /// Keeps a signed head. One head has one signature of each signer: the first stays.
    ///
    /// # Errors
    /// Where the port fails.
    fn put_signed_head(&self, signed: &SignedHead) -> Result<Put, PortError>;

    /// All signed heads, by number and signer.
    ///
    /// # Errors
    /// Where the port fails.
    fn signed_heads(&self) -> Result<Vec<SignedHead>, PortError>;
}
