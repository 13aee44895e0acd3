//! A disk that fails, and a lease that is lost, at every point of an apply.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use state::journal::{Entry, Record, decode_body};
use store::{Durability, JournalFailure, Rescued, StackKey};

use super::stack::{Sim, block_on, config};
use super::steps::{Choice, Then};
use super::{BEFORE, after};
use crate::drive::ApplyFailure;
use crate::interrupt::interrupts;

/// The records of a journal without its mark.
fn records(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at(8);
        let length = u32::from_le_bytes(head[..4].try_into().expect("four bytes")) as usize;
        let (body, rest) = rest.split_at(length);
        records.push(decode_body(body).expect("a record"));
        bytes = rest;
    }
    records
}

fn ends(records: &[Record]) -> BTreeSet<u32> {
    let end = |record: &Record| match &record.entry {
        Entry::End(end) => Some(end.op.0),
        _ => None,
    };
    records.iter().filter_map(end).collect()
}

/// What a failure says was saved nowhere; the diagnostic must say the same.
fn unsaved(failure: &JournalFailure) -> Vec<Record> {
    let (JournalFailure::Poisoned { rescued, .. } | JournalFailure::Fenced { rescued, .. }) =
        failure
    else {
        panic!("{failure:?}")
    };
    let diagnostic = crate::failure::journal("stack", failure);
    let printed = diagnostic.detail.lines().nth(1).map(|line| BASE64_STANDARD.decode(line));
    match rescued {
        Rescued::Nowhere(bytes) => {
            let printed = printed.expect("a line of its own").expect("base64");
            assert_eq!(printed, **bytes, "what is printed is what was saved nowhere");
            records(bytes)
        }
        Rescued::Nothing => Vec::new(),
        Rescued::File(path) => panic!("memory has no file {path:?}"),
    }
}

#[test]
fn a_failing_disk_begins_no_call_and_loses_no_end() {
    let (mut points, mut printed) = (0, 0);
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let goal = config(&after());
        for at in 0.. {
            let mut sim = base.reconfigured(goal.clone()).await;
            let running = sim.start().await;
            let plan = sim.plan(&running).await;
            let (_interrupter, mut interrupts) = interrupts();
            let (disk, world) = (sim.disk.clone(), sim.world.clone());
            let mut begun = None;
            let before = &mut |step| {
                if step >= at && begun.is_none() && disk.held() > 0 {
                    begun = Some(world.inner().begun.len());
                    // Every other time both come at once: that more is durable, and that no more will be.
                    if at % 2 == 1 && disk.held() > 1 {
                        disk.flush_one();
                    }
                    disk.set_durability(Durability::Failing);
                    disk.flush();
                }
                Then::GoOn
            };
            let mut choice = Choice::seed(at as u64);
            let stepped =
                sim.apply_stepped(running, &plan, &mut choice, &mut interrupts, before).await;
            let Some(begun) = begun else { break };
            points += 1;
            match stepped.result.expect("no crash") {
                Err(ApplyFailure::Journal(failure)) => printed += check(&sim, begun, &failure),
                other => panic!("it goes on without a disk: {other:?}"),
            }
            sim.finish().await;
            sim.is_at_its_goal();
        }
    });
    println!("{points} failures of the disk, {printed} ends that only the failure tells");
    assert!(points > 40 && printed > 40, "{points}, {printed}");
}

/// Checks a run that failed; tells how many ends only the failure tells.
fn check(sim: &Sim, begun: usize, failure: &JournalFailure) -> usize {
    let rescued = unsaved(failure);
    let numbers: Vec<u64> = rescued.iter().map(|record| record.seq.0).collect();
    assert!(numbers.windows(2).all(|two| two[0] + 1 == two[1]), "{numbers:?} have gaps");
    let inner = sim.world.inner();
    let open = inner.watch.as_ref().expect("a watch").open();
    assert_eq!(inner.under_way(), 0, "it did not wait for its calls");
    let told = ends(&rescued);
    assert_eq!(inner.begun.len(), begun, "calls began after the failure");
    let answered: BTreeSet<u32> = inner.begun.iter().copied().collect();
    assert_eq!(answered, inner.answered);
    let lost: Vec<&u32> =
        answered.iter().filter(|op| open.contains(op) && !told.contains(op)).collect();
    assert!(lost.is_empty(), "the ends of {lost:?} are lost");
    told.len()
}

#[test]
fn a_lost_lease_begins_no_call_and_stops_those_under_way() {
    let (mut points, mut stopped) = (0, 0);
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let goal = config(&after());
        for at in 0.. {
            let mut sim = base.reconfigured(goal.clone()).await;
            let running = sim.start().await;
            let plan = sim.plan(&running).await;
            let (_interrupter, mut interrupts) = interrupts();
            let world = sim.world.clone();
            let mut lost = false;
            // A call that begins from now on fails the test by itself.
            let before = &mut |step| {
                if step == at {
                    world.inner().may_call = false;
                    lost = true;
                }
                Then::GoOn
            };
            let mut choice = Choice::seed(at as u64);
            let stepped =
                sim.apply_stepped(running, &plan, &mut choice, &mut interrupts, before).await;
            if !lost {
                break;
            }
            points += 1;
            {
                let inner = sim.world.inner();
                match stepped.result.expect("no crash") {
                    Ok(()) => assert!(stepped.steps <= at + 2, "it went on without a lease"),
                    Err(failure) => {
                        assert!(matches!(failure, ApplyFailure::LeaseLost), "{failure:?}");
                        assert_eq!(inner.stops, 1);
                        stopped += 1;
                    }
                }
                assert_eq!(inner.under_way(), 0, "it did not wait for its calls");
            }
            sim.finish().await;
            sim.is_at_its_goal();
        }
    });
    println!("{points} losses of the lease");
    assert!(stopped > 40, "{stopped}");
}

#[test]
fn what_a_store_refuses_from_who_lost_its_lease_is_told() {
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let mut sim = base.reconfigured(config(&after())).await;
        let running = sim.start().await;
        let plan = sim.plan(&running).await;
        let (_interrupter, mut interrupts) = interrupts();
        let (store, world) = (running.store.clone(), sim.world.clone());
        let mut begun = None;
        let before = &mut |_| {
            let mut inner = world.inner();
            if begun.is_none() && inner.begun.len() > 2 {
                store.break_lock(&StackKey::root()).expect("a lock to break");
                inner.may_call = false;
                begun = Some(inner.begun.len());
            }
            Then::GoOn
        };
        let mut choice = Choice::seed(1);
        let stepped = sim.apply_stepped(running, &plan, &mut choice, &mut interrupts, before).await;
        let failure = stepped.result.expect("no crash").expect_err("the lease is lost");
        let ApplyFailure::Journal(failure @ JournalFailure::Fenced { .. }) = failure else {
            panic!("{failure:?}")
        };
        assert!(!unsaved(&failure).is_empty());
        assert_eq!(Some(sim.world.inner().begun.len()), begun);
        sim.finish().await;
        sim.is_at_its_goal();
    });
}

#[test]
fn a_lost_lease_is_noticed_while_nothing_else_happens() {
    block_on(async {
        let base = Sim::settled(config(BEFORE)).await;
        let mut sim = base.reconfigured(config(&after())).await;
        let running = sim.start().await;
        let plan = sim.plan(&running).await;
        let (interrupter, mut interrupts) = interrupts();
        let world = sim.world.clone();
        let watching = tokio::spawn(async move {
            while world.inner().under_way() == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            world.inner().may_call = false;
        });
        sim.world.inner().pace = super::world::Pace::Whole;
        let (journal, mut applier) = sim.begin(&running, &plan);
        let driven = crate::drive::apply(
            &mut applier,
            &journal,
            &*sim.world,
            super::PARALLELISM,
            &mut interrupts,
        );
        let limit = std::time::Duration::from_secs(60);
        let driven = tokio::time::timeout(limit, driven).await.expect("it is noticed");
        assert!(matches!(driven, Err(ApplyFailure::LeaseLost)), "{driven:?}");
        watching.await.expect("it was taken away");
        drop(interrupter);
    });
}
