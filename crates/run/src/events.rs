//! What happens during a run, as values: the one source of everything that is shown of it.

use std::time::Duration;

use addr::ResourceInstance;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The stack; empty for a plain root module.
    pub stack: String,
    /// What.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// Several stacks begin to be planned or applied; its own stack is empty. Told once, before all that is of them.
    RunBegan {
        /// What they are for.
        phase: Phase,
        /// The stacks, in the order in which they go.
        stacks: Vec<Member>,
    },
    /// They are all over.
    RunEnded,
    /// A stack's turn came.
    StackBegan(Phase),
    /// A stack's turn is over.
    StackEnded {
        /// What it was for.
        phase: Phase,
        /// Whether it went well.
        ended: Ended,
        /// How long it took.
        took: Duration,
    },
    /// A call that changes an object began.
    ObjectBegan {
        /// The object.
        address: ResourceInstance,
        /// What happens to it.
        verb: Verb,
    },
    /// A call is under way for this long by now.
    ObjectGoesOn {
        /// The object.
        address: ResourceInstance,
        /// What happens to it.
        verb: Verb,
        /// Since it began.
        since: Duration,
    },
    /// A call that changes an object was answered.
    ObjectEnded {
        /// The object.
        address: ResourceInstance,
        /// What happened to it.
        verb: Verb,
        /// Whether the provider reported no error.
        ended: Ended,
        /// How long it took.
        took: Duration,
    },
    /// The user interrupted; what becomes of it.
    Interrupted,
}

/// A stack of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its address.
    pub stack: String,
    /// Its layer.
    pub layer: String,
}

/// What a stack's turn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// To be planned.
    Plan,
    /// To be applied.
    Apply,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is created.
    Create,
    /// It is updated.
    Update,
    /// It is destroyed.
    Destroy,
    /// It is read.
    Read,
    /// It is planned.
    Plan,
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Well.
    Well,
    /// With an error, which a diagnostic tells.
    Badly,
}

/// Who is told of events. Called from many tasks; does not block long.
pub trait Events: Send + Sync {
    /// Tells one.
    fn event(&self, event: Event);
}

/// Nobody.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Events for Silent {
    fn event(&self, _: Event) {}
}
