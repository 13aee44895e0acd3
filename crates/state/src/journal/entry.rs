//! What a journal records.
//!
//! Values stand in the encoding of the state file, so that no schema is needed to fold them; unknown values of a
//! planned object are null. Ephemeral and write-only values never enter.
//! Invariant: ops are named by their number in the plan of the entry's run, never by address, since both halves of a
//! replace have the same address.

use std::fmt;
use std::sync::Arc;

use addr::{DeposedKey, ProviderInstance, ResourceInstance};

use crate::checks::CheckResult;
use crate::digest::Digest;
use crate::journal::doubt::{InDoubt, OpRef};
use crate::object::Object;
use crate::output::Output;
use crate::place::ObjectAddr;
use crate::state::Row;

/// The number of an entry in its journal, from 1 without gaps. 1 is always [`Entry::Open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Seq(pub u64);

impl Seq {
    /// The number of the entry that opens a journal.
    pub const OPEN: Seq = Seq(1);

    /// The number after this one.
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

/// The name of a run: that of its plan in an estate, else one made by chance. At most 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(Arc<str>);

impl RunId {
    /// Longest name, in bytes.
    pub const BYTES_MAX: usize = 64;

    /// The run with this name.
    pub fn new(name: impl Into<Arc<str>>) -> RunId {
        let name = name.into();
        assert!(name.len() <= RunId::BYTES_MAX, "BUG: run id of {} bytes", name.len());
        RunId(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of an op in the plan of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId(pub u32);

/// What a journal records.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// The first entry: what the journal begins from. The store writes it.
    Open(Open),
    /// An op of an earlier run that was in doubt when the journal was opened. The store writes it, after `Open`.
    InDoubt(Box<InDoubt>),
    /// Rows that change without an op; they become the base of the ops.
    Rows(Rows),
    /// An op with outside effect is about to start.
    Begin(Box<Begin>),
    /// The current object of an instance was set aside; recorded before the create of a create-before-destroy.
    Deposed {
        /// The op that creates its successor.
        op: OpId,
        /// The instance.
        address: ResourceInstance,
        /// The key that the object has from now on.
        key: DeposedKey,
    },
    /// An op is over.
    End(Box<End>),
    /// The create provisioners of an op's object are over: it is no longer tainted for their sake.
    Provisioned {
        /// The op that created it.
        op: OpId,
    },
    /// Output values that are published, withdrawn, or known to be behind.
    Outputs(Vec<OutputChange>),
    /// All results of conditions, in place of those before.
    Checks(Vec<CheckResult>),
    /// An op in doubt is told, by a look or by a person.
    Resolved {
        /// The op.
        op: OpRef,
        /// What there is.
        outcome: Box<Outcome>,
    },
    /// The run is over and its state, folded, is about to be put in place.
    Closing(Closing),
}

/// What a journal begins from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Lineage of the base state.
    pub lineage: Arc<str>,
    /// Serial of the base state.
    pub base_serial: u64,
    /// Digest of the base state as it is stored.
    pub base: Digest,
    /// Digest of the plan that is carried out.
    pub plan: Digest,
    /// Fencing number of the lease.
    pub fence: u64,
    /// Who runs it, for people.
    pub owner: Arc<str>,
}

/// Why rows change without an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowsCause {
    /// The provider was asked what the objects are now.
    Refresh,
    /// Their stored form is that of a newer schema now.
    Upgrade,
    /// Their addresses changed.
    Move,
    /// They existed, and are managed from now on.
    Import,
    /// What is recorded about them changed: sensitivity, provider, dependencies.
    Record,
}

/// Rows that change without an op.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Why.
    pub cause: RowsCause,
    /// Which, in order.
    pub changes: Vec<RowChange>,
}

/// One row that changes.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChange {
    /// Where.
    pub at: ObjectAddr,
    /// What stands there from now on; `None` for nothing.
    pub row: Option<Row>,
}

/// What a call is about to do to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make an object; also the create half of a replace.
    Create,
    /// Change it in place.
    Update,
    /// Delete it; also the delete half of a replace.
    Delete,
}

/// A look for the object before a create, that a second look may be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// By what it was looked for: an import id, or an identity as JSON.
    pub id: Arc<str>,
    /// Whether something was found.
    pub found: bool,
}

/// An op with outside effect is about to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    /// The op.
    pub op: OpId,
    /// Its object.
    pub at: ObjectAddr,
    /// What it does.
    pub action: Action,
    /// Who is asked.
    pub provider: ProviderInstance,
    /// The object before; `None` for a create.
    pub prior: Option<Arc<Object>>,
    /// The object as planned, unknowns null, with the planned private data and identity; `None` for a delete.
    pub planned: Option<Arc<Object>>,
    /// The look before a create, where one is possible.
    pub look_before: Option<Look>,
}

/// What an op, or a look after it, left behind.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// This object; tainted while its create provisioners are still to run.
    Object(Row),
    /// No object.
    Gone,
    /// Something that cannot be decoded: in doubt until resolved.
    Unreadable {
        /// The provider's bytes.
        raw: Arc<[u8]>,
        /// Its private data.
        private: Arc<[u8]>,
        /// The schema version it answered for.
        schema_version: u64,
    },
}

/// An op is over. Ops without outside effect have an end and no begin.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The op.
    pub op: OpId,
    /// Its object; the begin's, where there was one.
    pub at: ObjectAddr,
    /// What it left.
    pub outcome: Outcome,
}

/// What becomes of one output value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputChange {
    /// It has this value.
    Set(Arc<str>, Output),
    /// There is no such output any more.
    Removed(Arc<str>),
    /// It keeps its value, and that is behind what the configuration says.
    Stale(Arc<str>),
}

/// The run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Serial of the state that follows.
    pub serial: u64,
    /// Digest of that state as it will be stored.
    pub digest: Digest,
}
