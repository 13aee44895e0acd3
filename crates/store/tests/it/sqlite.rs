//! What only an estate's database has: that it is never made or taken for another one silently, that it is sealed, and
//! that holders on other hosts are waited for.

use std::fs;

use rusqlite::Connection;
use state::State;
use state::journal::Entry;
use store::{
    ChainError, CreateError, EstateStore as _, Event, Fault, FileFault, JournalFailure, LoadError,
    LockError, MasterKey, OpenError, Rescued, SqliteStore, StackKey, Store as _, StoreKind,
    WriteError,
};

use crate::support::{
    Bench, Kind, LEASE_MS, acquire, at, begin, end, opening, request, row, sqlite_settings, stack,
};

fn open(
    bench: &Bench,
    change: impl FnOnce(&mut store::SqliteSettings),
) -> Result<SqliteStore, OpenError> {
    let mut settings = sqlite_settings(bench.dir.path());
    change(&mut settings);
    SqliteStore::open(settings, bench.world(1, "here"))
}

#[test]
fn no_store_is_made_or_mistaken_silently() {
    let bench = Bench::of(Kind::Sqlite);
    let path = bench.dir.path().join("estate.db");
    let again = SqliteStore::create(sqlite_settings(bench.dir.path()), bench.world(1, "here"));
    assert!(matches!(again, Err(CreateError::Exists(at)) if at == path));

    let elsewhere = bench.dir.path().join("other.db");
    let missing = open(&bench, |settings| settings.path = elsewhere.clone()).unwrap_err();
    assert!(matches!(&missing, OpenError::MissingStore { path } if *path == elsewhere));
    assert!(!elsewhere.exists(), "looking makes nothing");

    let foreign = open(&bench, |settings| settings.estate.id = "99999999".into()).unwrap_err();
    let OpenError::ForeignStore { found, wanted, .. } = &foreign else { panic!("{foreign}") };
    assert_eq!((&*found.0, &*found.1, &**wanted), ("3f6c0a12", "acme", "99999999"));
    assert_eq!(SqliteStore::identify(&path).unwrap().name, "acme");

    let key = MasterKey::parse(&"80".repeat(32)).unwrap();
    let wrong = open(&bench, |settings| settings.key = key).unwrap_err();
    assert!(matches!(wrong, OpenError::WrongKey { .. }), "{wrong}");

    for content in [&b""[..], b"SQLite format 3\0", b"{\"version\": 4}"] {
        fs::write(&elsewhere, content).unwrap();
        let other = open(&bench, |settings| settings.path = elsewhere.clone()).unwrap_err();
        assert!(matches!(other, OpenError::NotAStore { .. }), "{other}");
    }
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    let newer = open(&bench, |_| {}).unwrap_err();
    assert!(matches!(newer, OpenError::NewerStore { version: 99, .. }), "{newer}");
}

#[test]
fn an_older_layout_is_upgraded_when_it_is_opened() {
    let bench = Bench::of(Kind::Sqlite);
    let before = filled(&bench).peek(&stack()).unwrap();
    let db = Connection::open(bench.dir.path().join("estate.db")).unwrap();
    db.execute_batch("ALTER TABLE estate DROP COLUMN kind").unwrap();
    for column in ["form", "environment", "object"] {
        db.execute_batch(&format!("ALTER TABLE event DROP COLUMN {column}")).unwrap();
    }
    for table in ["approval", "freeze", "snapshot", "run", "simulated", "head", "signed_head"] {
        db.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    db.pragma_update(None, "user_version", 1).unwrap();
    let wrong = open(&bench, |settings| settings.estate.id = "99999999".into()).unwrap_err();
    assert!(matches!(wrong, OpenError::ForeignStore { .. }), "{wrong}");
    let layout = |db: &Connection| {
        db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(layout(&db), 1, "another estate's is not touched");
    let store = open(&bench, |_| {}).unwrap();
    assert_eq!(layout(&db), 4);
    assert_eq!(store.peek(&stack()).unwrap().state, before.state);
    assert_eq!(store.frozen("prod").unwrap(), None);
    drop(open(&bench, |_| {}).unwrap());
}

#[test]
fn a_store_of_another_kind_is_not_opened() {
    let bench = Bench::of(Kind::Sqlite);
    let other = open(&bench, |settings| settings.kind = StoreKind::Rehearsal).unwrap_err();
    assert!(matches!(other, OpenError::OtherKind { found: StoreKind::Real, .. }), "{other}");
    let rehearsal = bench.rehearsal();
    let other = open(&rehearsal, |_| {}).unwrap_err();
    assert!(matches!(other, OpenError::OtherKind { found: StoreKind::Rehearsal, .. }), "{other}");
}

/// A store with a state of two objects at serial 2, an op in doubt and an open journal's entries.
fn filled(bench: &Bench) -> SqliteStore {
    let store = bench.sqlite(1, "here");
    let lease = acquire(&store);
    for serial in 1..3 {
        let journal = store.open_journal(&lease, &opening("r")).unwrap();
        let id = format!("secret-{serial}");
        journal.append(vec![end(1, "x.a", &id), end(2, "x.b", &id), begin(3, "x.c")]).unwrap();
        store.close_journal(&lease, journal).unwrap();
    }
    let journal = store.open_journal(&lease, &opening("r")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.d")]).unwrap()).unwrap();
    drop(journal);
    store
}

#[test]
fn secrets_do_not_stand_in_the_files() {
    let bench = Bench::of(Kind::Sqlite);
    drop(filled(&bench));
    for entry in fs::read_dir(bench.dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for secret in ["secret-1", "secret-2", "planned"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in {}", path.display());
        }
    }
}

#[test]
fn a_sealed_file_opens_only_whole_and_with_its_key() {
    let bench = Bench::of(Kind::Sqlite);
    let store = filled(&bench);
    let mut sealed = store.seal_file(b"the plan");
    assert!(!sealed.windows(8).any(|part| part == b"the plan"));
    assert_eq!(store.open_file(&sealed).unwrap(), b"the plan");
    assert_eq!(store.open_file(b"the plan"), Err(FileFault::NotSealed));
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    assert_eq!(store.open_file(&sealed), Err(FileFault::WrongKeyOrChanged));
}

#[test]
fn what_is_changed_behind_its_back_is_noticed() {
    let check = |what: &str, sql: &str| {
        let bench = Bench::of(Kind::Sqlite);
        let store = filled(&bench);
        assert_eq!(store.peek(&stack()).unwrap().state.object_count(), 2);
        let db = Connection::open(store.path()).unwrap();
        db.execute_batch(sql).unwrap();
        match store.peek(&stack()) {
            Err(LoadError::Damaged { stack: named, .. }) => assert_eq!(named, stack(), "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    };
    check("a row taken out", "DELETE FROM object WHERE name = 'a'");
    check(
        "two bodies exchanged",
        "UPDATE object SET body = (SELECT body FROM object o WHERE o.name <> object.name)",
    );
    check("a row renamed", "UPDATE object SET name = 'z' WHERE name = 'a'");
    check(
        "a row doubled",
        "INSERT INTO object SELECT stack, module, mode, type, 'z', key, deposed, serial, dependencies, body FROM object WHERE name = 'a'",
    );
    check("the serial set back", "UPDATE stack SET serial = 1");
    check("another lineage", "UPDATE stack SET lineage = 'other'");
    check("a dependency taken out", "UPDATE object SET dependencies = x'' WHERE name = 'a'");
    check("a list changed", "UPDATE dependencies SET list = 'x.other'");
    check("a header exchanged", "UPDATE stack SET header = zeroblob(100)");
    check("an entry taken out", "DELETE FROM journal WHERE number = 1");
    check(
        "an entry changed",
        "UPDATE journal SET body = (SELECT body FROM journal j WHERE j.number <> journal.number)",
    );
    check("a doubt changed", "UPDATE doubt SET body = zeroblob(100)");
}

#[test]
fn a_row_put_back_to_what_it_was_is_noticed() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    let lease = acquire(&store);
    let run = |entries: Vec<Entry>| {
        let journal = store.open_journal(&lease, &opening("r")).unwrap();
        journal.append(entries).unwrap();
        store.close_journal(&lease, journal).unwrap();
    };
    run(vec![end(1, "x.a", "old"), end(2, "x.b", "b")]);
    let db = Connection::open(store.path()).unwrap();
    db.execute_batch("CREATE TABLE kept AS SELECT * FROM object").unwrap();
    run(vec![end(1, "x.a", "new")]);
    db.execute_batch("DELETE FROM object; INSERT INTO object SELECT * FROM kept").unwrap();
    assert!(matches!(store.peek(&stack()), Err(LoadError::Damaged { .. })));
}

#[test]
fn the_state_of_another_stack_does_not_open_here() {
    let bench = Bench::of(Kind::Sqlite);
    let store = filled(&bench);
    let other = StackKey::from("prod/database");
    let lease = store.acquire(&other, &request("me@here")).unwrap();
    store.replace(&lease, 0, State::new()).unwrap();
    let db = Connection::open(store.path()).unwrap();
    db.execute_batch(
        "UPDATE stack SET address = 'x' WHERE address = 'prod/network';
         UPDATE stack SET address = 'prod/network' WHERE address = 'prod/database'",
    )
    .unwrap();
    assert!(matches!(store.peek(&stack()), Err(LoadError::Damaged { .. })));
}

#[test]
fn events_cannot_be_changed_unnoticed() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    for what in ["plan", "apply", "destroy"] {
        store.record(&Event::new(1, "local:me@here", what)).unwrap();
    }
    let db = Connection::open(store.path()).unwrap();
    assert!(db.execute("UPDATE event SET who = 'you'", []).is_err());
    assert!(db.execute("DELETE FROM event", []).is_err());
    db.execute_batch(
        "DROP TRIGGER event_is_not_changed; UPDATE event SET who = 'you' WHERE number = 2",
    )
    .unwrap();
    assert!(matches!(store.verify_events(), Err(ChainError::Broken(Fault { number: 2, .. }))));
}

#[test]
fn a_silent_holder_on_another_host_is_waited_for() {
    let bench = Bench::of(Kind::Sqlite);
    let (there, here) = (bench.sqlite(1, "there"), bench.sqlite(2, "here"));
    let old = there.acquire(&stack(), &request("you@there")).unwrap();
    let held = || match here.acquire(&stack(), &request("me@here")) {
        Err(LockError::Held(holder)) => assert_eq!(&*holder.request.who, "you@there"),
        other => panic!("{other:?}"),
    };
    bench.universe.pass(10 * LEASE_MS);
    held();
    bench.universe.pass(LEASE_MS - 1);
    held();
    there.heartbeat(&old).unwrap();
    assert_eq!(old.confirmed_ms(), 11 * LEASE_MS - 1);
    bench.universe.pass(1);
    held();
    bench.universe.pass(LEASE_MS - 1);
    held();
    bench.universe.pass(1);
    let new = here.acquire(&stack(), &request("me@here")).unwrap();
    assert!(new.fence() > old.fence());
    assert!(matches!(there.heartbeat(&old), Err(WriteError::Fenced { .. })));
    there.release(old).unwrap();
    here.heartbeat(&new).unwrap();
}

#[test]
fn a_write_costs_what_changed() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    let lease = acquire(&store);
    let mut state = State::new();
    for index in 0..500 {
        state.put(at(&format!("x.a[{index}]")), row("0"));
    }
    let state = store.replace(&lease, 0, state).unwrap().state;
    assert_eq!(state.serial, 1);
    let journal = store.open_journal(&lease, &opening("r")).unwrap();
    journal.append(vec![end(1, "x.a[7]", "1")]).unwrap();
    store.close_journal(&lease, journal).unwrap();
    let db = Connection::open(store.path()).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM object WHERE serial = 1"), 499);
    assert_eq!(count("SELECT count(*) FROM object WHERE serial = 2"), 1);
    assert_eq!(count("SELECT count(*) FROM dependencies"), 1, "equal lists are kept once");
}

#[test]
fn what_cannot_be_written_is_rescued_and_found_again() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.a"), begin(2, "x.b")]).unwrap()).unwrap();
    let db = Connection::open(store.path()).unwrap();
    db.execute_batch("ALTER TABLE journal RENAME TO away").unwrap();
    let lost = journal.append(vec![end(1, "x.a", "secret-1")]).unwrap();
    let failure = journal.wait(lost).unwrap_err();
    let JournalFailure::Poisoned { rescued: Rescued::File(path), .. } = failure else {
        panic!("{failure}")
    };
    let more = journal.append(vec![end(2, "x.b", "secret-2")]).unwrap();
    assert!(journal.wait(more).is_err());
    db.execute_batch("ALTER TABLE away RENAME TO journal").unwrap();
    assert!(store.heartbeat(&lease).is_err(), "never written again and believed");
    assert!(store.close_journal(&lease, journal).is_err());
    drop(store);
    bench.universe.end(1);
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"secret-"), "sealed like the journal");

    let store = bench.sqlite(2, "here");
    let peeked = store.peek(&stack()).unwrap();
    assert_eq!(peeked.in_doubt.len(), 0);
    let lease = acquire(&store);
    let loaded = store.load(&lease).unwrap();
    assert_eq!(loaded.state.row(&at("x.a")), Some(row("secret-1")));
    assert_eq!(loaded.state.row(&at("x.b")), Some(row("secret-2")));
    assert_eq!(loaded.state.object_count(), peeked.state.object_count());
    assert!(!path.exists());
}
