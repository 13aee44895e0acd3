//! Items that the approved plan does not have: what a replace set aside, reads, and what was deferred.

use value::{Type, Value};

use super::{change, changes, check, empty, instance, key, none, object, plan, text};
use crate::{Action, Change, Deferred, DeferredItem, DeferredReason, Plan};

fn deferring<const N: usize>(items: [DeferredItem; N], creates_max: Option<u64>) -> Plan {
    let item = |what| Deferred {
        what,
        reason: DeferredReason::KeysUnknown,
        waits_for: vec!["var.keys".into()],
        configuration: object([("size", Value::unknown(Type::STRING)), ("name", text("n"))]),
        creates_max,
    };
    plan(|plan| plan.deferred = items.map(item).to_vec())
}

fn pattern(text: &str) -> DeferredItem {
    DeferredItem::Pattern(text.into())
}

fn configured(address: &str, action: Action, name: &str) -> Change {
    Change {
        address: instance(address),
        configuration: object([("size", text("1")), ("name", text(name))]),
        ..change(action, none(), none())
    }
}

#[test]
fn what_was_not_approved_does_nothing_or_reads() {
    let address = "data.t.a";
    check(&empty(), &changes([configured(address, Action::NoOp, "n")]), []);
    check(&empty(), &changes([configured(address, Action::Read, "n")]), []);
    for action in [Action::Create, Action::Update, Action::Delete, Action::DeleteThenCreate] {
        let stop = format!("t.a: Action: nothing -> {action:?}");
        check(&empty(), &changes([configured("t.a", action, "n")]), [stop.as_str()]);
    }
}

#[test]
fn the_object_that_an_approved_replace_set_aside_is_deleted() {
    let replace = Change {
        deposes: Some(key("0000000a")),
        ..change(Action::CreateThenDelete, none(), none())
    };
    let aside =
        |of: &str, action| Change { deposed: Some(key(of)), ..change(action, none(), none()) };
    let approved = changes([replace.clone()]);
    check(&approved, &changes([replace.clone(), aside("0000000a", Action::Delete)]), []);
    let stop = ["t.a deposed 0000000b: Action: nothing -> Delete"];
    check(&approved, &changes([replace.clone(), aside("0000000b", Action::Delete)]), stop);
    let stop = ["t.a deposed 0000000a: Action: nothing -> Forget"];
    check(&approved, &changes([replace, aside("0000000a", Action::Forget)]), stop);
}

#[test]
fn what_was_deferred_by_address_is_made_or_changed_as_configured() {
    let approved = deferring([DeferredItem::Instance(instance("t.a"))], None);
    for action in [Action::Create, Action::Update, Action::NoOp] {
        check(&approved, &changes([configured("t.a", action, "n")]), []);
    }
    let other = changes([configured("t.a", Action::Create, "m")]);
    check(&approved, &other, ["t.a.name: Planned: \"n\" -> \"m\""]);
    for action in [Action::Delete, Action::Forget, Action::DeleteThenCreate] {
        let stop = format!("t.a: Action: nothing -> {action:?}");
        check(&approved, &changes([configured("t.a", action, "n")]), [stop.as_str()]);
    }
    let another = changes([configured("t.b", Action::Create, "n")]);
    check(&approved, &another, ["t.b: Action: nothing -> Create"]);
}

#[test]
fn what_a_pattern_stands_for_is_made_or_changed_as_configured() {
    let approved = deferring([pattern("t.a[*]")], None);
    let now = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[1]", Action::Update, "n"),
        configured("t.a[2]", Action::NoOp, "m"),
    ]);
    check(&approved, &now, []);
    let other = changes([configured("t.a[0]", Action::Create, "m")]);
    check(&approved, &other, ["t.a[0].name: Planned: \"n\" -> \"m\""]);
    let deleted = changes([configured("t.a[0]", Action::Delete, "n")]);
    check(&approved, &deleted, ["t.a[0]: Action: nothing -> Delete"]);
    let replaced = changes([configured("t.a[0]", Action::DeleteThenCreate, "n")]);
    check(&approved, &replaced, ["t.a[0]: Action: nothing -> DeleteThenCreate"]);
    let another = changes([configured("t.b[0]", Action::Create, "n")]);
    check(&approved, &another, ["t.b[0]: Action: nothing -> Create"]);
}

#[test]
fn an_item_that_two_patterns_stand_for_stops() {
    let approved = deferring([pattern("module.m[*].t.a[*]"), pattern("module.m[*].t.a")], None);
    let now = changes([configured("module.m[0].t.a", Action::Create, "n")]);
    check(&approved, &now, ["module.m[0].t.a: Pattern: nothing -> Create"]);
}

#[test]
fn a_pattern_bounds_its_creates() {
    let approved = deferring([pattern("t.a[*]")], Some(1));
    let one = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[1]", Action::Update, "n"),
    ]);
    check(&approved, &one, []);
    let two = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[1]", Action::Create, "n"),
    ]);
    check(&approved, &two, ["t.a[1]: Bound: at most 1 creates -> 2 creates"]);
}
