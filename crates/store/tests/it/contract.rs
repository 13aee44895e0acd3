//! One suite of laws, run against every kind of store.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use crate::support::{Bench, Kind, acquire, at, begin, end, gone, opening, request, row, stack};
use state::journal::{Entry, Outcome, OutputChange, Seq};
use state::{Output, State, v4};
use store::{JournalFailure, LockError, StackKey, WriteError};

laws! { [Memory memory, File file, Sqlite sqlite, Postgres postgres]
    a_run_from_nothing_leaves_a_state,
    the_serial_moves_with_the_content_only,
    a_run_that_was_killed_is_folded_by_the_next,
    an_op_in_doubt_stays_so_until_it_is_resolved,
    one_holder_at_a_time,
    a_broken_lease_writes_nothing_any_more,
    a_state_is_replaced_only_from_its_serial_and_lineage,
    everything_that_a_file_can_hold_survives,
    listeners_are_told_what_is_durable,
    one_journal_at_a_time,
    entries_that_break_the_rules_are_not_appended,
}

laws! { [Memory memory, Sqlite sqlite, Postgres postgres]
    outputs_are_published_with_the_entries_and_read_alone,
    stacks_are_apart,
    the_lease_of_one_stack_writes_no_other_one,
}

fn a_run_from_nothing_leaves_a_state(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let loaded = store.load(&lease).unwrap();
    assert_eq!((loaded.state.serial, &*loaded.state.lineage), (0, ""));
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    assert_eq!(journal.durable().unwrap(), Seq::OPEN);
    let last = journal.append(vec![begin(1, "x.a"), end(1, "x.a", "a")]).unwrap();
    assert_eq!(last, Seq(3));
    assert_eq!(journal.wait(last).unwrap(), last);
    assert!(journal.state().object(&at("x.a")).is_some());
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.state.serial, 1);
    assert!(!closed.state.lineage.is_empty());
    assert_eq!(&*closed.state.terraform_version, crate::support::VERSION);
    store.release(lease).unwrap();
    drop(store);
    let store = bench.store(2);
    let peeked = store.peek(&stack()).unwrap();
    assert_eq!(peeked.state, closed.state);
    assert_eq!(peeked.digest, closed.digest);
    assert_eq!(peeked.state.row(&at("x.a")), Some(row("a")));
    let lease = acquire(&*store);
    let loaded = store.load(&lease).unwrap();
    assert_eq!(loaded.state, closed.state);
    assert_eq!(loaded.recovered, None);
}

fn the_serial_moves_with_the_content_only(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let run = |entries: Vec<Entry>| {
        let journal = store.open_journal(&lease, &opening("r")).unwrap();
        journal.append(entries).unwrap();
        store.close_journal(&lease, journal).unwrap()
    };
    assert_eq!(run(vec![]).state.serial, 1, "the first run writes, even nothing");
    let before = run(vec![end(1, "x.a", "a")]);
    assert_eq!(before.state.serial, 2);
    let same = run(vec![begin(1, "x.a"), end(1, "x.a", "a")]);
    assert_eq!((same.state.serial, same.digest), (2, before.digest));
    let other = run(vec![begin(1, "x.a"), gone(1, "x.a")]);
    assert_eq!(other.state.serial, 3);
    assert_eq!(other.state.object_count(), 0);
}

fn a_run_that_was_killed_is_folded_by_the_next(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let entries = vec![begin(1, "x.a"), begin(2, "x.b"), end(1, "x.a", "a")];
    journal.wait(journal.append(entries).unwrap()).unwrap();
    bench.universe.end(1);
    drop((journal, store));

    let store = bench.store(2);
    let peeked = store.peek(&stack()).unwrap();
    assert_eq!(peeked.state.serial, 0, "looking writes nothing");
    assert!(peeked.recovered.is_some(), "a look tells that the state is about to move");
    assert_eq!(peeked.state.row(&at("x.a")), Some(row("a")));
    let lease = acquire(&*store);
    let refused = store.open_journal(&lease, &opening("r2")).unwrap_err();
    assert!(matches!(refused, WriteError::JournalOpen), "{refused}");
    let loaded = store.load(&lease).unwrap();
    let recovered = loaded.recovered.unwrap();
    assert_eq!((recovered.run.as_str(), recovered.entries), ("r1", 4));
    assert_eq!(loaded.state.serial, 1);
    assert_eq!(loaded.state.object_count(), 1);
    let doubt: Vec<String> = loaded.in_doubt.iter().map(|d| d.begin.at.to_string()).collect();
    assert_eq!(doubt, ["x.b"]);
    assert_eq!(loaded.in_doubt, peeked.in_doubt);
    let again = store.load(&lease).unwrap();
    assert_eq!(again.recovered, None);
    assert_eq!(again.in_doubt, loaded.in_doubt);
}

fn an_op_in_doubt_stays_so_until_it_is_resolved(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    journal.append(vec![begin(1, "x.a"), begin(2, "x.b")]).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.in_doubt.len(), 2, "closed in order, and yet in doubt");
    let journal = store.open_journal(&lease, &opening("r2")).unwrap();
    journal.append(vec![begin(1, "x.c"), end(1, "x.c", "c")]).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.in_doubt.len(), 2);
    let mut state = closed.state.clone();
    state.remove(&at("x.c"));
    let replaced = store.replace(&lease, state.serial, state).unwrap();
    assert_eq!(replaced.in_doubt, closed.in_doubt, "surgery resolves nothing");
    let journal = store.open_journal(&lease, &opening("r3")).unwrap();
    let resolve = |index: usize, outcome| Entry::Resolved {
        op: closed.in_doubt[index].op(),
        outcome: Box::new(outcome),
    };
    journal
        .append(vec![resolve(0, Outcome::Object(row("found"))), resolve(1, Outcome::Gone)])
        .unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.in_doubt, []);
    assert_eq!(closed.state.row(&at("x.a")), Some(row("found")));
    assert_eq!(closed.state.object_count(), 1);
    assert_eq!(store.peek(&stack()).unwrap().in_doubt, []);
}

fn one_holder_at_a_time(bench: &Bench) {
    let (one, two) = (bench.store(1), bench.store(2));
    let lease = acquire(&*one);
    for store in [&one, &two] {
        match store.acquire(&stack(), &request("you@there")) {
            Err(LockError::Held(holder)) => assert_eq!(&*holder.request.who, "me@here"),
            other => panic!("{other:?}"),
        }
    }
    let holder = two.holder(&stack()).unwrap().unwrap();
    assert_eq!(holder.fence, lease.fence());
    assert_eq!(holder.process.unwrap().pid, 1);
    one.heartbeat(&lease).unwrap();
    let fence = lease.fence();
    one.release(lease).unwrap();
    assert!(two.holder(&stack()).unwrap().is_none());
    let lease = acquire(&*two);
    assert!(lease.fence() > fence);
    bench.universe.end(2);
    drop(two);
    let lease = acquire(&*one);
    assert!(lease.fence() > fence + 1, "a dead holder is succeeded at once");
}

fn a_broken_lease_writes_nothing_any_more(bench: &Bench) {
    let (one, two) = (bench.store(1), bench.store(2));
    assert!(two.break_lock(&stack()).unwrap().is_none());
    let old = acquire(&*one);
    let journal = one.open_journal(&old, &opening("r1")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.a")]).unwrap()).unwrap();
    let broken = two.break_lock(&stack()).unwrap().unwrap();
    assert_eq!(broken.process.unwrap().pid, 1);

    let late = journal.append(vec![end(1, "x.a", "late")]).unwrap();
    let failure = journal.wait(late).unwrap_err();
    assert!(matches!(failure, JournalFailure::Fenced { .. }), "{failure}");
    let fenced = |result: Result<(), WriteError>| match result {
        Err(WriteError::Fenced { ours, highest, .. }) => assert!(highest > ours),
        other => panic!("{other:?}"),
    };
    fenced(one.heartbeat(&old));
    fenced(one.replace(&old, 0, State::new()).map(drop));
    fenced(one.close_journal(&old, journal).map(drop));
    fenced(one.load(&old).map(drop).map_err(WriteError::from));
    one.release(old).unwrap();

    let new = acquire(&*two);
    let loaded = two.load(&new).unwrap();
    assert_eq!(loaded.in_doubt.len(), 1, "the late end was not written");
    assert_eq!(loaded.state.object_count(), 0);
}

fn a_state_is_replaced_only_from_its_serial_and_lineage(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let mut state = State::new();
    state.lineage = "l1".into();
    state.put(at("x.a"), row("a"));
    let first = store.replace(&lease, 0, state.clone()).unwrap().state;
    assert_eq!((first.serial, &*first.lineage), (1, "l1"));
    let stale = store.replace(&lease, 0, state.clone()).unwrap_err();
    assert!(matches!(stale, WriteError::Stale { expected: 0, found: 1 }), "{stale}");
    let mut foreign = state.clone();
    foreign.lineage = "l2".into();
    let foreign = store.replace(&lease, 1, foreign).unwrap_err();
    assert!(matches!(foreign, WriteError::Lineage { .. }), "{foreign}");
    let mut pushed = state;
    pushed.serial = 7;
    assert_eq!(store.replace(&lease, 1, pushed).unwrap().state.serial, 7);
    let loaded = store.load(&lease).unwrap();
    assert_eq!(loaded.state.serial, 7);
    assert_eq!(loaded.state.row(&at("x.a")), Some(row("a")));
}

fn everything_that_a_file_can_hold_survives(bench: &Bench) {
    let wide = include_str!("wide.tfstate");
    let pushed = v4::read(wide.as_bytes()).unwrap();
    let store = bench.store(1);
    let lease = acquire(&*store);
    store.replace(&lease, 0, pushed).unwrap();
    drop(store);
    bench.universe.end(1);
    let store = bench.store(2);
    let pulled = store.peek(&stack()).unwrap().state;
    let text = String::from_utf8(v4::write(&pulled)).unwrap();
    let husk = |text: &str| text.contains("\"husk\"");
    assert!(husk(wide));
    if matches!(bench.kind, Kind::Sqlite | Kind::Postgres) {
        assert!(!husk(&text), "a resource without objects has no row");
    } else {
        assert_eq!(text, wide);
    }
}

fn listeners_are_told_what_is_durable(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let (told, news) = channel();
    let told = Mutex::new(told);
    journal.listen(Box::new(move |durable| {
        let _gone = told.lock().unwrap().send(durable.unwrap());
    }));
    let mut last = Seq::OPEN;
    for op in 0..200 {
        last = journal.append(vec![begin(op, &format!("x.a[{op}]"))]).unwrap();
    }
    let mut seen = Seq::default();
    while seen < last {
        let now: Seq = news.recv().unwrap();
        assert!(now >= seen, "{now:?} after {seen:?}");
        seen = now;
    }
    assert_eq!(journal.durable().unwrap(), last);
}

fn one_journal_at_a_time(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    journal.append(vec![begin(1, "x.a")]).unwrap();
    journal.wait(journal.last()).unwrap();
    let refused = store.open_journal(&lease, &opening("r2")).unwrap_err();
    assert!(matches!(refused, WriteError::JournalOpen), "{refused}");
    let refused = store.replace(&lease, 0, State::new()).unwrap_err();
    assert!(matches!(refused, WriteError::JournalOpen), "{refused}");
    store.close_journal(&lease, journal).unwrap();
}

fn entries_that_break_the_rules_are_not_appended(bench: &Bench) {
    let store = bench.store(1);
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let twice = journal.append(vec![begin(1, "x.a"), begin(1, "x.a")]).unwrap_err();
    assert!(matches!(twice, JournalFailure::Rule(_)), "{twice}");
    assert_eq!(journal.last(), Seq(2));
    journal.append(vec![end(1, "x.a", "a")]).unwrap();
    assert_eq!(store.close_journal(&lease, journal).unwrap().state.object_count(), 1);
}

pub(crate) fn output(value: &str) -> Output {
    Output {
        value: Arc::from(value.as_bytes()),
        ty: Arc::from(&b"\"number\""[..]),
        sensitive: false,
        deprecated: None,
    }
}

fn outputs_are_published_with_the_entries_and_read_alone(bench: &Bench) {
    let (store, reader) = (bench.estate(1), bench.estate(2));
    let read = || {
        let outputs = reader.outputs(&stack()).unwrap().into_iter();
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        outputs
            .map(|(name, published)| {
                let stale = if published.stale { " stale" } else { "" };
                format!("{name}={}{stale}", text(&published.output.value))
            })
            .collect::<Vec<_>>()
    };
    assert!(read().is_empty());
    let lease = acquire(&*store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let set = |name: &str, value| OutputChange::Set(name.into(), output(value));
    let publish = Entry::Outputs(vec![set("a", "1"), set("b", "2"), set("c", "3")]);
    journal.wait(journal.append(vec![publish]).unwrap()).unwrap();
    assert_eq!(read(), ["a=1", "b=2", "c=3"], "readable while the run goes on");
    let change = Entry::Outputs(vec![
        OutputChange::Stale("a".into()),
        OutputChange::Removed("b".into()),
        set("c", "4"),
    ]);
    journal.append(vec![change]).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(read(), ["a=1 stale", "c=4"]);
    assert_eq!(closed.state.outputs.len(), 2);
    let loaded = store.load(&lease).unwrap();
    assert_eq!(loaded.state, closed.state);
    assert!(loaded.stale.contains("a"));
    let mut state = loaded.state;
    state.put(at("x.a"), row("a"));
    let replaced = store.replace(&lease, state.serial, state).unwrap();
    assert!(replaced.stale.contains("a"), "surgery publishes nothing");
    assert_eq!(read(), ["a=1 stale", "c=4"]);
    let journal = store.open_journal(&lease, &opening("r2")).unwrap();
    journal.append(vec![Entry::Outputs(vec![set("a", "5")])]).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert!(closed.stale.is_empty());
    assert_eq!(read(), ["a=5", "c=4"]);
    // Killed after publishing: what was published stays, and the fold says the same.
    let journal = store.open_journal(&lease, &opening("r3")).unwrap();
    journal.wait(journal.append(vec![Entry::Outputs(vec![set("a", "6")])]).unwrap()).unwrap();
    drop(journal);
    assert_eq!(read(), ["a=6", "c=4"]);
    let loaded = store.load(&lease).unwrap();
    assert_eq!(loaded.state.outputs["a"], output("6"));
    assert_eq!(read(), ["a=6", "c=4"]);
}

fn stacks_are_apart(bench: &Bench) {
    let store = bench.estate(1);
    let other = StackKey::from("prod/database");
    let lease = acquire(&*store);
    let other_lease = store.acquire(&other, &request("me@here")).unwrap();
    let one = store.open_journal(&lease, &opening("r1")).unwrap();
    let two = store.open_journal(&other_lease, &opening("r2")).unwrap();
    for op in 0..50 {
        let address = format!("x.a[{op}]");
        one.append(vec![begin(op, &address), end(op, &address, "one")]).unwrap();
        two.append(vec![begin(op, &address), end(op, &address, "two")]).unwrap();
    }
    store.break_lock(&other).unwrap().unwrap();
    let closed = store.close_journal(&lease, one).unwrap();
    assert_eq!(closed.state.object_count(), 50);
    assert_eq!(closed.state.row(&at("x.a[7]")), Some(row("one")));
    assert!(store.close_journal(&other_lease, two).is_err());
    assert_eq!(store.stacks().unwrap(), [stack()]);
}

/// A run that holds the lease of an app wants to write the database's rows: with what it kept of an earlier lease of
/// that, and with the app's.
fn the_lease_of_one_stack_writes_no_other_one(bench: &Bench) {
    let store = bench.estate(1);
    let database = StackKey::from("prod/database");
    let ask = |stack: &StackKey, id: &str| {
        let request = store::LockRequest { id: id.into(), ..request("me@here") };
        store.acquire(stack, &request).unwrap()
    };
    let once = ask(&database, "d1");
    let mut state = State::new();
    state.put(at("x.db"), row("precious"));
    let before = store.replace(&once, 0, state).unwrap();
    let kept = store.open_journal(&once, &opening("r1")).unwrap();
    let old = once.clone();
    store.release(once).unwrap();
    let app = ask(&stack(), "a1");
    assert_eq!(app.fence(), old.fence(), "the number alone is not what tells them apart");

    kept.append(vec![begin(1, "x.db"), gone(1, "x.db")]).unwrap();
    let refused = kept.wait(kept.last()).unwrap_err();
    assert!(matches!(refused, JournalFailure::Fenced { .. }), "{refused}");
    let fenced = |result: Result<(), WriteError>| {
        assert!(matches!(result, Err(WriteError::Fenced { .. })), "{result:?}");
    };
    fenced(store.close_journal(&app, kept).map(drop));
    fenced(store.replace(&old, before.state.serial, State::new()).map(drop));
    fenced(store.put_snapshot(&old, b""));
    fenced(store.forget_stack(&old));
    fenced(store.rename_stack(&old, &app));
    fenced(store.heartbeat(&old));
    // Somebody else has it by now.
    let theirs = ask(&database, "d2");
    fenced(store.forget_stack(&old));
    let loaded = store.load(&theirs).unwrap();
    assert_eq!(loaded.state.row(&at("x.db")), Some(row("precious")));
    assert!(loaded.in_doubt.is_empty());
    assert!(store.peek(&stack()).unwrap().state.lineage.is_empty(), "nor the app's");
}
