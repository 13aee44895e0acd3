//! The steps of a plan, as data.
//!
//! An op says what is to be done and what it follows; it holds no values, those stand in the change it names.
//! Invariant: ops stand in a topological order that is canonical: `after` names only earlier ops, ascending, none
//! twice; nothing in the order depends on who answered first while planning.

use std::sync::Arc;

use addr::ModuleInstance;

use crate::provider::ProviderIndex;

/// Index into [`Plan::ops`](crate::Plan::ops); also the number by which the journal names the op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OpId(pub u32);

/// Index into [`Plan::changes`](crate::Plan::changes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeIndex(pub u32);

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// What is done.
    pub kind: OpKind,
    /// The ops that must be over before.
    pub after: Vec<OpId>,
}

/// What one step does.
#[derive(Clone, Debug, PartialEq)]
pub enum OpKind {
    /// Evaluates and sends a provider's configuration.
    Configure(ProviderIndex),
    /// Reads a data source.
    Read(ChangeIndex),
    /// Creates or updates: plans again with real values, compares, applies. Also the create half of a replace.
    Change(ChangeIndex),
    /// Deletes a current or deposed object. Also the delete half of a replace.
    Destroy(ChangeIndex),
    /// Takes an object out of the state and leaves it be.
    Forget(ChangeIndex),
    /// Writes what changed only in the state (marks, provider, bits) without a provider call.
    Record(ChangeIndex),
    /// Evaluates the conditions of an object that does not change.
    Check(ChangeIndex),
    /// Evaluates an output value of a module instance.
    Output {
        /// Where.
        module: ModuleInstance,
        /// Its name.
        name: Arc<str>,
    },
    /// Nothing: lets n ops that follow m others do so with n + m edges.
    Join,
}

impl OpKind {
    /// Whether something outside may change, so that a begin must be durable before.
    pub fn has_outside_effect(&self) -> bool {
        matches!(self, OpKind::Change(_) | OpKind::Destroy(_))
    }

    /// The change that it carries out, if it does one.
    pub fn change(&self) -> Option<ChangeIndex> {
        match self {
            OpKind::Read(change)
            | OpKind::Change(change)
            | OpKind::Destroy(change)
            | OpKind::Forget(change)
            | OpKind::Record(change)
            | OpKind::Check(change) => Some(*change),
            OpKind::Configure(_) | OpKind::Output { .. } | OpKind::Join => None,
        }
    }
}
