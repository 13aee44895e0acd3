//! Crashes at every point of an apply, and what the next process makes of them.

use super::stack::{Sim, block_on, config};
use super::steps::{Choice, Then};
use super::world::Late;
use super::{BEFORE, after};
use crate::interrupt::interrupts;

/// Orders of events that are tried; each has a crash before every one of its steps.
const SEEDS: u64 = 6;

/// Applies with a crash before this step, if there are so many; tells whether there was one, and how many steps.
async fn crash_at(sim: &mut Sim, choice: &mut Choice, at: usize, late: Late) -> (bool, usize) {
    let running = sim.recover().await;
    let plan = sim.plan(&running).await;
    let (_interrupter, mut interrupts) = interrupts();
    let then = &mut |step| if step == at { Then::Crash } else { Then::GoOn };
    let stepped = sim.apply_stepped(running, &plan, choice, &mut interrupts, then).await;
    if stepped.result.is_none() {
        sim.world.inner().crash(late);
        sim.disk.lose_held();
        return (true, stepped.steps);
    }
    stepped.result.expect("an end").expect("nothing fails");
    (false, stepped.steps)
}

#[test]
fn wherever_it_crashes_the_next_run_reaches_the_goal() {
    let (mut points, mut in_doubt) = (0, 0);
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let goal = config(&after());
        for seed in 0..SEEDS {
            for at in 0.. {
                let mut over = false;
                for late in [Late::Done, Late::Lost] {
                    let mut sim = base.reconfigured(goal.clone()).await;
                    let (crashed, _) = crash_at(&mut sim, &mut Choice::seed(seed), at, late).await;
                    in_doubt += sim.peek().in_doubt.len();
                    sim.finish().await;
                    sim.is_at_its_goal();
                    points += 1;
                    over |= !crashed;
                }
                if over {
                    break;
                }
            }
        }
    });
    println!("{points} crashes, {in_doubt} ops in doubt");
    assert!(points > 100 * SEEDS as usize && in_doubt > points, "{points}, {in_doubt}");
}

#[test]
fn crashes_in_a_recovery_are_the_same_case_again() {
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let goal = config(&after());
        let mut all = 0;
        for seed in 100..140 {
            let mut sim = base.reconfigured(goal.clone()).await;
            let mut choice = Choice::seed(seed);
            let mut crashes = 0;
            loop {
                let at = choice.among(25);
                let late = if choice.among(2) == 0 { Late::Done } else { Late::Lost };
                if !crash_at(&mut sim, &mut choice, at, late).await.0 {
                    break;
                }
                crashes += 1;
                assert!(crashes < 100, "seed {seed}: no crash leads any further");
            }
            all += crashes;
            sim.finish().await;
            sim.is_at_its_goal();
        }
        assert!(all > 100, "{all} crashes");
    });
}
