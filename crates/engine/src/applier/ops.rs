//! How far each op of the plan is.
//!
//! Invariant: an op is permitted once, when all that it follows is over and its half has begun; what follows a failed op is
//! skipped.

use std::collections::VecDeque;

use lang::eval::Cell;
use plan::{OpId, Plan};
use schema::protocol::Answer;

use super::change::Stage;
use crate::halves::Half;

/// Where an op stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// Follows so many that are not over.
    Waiting(usize),
    /// May run, or runs.
    Permitted,
    /// Over, and well.
    Done,
    /// Over, with an error.
    Failed,
    /// Never begun, because of an error before it or because the apply was stopped.
    Skipped,
}

/// The work on an op.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) stage: Stage,
    pub(super) reply: Option<Answer>,
}

/// All ops.
#[derive(Debug)]
pub(super) struct Ops {
    stands: Vec<Stand>,
    followers: Vec<Vec<OpId>>,
    remaining: Vec<u32>,
    cells: Vec<Cell>,
    works: Vec<Work>,
    permitted: VecDeque<OpId>,
    halves: Vec<Half>,
    /// Of the trail, those that could run if it had begun; `None` once it has.
    held: Option<Vec<OpId>>,
}

impl Ops {
    /// The ops of a plan, their halves, and the cell of each.
    pub(super) fn new(plan: &Plan, halves: Vec<Half>, cells: Vec<Cell>) -> Ops {
        let count = plan.ops.len();
        let mut followers: Vec<Vec<OpId>> = vec![Vec::new(); count];
        let mut stands = Vec::with_capacity(count);
        let mut first = Vec::new();
        for (at, op) in plan.ops.iter().enumerate() {
            let id = OpId(u32::try_from(at).expect("BUG: too many ops"));
            op.after.iter().for_each(|before| followers[before.0 as usize].push(id));
            stands.push(match op.after.len() {
                0 => Stand::Permitted,
                waits => Stand::Waiting(waits),
            });
            if op.after.is_empty() {
                first.push(id);
            }
        }
        let mut remaining = vec![0; count];
        for at in (0..count).rev() {
            let longest = followers[at].iter().map(|one| remaining[one.0 as usize] + 1).max();
            remaining[at] = longest.unwrap_or(0);
        }
        let works = std::iter::repeat_with(Work::default).take(count).collect();
        let held = halves.contains(&Half::Trail).then(Vec::new);
        let permitted = VecDeque::new();
        let mut ops = Ops { stands, followers, remaining, cells, works, permitted, halves, held };
        first.into_iter().for_each(|op| ops.let_run(op));
        ops
    }

    /// All that an op follows is over.
    fn let_run(&mut self, op: OpId) {
        match &mut self.held {
            Some(held) if self.halves[op.0 as usize] == Half::Trail => held.push(op),
            _ => self.permitted.push_back(op),
        }
    }

    /// The half of an op.
    pub(super) fn half(&self, op: OpId) -> Half {
        self.halves[op.0 as usize]
    }

    /// Whether ops of the trail are left that have not been let go.
    pub(super) fn holds_trail(&self) -> bool {
        let open = |stand: &Stand| matches!(stand, Stand::Waiting(_) | Stand::Permitted);
        let mut ops = self.halves.iter().zip(&self.stands);
        self.held.is_some() && ops.any(|(half, stand)| *half == Half::Trail && open(stand))
    }

    /// The trail begins.
    pub(super) fn release(&mut self) {
        self.permitted.extend(self.held.take().unwrap_or_default());
    }

    /// The trail never begins: what is to be skipped.
    pub(super) fn release_none(&mut self) -> Vec<OpId> {
        self.held.take().unwrap_or_default()
    }

    /// Whether an op is over, and well.
    pub(super) fn is_done(&self, op: OpId) -> bool {
        self.stands[op.0 as usize] == Stand::Done
    }

    /// The next op that may run.
    pub(super) fn next_permitted(&mut self) -> Option<OpId> {
        self.permitted.pop_front()
    }

    /// Whether an op may run that does not yet.
    pub(super) fn has_permitted(&self) -> bool {
        !self.permitted.is_empty()
    }

    /// An op is over: what follows it may run, or is skipped.
    pub(super) fn settle(&mut self, op: OpId, stand: Stand) {
        self.stands[op.0 as usize] = stand;
        let mut stack = vec![op];
        while let Some(op) = stack.pop() {
            let well = self.stands[op.0 as usize] == Stand::Done;
            for at in 0..self.followers[op.0 as usize].len() {
                let follower = self.followers[op.0 as usize][at];
                match (&mut self.stands[follower.0 as usize], well) {
                    (Stand::Waiting(1), true) => {
                        self.stands[follower.0 as usize] = Stand::Permitted;
                        self.let_run(follower);
                    }
                    (Stand::Waiting(waits), true) => *waits -= 1,
                    (Stand::Waiting(_), false) => {
                        self.stands[follower.0 as usize] = Stand::Skipped;
                        stack.push(follower);
                    }
                    _ => {}
                }
            }
        }
    }

    /// The cell of an op.
    pub(super) fn cell(&self, op: OpId) -> Cell {
        self.cells[op.0 as usize]
    }

    /// The work on an op.
    pub(super) fn work(&mut self, op: OpId) -> &mut Work {
        &mut self.works[op.0 as usize]
    }

    /// The length of the longest way from an op to the end.
    pub(super) fn remaining(&self, op: OpId) -> u32 {
        self.remaining[op.0 as usize]
    }

    /// Whether all is over, and well.
    pub(super) fn all_done(&self) -> bool {
        self.stands.iter().all(|stand| *stand == Stand::Done)
    }
}
