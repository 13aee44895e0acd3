//! Exported chains under random tampering: how many were found is printed, and every one has to be.

use std::sync::Arc;

use guard::approval::{Key, Signers, stored};
use guard::heads::{HeadDocument, NAMESPACE};
use store::{EstateStore, Event, Head, MemoryDisk, MemoryStore, SignedHead, SystemWorld};

use super::file::{Checked, FileFault, check, export};
use super::line::{digest, event_line, hex, read_event};
use super::seal::{ChainOr, Sealed, Signed, seal, to_sign};
use super::verify::{Checks, verify};

/// A key of this test, which signs nothing else.
const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9gAAAIhHUvjSR1L4
0gAAAAtzc2gtZWQyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9g
AAAEDJaJzyvJIeLpxMpHBpjM+xwaiJHFtYePrlIrVOVRW+8BQYcYTpc1Sb0Hu2kEMDjOYW
2eUX89jMLGFY7rW0u+32AAAABWFsaWNl
-----END OPENSSH PRIVATE KEY-----
";
const SEALERS: &str =
    "alice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBQYcYTpc1Sb0Hu2kEMDjOYW2eUX89jMLGFY7rW0u+32";

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

fn sealers() -> Signers {
    Signers::parse("sealers", SEALERS).expect("signers")
}

fn memory(events: u64, detail: &str) -> MemoryStore {
    let world = Arc::new(SystemWorld::new());
    let store = MemoryStore::over(MemoryDisk::new(), world, "1".into());
    for number in 0..events {
        let event = Event::new(1_700_000_000_000 + number, "local:me@here", "apply");
        let event = event.of_stack("prod/net").saying(format!("{detail} {number}"));
        store.record(&event).expect("recorded");
    }
    store
}

/// Seals a store with the test's key.
fn sealed(store: &MemoryStore) -> SignedHead {
    let Ok(Sealed::Due(document)) = to_sign(store, 1_700_000_000) else { panic!("due") };
    let key = Key::parse(KEY).expect("a key");
    let armoured = key.sign_in(NAMESPACE, document.text().as_bytes()).expect("signs");
    let signed = Signed { document: &document, armoured: &armoured, who: None, by: "a key" };
    let event = Event::new(1_700_000_000_000, "local:me@here", "seal");
    seal(store, Some(&sealers()), &signed, event).expect("sealed").0
}

fn checked(text: &str, outside: &[Head]) -> Result<Checked, FileFault> {
    check(text, None, Some(&sealers()), outside)
}

const EVENTS: u64 = 30;

/// A file with a head that was signed before its last events.
fn exported() -> String {
    let store = memory(EVENTS, "ours");
    sealed(&store);
    for what in ["plan", "apply"] {
        store.record(&Event::new(1_700_000_000_000, "local:me@here", what)).expect("recorded");
    }
    export(&store).expect("exported")
}

#[test]
fn a_file_checks_by_itself_and_against_what_is_remembered() {
    let text = exported();
    let whole = checked(&text, &[]).expect("it holds");
    assert_eq!((whole.events, whole.heads.len()), (EVENTS + 3, 1));
    assert_eq!(&*whole.heads[0].principals[0], "alice");
    let fault = check(&text, Some("another"), None, &[]).expect_err("another estate's");
    assert_eq!(fault, FileFault::OtherEstate("memory".into()));
    let stranger = Signers::parse("sealers", "").expect("nobody");
    let fault = check(&text, None, Some(&stranger), &[]).expect_err("nobody may sign");
    assert!(matches!(fault, FileFault::Head { .. }), "{fault}");
    let empty = export(&memory(0, "")).expect("exported");
    assert_eq!(checked(&empty, &[]).map(|whole| whole.events), Ok(0));
}

/// Tampers in one of five ways with a file's lines.
fn tamper(text: &str, foreign: &str, kind: usize, chance: &mut Chance) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let theirs: Vec<&str> = foreign.split_inclusive('\n').collect();
    let count = lines.len();
    match kind {
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            let at = chance.below(bytes.len());
            let other = b' ' + chance.below(95) as u8;
            bytes[at] = if bytes[at] == other { b'\n' } else { other };
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        1 => drop(lines.remove(chance.below(count))),
        2 => {
            let (one, other) = (chance.below(count), chance.below(count));
            lines.swap(one, other);
        }
        3 => match chance.below(3) {
            0 => lines.truncate(chance.below(count)),
            1 => drop(lines.drain(..1 + chance.below(count - 1))),
            _ => return text[..chance.below(text.len())].to_owned(),
        },
        _ => {
            let from = chance.below(count);
            let to = from + 1 + chance.below(count - from);
            lines.splice(from..to, theirs[from..to].iter().copied()).for_each(drop);
        }
    }
    lines.concat()
}

/// Another estate's file with as many lines: its id stands in its first line.
fn foreign() -> String {
    let text = exported().replace("\"memory\"", "\"elsewhere\"").replace("ours", "theirs");
    rehashed(&text, "elsewhere", usize::MAX)
}

/// The file as somebody writes it who reckons all hashes and the last line anew, up to so many events, without signed heads
/// beyond them.
fn rehashed(text: &str, estate: &str, events_max: usize) -> String {
    let (mut records, mut rest) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        match read_event(line) {
            Some(record) if records.len() < events_max => records.push(record),
            Some(_) => {}
            None if events_max == usize::MAX && !line.starts_with("{\"end\"") => rest.push(line),
            None => {}
        }
    }
    let mut before = state::Digest::default();
    for record in &mut records {
        record.before = before;
        record.hash = record.due_hash(estate);
        before = record.hash;
    }
    let first = serde_json::json!({
        "count": records.len(), "estate": estate, "hash": hex(&before), "strata_audit": 1,
    });
    let events: String = records.iter().map(event_line).collect();
    let rest: String = rest.iter().map(|line| format!("{line}\n")).collect();
    super::file::ended(format!("{first}\n{events}{rest}"))
}

#[test]
fn a_thousand_tamperings_with_a_file_are_found() {
    let kinds = ["flip", "drop", "reorder", "cut", "splice"];
    let (text, foreign) = (exported(), foreign());
    assert!(foreign.lines().count() == text.lines().count() && foreign != text);
    let mut chance = Chance(6);
    let mut counts = [0; 5];
    let (mut missed, mut at_line) = (Vec::new(), 0);
    while counts.iter().sum::<usize>() < 1_000 {
        let kind = counts.iter().sum::<usize>() % 5;
        let changed = tamper(&text, &foreign, kind, &mut chance);
        // A file of another estate as a whole is told by the estate that it is checked for.
        if changed == text {
            continue;
        }
        counts[kind] += 1;
        let same = text.split('\n').zip(changed.split('\n')).take_while(|(a, b)| a == b).count();
        match check(&changed, Some("memory"), Some(&sealers()), &[]) {
            Ok(_) => missed.push((kinds[kind], same + 1)),
            Err(fault) => {
                at_line += usize::from(fault.to_string().contains(&format!("line {}", same + 1)));
            }
        }
    }
    let told: Vec<String> =
        kinds.iter().zip(counts).map(|(kind, count)| format!("{count} {kind}")).collect();
    println!(
        "audit, an exported file: 1000 tamperings ({}), {} found, {at_line} told with their line",
        told.join(", "),
        1_000 - missed.len()
    );
    assert!(missed.is_empty(), "not found: {missed:?}");
    assert!(at_line >= 900, "{at_line}");
}

/// Somebody writes the whole file anew, cut or changed: only a head that is kept outside tells.
#[test]
fn a_file_that_is_written_anew_is_found_by_a_head_kept_outside() {
    let text = exported();
    let head = {
        let first: serde_json::Value =
            serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        let hash = digest(first["hash"].as_str().expect("a hash")).expect("digits");
        Head { number: first["count"].as_u64().expect("a number"), hash }
    };
    let mut found = 0;
    let cuts = usize::try_from(head.number).expect("few");
    for events in 0..cuts {
        let cut = rehashed(&text, "memory", events);
        assert!(check(&cut, Some("memory"), None, &[]).is_ok(), "it holds in itself");
        let fault = checked(&cut, &[head]).expect_err("it is found").to_string();
        let last = events + 1;
        let told = [format!("event {last} "), format!("events {last} to")];
        assert!(told.iter().any(|told| fault.contains(told)), "{events}: {fault}");
        found += 1;
    }
    // An event that says something else, and all hashes behind it reckoned anew.
    let forged = rehashed(&text, "memory", usize::MAX);
    assert_eq!(forged, text, "what is reckoned anew of what it is, is what it is");
    let forged = forged_at(&text, 7);
    let fault = checked(&forged, &[head]).expect_err("it is found").to_string();
    assert!(fault.contains("another one than a signed head says"), "{fault}");
    println!(
        "audit, an exported file written anew: {found} cut tails, {found} found by the last head kept outside"
    );
}

/// The file with another word in an event, all hashes reckoned anew, without the signed heads.
fn forged_at(text: &str, number: usize) -> String {
    let mut records: Vec<_> = text.lines().filter_map(read_event).collect();
    records[number].event.detail = "nothing".into();
    let mut before = state::Digest::default();
    for record in &mut records {
        record.before = before;
        record.hash = record.due_hash("memory");
        before = record.hash;
    }
    let first = serde_json::json!({
        "count": records.len(), "estate": "memory", "hash": hex(&before), "strata_audit": 1,
    });
    let events: String = records.iter().map(event_line).collect();
    super::file::ended(format!("{first}\n{events}"))
}

#[test]
fn a_store_is_sealed_once_for_what_happened() {
    let store = memory(3, "ours");
    let head = sealed(&store);
    assert_eq!((head.number, store.verify_events().expect("it holds")), (3, 4));
    let seal = &store.events(4, 1).expect("events")[0].event;
    assert_eq!((&*seal.what, seal.who.as_str().contains(" alice")), ("seal", true));
    assert!(matches!(to_sign(&store, 5), Ok(Sealed::Already(last)) if last == head));
    assert!(matches!(to_sign(&memory(0, ""), 5), Err(ChainOr::Other(_))));
    let copies = [("outside".to_owned(), Some(head.clone()))];
    let checks = Checks { sealers: Some(&sealers()), copies: &copies };
    let verified = verify(&store, &checks).expect("it holds");
    assert_eq!((verified.events, verified.heads.len()), (4, 2));
    // The same head over a chain that was cut, or is another one.
    let error = verify(&memory(2, "ours"), &checks).expect_err("cut").to_string();
    assert_eq!(
        error,
        "event 3 was cut off the end: a signed head says that there was one (outside)"
    );
    let error = verify(&memory(3, "others"), &checks).expect_err("another").to_string();
    assert!(error.starts_with("event 3 is another one than a signed head says"), "{error}");
    let broken = [("outside".to_owned(), None)];
    let checks = Checks { sealers: Some(&sealers()), copies: &broken };
    assert!(verify(&store, &checks).is_err());
}

#[test]
fn what_is_signed_by_nobody_in_particular_is_not_kept() {
    let store = memory(3, "ours");
    let Ok(Sealed::Due(document)) = to_sign(&store, 1) else { panic!("due") };
    let key = Key::parse(KEY).expect("a key");
    let refused = |namespace: &str, sealers: &str| {
        let armoured = key.sign_in(namespace, document.text().as_bytes()).expect("signs");
        let signed = Signed { document: &document, armoured: &armoured, who: None, by: "a key" };
        let sealers = Signers::parse("sealers", sealers).expect("signers");
        let event = Event::new(1, "local:me@here", "seal");
        seal(&store, Some(&sealers), &signed, event).expect_err("refused")
    };
    assert_eq!(refused(NAMESPACE, "").code.0, "audit-seal-refused");
    assert_eq!(refused("strata-approval", SEALERS).code.0, "audit-seal-refused");
    assert!(store.signed_heads().expect("heads").is_empty());
    assert_eq!(store.verify_events().expect("it holds"), 3);
    let other = HeadDocument { number: 2, ..document.clone() };
    let body = stored(&other.text(), "x");
    assert!(guard::heads::verify(&String::from_utf8_lossy(&body), "memory", None).is_err());
}
