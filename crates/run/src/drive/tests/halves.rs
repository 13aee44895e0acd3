//! Lead and trail of one journal: what is destroyed when, and crashes on both sides of the pause.

use super::stack::{Sim, block_on, config};
use super::steps::{Choice, Then};
use super::world::Late;
use crate::interrupt::interrupts;

/// Orders of events that are tried.
const SEEDS: u64 = 4;

/// A network that others read, made anew where its size differs; what was in it; and something that goes.
fn network(size: u32, more: &str) -> String {
    format!(
        r#"
        resource "cloud_thing" "net" {{
          name = "net"
          size = {size}
          lifecycle {{ create_before_destroy = true }}
        }}
        resource "cloud_thing" "rule" {{
          name = "rule"
          note = cloud_thing.net.id
        }}
        {more}
        output "net" {{ value = cloud_thing.net.id }}
        "#
    )
}

const OLD: &str = r#"resource "cloud_thing" "old" { name = "old" }"#;

/// The network before, and how it is to be, others reading it.
async fn wired() -> Sim {
    let base = Sim::settled(config(&network(1, OLD))).await;
    let mut sim = base.reconfigured(config(&network(2, ""))).await;
    sim.wired = vec!["net".into()];
    sim
}

/// What there is in the end: each once, under its name.
fn is_at_its_goal(sim: &Sim) {
    let inner = sim.world.inner();
    let ids: Vec<&String> = inner.cloud.things.keys().collect();
    assert_eq!(ids, ["net.2", "rule.1"], "something is lost or doubled");
    let mut destroyed = inner.cloud.destroyed.clone();
    destroyed.sort();
    assert_eq!(destroyed, ["net.1", "old.1"], "each is destroyed once");
}

#[test]
fn nothing_is_destroyed_before_the_pause() {
    block_on(async {
        for seed in 0..SEEDS {
            let mut sim = wired().await;
            let running = sim.recover().await;
            let plan = sim.plan(&running).await;
            let (_interrupter, mut interrupts) = interrupts();
            let on = &mut |_| Then::GoOn;
            let choice = &mut Choice::seed(seed);
            let stepped = sim.apply_stepped(running, &plan, choice, &mut interrupts, on).await;
            stepped.result.expect("no crash").expect("nothing fails");
            let (made, destroyed) = stepped.paused.expect("a trail is left");
            assert!(made.contains(&"net".to_owned()) && destroyed.is_empty(), "{destroyed:?}");
            is_at_its_goal(&sim);
        }
    });
}

#[test]
fn wherever_it_crashes_around_the_pause_the_next_run_reaches_the_goal() {
    block_on(async {
        let mut after_the_pause = 0;
        for seed in 0..SEEDS {
            for at in 0.. {
                let mut sim = wired().await;
                let running = sim.recover().await;
                let plan = sim.plan(&running).await;
                let (_interrupter, mut interrupts) = interrupts();
                let then = &mut |step| if step == at { Then::Crash } else { Then::GoOn };
                let choice = &mut Choice::seed(seed);
                let stepped =
                    sim.apply_stepped(running, &plan, choice, &mut interrupts, then).await;
                let crashed = stepped.result.is_none();
                if crashed {
                    after_the_pause += u32::from(stepped.paused.is_some());
                    sim.world.inner().crash(Late::Done);
                    sim.disk.lose_held();
                }
                sim.finish().await;
                is_at_its_goal(&sim);
                if !crashed {
                    break;
                }
            }
        }
        assert!(after_the_pause > 0, "no crash was in a trail");
    });
}
