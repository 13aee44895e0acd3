//! Driving a planner.

use engine::{Planner, Progress};

use super::World;
use super::calls::Calls;
use crate::interrupt::{Interrupts, Level};

/// Why a planner was not driven to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// Drives a planner until nothing is left to ask.
///
/// # Errors
/// Where the user interrupted it: planning changes nothing, so it ends at once.
pub(crate) async fn plan<W: World>(
    planner: &mut Planner,
    world: &W,
    parallelism: usize,
    interrupts: &mut Interrupts,
) -> Result<(), Interrupted> {
    let mut asked = Vec::new();
    let mut calls = Calls::new(parallelism);
    loop {
        let progress = planner.advance(&mut asked);
        let mut answered = false;
        for (id, request) in asked.drain(..) {
            match world.answer_now(&request, planner.providers()) {
                Some(answer) => {
                    planner.answer(id, answer);
                    answered = true;
                }
                None => calls.push(id, request),
            }
        }
        if answered {
            continue;
        }
        calls.begin(world, planner.providers());
        if progress == Progress::Done {
            return Ok(());
        }
        assert!(!calls.is_idle(), "BUG: a planner waits for nothing");
        tokio::select! {
            biased;
            level = interrupts.next() => {
                world.stop_calls();
                if level >= Level::Stop {
                    world.kill();
                }
                return Err(Interrupted);
            }
            (id, answer) = calls.next() => planner.answer(id, answer),
        }
        while let Some((id, answer)) = calls.try_next() {
            planner.answer(id, answer);
        }
    }
}
