//! Steps: which come next, and taking them.
//!
//! Invariant: the same choices give the same run.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use store::MemoryDisk;

use super::world::SimWorld;

/// How often everything gets a turn until it is held to be at rest: a task hears its answer, the driver hears the task.
const TURNS: usize = 6;

/// Who chooses.
#[derive(Debug)]
pub(super) enum Choice {
    /// A generator of numbers (xorshift); never 0.
    Seed(u64),
    /// A path through the tree of all choices, and how many branches there were at each.
    Path { taken: Vec<usize>, branches: Vec<usize> },
}

impl Choice {
    /// By a seed.
    pub(super) fn seed(seed: u64) -> Choice {
        Choice::Seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The first of all paths.
    pub(super) fn first() -> Choice {
        Choice::Path { taken: Vec::new(), branches: Vec::new() }
    }

    /// The path after this one; `None` after the last.
    pub(super) fn next(self) -> Option<Choice> {
        let Choice::Path { mut taken, mut branches } = self else { return None };
        while let (Some(at), Some(of)) = (taken.pop(), branches.pop()) {
            if at + 1 < of {
                taken.push(at + 1);
                branches.clear();
                return Some(Choice::Path { taken, branches });
            }
        }
        None
    }

    /// One of so many.
    pub(super) fn among(&mut self, count: usize) -> usize {
        match self {
            Choice::Seed(state) => {
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                (*state % count as u64) as usize
            }
            Choice::Path { taken, branches } => {
                branches.push(count);
                if taken.len() < branches.len() {
                    taken.push(0);
                }
                taken[branches.len() - 1]
            }
        }
    }
}

/// What to do before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Take it.
    GoOn,
    /// The process ends here.
    Crash,
}

/// Drives to the end, or to a crash (`None`), step by step; `before` is asked before each, with its number.
pub(super) async fn stepped<T>(
    driving: impl Future<Output = T>,
    world: &SimWorld,
    disk: &MemoryDisk,
    choice: &mut Choice,
    before: &mut dyn FnMut(usize) -> Then,
) -> Option<T> {
    let mut driving = pin!(driving);
    for step in 0.. {
        if let Some(over) = at_rest(driving.as_mut()).await {
            return Some(over);
        }
        if before(step) == Then::Crash {
            return None;
        }
        if let Some(over) = at_rest(driving.as_mut()).await {
            return Some(over);
        }
        take(world, disk, choice);
    }
    None
}

/// Lets everything go on until nothing more happens by itself; tells whether that was the end.
async fn at_rest<T>(mut driving: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    for _ in 0..TURNS {
        let polled = poll_fn(|context| Poll::Ready(driving.as_mut().poll(context))).await;
        if let Poll::Ready(over) = polled {
            return Some(over);
        }
        tokio::task::yield_now().await;
    }
    None
}

fn take(world: &SimWorld, disk: &MemoryDisk, choice: &mut Choice) {
    let (calls, held) = (world.inner().under_way(), disk.held());
    let flushes = held.min(2);
    assert!(calls + flushes > 0, "the driver waits for nothing");
    match choice.among(calls + flushes) {
        call if call < calls => world.inner().proceed(call),
        all if all == calls => disk.flush(),
        _ => disk.flush_one(),
    }
}
