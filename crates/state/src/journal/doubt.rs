//! Ops in doubt: begun, and nobody knows whether they happened.
//!
//! A durable status beside the state, never in a version 4 file. This says what is in doubt; who looks, and what a
//! person may say, is decided above.
//! Invariant: an op leaves the list only by an end of its own run or by an [`Entry::Resolved`](super::Entry::Resolved)
//! that names it.

use std::fmt;
use std::sync::Arc;

use addr::DeposedKey;

use crate::journal::entry::{Begin, OpId, RunId};

/// An op of any run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpRef {
    /// The run.
    pub run: RunId,
    /// The op in its plan.
    pub op: OpId,
}

impl fmt::Display for OpRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run, self.op.0)
    }
}

/// Why an op is in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It began and has no end.
    NoEnd,
    /// It ended with something that cannot be decoded.
    Unreadable {
        /// The provider's bytes.
        raw: Arc<[u8]>,
        /// Its private data.
        private: Arc<[u8]>,
        /// The schema version it answered for.
        schema_version: u64,
    },
}

/// An op in doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct InDoubt {
    /// The run that began it.
    pub run: RunId,
    /// What began.
    pub begin: Begin,
    /// For the create of a create-before-destroy: the key under which the object before was set aside.
    pub set_aside: Option<DeposedKey>,
    /// Why it is in doubt.
    pub doubt: Doubt,
}

impl InDoubt {
    /// Its name.
    pub fn op(&self) -> OpRef {
        OpRef { run: self.run.clone(), op: self.begin.op }
    }
}
