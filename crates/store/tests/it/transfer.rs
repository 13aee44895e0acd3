//! Moving an estate between stores, backing it up while it is in use, and restoring it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use state::Digest;
use state::journal::{Entry, OutputChange};
use store::{
    Carrier, EstateStore, Event, Freeze, LoadError, PlanHead, SqliteSettings, StackKey, StorePlace,
    StorePlan, StoredApproval, StoredRun, TransferError, WriteError,
};

use crate::contract::output;
use crate::server::skipped;
use crate::support::{
    Bench, Kind, at, begin, end, opening, postgres_settings, request, row, sqlite_settings, stack,
};

fn place(bench: &Bench) -> StorePlace {
    match bench.kind {
        Kind::Postgres => StorePlace::Postgres(Box::new(postgres_settings(bench.address()))),
        _ => StorePlace::Sqlite(sqlite_settings(bench.dir.path())),
    }
}

fn file(bench: &Bench, name: &str) -> SqliteSettings {
    SqliteSettings { path: bench.dir.path().join(name), ..sqlite_settings(bench.dir.path()) }
}

fn carrier() -> Carrier {
    Carrier { request: request("me@here"), to: "elsewhere".into() }
}

/// Two benches of two kinds, the second one's store empty; `None` where there is no PostgreSQL.
fn benches(from: Kind, to: Kind) -> Option<(Bench, Bench)> {
    Some((Bench::new(from)?, Bench::new(to)?))
}

/// Two stacks with objects, outputs, ops in doubt, snapshots; a plan with its approval; a freeze; a run; events.
fn fill(bench: &Bench) -> Arc<dyn EstateStore> {
    let store = bench.estate(1);
    for address in ["prod/network", "prod/database"] {
        let lease = store.acquire(&StackKey::from(address), &request("me@here")).unwrap();
        let journal = store.open_journal(&lease, &opening("r1")).unwrap();
        let outputs = vec![
            OutputChange::Set("a".into(), output("1")),
            OutputChange::Set("b".into(), output("2")),
            OutputChange::Stale("b".into()),
        ];
        let entries =
            vec![begin(1, "x.a"), end(1, "x.a", address), begin(2, "x.b"), Entry::Outputs(outputs)];
        journal.append(entries).unwrap();
        store.close_journal(&lease, journal).unwrap();
        store.put_snapshot(&lease, b"kept").unwrap();
        store.release(lease).unwrap();
    }
    let head = PlanHead { id: "p-1".into(), created_ms: 1, title: "2 to add".into() };
    store.put_plan(&StorePlan { head, file: b"plan".to_vec() }).unwrap();
    let (plan, signer_key) = ("p-1".into(), "SHA256:ann".into());
    let digest = Digest::of(b"plan");
    let approval = StoredApproval { plan, digest, signer_key, at_ms: 7, body: b"signed".to_vec() };
    store.put_approval(&approval).unwrap();
    let freeze = Freeze { reason: "audit".into(), who: "me@here".into(), at_ms: 7 };
    store.freeze("prod", &freeze).unwrap();
    let (environment, plan) = ("prod".into(), "p-1".into());
    let run = StoredRun { id: "r-1".into(), environment, plan, at_ms: 7, body: b"run".to_vec() };
    store.put_run(&run).unwrap();
    for what in ["plan", "apply"] {
        store.record(&event(what)).unwrap();
    }
    store
}

fn event(what: &str) -> Event {
    Event::new(5, "local:me@here", what)
}

fn same(one: &dyn EstateStore, other: &dyn EstateStore) {
    assert_eq!(one.stacks().unwrap(), other.stacks().unwrap());
    for stack in one.stacks().unwrap() {
        let (a, b) = (one.peek(&stack).unwrap(), other.peek(&stack).unwrap());
        assert_eq!((a.state, a.digest), (b.state, b.digest));
        assert_eq!((a.in_doubt, a.stale), (b.in_doubt, b.stale));
        assert_eq!(one.outputs(&stack).unwrap(), other.outputs(&stack).unwrap());
        assert_eq!(one.snapshot(&stack).unwrap(), other.snapshot(&stack).unwrap());
    }
    assert_eq!(one.plan("p-1").unwrap(), other.plan("p-1").unwrap());
    assert_eq!(one.approvals("p-1").unwrap(), other.approvals("p-1").unwrap());
    assert_eq!(one.frozen("prod").unwrap(), other.frozen("prod").unwrap());
    assert_eq!(one.run("r-1").unwrap(), other.run("r-1").unwrap());
}

#[test]
fn an_estate_is_moved_whole() {
    for (from, to) in [
        (Kind::Sqlite, Kind::Postgres),
        (Kind::Postgres, Kind::Sqlite),
        (Kind::Postgres, Kind::Postgres),
    ] {
        let Some((here, there)) = benches(from, to) else { return skipped("transfer") };
        let store = fill(&here);
        let world = here.world(3, "here");
        let copied = store::copy(place(&here), place(&there), &carrier(), &world).unwrap();
        assert_eq!((copied.stacks, copied.objects, copied.plans), (2, 2, 1));
        assert_eq!(copied.events, 5, "the event that tells of it goes along");
        let moved = there.estate(1);
        same(&*store, &*moved);
        assert_eq!(moved.events(1, 9).unwrap(), store.events(1, 9).unwrap());
        assert_eq!(&*store.events(5, 1).unwrap()[0].event.what, "store-copy");
        assert!(store.holder(&stack()).unwrap().is_none(), "the locks are given back");
        // It goes on there: with fencing numbers above, a new stack, and the chain.
        let lease = moved.acquire(&stack(), &request("me@here")).unwrap();
        assert!(lease.fence() > 2);
        let mut state = moved.load(&lease).unwrap().state;
        state.put(at("x.c"), row("c"));
        moved.replace(&lease, state.serial, state).unwrap();
        moved.acquire(&StackKey::from("prod/new"), &request("me@here")).unwrap();
        assert_eq!(moved.record(&event("apply")).unwrap(), 6);
        assert_eq!(moved.verify_events().unwrap(), 6);
        let again = store::copy(place(&here), place(&there), &carrier(), &world).unwrap_err();
        assert!(matches!(again, TransferError::NotEmpty(_)), "{again}");
    }
}

#[test]
fn nothing_is_moved_while_somebody_works() {
    let Some((here, there)) = benches(Kind::Sqlite, Kind::Postgres) else {
        return skipped("transfer");
    };
    let store = fill(&here);
    let world = here.world(3, "here");
    let copy = || store::copy(place(&here), place(&there), &carrier(), &world);
    let lease = store.acquire(&stack(), &request("you@here")).unwrap();
    let held = copy().unwrap_err();
    assert!(matches!(&held, TransferError::Held { stack: of, .. } if *of == stack()), "{held}");
    let journal = store.open_journal(&lease, &opening("r2")).unwrap();
    drop(journal);
    store.release(lease).unwrap();
    let open = copy().unwrap_err();
    assert!(matches!(&open, TransferError::JournalOpen(of) if *of == stack()), "{open}");
    assert!(there.estate(1).stacks().unwrap().is_empty());
    let lease = store.acquire(&stack(), &request("you@here")).unwrap();
    store.load(&lease).unwrap();
    store.release(lease).unwrap();
    copy().unwrap();
}

#[test]
fn what_was_moved_opens_only_as_what_it_was() {
    let Some((here, there)) = benches(Kind::Sqlite, Kind::Postgres) else {
        return skipped("transfer");
    };
    fill(&here);
    let world = here.world(3, "here");
    store::copy(place(&here), place(&there), &carrier(), &world).unwrap();
    // The row of one stack put in place of the other's.
    crate::support::sql(
        &there,
        "UPDATE object SET body = (SELECT body FROM object WHERE stack = 1) WHERE stack = 2",
    );
    let store = there.estate(1);
    store.peek(&StackKey::from("prod/network")).unwrap();
    let damaged = store.peek(&StackKey::from("prod/database")).unwrap_err();
    assert!(matches!(damaged, LoadError::Damaged { .. }), "{damaged}");
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(bench) = Bench::new(kind) else { return skipped("transfer") };
        drop(fill(&bench));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (pid, address) in [(11, "prod/one"), (12, "prod/two")] {
                let (bench, stop) = (&bench, &stop);
                scope.spawn(move || write_until(bench, pid, address, stop));
            }
            for round in 0..6 {
                let to = file(&bench, &format!("backup-{round}"));
                store::backup(place(&bench), &to, &bench.world(3, "here")).unwrap();
                let beside = bench.dir.path().join(format!("backup-{round}.partial"));
                assert!(to.path.exists() && !beside.exists());
                check_moment(&bench, &to);
            }
            stop.store(true, Ordering::SeqCst);
        });
        let to = file(&bench, "backup-0");
        let taken = store::backup(place(&bench), &to, &bench.world(3, "here")).unwrap_err();
        assert!(matches!(taken, TransferError::Exists(_)), "{taken}");
    }
}

/// Runs that leave, with each entry, an output of the same number as the object that ended.
fn write_until(bench: &Bench, pid: u32, address: &str, stop: &AtomicBool) {
    let store = bench.estate(pid);
    let lease = store.acquire(&StackKey::from(address), &request("me@here")).unwrap();
    let mut number = 0;
    while !stop.load(Ordering::SeqCst) {
        let journal = store.open_journal(&lease, &opening(&format!("r{number}"))).unwrap();
        for op in 0..10 {
            number += 1;
            let value = number.to_string();
            let told = OutputChange::Set("last".into(), output(&value));
            let entries =
                vec![begin(op, "x.a"), end(op, "x.a", &value), Entry::Outputs(vec![told])];
            journal.wait(journal.append(entries).unwrap()).unwrap();
        }
        store.close_journal(&lease, journal).unwrap();
    }
}

/// In every moment a stack's object and its output have the same number.
fn check_moment(bench: &Bench, backup: &SqliteSettings) {
    let store = StorePlace::Sqlite(backup.clone()).open(bench.world(4, "here")).unwrap();
    for address in ["prod/one", "prod/two"] {
        let key = StackKey::from(address);
        let loaded = store.peek(&key).unwrap();
        let Some(published) = store.outputs(&key).unwrap().remove("last") else { continue };
        let number = String::from_utf8(published.output.value.to_vec()).unwrap();
        assert_eq!(loaded.state.row(&at("x.a")), Some(row(&number)), "{address}");
        assert_eq!(loaded.state.outputs["last"], published.output);
    }
    assert!(store.verify_events().unwrap() >= 2);
}

#[test]
fn a_restored_store_has_all_and_is_closed_to_earlier_holders() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(bench) = Bench::new(kind) else { return skipped("transfer") };
        let world = bench.world(3, "here");
        let store = fill(&bench);
        let lease = store.acquire(&stack(), &request("you@here")).unwrap();
        let journal = store.open_journal(&lease, &opening("r2")).unwrap();
        journal.wait(journal.append(vec![begin(1, "x.late")]).unwrap()).unwrap();
        let to = file(&bench, "backup");
        let saved = store::backup(place(&bench), &to, &world).unwrap();
        assert_eq!((saved.stacks, saved.journals, saved.events), (2, 1, 4));
        let full = store::restore(&to, place(&bench), &world).unwrap_err();
        assert!(matches!(full, TransferError::NotEmpty(_)), "{full}");

        let anew = Bench::new(kind).unwrap();
        let restored = store::restore(&to, place(&anew), &world).unwrap();
        assert_eq!(restored, saved);
        let other = anew.estate(1);
        same(&*store, &*other);
        assert!(other.peek(&stack()).unwrap().recovered.is_some(), "the run that was under way");
        // The lease that was good at the time of the backup is not good there.
        let late = other.heartbeat(&lease).unwrap_err();
        assert!(matches!(late, WriteError::Fenced { .. }), "{late}");
        let new = other.acquire(&stack(), &request("me@here")).unwrap();
        assert!(new.fence() > 1_000_000);
        let loaded = other.load(&new).unwrap();
        assert_eq!(loaded.in_doubt.len(), 2, "what it began is in doubt");
    }
}
