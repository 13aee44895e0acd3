use value::{Marks, Path, Type, Value};

use super::*;
use crate::action::{Action, Reason};
use crate::cause::{Cause, Origin};
use crate::change::{Change, CreateBeforeDestroy, OutputChange, Provisional, Sensitive};
use crate::op::{ChangeIndex, Op, OpId, OpKind};
use crate::plan::{Base, Completeness, Digests, Impure, Options, Variable};
use crate::provider::ProviderIndex;

fn object(id: Value) -> Value {
    Value::object([("id".into(), id), ("name".into(), Value::string("n").with_marks(Marks::SENSITIVE))])
}

fn plan() -> Plan {
    let change = Change {
        address: "module.m[\"k\"].a_b.c[0]".parse().expect("an address"),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action: Action::CreateThenDelete,
        reason: Reason::ReplaceBecauseCannotUpdate,
        before: object(Value::string("1")),
        after: object(Value::unknown(Type::STRING)),
        configuration: object(Value::null(Type::STRING)),
        replace_paths: vec![Path::new().attr("name")],
        planned_private: b"private"[..].into(),
        prior_identity: Some(Value::object([("id".into(), Value::string("1"))])),
        planned_identity: None,
        deposes: Some("0000abcd".parse().expect("a key")),
        create_before_destroy: CreateBeforeDestroy::Yes,
        provisional: Provisional::No,
        causes: vec![Cause::Argument {
            path: Path::new().attr("name"),
            from: vec![Origin::Input("x".into())],
        }],
    };
    Plan {
        options: Options { targets: vec!["module.m".parse().expect("a target")], ..Options::default() },
        completeness: Completeness::Partial,
        base: Base { lineage: "l".into(), serial: 7, digest: Digest::of(b"base") },
        digests: Digests { configuration: Digest::of(b"c"), ..Digests::default() },
        time_s: -1,
        variables: vec![Variable {
            name: "v".into(),
            value: Value::int(3),
            sensitive: Sensitive::No,
            set_by_caller: true,
        }],
        providers: vec!["provider[\"registry.opentofu.org/x/a\"]".parse().expect("a provider")],
        changes: vec![change],
        drift: Vec::new(),
        outputs: vec![OutputChange {
            name: "o".into(),
            action: Action::Create,
            before: Value::null(Type::DYNAMIC),
            after: Value::unknown(Type::STRING),
            sensitive: Sensitive::Yes,
        }],
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: vec![
            Op { kind: OpKind::Configure(ProviderIndex(0)), after: Vec::new() },
            Op { kind: OpKind::Change(ChangeIndex(0)), after: vec![OpId(0)] },
        ],
        prior: Arc::default(),
        relevant: Vec::new(),
        impure: vec![Impure {
            request: funcs::Request::ReadFile { path: "a.txt".into() },
            answer: funcs::Answer::Bytes(b"x"[..].into()),
        }],
    }
}

fn envelope() -> Envelope {
    let configuration = vec![("main.tf".to_owned(), Arc::from("# nothing"))];
    let stack = EnvelopeStack { address: "".into(), plan: plan(), configuration };
    Envelope { kind: EnvelopeKind::Root, id: "p-1".into(), created_ms: 5, stacks: vec![stack] }
}

#[test]
fn a_plan_comes_back_as_it_was() {
    let bytes = envelope().encode();
    let back = Envelope::decode(&bytes).expect("a plan file");
    assert_eq!(format!("{back:?}"), format!("{:?}", envelope()));
    assert_eq!(back.encode(), bytes);
}

#[test]
fn each_changed_byte_and_each_cut_is_refused() {
    let bytes = envelope().encode();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Envelope::decode(&changed).is_err(), "byte {at} may be changed");
        assert!(Envelope::decode(&bytes[..at]).is_err(), "it may be cut at {at}");
    }
}

#[test]
fn a_later_version_is_named() {
    let mut bytes = envelope().encode();
    bytes[8] = 2;
    let error = Envelope::decode(&bytes).expect_err("version 2");
    assert_eq!(error.message, "it is of version 2 of the format, and 1 is known");
}

#[test]
fn an_index_that_points_nowhere_is_refused() {
    let mut wrong = plan();
    wrong.ops[1].kind = OpKind::Change(ChangeIndex(1));
    let bytes = document::write(&wrong);
    assert_eq!(document::read(&bytes).expect_err("no such change").message, "an op points nowhere");
}
