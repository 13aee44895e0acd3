//! The audit's chain under random tampering, in each store, and what op events cost.
//!
//! Tampering is done behind the store's back, on the rows; how many were found is printed, and every one has to be.

#![expect(clippy::print_stdout, reason = "figures of what was tried and found")]

use std::time::{Duration, Instant};

use state::Digest;
use state::journal::Entry;
use store::{
    ChainCheck, ChainError, EstateStore, Event, EventRecord, Fault, FaultKind, Memory, StackKey,
    Store as _,
};

use crate::server::skipped;
use crate::support::{Bench, Kind, acquire, begin, end, opening, request, sql, stack};

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// A row's cells behind the number, as they are written anew: what an event says, its link and its hash.
#[derive(Clone, PartialEq)]
struct Row {
    number: u64,
    event: Event,
    before: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    fn of(record: &EventRecord) -> Row {
        let (before, hash) = (record.before.0.to_vec(), record.hash.0.to_vec());
        Row { number: record.number, event: record.event.clone(), before, hash }
    }
}

/// The kinds of tampering, in the order of their numbers.
const KINDS: [&str; 6] = ["flip", "drop", "reorder", "cut", "splice", "rewrite"];

/// Changes one letter of a text to another one.
fn flip_text(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.is_empty() {
        return "x".to_owned();
    }
    let at = chance.below(letters.len());
    letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
    letters.into_iter().collect()
}

fn flip(row: &mut Row, chance: &mut Chance) {
    let bit = |bytes: &mut Vec<u8>, chance: &mut Chance| {
        let at = chance.below(bytes.len() * 8);
        bytes[at / 8] ^= 1 << (at % 8);
    };
    let event = &mut row.event;
    match chance.below(10) {
        0 => event.at_ms ^= 1 << chance.below(40),
        1 => event.who = flip_text(event.who.as_str(), chance).as_str().into(),
        2 => event.what = flip_text(&event.what, chance).into(),
        3 => {
            event.environment =
                Some(flip_text(event.environment.as_deref().unwrap_or(""), chance).into())
        }
        4 => event.stack = Some(flip_text(event.stack.as_deref().unwrap_or(""), chance).into()),
        5 => event.plan = Some(flip_text(event.plan.as_deref().unwrap_or(""), chance).into()),
        6 => event.detail = flip_text(&event.detail, chance).into(),
        7 => {
            let (before, after) = event.serials.unwrap_or_default();
            event.serials = Some((before ^ (1 << chance.below(30)), after));
        }
        8 => bit(&mut row.before, chance),
        _ => bit(&mut row.hash, chance),
    }
}

/// Tampers in one way; tells the first number at which it differs from what was.
fn tamper(
    rows: &mut Vec<Row>,
    (estate, foreign): (&str, &[Row]),
    kind: usize,
    chance: &mut Chance,
) {
    let count = rows.len();
    match kind {
        0 => flip(&mut rows[chance.below(count)], chance),
        1 => {
            // With the numbers behind it as they are, or closed up.
            let at = chance.below(count);
            rows.remove(at);
            if chance.below(2) == 0 {
                rows[at..].iter_mut().for_each(|row| row.number -= 1);
            }
        }
        2 => {
            let (one, other) = (chance.below(count), chance.below(count - 1));
            let other = if other >= one { other + 1 } else { other };
            // The contents change places; the numbers stay.
            let numbers = (rows[one].number, rows[other].number);
            rows.swap(one, other);
            (rows[one].number, rows[other].number) = numbers;
        }
        3 => match chance.below(3) {
            0 => rows.truncate(chance.below(count)),
            1 => drop(rows.drain(..1 + chance.below(count - 1))),
            _ => {
                let from = chance.below(count - 1);
                let to = from + 1 + chance.below(count - from - 1);
                drop(rows.drain(from..to));
            }
        },
        4 => {
            // One, a stretch, or all from somewhere on of another estate's chain, under the same numbers.
            let from = chance.below(count);
            let to = match chance.below(3) {
                0 => from + 1,
                1 => count,
                _ => from + 1 + chance.below(count - from),
            };
            rows[from..to].clone_from_slice(&foreign[from..to]);
        }
        _ => {
            // Somebody who reckons the hashes anew, from a change on to the end.
            let at = chance.below(count);
            rows[at].event.detail = format!("{} forged", rows[at].event.detail).into();
            for at in at..count {
                let before = at.checked_sub(1).map_or(vec![0; 32], |at| rows[at].hash.clone());
                let row = &mut rows[at];
                row.before = before;
                row.hash = record(row).due_hash(estate).0.to_vec();
            }
        }
    }
}

/// The id of the benches' estate.
const ESTATE: &str = "3f6c0a12";

fn record(row: &Row) -> EventRecord {
    let digest = |bytes: &[u8]| Digest(bytes.try_into().unwrap());
    EventRecord {
        number: row.number,
        form: store::EventForm::Second,
        event: row.event.clone(),
        before: digest(&row.before),
        hash: digest(&row.hash),
    }
}

/// Events of every kind of part.
fn fill(store: &dyn EstateStore, count: u64, detail: &str) {
    for number in 0..count {
        let event =
            Event::new(1_700_000_000_000 + number, "oidc:https://ci.example repo:a/b", "apply");
        let event = event.saying(format!("{detail} {number}"));
        let event = match number % 4 {
            0 => event.in_environment("prod"),
            1 => event.of_stack("prod/net").under("p-7Q4K").between(number, number + 1),
            2 => event.of_stack("dev/db").to_object("aws_vpc.main"),
            _ => event,
        };
        store.record(&event).unwrap();
    }
}

/// Tampers so many times with a chain of so many events, writing and verifying by what the store gives; prints and
/// checks how many were found.
fn all_are_found(
    (name, estate): (&str, &str),
    rounds: usize,
    whole: &[EventRecord],
    foreign: &[EventRecord],
    mut found: impl FnMut(&[Row]) -> Result<u64, Fault>,
) {
    let rows: Vec<Row> = whole.iter().map(Row::of).collect();
    let foreign: Vec<Row> = foreign.iter().map(Row::of).collect();
    assert_eq!(found(&rows), Ok(rows.len() as u64), "{name}: the chain itself holds");
    let mut chance = Chance(6);
    let mut tampered = [0usize; KINDS.len()];
    let (mut missed, mut misplaced) = (Vec::new(), Vec::new());
    while tampered.iter().sum::<usize>() < rounds {
        let kind = tampered.iter().sum::<usize>() % KINDS.len();
        let mut changed = rows.clone();
        tamper(&mut changed, (estate, &foreign), kind, &mut chance);
        if changed == rows {
            continue;
        }
        tampered[kind] += 1;
        let first = rows.iter().zip(&changed).take_while(|(a, b)| a == b).count() as u64 + 1;
        match found(&changed) {
            Ok(_) => missed.push((KINDS[kind], first)),
            // What is reckoned anew holds up to the end that is remembered.
            Err(_) if kind == 5 => {}
            Err(fault) if fault.number == first => {}
            Err(fault) => misplaced.push((KINDS[kind], first, fault)),
        }
    }
    let told: Vec<String> =
        KINDS.iter().zip(tampered).map(|(kind, count)| format!("{count} {kind}")).collect();
    println!(
        "audit, {name}: {rounds} tamperings ({}), {} found, {} at their place",
        told.join(", "),
        rounds - missed.len(),
        rounds - missed.len() - misplaced.len()
    );
    assert!(missed.is_empty(), "{name}: not found: {missed:?}");
    assert!(misplaced.is_empty(), "{name}: told elsewhere: {misplaced:?}");
}

fn events_of(store: &dyn EstateStore) -> Vec<EventRecord> {
    store.events(1, 10_000).unwrap()
}

/// The chain of an estate with another id.
fn chain_of_another_estate(count: u64) -> Vec<EventRecord> {
    let bench = Bench::of(Kind::Memory);
    fill(&*bench.estate(1), count, "theirs");
    events_of(&*bench.estate(1))
}

const EVENTS: u64 = 40;

#[test]
fn a_thousand_tamperings_are_found_where_the_head_is_kept_outside() {
    let bench = Bench::of(Kind::Memory);
    let store = bench.estate(1);
    fill(&*store, EVENTS, "ours");
    let estate = store.estate_id();
    let head = store.head().unwrap().unwrap();
    let foreign = {
        let bench = Bench::of(Kind::Sqlite);
        fill(&bench.sqlite(1, "here"), EVENTS, "theirs");
        events_of(&bench.sqlite(1, "here"))
    };
    let whole = events_of(&*store);
    let name = "a chain alone, its last signed head outside";
    all_are_found((name, &estate), 1_000, &whole, &foreign, |rows| {
        let mut check = ChainCheck::new(estate.clone());
        check.remember(head, Memory::Seal);
        rows.iter().try_for_each(|row| check.take(&record(row)))?;
        check.end()
    });
}

fn verified(store: &dyn EstateStore) -> Result<u64, Fault> {
    match store.verify_events() {
        Ok(count) => Ok(count),
        Err(ChainError::Broken(fault)) => Err(fault),
        Err(ChainError::Port(error)) => panic!("{error}"),
    }
}

#[test]
fn a_thousand_tamperings_with_a_database_are_found() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    assert_eq!(&*store.estate_id(), ESTATE, "the estate of the benches");
    fill(&store, EVENTS, "ours");
    let mut db = rusqlite::Connection::open(store.path()).unwrap();
    db.execute_batch("DROP TRIGGER event_is_not_changed; DROP TRIGGER event_is_not_deleted")
        .unwrap();
    let (whole, foreign) = (events_of(&store), chain_of_another_estate(EVENTS));
    all_are_found(("SQLite", ESTATE), 1_000, &whole, &foreign, |rows| {
        let transaction = db.transaction().unwrap();
        transaction.execute("DELETE FROM event", []).unwrap();
        for row in rows {
            let (event, text) = (&row.event, |text: &Option<std::sync::Arc<str>>| {
                text.as_deref().map(str::to_owned)
            });
            let values = rusqlite::params![
                row.number,
                event.at_ms,
                event.who.as_str(),
                &*event.what,
                text(&event.stack),
                text(&event.plan),
                event.serials.map(|serials| serials.0),
                event.serials.map(|serials| serials.1),
                &*event.detail,
                &row.before,
                &row.hash,
                text(&event.environment),
                text(&event.object),
            ];
            let sql = "INSERT INTO event (number, at_ms, who, what, stack, plan, serial_before,
                       serial_after, detail, before, hash, form, environment, object)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 2, ?12, ?13)";
            transaction.execute(sql, values).unwrap();
        }
        transaction.commit().unwrap();
        verified(&store)
    });
}

#[test]
fn tamperings_with_postgres_are_found() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    let store = bench.postgres(1, "here");
    fill(&store, 12, "ours");
    sql(&bench, "DROP TRIGGER event_is_not_changed ON event");
    let statements = [
        ("UPDATE event SET detail = 'x' WHERE number = 5", 5),
        ("UPDATE event SET serial_after = 9 WHERE number = 2", 2),
        ("DELETE FROM event WHERE number BETWEEN 3 AND 4", 3),
        ("DELETE FROM event WHERE number > 10", 11),
        ("DELETE FROM event WHERE number = 1", 1),
        ("UPDATE event SET form = 1 WHERE number = 7", 7),
        ("UPDATE event SET hash = before WHERE number = 6", 6),
        ("DELETE FROM head", 12),
        ("UPDATE head SET body = decode('00', 'hex')", 12),
    ];
    for (statement, number) in statements {
        sql(&bench, "DROP TABLE IF EXISTS was; CREATE TABLE was AS SELECT * FROM event");
        sql(&bench, "DROP TABLE IF EXISTS head_was; CREATE TABLE head_was AS SELECT * FROM head");
        sql(&bench, statement);
        let fault = verified(&store).expect_err(statement);
        assert_eq!(fault.number, number, "{statement}: {fault}");
        sql(
            &bench,
            "DELETE FROM event; INSERT INTO event SELECT * FROM was;
             DELETE FROM head; INSERT INTO head SELECT * FROM head_was",
        );
        assert_eq!(verified(&store), Ok(12), "put back after: {statement}");
    }
    println!("audit, PostgreSQL: {} tamperings, all found at their place", statements.len());
}

/// What comes after a cut does not mend it.
#[test]
fn events_after_a_cut_do_not_hide_it() {
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    fill(&store, 6, "ours");
    let db = rusqlite::Connection::open(store.path()).unwrap();
    db.execute_batch("DROP TRIGGER event_is_not_deleted; DELETE FROM event WHERE number > 4")
        .unwrap();
    let kind = FaultKind::Cut { upto: 6, by: Memory::Store };
    assert_eq!(verified(&store), Err(Fault { number: 5, kind }));
    fill(&store, 1, "later");
    let kind = FaultKind::Missing { upto: 6 };
    assert_eq!(verified(&store), Err(Fault { number: 5, kind }));
    // With the store's memory gone, too, nothing that comes later fits any more.
    db.execute_batch("DELETE FROM event WHERE number > 4; DELETE FROM head").unwrap();
    assert_eq!(verified(&store), Err(Fault { number: 4, kind: FaultKind::HeadMissing }));
    fill(&store, 1, "later");
    assert_eq!(verified(&store), Err(Fault { number: 5, kind: FaultKind::Link }));
}

#[test]
fn ops_are_events_and_a_recovery_is_one() {
    for kind in [Kind::Memory, Kind::Sqlite, Kind::Postgres] {
        let Some(bench) = Bench::new(kind) else { return skipped("audit") };
        let store = bench.estate(1);
        let lease = acquire(&*store);
        let journal = store.open_journal(&lease, &opening("p-1")).unwrap();
        let entries =
            vec![begin(1, "x.a"), end(1, "x.a", "a"), begin(2, "x.b"), end(9, "x.c", "c")];
        journal.wait(journal.append(entries).unwrap()).unwrap();
        drop(journal);
        let loaded = store.load(&lease).unwrap();
        let events = events_of(&*store);
        let said: Vec<(&str, Option<&str>, &str)> = events
            .iter()
            .map(|one| (&*one.event.what, one.event.object.as_deref(), &*one.event.detail))
            .collect();
        let expect = [
            ("op", Some("x.a"), "created"),
            ("op", Some("x.c"), "recorded without a call"),
            ("recover", None, "a run that had not ended: 5 entries"),
        ];
        assert_eq!(said, expect);
        for record in &events {
            assert_eq!(record.event.who.as_str(), "local:me@here");
            assert_eq!(record.event.stack.as_deref(), Some(stack().as_str()));
            assert_eq!(record.event.plan.as_deref(), Some("p-1"));
        }
        assert_eq!(events[2].event.serials, Some((0, loaded.state.serial)));
        assert_eq!(store.verify_events().unwrap(), 3);
    }
}

#[test]
fn a_signed_head_is_kept_once_for_each_signer() {
    for kind in [Kind::Memory, Kind::Sqlite, Kind::Postgres] {
        let Some(bench) = Bench::new(kind) else { return skipped("audit") };
        let store = bench.estate(1);
        let head = |signer: &str, body: &str| store::SignedHead {
            number: 3,
            signer: signer.into(),
            body: body.into(),
        };
        assert_eq!(store.put_signed_head(&head("b", "1")).unwrap(), store::Put::Kept);
        assert_eq!(store.put_signed_head(&head("b", "2")).unwrap(), store::Put::Already);
        assert_eq!(store.put_signed_head(&head("a", "3")).unwrap(), store::Put::Kept);
        let kept = bench.estate(2).signed_heads().unwrap();
        assert_eq!(kept, [head("a", "3"), head("b", "1")]);
    }
}

/// 10,000 ops through a journal, each of which is an event: the chain holds, and an op costs little more than entries of
/// which the audit has nothing.
#[test]
fn ten_thousand_ops_do_not_get_slow() {
    const OPS: u32 = 10_000;
    let bench = Bench::of(Kind::Sqlite);
    let store = bench.sqlite(1, "here");
    let took = |address: &str, entries: &dyn Fn(u32) -> Vec<Entry>| {
        let lease = store.acquire(&StackKey::from(address), &request("me@here")).unwrap();
        let journal = store.open_journal(&lease, &opening("p-1")).unwrap();
        let begun = Instant::now();
        for op in 0..OPS {
            journal.append(entries(op)).unwrap();
        }
        journal.wait(journal.last()).unwrap();
        begun.elapsed()
    };
    let address = |op: u32| format!("x.a[{op}]");
    let plain = took("prod/plain", &|op| {
        vec![begin(2 * op, &address(op)), begin(2 * op + 1, &address(op))]
    });
    assert_eq!(store.verify_events().unwrap(), 0);
    let ops = took("prod/ops", &|op| vec![begin(op, &address(op)), end(op, &address(op), "a")]);
    let begun = Instant::now();
    assert_eq!(store.verify_events().unwrap(), u64::from(OPS));
    let verified = begun.elapsed();
    println!(
        "audit: {OPS} ops with their events durable in {} ms, as many entries without events in {} ms; verified in {} ms",
        ops.as_millis(),
        plain.as_millis(),
        verified.as_millis()
    );
    assert!(ops < 5 * plain + Duration::from_secs(5), "ops {ops:?}, entries alone {plain:?}");
}
