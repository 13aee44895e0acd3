//! Outputs of the root module, and conditions.

use state::{CheckKind, CheckObject, CheckResult, CheckStatus};
use value::{Type, Value};

use super::{check, empty, none, object, plan, secret, text};
use crate::{Action, OutputChange, Plan, Sensitive};

fn output(after: Value) -> Plan {
    let change = OutputChange {
        name: "o".into(),
        action: Action::Create,
        before: none(),
        after,
        sensitive: Sensitive::No,
    };
    plan(|plan| plan.outputs = vec![change])
}

#[test]
fn an_output_refines_or_stops() {
    check(&output(Value::unknown(Type::STRING)), &output(text("x")), []);
    check(&output(text("x")), &output(text("y")), ["output.o: Output: \"x\" -> \"y\""]);
    let nested = |value| output(object([("a", value)]));
    check(&nested(text("x")), &nested(text("y")), ["output.o.a: Output: \"x\" -> \"y\""]);
}

#[test]
fn no_output_appears_or_vanishes() {
    check(&empty(), &output(text("x")), ["output.o: Output: nothing -> \"x\""]);
    check(&output(text("x")), &empty(), ["output.o: Output: \"x\" -> nothing"]);
}

#[test]
fn an_output_that_was_to_go_may_be_gone() {
    let mut goes = output(none());
    goes.outputs[0].action = Action::Delete;
    check(&goes, &empty(), []);
    check(&goes, &goes, []);
    check(&goes, &output(text("x")), ["output.o: Output: null(dynamic) -> \"x\""]);
}

#[test]
fn an_output_stays_sensitive() {
    let declared = || {
        let mut plan = output(text("x"));
        plan.outputs[0].sensitive = Sensitive::Yes;
        plan
    };
    let lost = ["output.o: Output: sensitive -> not sensitive"];
    check(&declared(), &output(text("x")), lost);
    check(&output(secret(text("x"))), &output(text("x")), lost);
    check(&output(text("x")), &declared(), []);
    check(&declared(), &declared(), []);
}

fn condition(status: CheckStatus) -> Plan {
    let failing = matches!(status, CheckStatus::Fail | CheckStatus::Error);
    let failures = if failing { vec!["It is not so.".into()] } else { Vec::new() };
    let object = CheckObject { address: "t.a".into(), status, failures };
    let result = CheckResult {
        kind: CheckKind::Resource,
        address: "t.a".into(),
        status,
        objects: vec![object],
    };
    plan(|plan| plan.checks = vec![result])
}

#[test]
fn a_condition_that_did_not_fail_does_not_fail_now() {
    use CheckStatus::{Error, Fail, Pass, Unknown};
    for now in [Fail, Error] {
        for was in [Unknown, Pass] {
            let expect = format!("t.a: Check: {was:?} -> It is not so.");
            check(&condition(was), &condition(now), [expect.as_str()]);
        }
        check(&empty(), &condition(now), ["t.a: Check: nothing -> It is not so."]);
        check(&condition(Fail), &condition(now), []);
        check(&condition(Error), &condition(now), []);
    }
    for now in [Unknown, Pass] {
        for was in [Unknown, Pass, Fail, Error] {
            check(&condition(was), &condition(now), []);
        }
    }
    check(&condition(Unknown), &empty(), []);
}
