//! The laws of the journal: bytes come back as entries, a cut file loses its end only, and every prefix folds.

use std::sync::Arc;

use addr::{DeposedKey, ProviderInstance, ResourceInstance};
use value::{Path, Value};

use super::*;
use crate::codec::{self, CodecError};
use crate::{
    Attributes, CheckKind, CheckObject, CheckResult, CheckStatus, Digest, Identity, Object,
    ObjectAddr, Output, Row, State, Status,
};

fn provider() -> ProviderInstance {
    "provider[\"registry.opentofu.org/hashicorp/local\"].each[\"a\"]".parse().unwrap()
}

fn instance(text: &str) -> ResourceInstance {
    text.parse().unwrap()
}

fn object(id: &str) -> Arc<Object> {
    Arc::new(Object::new(format!("{{\"id\":\"{id}\"}}").into_bytes(), 1))
}

fn row(object: Arc<Object>) -> Row {
    Row { provider: provider(), object }
}

fn key() -> DeposedKey {
    "00abcdef".parse().unwrap()
}

/// An object with everything set.
fn full() -> Arc<Object> {
    Arc::new(Object {
        status: Status::Tainted,
        schema_version: u64::MAX,
        attributes: Attributes::json(&br#"{"a":[1.50]}"#[..]),
        sensitive: Arc::from([Path::new().attr("a").index(Value::int(0))]),
        private: Arc::from(&[0, 255, 1][..]),
        identity: Some(Identity { json: Arc::from(&b"{}"[..]), schema_version: Some(0) }),
        dependencies: Arc::from(["module.m.data.x.y".parse().unwrap(), "x.z".parse().unwrap()]),
        create_before_destroy: true,
        skip_destroy: true,
    })
}

fn begin(op: u32, at: &str, action: Action) -> Begin {
    let prior = (action != Action::Create).then(|| object("old"));
    let planned = (action != Action::Delete).then(|| object("planned"));
    Begin {
        op: OpId(op),
        at: ObjectAddr::current(instance(at)),
        action,
        provider: provider(),
        prior,
        planned,
        look_before: None,
    }
}

fn end(op: u32, at: &str, outcome: Outcome) -> Entry {
    let at = ObjectAddr::current(instance(at));
    Entry::End(Box::new(End { op: OpId(op), at, outcome }))
}

fn run() -> RunId {
    RunId::new("p-7Q4K")
}

fn open() -> Open {
    Open {
        lineage: "l".into(),
        base_serial: 4,
        base: Digest::of(b"base"),
        plan: Digest::of(b"plan"),
        fence: 9,
        owner: "me@here".into(),
    }
}

fn records(entries: Vec<Entry>) -> Vec<Record> {
    let all = std::iter::once(Entry::Open(open())).chain(entries);
    (1..).zip(all).map(|(n, entry)| Record { seq: Seq(n), run: run(), entry }).collect()
}

fn base() -> State {
    let mut state = State::new();
    state.lineage = "l".into();
    state.serial = 4;
    state.put(ObjectAddr::current(instance("x.a")), row(object("a")));
    state
}

/// One of each kind of entry, in an order that folds upon [`base`].
fn every_kind() -> Vec<Entry> {
    let outputs = vec![
        OutputChange::Set("o".into(), output("1")),
        OutputChange::Removed("p".into()),
        OutputChange::Stale("o".into()),
    ];
    let look = Look { id: "i-1".into(), found: false };
    let create = Begin { look_before: Some(look), ..begin(1, "x.a", Action::Create) };
    let old = InDoubt {
        run: RunId::new("earlier"),
        begin: begin(7, "x.old", Action::Update),
        set_aside: Some(key()),
        doubt: Doubt::Unreadable {
            raw: Arc::from(&b"?"[..]),
            private: Arc::from(&b"!"[..]),
            schema_version: 2,
        },
    };
    let old_op = old.op();
    vec![
        Entry::InDoubt(Box::new(old)),
        Entry::Rows(Rows {
            cause: RowsCause::Refresh,
            changes: vec![
                RowChange { at: ObjectAddr::current(instance("x.b[0]")), row: Some(row(full())) },
                RowChange { at: ObjectAddr::current(instance("x.gone")), row: None },
            ],
        }),
        Entry::Deposed { op: OpId(1), address: instance("x.a"), key: key() },
        Entry::Begin(Box::new(create)),
        end(1, "x.a", Outcome::Object(row(Arc::new(object("new").tainted())))),
        Entry::Provisioned { op: OpId(1) },
        Entry::Begin(Box::new(Begin {
            at: ObjectAddr::deposed(instance("x.a"), key()),
            ..begin(2, "x.a", Action::Delete)
        })),
        Entry::End(Box::new(End {
            op: OpId(2),
            at: ObjectAddr::deposed(instance("x.a"), key()),
            outcome: Outcome::Gone,
        })),
        Entry::Begin(Box::new(begin(3, "x.c", Action::Create))),
        end(
            3,
            "x.c",
            Outcome::Unreadable {
                raw: Arc::from(&b"\xc1"[..]),
                private: Arc::from(&b"p"[..]),
                schema_version: 3,
            },
        ),
        Entry::Outputs(outputs),
        Entry::Checks(vec![CheckResult {
            kind: CheckKind::Variable,
            address: "var.v".into(),
            status: CheckStatus::Fail,
            objects: vec![CheckObject {
                address: "var.v".into(),
                status: CheckStatus::Fail,
                failures: vec!["no".into()],
            }],
        }]),
        Entry::Resolved { op: old_op, outcome: Box::new(Outcome::Gone) },
        Entry::Closing(Closing { serial: 5, digest: Digest::of(b"next") }),
    ]
}

fn output(value: &str) -> Output {
    Output {
        value: Arc::from(value.as_bytes()),
        ty: Arc::from(&b"\"number\""[..]),
        sensitive: true,
        deprecated: Some("old".into()),
    }
}

fn file(records: &[Record]) -> Vec<u8> {
    let mut file = header().to_vec();
    records.iter().for_each(|record| encode(&mut file, record.seq, &record.run, &record.entry));
    file
}

#[test]
fn what_was_written_is_read() {
    let records = records(every_kind());
    let scan = scan(&file(&records)).unwrap();
    assert_eq!(scan.records, records);
    assert_eq!(scan.tail, Tail::Whole);
}

#[test]
fn a_file_cut_anywhere_loses_its_last_record_only() {
    let records = records(every_kind());
    let file = file(&records);
    let mut whole = 0;
    for length in 0..file.len() {
        let cut = scan(&file[..length]).unwrap();
        assert_eq!(cut.records, records[..cut.records.len()]);
        assert!(cut.good_bytes <= length);
        match cut.tail {
            Tail::Whole => {
                assert_eq!(cut.good_bytes, length);
                whole += 1;
            }
            Tail::Torn => assert_ne!(cut.good_bytes, length.max(8)),
        }
        let zeros = [&file[..length], &[0; 4096][..]].concat();
        // Zeros may be just what was cut off.
        let found = scan_or_mark(&zeros, length).records;
        assert_eq!(found, records[..found.len()]);
        assert!((cut.records.len()..=cut.records.len() + 1).contains(&found.len()));
    }
    assert_eq!(whole, records.len(), "after the mark, and after each record but the last");
}

/// A file of zeros where the mark should be is no journal; everything else reads.
fn scan_or_mark(file: &[u8], good: usize) -> Scan {
    match scan(file) {
        Ok(scan) => scan,
        Err(error) => {
            assert!(good < 8, "{error}");
            Scan { records: Vec::new(), good_bytes: 0, tail: Tail::Torn }
        }
    }
}

#[test]
fn damage_before_a_good_record_is_refused() {
    let records = records(every_kind());
    let file = file(&records);
    let ends: Vec<usize> =
        (1..=records.len()).map(|count| self::file(&records[..count]).len()).collect();
    let last_starts = ends[ends.len() - 2];
    for at in 8..file.len() {
        let mut bent = file.clone();
        bent[at] ^= 0x41;
        match scan(&bent) {
            Err(JournalError::Corrupt { at: bad, good_at }) => {
                assert!(bad <= at && at < good_at && at < last_starts, "{bad} {at} {good_at}");
            }
            Ok(scan) => {
                assert!(at >= last_starts, "damage at {at} went unnoticed");
                assert_eq!((scan.records.len(), scan.tail), (records.len() - 1, Tail::Torn));
            }
            Err(other) => panic!("{other}"),
        }
    }
    let mut other = file.clone();
    other[7] = b'2';
    assert_eq!(scan(&other), Err(JournalError::OtherVersion(b'2')));
    assert_eq!(scan(b"{\"version\": 4}"), Err(JournalError::NotAJournal));
    let gap = [records[0].clone(), records[2].clone()];
    let found = scan(&self::file(&gap)).unwrap_err();
    assert!(matches!(found, JournalError::Number { expected: Seq(2), found: Seq(3), .. }));
}

#[test]
fn no_bytes_make_the_decoder_panic() {
    for record in records(every_kind()) {
        let bytes = codec::encode(&record.entry);
        assert_eq!(codec::decode::<Entry>(&bytes).unwrap(), record.entry);
        for length in 0..bytes.len() {
            assert!(codec::decode::<Entry>(&bytes[..length]).is_err(), "cut at {length}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bent = bytes.clone();
                bent[at] ^= 1 << bit;
                drop(codec::decode::<Entry>(&bent));
            }
        }
        let long = [&bytes[..], &[0]].concat();
        assert_eq!(codec::decode::<Entry>(&long), Err(CodecError::Long));
    }
}

#[test]
fn every_prefix_folds_and_doubts_what_has_no_end() {
    let records = records(every_kind());
    for length in 1..=records.len() {
        let folded = fold(base(), &records[..length]).unwrap();
        assert_eq!(folded.in_doubt, in_doubt(&records[..length]).unwrap(), "prefix {length}");
        let begun = |op: u32| {
            folded.in_doubt.iter().any(|doubt| doubt.run == run() && doubt.begin.op == OpId(op))
        };
        assert_eq!(begun(1), length == 5, "prefix {length}");
        assert_eq!(begun(2), length == 8, "prefix {length}");
        assert_eq!(begun(3), length >= 10, "prefix {length}: unreadable stays in doubt");
        let early = folded.in_doubt.iter().any(|doubt| doubt.run != run());
        assert_eq!(early, (2..14).contains(&length), "prefix {length}");
    }
}

#[test]
fn the_fold_does_what_the_entries_say() {
    let folded = fold(base(), &records(every_kind())).unwrap();
    let state = &folded.state;
    let at = |text: &str| ObjectAddr::current(instance(text));
    assert_eq!(state.object(&at("x.a")), Some(&object("new")), "provisioned: tainted no more");
    assert_eq!(state.object(&ObjectAddr::deposed(instance("x.a"), key())), None);
    assert_eq!(state.object(&at("x.b[0]")), Some(&full()));
    let unreadable = state.object(&at("x.c")).unwrap();
    assert_eq!((unreadable.status, &unreadable.private[..]), (Status::Tainted, &b"p"[..]));
    assert_eq!(unreadable.attributes, object("planned").attributes);
    assert_eq!(state.outputs["o"], output("1"));
    assert!(folded.stale.contains("o"));
    assert_eq!(state.checks.len(), 1);
    assert_eq!(folded.closing.unwrap().serial, 5);
    let touched: Vec<String> = folded.touched.rows.iter().map(ToString::to_string).collect();
    let expect = ["x.a", "x.a (deposed object 00abcdef)", "x.b[0]", "x.c", "x.gone", "x.old"];
    assert_eq!(touched.iter().map(|at| &**at).collect::<Vec<_>>(), expect);
}

#[test]
fn where_a_create_leaves_nothing_the_object_set_aside_comes_back() {
    let deposed = Entry::Deposed { op: OpId(1), address: instance("x.a"), key: key() };
    let started = vec![deposed, Entry::Begin(Box::new(begin(1, "x.a", Action::Create)))];
    let at = ObjectAddr::current(instance("x.a"));
    let aside = ObjectAddr::deposed(instance("x.a"), key());
    let folded = fold(base(), &records(started.clone())).unwrap();
    assert_eq!(folded.state.object(&at), None);
    assert_eq!(folded.state.object(&aside), Some(&object("a")));
    assert_eq!(folded.in_doubt[0].set_aside, Some(key()));
    let mut failed = started.clone();
    failed.push(end(1, "x.a", Outcome::Gone));
    let folded = fold(base(), &records(failed)).unwrap();
    assert_eq!(folded.state.object(&at), Some(&object("a")));
    assert_eq!(folded.state.object(&aside), None);
    // The same when the op is in doubt and a person says that nothing came of it, in a later run.
    let doubt = fold(base(), &records(started)).unwrap();
    let mut base = doubt.state;
    base.serial = 4;
    let later = vec![
        Entry::InDoubt(Box::new(doubt.in_doubt[0].clone())),
        Entry::Resolved { op: doubt.in_doubt[0].op(), outcome: Box::new(Outcome::Gone) },
    ];
    let later: Vec<Record> = records(later)
        .into_iter()
        .map(|record| Record { run: RunId::new("later"), ..record })
        .collect();
    let folded = fold(base, &later).unwrap();
    assert_eq!(folded.state.object(&at), Some(&object("a")));
    assert_eq!(folded.in_doubt, []);
}

#[test]
fn journals_that_break_their_rules_are_refused() {
    let check = |entries: Vec<Entry>, expect: FoldError| {
        assert_eq!(fold(base(), &records(entries)).unwrap_err(), expect);
    };
    let begun = || Entry::Begin(Box::new(begin(1, "x.a", Action::Update)));
    let gone = |at| end(1, at, Outcome::Gone);
    check(vec![Entry::Open(open())], FoldError::Opening(Seq(2)));
    check(vec![begun(), begun()], FoldError::BeganTwice(Seq(3), OpId(1)));
    check(vec![begun(), gone("x.a"), gone("x.a")], FoldError::EndedTwice(Seq(4), OpId(1)));
    check(vec![begun(), gone("x.b")], FoldError::OtherAddress(Seq(3), OpId(1)));
    let op = OpRef { run: run(), op: OpId(1) };
    check(vec![Entry::Provisioned { op: OpId(1) }], FoldError::UnknownOp(Seq(2), op.clone()));
    let resolved = Entry::Resolved { op: op.clone(), outcome: Box::new(Outcome::Gone) };
    check(vec![resolved], FoldError::UnknownOp(Seq(2), op));
    let deposed = |at| Entry::Deposed { op: OpId(1), address: instance(at), key: key() };
    check(vec![deposed("x.b")], FoldError::NothingToDepose(Seq(2), instance("x.b")));
    let again =
        vec![deposed("x.a"), end(1, "x.a", Outcome::Object(row(object("b")))), deposed("x.a")];
    let taken = ObjectAddr::deposed(instance("x.a"), key());
    check(again, FoldError::DeposedKeyTaken(Seq(4), taken));
    let closing = Entry::Closing(Closing { serial: 5, digest: Digest::of(b"") });
    check(vec![closing, begun()], FoldError::AfterClosing(Seq(3)));
    let mut other_run = records(vec![begun()]);
    other_run[1].run = RunId::new("other");
    assert_eq!(fold(base(), &other_run).unwrap_err(), FoldError::OtherRun(Seq(2)));
    let mut moved = base();
    moved.serial = 5;
    let found = fold(moved, &records(vec![])).unwrap_err();
    assert!(matches!(found, FoldError::OtherBase { .. }), "{found}");
    assert_eq!(fold(base(), &records(vec![])[1..]).unwrap().in_doubt, []);
}
