//! Where a change comes from.
//!
//! A cause is told to people and never decides anything; the refinement check does not compare it.
//! Invariant: causes stand in canonical order (by kind, then path, then text), none twice.

use std::sync::Arc;

use addr::ResourceInstance;
use value::Path;

/// One thing that made a change come about.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The resource, its instance key or its module instance is new in configuration.
    New,
    /// The resource, its instance key or its module instance is no longer in configuration.
    Removed,
    /// The argument at `path` differs from what was last applied.
    Argument {
        /// Where in the object.
        path: Path,
        /// What the argument's expression reads that changes too; empty: the text itself changed.
        from: Vec<Origin>,
    },
    /// The object differs from the state that was last saved: somebody else changed it.
    Drift {
        /// The paths that differ.
        paths: Vec<Path>,
    },
    /// The object is gone though the state holds it.
    Gone,
    /// The object is tainted.
    Tainted,
    /// `-replace` names it.
    Requested,
    /// `replace_triggered_by` names something that changes.
    Trigger(Origin),
    /// It is a deposed object.
    Deposed,
    /// The whole stack is destroyed.
    Destroy,
    /// A data source waits for changes of what it depends on.
    Pending(Vec<Origin>),
    /// The set of sensitive paths, or the provider, changed, and nothing of the object itself.
    Bookkeeping,
    /// Only the provider knows: no argument differs and it plans a change all the same.
    Provider,
}

/// Something upstream that changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A variable of the root module.
    Input(Arc<str>),
    /// A resource instance with a change of its own.
    Instance(ResourceInstance),
    /// A resource of which several instances change, as its address.
    Resource(Arc<str>),
}
