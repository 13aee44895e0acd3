//! Laws of what a store of an estate does beyond, run against every kind that an estate can have.

use std::sync::Arc;

use store::{
    Event, Freeze, PlanHead, Put, StackKey, StoreKind, StorePlan, StoredApproval, StoredRun,
    WriteError,
};

use crate::contract::output;
use crate::support::{Bench, acquire, at, begin, end, opening, request, row, stack};
use state::Digest;
use state::journal::{Entry, OutputChange};

laws! { [Memory memory, Sqlite sqlite, Postgres postgres]
    plans_are_kept_under_their_ids,
    sealed_files_open_with_their_estate,
    approvals_are_kept_once_for_each_key,
    an_environment_is_frozen_until_it_is_thawed,
    the_record_of_a_run_is_the_latest,
    a_snapshot_goes_with_its_stack,
    a_renamed_stack_is_the_same_under_another_address,
    nothing_is_renamed_over_something_or_under_way,
    a_forgotten_stack_leaves_its_fencing_number,
    events_are_a_chain,
    a_simulated_cloud_stays_as_it_was_put,
    a_real_store_takes_nothing_simulated,
}

fn plans_are_kept_under_their_ids(bench: &Bench) {
    let store = bench.estate(1);
    let plan = |id: &str, created_ms| StorePlan {
        head: PlanHead { id: id.into(), created_ms, title: "2 to add".into() },
        file: b"plan".to_vec(),
    };
    store.put_plan(&plan("p-1", 1)).unwrap();
    store.put_plan(&plan("p-2", 2)).unwrap();
    assert!(store.put_plan(&plan("p-1", 3)).is_err(), "an id is given once");
    assert_eq!(store.plan("p-1").unwrap(), Some(plan("p-1", 1)));
    assert_eq!(store.plan("p-3").unwrap(), None);
    let ids: Vec<_> = store.plans().unwrap().into_iter().map(|head| head.id).collect();
    assert_eq!(ids, ["p-2".into(), "p-1".into()]);
}

fn a_simulated_cloud_stays_as_it_was_put(bench: &Bench) {
    let bench = bench.rehearsal();
    let store = bench.estate(1);
    assert_eq!(store.kind(), StoreKind::Rehearsal);
    let row = |key: &str, body: &str| (Arc::from(key), Some(body.as_bytes().to_vec()));
    store.put_simulated(&[row("b/1", "one"), row("a/1", "two")]).unwrap();
    store.put_simulated(&[row("b/1", "three"), row("c/1", "four")]).unwrap();
    store.put_simulated(&[("c/1".into(), None), ("d/1".into(), None)]).unwrap();
    let rows: Vec<_> = bench.estate(2).simulated().unwrap();
    let expect: Vec<(Arc<str>, Vec<u8>)> =
        vec![("a/1".into(), b"two".to_vec()), ("b/1".into(), b"three".to_vec())];
    assert_eq!(rows, expect);
}

fn a_real_store_takes_nothing_simulated(bench: &Bench) {
    let store = bench.estate(1);
    assert_eq!(store.kind(), StoreKind::Real);
    assert!(store.put_simulated(&[("a/1".into(), Some(b"one".to_vec()))]).is_err());
    assert!(store.simulated().unwrap().is_empty());
}

fn sealed_files_open_with_their_estate(bench: &Bench) {
    let sealed = bench.estate(1).seal_file(b"plan");
    assert_eq!(bench.estate(2).open_file(&sealed).as_deref(), Ok(&b"plan"[..]));
    assert!(bench.estate(2).open_file(b"plan").is_err());
}

fn approvals_are_kept_once_for_each_key(bench: &Bench) {
    let store = bench.estate(1);
    let approval = |plan: &str, key: &str, body: &[u8]| StoredApproval {
        plan: plan.into(),
        digest: Digest::of(b"plan"),
        signer_key: key.into(),
        at_ms: 7,
        body: body.to_vec(),
    };
    assert!(store.approvals("p-1").unwrap().is_empty());
    let (ann, bob) = (approval("p-1", "SHA256:ann", b"1"), approval("p-1", "SHA256:bob", b"2"));
    assert_eq!(store.put_approval(&bob).unwrap(), Put::Kept);
    assert_eq!(store.put_approval(&ann).unwrap(), Put::Kept);
    let again = approval("p-1", "SHA256:ann", b"3");
    assert_eq!(store.put_approval(&again).unwrap(), Put::Already, "nobody approves twice");
    assert_eq!(store.put_approval(&approval("p-2", "SHA256:ann", b"4")).unwrap(), Put::Kept);
    assert_eq!(bench.estate(2).approvals("p-1").unwrap(), [ann, bob]);
}

fn an_environment_is_frozen_until_it_is_thawed(bench: &Bench) {
    let store = bench.estate(1);
    let freeze = |reason: &str| Freeze { reason: reason.into(), who: "me@here".into(), at_ms: 7 };
    assert_eq!(store.frozen("prod").unwrap(), None);
    assert_eq!(store.thaw("prod").unwrap(), None);
    assert_eq!(store.freeze("prod", &freeze("audit")).unwrap(), Put::Kept);
    assert_eq!(store.freeze("prod", &freeze("again")).unwrap(), Put::Already);
    assert_eq!(bench.estate(2).frozen("prod").unwrap(), Some(freeze("audit")));
    assert_eq!(store.frozen("dev").unwrap(), None);
    assert_eq!(bench.estate(2).thaw("prod").unwrap(), Some(freeze("audit")));
    assert_eq!(store.frozen("prod").unwrap(), None);
}

fn the_record_of_a_run_is_the_latest(bench: &Bench) {
    let store = bench.estate(1);
    let run = |body: &[u8]| StoredRun {
        id: "r-1".into(),
        environment: "prod".into(),
        plan: "p-1".into(),
        at_ms: 7,
        body: body.to_vec(),
    };
    assert_eq!(store.run("r-1").unwrap(), None);
    store.put_run(&run(b"begun")).unwrap();
    store.put_run(&run(b"ended")).unwrap();
    assert_eq!(bench.estate(2).run("r-1").unwrap(), Some(run(b"ended")));
}

fn a_snapshot_goes_with_its_stack(bench: &Bench) {
    let store = bench.estate(1);
    assert_eq!(store.snapshot(&stack()).unwrap(), None);
    let lease = acquire(&*store);
    store.put_snapshot(&lease, b"one").unwrap();
    store.put_snapshot(&lease, b"two").unwrap();
    assert_eq!(bench.estate(2).snapshot(&stack()).unwrap().as_deref(), Some(&b"two"[..]));
    bench.estate(2).break_lock(&stack()).unwrap().unwrap();
    let fenced = store.put_snapshot(&lease, b"three").unwrap_err();
    assert!(matches!(fenced, WriteError::Fenced { .. }), "{fenced}");
    assert_eq!(store.snapshot(&stack()).unwrap().as_deref(), Some(&b"two"[..]));
}

/// A stack with an object, an output that is behind, an op in doubt and a snapshot.
fn fill(store: &dyn store::EstateStore, lease: &store::Lease) -> store::Loaded {
    let journal = store.open_journal(lease, &opening("r1")).unwrap();
    let outputs = vec![
        OutputChange::Set("a".into(), output("1")),
        OutputChange::Set("b".into(), output("2")),
        OutputChange::Stale("b".into()),
    ];
    let entries =
        vec![begin(1, "x.a"), end(1, "x.a", "a"), begin(2, "x.b"), Entry::Outputs(outputs)];
    journal.append(entries).unwrap();
    let loaded = store.close_journal(lease, journal).unwrap();
    store.put_snapshot(lease, b"kept").unwrap();
    loaded
}

fn a_renamed_stack_is_the_same_under_another_address(bench: &Bench) {
    let store = bench.estate(1);
    let from = acquire(&*store);
    let before = fill(&*store, &from);
    let other = StackKey::from("prod/net");
    let to = store.acquire(&other, &request("me@here")).unwrap();
    store.rename_stack(&from, &to).unwrap();
    let after = bench.estate(2).peek(&other).unwrap();
    assert_eq!((&after.state, after.digest), (&before.state, before.digest));
    assert_eq!((after.in_doubt, after.stale), (before.in_doubt, before.stale));
    assert_eq!(store.outputs(&other).unwrap().len(), 2);
    assert!(store.outputs(&other).unwrap()["b"].stale);
    assert_eq!(store.snapshot(&other).unwrap().as_deref(), Some(&b"kept"[..]));
    assert_eq!(store.stacks().unwrap(), std::slice::from_ref(&other));
    let left = store.load(&from).unwrap();
    assert_eq!((left.state.serial, &*left.state.lineage), (0, ""));
    assert!(left.in_doubt.is_empty() && store.outputs(&stack()).unwrap().is_empty());
    assert_eq!(store.snapshot(&stack()).unwrap(), None);
    let mut state = store.load(&to).unwrap().state;
    state.put(at("x.c"), row("c"));
    assert_eq!(store.replace(&to, state.serial, state).unwrap().state.serial, 2, "it goes on");
}

fn nothing_is_renamed_over_something_or_under_way(bench: &Bench) {
    let store = bench.estate(1);
    let other = StackKey::from("prod/net");
    let (from, to) = (acquire(&*store), store.acquire(&other, &request("me@here")).unwrap());
    fill(&*store, &from);
    let journal = store.open_journal(&to, &opening("r2")).unwrap();
    let open = store.rename_stack(&from, &to).unwrap_err();
    assert!(matches!(open, WriteError::JournalOpen), "{open}");
    assert!(matches!(store.forget_stack(&to).unwrap_err(), WriteError::JournalOpen));
    store.close_journal(&to, journal).unwrap();
    let taken = store.rename_stack(&from, &to).unwrap_err();
    assert!(matches!(taken, WriteError::Taken { .. }), "{taken}");
    store.break_lock(&stack()).unwrap().unwrap();
    let fenced = store.rename_stack(&from, &to).unwrap_err();
    assert!(matches!(fenced, WriteError::Fenced { .. }), "{fenced}");
    assert_eq!(store.peek(&stack()).unwrap().state.object_count(), 1, "nothing moved");
}

fn a_forgotten_stack_leaves_its_fencing_number(bench: &Bench) {
    let store = bench.estate(1);
    let lease = acquire(&*store);
    fill(&*store, &lease);
    store.forget_stack(&lease).unwrap();
    assert!(store.stacks().unwrap().is_empty());
    let left = store.load(&lease).unwrap();
    assert_eq!((left.state.serial, left.in_doubt.len()), (0, 0));
    assert_eq!(store.snapshot(&stack()).unwrap(), None);
    let fence = lease.fence();
    store.release(lease).unwrap();
    assert!(acquire(&*store).fence() > fence);
}

fn events_are_a_chain(bench: &Bench) {
    let store = bench.estate(1);
    assert_eq!(store.verify_events().unwrap(), 0);
    let event =
        |what: &str| Event::new(5, "local:me@here", what).of_stack("prod/network").between(1, 2);
    for (number, what) in (1..).zip(["plan", "apply", "lock-break"]) {
        assert_eq!(store.record(&event(what)).unwrap(), number);
    }
    assert_eq!(store.verify_events().unwrap(), 3);
    let events = bench.estate(2).events(2, 1).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event, event("apply"));
    assert_eq!(store.events(1, 9).unwrap()[0].hash, events[0].before);
}
