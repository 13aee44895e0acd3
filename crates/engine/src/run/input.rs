//! What a run starts from: its stacks, who stands on whom, and how each is to leave or to change.
//!
//! Only the graph; what the stacks are made of is their own machines' business.
//! Invariant: a stack names only stacks before it in `reads` and `host`, so that the graph has no circle.

/// A stack of the run, by its place in [`RunInput::stacks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackId(pub u32);

impl StackId {
    /// Its place.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Stacks become what they are planned to be: lower ones lead, upper ones trail first.
    Apply,
    /// Stacks are destroyed: upper ones first, each as a whole.
    Destroy,
}

/// How a stack leaves in a run that destroys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Its own ops take its objects away.
    Itself,
    /// It stands on this stack and is gone with it: it is forgotten once its host is destroyed.
    WithHost(StackId),
}

/// A stack of a run.
#[derive(Clone, Debug)]
pub struct RunStack {
    /// The stacks whose outputs it reads, or on which it stands otherwise. Each stands before it.
    pub reads: Vec<StackId>,
    /// The stacks on which its objects stand since its last apply, also where it does not read them any more. One that
    /// stands after it now is left out of account: the wires were turned round.
    pub stood_on: Vec<StackId>,
    /// How it leaves; of no account where nothing is destroyed.
    pub leaves: Leaves,
}

/// What a run starts from.
#[derive(Clone, Debug)]
pub struct RunInput {
    /// What it is for.
    pub direction: Direction,
    /// The stacks, each after all that it reads.
    pub stacks: Vec<RunStack>,
    /// How many times a stack is planned and applied, at most; again only while something is deferred.
    pub rounds_max: u32,
    /// How many stacks are asked for at a time, at most.
    pub width: usize,
}
