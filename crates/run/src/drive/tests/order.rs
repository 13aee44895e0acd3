//! Answers in every order.

use state::v4;

use super::PARALLELISM;
use super::stack::{Sim, block_on, config, no_errors};
use super::steps::{Choice, Then, stepped};
use super::world::Pace;
use crate::drive;
use crate::interrupt::interrupts;

/// Paths through the tree of all choices, at most.
const PATHS_MAX: usize = 20_000;

const BEFORE: &str = r#"
resource "cloud_thing" "a" {
  name = "a"
  size = 1
}
resource "cloud_thing" "b" {
  name = "b"
  note = cloud_thing.a.id
}
"#;

const AFTER: &str = r#"
resource "cloud_thing" "a" {
  name = "a"
  size = 2
}
resource "cloud_thing" "b" {
  name = "b"
  note = cloud_thing.a.id
}
resource "cloud_thing" "c" { name = "c" }
"#;

/// The bytes of a plan whose answers come in this order.
async fn planned(
    base: &Sim,
    goal: &std::sync::Arc<lang::config::Config>,
    choice: &mut Choice,
) -> Vec<u8> {
    let mut sim = base.reconfigured(goal.clone()).await;
    let running = sim.start().await;
    sim.world.inner().pace = Pace::Whole;
    let mut planner = sim.planner(&running);
    let (_interrupter, mut interrupts) = interrupts();
    let driving = drive::plan(&mut planner, &*sim.world, PARALLELISM, &mut interrupts);
    let driven = stepped(driving, &sim.world, &sim.disk, choice, &mut |_| Then::GoOn).await;
    driven.expect("no crash").expect("nobody interrupts");
    let outcome = planner.finish();
    no_errors(&outcome.diags);
    plan::format::v1::encode(&outcome.plan)
}

/// The bytes of the state after an apply whose answers come in this order.
async fn applied(
    base: &Sim,
    goal: &std::sync::Arc<lang::config::Config>,
    choice: &mut Choice,
) -> Vec<u8> {
    let mut sim = base.reconfigured(goal.clone()).await;
    let running = sim.start().await;
    let plan = sim.plan(&running).await;
    sim.world.inner().pace = Pace::Whole;
    let (_interrupter, mut interrupts) = interrupts();
    let before = &mut |_| Then::GoOn;
    let stepped = sim.apply_stepped(running, &plan, choice, &mut interrupts, before).await;
    stepped.result.expect("no crash").expect("nothing fails");
    no_errors(&stepped.outcome.diags);
    v4::write(&sim.peek().state)
}

/// Follows every path; all give the same. Tells how many there are.
fn every_order(
    run: impl AsyncFn(&Sim, &std::sync::Arc<lang::config::Config>, &mut Choice) -> Vec<u8>,
) -> usize {
    block_on(async {
        let (base, goal) = (Sim::settled(config(BEFORE)).await, config(AFTER));
        let mut choice = Choice::first();
        let expect = run(&base, &goal, &mut choice).await;
        let mut paths = 1;
        while let Some(mut next) = choice.next() {
            let found = run(&base, &goal, &mut next).await;
            assert_eq!(
                String::from_utf8_lossy(&found),
                String::from_utf8_lossy(&expect),
                "{next:?} gives another result"
            );
            choice = next;
            paths += 1;
            assert!(paths < PATHS_MAX, "too many orders for a test");
        }
        paths
    })
}

#[test]
fn every_order_of_answers_gives_the_same_plan() {
    let paths = every_order(planned);
    println!("{paths} orders");
    assert!(paths > 50, "{paths}");
}

#[test]
fn every_order_of_answers_gives_the_same_state() {
    let paths = every_order(applied);
    println!("{paths} orders");
    assert!(paths > 5, "{paths}");
}
