//! When everything of a run would have happened: virtual time, by list scheduling.
//!
//! Pure: who follows whom ([`Sketch`]), how long each step takes and how many calls go at a time are given; when each
//! step begins and ends, what each stack waits for and the critical path come out. Nothing sleeps and no clock is asked.
//!
//! Not the order in which a real run goes: that hangs on answers. It is the order in which the driver would go if every
//! call took exactly its estimate (the longest remaining path first, ENGINE §5).
//! Invariants: a step begins when all that it follows is over, and never while its stack, or all of them together, have
//! as many calls under way as they may; equal sketches give equal timelines.

mod graph;
mod of;
mod path;
mod schedule;
mod show;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use of::sketch;
pub use show::{json, text};

/// A run, as far as its time goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// The stacks. Each names only stacks before it, unless everything is destroyed.
    pub stacks: Vec<SketchStack>,
    /// Calls at one time in each stack.
    pub parallelism: usize,
    /// Calls at one time in all stacks together.
    pub calls_max: usize,
}

/// A stack of a [`Sketch`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SketchStack {
    /// Its address.
    pub name: Arc<str>,
    /// What has to be over before its first step.
    pub begins_after: Vec<(usize, Until)>,
    /// The stacks that have to be over before its trail.
    pub trails_after: Vec<usize>,
    /// Its steps; each follows only steps before it.
    pub steps: Vec<Step>,
}

impl SketchStack {
    /// Whether it takes anything away.
    pub(crate) fn has_trail(&self) -> bool {
        self.steps.iter().any(|step| step.half == engine::Half::Trail)
    }
}

/// Until when a stack is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until its lead is over: its outputs are there.
    LeadOver,
    /// Until it is over.
    End,
}

/// A step of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What people call it: an address and a verb.
    pub what: Arc<str>,
    /// The steps that it follows, by their places.
    pub after: Vec<usize>,
    /// How long it takes. One that takes no time needs no place among the calls.
    pub duration_ms: u64,
    /// In which half of its stack it is.
    pub half: engine::Half,
}

/// From when to when, in milliseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub begin_ms: u64,
    /// When it ends.
    pub end_ms: u64,
}

/// When everything of a run happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// How long the run takes.
    pub total_ms: u64,
    /// The stacks, in the order of the sketch.
    pub stacks: Vec<StackTime>,
    /// The steps that decide how long the run takes, each released by the one before it.
    pub path: Vec<PathStep>,
}

/// When a stack goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackTime {
    /// Its address.
    pub name: Arc<str>,
    /// From its first step to its end.
    pub span: Span,
    /// When its outputs are there.
    pub lead_over_ms: u64,
    /// Its steps, in their order.
    pub steps: Vec<Span>,
    /// The stack that it waits for at last before it begins.
    pub waits: Option<Wait>,
    /// The stack that its trail waits for at last.
    pub trail_waits: Option<Wait>,
}

/// What a stack waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The stack that is over last.
    pub stack: Arc<str>,
    /// How long it is waited for.
    pub ms: u64,
    /// How much earlier it could go on if that stack took no time: until the next one that it waits for, too.
    pub alone_ms: u64,
}

/// A step of the critical path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// Its stack.
    pub stack: Arc<str>,
    /// What it is.
    pub what: Arc<str>,
    /// When it goes.
    pub span: Span,
    /// Whether it could have begun earlier with more calls at a time.
    pub released: Released,
}

/// What lets a step begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// The end of what it follows.
    ByOrder,
    /// A place among the calls.
    ByPlace,
}

/// When everything of a run happens.
///
/// # Panics
/// Where the sketch has a circle or names what is not there.
pub fn timeline(sketch: &Sketch) -> Timeline {
    let graph = graph::Graph::of(sketch);
    let times = schedule::schedule(&graph, sketch);
    path::read(sketch, &graph, &times)
}
