//! No difference tells a secret: not in a value, not in a key, not in the other side, not in a text.

use value::{Path, Type, Value};

use super::super::{Ended, refines};
use super::{change, line, none, object, plan, secret, text};
use crate::{Action, Change, OutputChange, Plan, Sensitive, Variable};

const CANARY: &str = "canary-7f3a";

/// Values that bear the secret, each with another that differs: hidden as a whole, or where it lies.
fn pairs() -> Vec<(Value, Value)> {
    let map = |key: &str, value: &str| Value::map(Type::STRING, [(key.into(), text(value))]);
    let list = |items: Vec<Value>| Value::list(Type::STRING, items);
    let inside = |value: Value| object([("a", object([("b", value)]))]);
    let canary = || text(CANARY);
    vec![
        (secret(canary()), secret(text("x"))),
        (secret(text("x")), secret(canary())),
        (secret(canary()), canary()),
        (secret(text("x")), canary()),
        (secret(canary()), Value::null(Type::STRING)),
        (secret(inside(canary())), secret(inside(text("x")))),
        (secret(inside(canary())), inside(canary())),
        (inside(secret(canary())), inside(secret(text("x")))),
        (inside(secret(map(CANARY, "1"))), inside(secret(map(CANARY, "2")))),
        (secret(map(CANARY, "1")), secret(map("x", "1"))),
        (list(vec![secret(canary())]), list(vec![canary(), text("x")])),
        (text("x"), secret(canary())),
        (
            Value::set(Type::STRING, vec![secret(canary())]),
            Value::set(Type::STRING, vec![canary()]),
        ),
    ]
}

fn variable(value: Value, sensitive: Sensitive) -> Plan {
    let variable = Variable { name: "v".into(), value, sensitive, set_by_caller: true };
    plan(|plan| plan.variables = vec![variable])
}

fn output(value: Value, sensitive: Sensitive) -> Plan {
    let (name, before, after) = ("o".into(), none(), value);
    let output = OutputChange { name, action: Action::Create, before, after, sensitive };
    plan(|plan| plan.outputs = vec![output])
}

#[track_caller]
fn check(approved: &Plan, later: &Plan) {
    let differences = refines(approved, later, &Ended::default()).expect_err("a difference");
    for difference in &differences {
        let line = line(difference);
        assert!(!line.contains(CANARY), "{line}");
    }
}

#[test]
fn no_difference_of_an_input_or_an_output_tells_a_secret() {
    for (approved, now) in pairs() {
        for make in [variable, output] {
            let make = |value: &Value| make(value.clone(), Sensitive::No);
            check(&make(&approved), &make(&now));
            check(&make(&approved), &plan(|_| {}));
        }
    }
    for make in [variable, output] {
        let canary = || make(text(CANARY), Sensitive::Yes);
        check(&canary(), &make(text("x"), Sensitive::Yes));
        check(&canary(), &make(text("x"), Sensitive::No));
        check(&canary(), &make(text(CANARY), Sensitive::No));
        check(&make(text("x"), Sensitive::No), &canary());
        check(&plan(|_| {}), &canary());
        check(&canary(), &plan(|_| {}));
    }
}

#[test]
fn no_difference_of_an_item_tells_a_secret() {
    for (approved, now) in pairs() {
        let one = |change: Change| plan(|plan| plan.changes = vec![change]);
        let of = |value: &Value| object([("id", text("i")), ("v", value.clone())]);
        let create = |value: &Value| one(change(Action::Create, none(), of(value)));
        check(&create(&approved), &create(&now));
        let any = object([("id", text("i")), ("v", Value::DYNAMIC)]);
        let update = |value: &Value| one(change(Action::Update, of(value), any.clone()));
        let bare = |value: &Value| value.clone().unmark_deep().0;
        if bare(&approved) != bare(&now) {
            check(&update(&approved), &update(&now));
        }
        let identified = |value: &Value| {
            let before = object([("id", value.clone())]);
            one(change(Action::Delete, before, none()))
        };
        if bare(&approved) != bare(&now) {
            check(&identified(&approved), &identified(&now));
        }
    }
}

#[test]
fn a_path_that_forces_replacement_leads_to_a_secret_and_not_into_it() {
    let tags = secret(Value::map(Type::STRING, [(CANARY.into(), text("1"))]));
    let replace = |replace_paths| {
        let object = object([("tags", tags.clone())]);
        let change = change(Action::DeleteThenCreate, object.clone(), object);
        plan(|plan| plan.changes = vec![Change { replace_paths, ..change }])
    };
    let path = Path::new().attr("tags").index(text(CANARY));
    let (approved, later) = (replace(Vec::new()), replace(vec![path]));
    check(&approved, &later);
    super::check(&approved, &later, ["t.a.tags: ReplacePaths: nothing -> replaces"]);
}
