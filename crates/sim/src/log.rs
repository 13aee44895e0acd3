//! What the simulated cloud was asked, and how long it would have taken.
//!
//! Invariant: the same calls give the same log, whatever order they came in.

use std::sync::Arc;

use plan::OpId;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// A data source was read.
    Data,
    /// An object was read.
    Read,
    /// An object was imported.
    Import,
    /// An object was made.
    Create,
    /// An object was changed.
    Update,
    /// An object was removed.
    Delete,
}

impl Verb {
    /// By its name in a fault.
    pub(crate) fn parse(text: &str) -> Option<Verb> {
        Some(match text {
            "data" => Verb::Data,
            "read" => Verb::Read,
            "import" => Verb::Import,
            "create" => Verb::Create,
            "update" => Verb::Update,
            "delete" => Verb::Delete,
            _ => return None,
        })
    }
}

/// How a call came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// As asked.
    Done,
    /// Refused; nothing happened.
    Failed,
    /// It happened, and the answer was an error.
    Partial,
    /// No answer came in time.
    TimedOut,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Done {
    /// The stack, by its whole address.
    pub stack: Arc<str>,
    /// The resource instance.
    pub address: Arc<str>,
    /// Its type.
    pub type_name: Arc<str>,
    /// What was done.
    pub verb: Verb,
    /// The op that it belongs to, while applying.
    pub op: Option<OpId>,
    /// How often the cloud had to be asked: more than once where it throttled.
    pub attempts: u32,
    /// How long it would have taken, in milliseconds.
    pub duration_ms: u64,
    /// How it came out.
    pub outcome: Outcome,
}
