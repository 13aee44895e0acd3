//! What a run knows of each stack: where it stands, and who waits for it.
//!
//! Invariant: a count of what is left falls once for each of what it counts.

use super::input::{Leaves, RunInput, StackId};
use super::order::{Needs, Until};
use super::{Ask, StackEnd};

/// Where a stack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It waits for others.
    Waiting,
    /// Its next ask is in the queue.
    Ready,
    /// Something is asked.
    Asked(Ask),
    /// Its lead is over, and its trail waits for others.
    Led,
    /// It has ended.
    Ended(StackEnd),
}

/// A stack on its way.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) stand: Stand,
    /// The round that it is in.
    pub(super) round: u32,
    /// Whether others may read its outputs.
    pub(super) is_led: bool,
    /// Whether its host takes it along.
    pub(super) is_forgotten: bool,
    /// Whether its last plan left something for later.
    pub(super) deferred: bool,
    /// What it comes to when it is closed, where that is settled before.
    pub(super) coming: Option<StackEnd>,
    /// Stacks on the longest way from here to one that nobody waits for.
    pub(super) length: u32,
    pub(super) begins_after: Vec<(StackId, Until)>,
    pub(super) trails_after: Vec<StackId>,
    pub(super) begin_left: usize,
    pub(super) trail_left: usize,
    pub(super) begin_when_led: Vec<StackId>,
    pub(super) begin_when_ended: Vec<StackId>,
    pub(super) trail_when_ended: Vec<StackId>,
}

/// All stacks, connected.
pub(super) fn table(input: &RunInput, needs: Needs) -> Vec<Stack> {
    let of = |((begins_after, trails_after), leaves): ((Vec<_>, Vec<_>), &Leaves)| Stack {
        stand: Stand::Waiting,
        round: 1,
        is_led: false,
        is_forgotten: matches!(leaves, Leaves::WithHost(_))
            && input.direction == super::Direction::Destroy,
        deferred: false,
        coming: None,
        length: 0,
        begin_left: begins_after.len(),
        trail_left: trails_after.len(),
        begins_after,
        trails_after,
        begin_when_led: Vec::new(),
        begin_when_ended: Vec::new(),
        trail_when_ended: Vec::new(),
    };
    let leaves = input.stacks.iter().map(|stack| &stack.leaves);
    let mut stacks: Vec<Stack> =
        needs.begin.into_iter().zip(needs.trail).zip(leaves).map(of).collect();
    for at in 0..stacks.len() {
        let own = StackId(u32::try_from(at).expect("BUG: too many stacks"));
        for (other, until) in stacks[at].begins_after.clone() {
            match until {
                Until::LeadOver => stacks[other.at()].begin_when_led.push(own),
                Until::End => stacks[other.at()].begin_when_ended.push(own),
            }
        }
        for other in stacks[at].trails_after.clone() {
            stacks[other.at()].trail_when_ended.push(own);
        }
    }
    measure(&mut stacks);
    stacks
}

/// The lengths, from those that nobody waits for.
fn measure(stacks: &mut [Stack]) {
    let mut left: Vec<usize> =
        stacks.iter().map(|one| one.begin_when_led.len() + one.begin_when_ended.len()).collect();
    let mut open: Vec<usize> = (0..stacks.len()).filter(|at| left[*at] == 0).collect();
    while let Some(at) = open.pop() {
        let length = stacks[at].length + 1;
        for (before, _) in stacks[at].begins_after.clone() {
            let below = &mut stacks[before.at()];
            below.length = below.length.max(length);
            left[before.at()] -= 1;
            if left[before.at()] == 0 {
                open.push(before.at());
            }
        }
    }
}
