//! Interrupts at every point of an apply: once, twice, three times.

use engine::ApplyEnd;

use super::stack::{Sim, block_on, config, no_errors};
use super::steps::{Choice, Then};
use super::world::Asked;
use super::{BEFORE, after};
use crate::interrupt::interrupts;

/// What is expected of a run that was interrupted so often.
struct Expect {
    times: usize,
    asked: Asked,
    stops: usize,
    kills: usize,
}

/// Interrupts at every point, once a step; tells how often something was left in doubt.
fn interrupted(expect: &Expect) -> usize {
    let (mut stopped, mut doubts) = (0, 0);
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let goal = config(&after());
        for at in 0.. {
            let mut sim = base.reconfigured(goal.clone()).await;
            let running = sim.start().await;
            let plan = sim.plan(&running).await;
            let (interrupter, mut interrupts) = interrupts();
            let (disk, world) = (sim.disk.clone(), sim.world.clone());
            world.inner().asked = expect.asked;
            let mut may_begin = None;
            let before = &mut |step| {
                if step == at {
                    // What is appended by now is begun, also where it is not durable yet.
                    disk.flush();
                    let inner = world.inner();
                    let mut ops = inner.watch.as_ref().expect("a watch").open();
                    ops.extend(&inner.begun);
                    may_begin = Some(ops);
                }
                if (at..at + expect.times).contains(&step) {
                    interrupter.interrupt();
                }
                Then::GoOn
            };
            let mut choice = Choice::seed(at as u64);
            let stepped =
                sim.apply_stepped(running, &plan, &mut choice, &mut interrupts, before).await;
            let Some(may_begin) = may_begin else { break };
            stepped.result.expect("no crash").expect("an interrupt is no failure");
            {
                let inner = sim.world.inner();
                assert_eq!(inner.under_way(), 0, "it did not wait for its calls");
                let late: Vec<_> =
                    inner.begun.iter().filter(|op| !may_begin.contains(op)).collect();
                assert!(late.is_empty(), "{late:?} began after the interrupt");
                // Near the end there is not always something left to interrupt.
                if stepped.steps >= at + expect.times && stepped.outcome.end != ApplyEnd::Complete {
                    assert_eq!((inner.stops, inner.kills), (expect.stops, expect.kills));
                    stopped += 1;
                }
            }
            let in_doubt = sim.peek().in_doubt.len();
            if expect.stops + expect.kills == 0 {
                no_errors(&stepped.outcome.diags);
                assert_eq!(in_doubt, 0, "what was begun was not awaited");
            }
            doubts += usize::from(in_doubt > 0);
            sim.finish().await;
            sim.is_at_its_goal();
        }
    });
    println!("{stopped} interrupts, {doubts} with something in doubt");
    assert!(stopped > 20, "{stopped}");
    doubts
}

#[test]
fn once_begins_nothing_and_awaits_what_is_under_way() {
    let expect = Expect { times: 1, asked: Asked::Stops, stops: 0, kills: 0 };
    assert_eq!(interrupted(&expect), 0);
}

#[test]
fn twice_asks_the_providers_to_stop() {
    let expect = Expect { times: 2, asked: Asked::Stops, stops: 1, kills: 0 };
    assert!(interrupted(&expect) > 5);
}

#[test]
fn three_times_ends_providers_that_do_not_stop() {
    let expect = Expect { times: 3, asked: Asked::GoesOn, stops: 1, kills: 1 };
    assert!(interrupted(&expect) > 5);
}
