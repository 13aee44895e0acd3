//! Items that both plans have, or that go: actions with their conditions, identity, before, replace paths, planned value.

use value::{Path, Type, Value};

use super::super::Ended;
use super::{change, changes, check, empty, instance, key, lines, none, object, secret, text};
use crate::{Action, Change, Plan, Provisional};

const REPLACES: [Action; 3] =
    [Action::DeleteThenCreate, Action::CreateThenDelete, Action::ForgetThenCreate];

/// An object with an identity and a size.
fn thing(id: &str, size: &str) -> Value {
    object([("id", text(id)), ("size", text(size))])
}

/// A change of a thing from a size to another.
fn resized(action: Action, before: &str, after: &str) -> Change {
    change(action, thing("i", before), thing("i", after))
}

fn created() -> Ended {
    Ended { created: [instance("t.a")].into(), ..Ended::default() }
}

fn destroyed() -> Ended {
    Ended { destroyed: [(instance("t.a"), None)].into(), ..Ended::default() }
}

#[track_caller]
fn check_ended<const N: usize>(approved: &Plan, later: &Plan, ended: &Ended, expect: [&str; N]) {
    assert_eq!(lines(approved, later, ended), expect);
}

#[test]
fn an_action_that_was_not_approved_stops_and_is_named() {
    let approved = changes([resized(Action::Update, "1", "2")]);
    let replaced = changes([resized(Action::DeleteThenCreate, "1", "2")]);
    check(&approved, &replaced, ["t.a: Action: Update -> DeleteThenCreate"]);
    let deleted = changes([change(Action::Delete, thing("i", "1"), none())]);
    check(&approved, &deleted, ["t.a: Action: Update -> Delete"]);
    check(&approved, &empty(), ["t.a: Action: Update -> nothing"]);
    let still = changes([resized(Action::NoOp, "1", "1")]);
    check(&still, &approved, ["t.a: Action: NoOp -> Update"]);
    check(&empty(), &approved, ["t.a: Action: nothing -> Update"]);
    let forgotten = changes([change(Action::Forget, thing("i", "1"), none())]);
    check(&forgotten, &deleted, ["t.a: Action: Forget -> Delete"]);
    check(&deleted, &forgotten, ["t.a: Action: Delete -> Forget"]);
}

#[test]
fn a_create_is_a_no_op_only_when_it_ended() {
    let approved = changes([change(Action::Create, none(), thing("i", "1"))]);
    let there = changes([resized(Action::NoOp, "1", "1")]);
    check(&approved, &there, ["t.a: Action: Create -> NoOp"]);
    check_ended(&approved, &there, &created(), []);
    let updated = changes([resized(Action::Update, "1", "1")]);
    check_ended(&approved, &updated, &created(), ["t.a: Action: Create -> Update"]);
}

#[test]
fn a_replace_is_a_create_only_when_its_delete_half_ended() {
    for action in REPLACES {
        let approved = changes([resized(action, "1", "2")]);
        let create = |size: &str| changes([change(Action::Create, none(), thing("i", size))]);
        let stop = format!("t.a: Action: {action:?} -> Create");
        check(&approved, &create("2"), [stop.as_str()]);
        check_ended(&approved, &create("2"), &destroyed(), []);
        check_ended(&approved, &create("3"), &destroyed(), ["t.a.size: Planned: \"2\" -> \"3\""]);
    }
}

#[test]
fn a_replace_may_turn_out_an_update_or_needless_but_not_another_replace() {
    for action in REPLACES {
        let after = object([("id", text("i")), ("size", Value::unknown(Type::STRING))]);
        let approved = changes([change(action, thing("i", "1"), after)]);
        check(&approved, &changes([resized(Action::Update, "1", "2")]), []);
        check(&approved, &changes([resized(Action::NoOp, "1", "1")]), []);
        for other in REPLACES.into_iter().filter(|other| *other != action) {
            let stop = format!("t.a: Action: {action:?} -> {other:?}");
            check(&approved, &changes([resized(other, "1", "2")]), [stop.as_str()]);
        }
    }
}

#[test]
fn what_goes_may_be_gone_but_not_stay() {
    for action in [Action::Delete, Action::Forget] {
        let approved = changes([change(action, thing("i", "1"), none())]);
        check(&approved, &empty(), []);
        let gone = changes([change(Action::NoOp, none(), none())]);
        check(&approved, &gone, []);
        let stays = changes([resized(Action::NoOp, "1", "1")]);
        let stop = format!("t.a: Action: {action:?} -> NoOp");
        check(&approved, &stays, [stop.as_str()]);
        check_ended(&approved, &gone, &destroyed(), []);
    }
}

#[test]
fn a_change_that_ended_is_not_held_to_what_was_before() {
    let updated = Ended { updated: [instance("t.a")].into(), ..Ended::default() };
    let approved = changes([resized(Action::Update, "1", "2")]);
    let done = |size: &str| changes([resized(Action::NoOp, size, size)]);
    check(&approved, &done("2"), ["t.a.size: Before: \"1\" -> \"2\""]);
    check_ended(&approved, &done("2"), &updated, []);
    check_ended(&approved, &done("3"), &updated, ["t.a.size: Planned: \"2\" -> \"3\""]);
    let again = changes([resized(Action::Update, "2", "2")]);
    check_ended(&approved, &again, &updated, ["t.a.size: Before: \"1\" -> \"2\""]);
    let after = object([("id", Value::unknown(Type::STRING)), ("size", text("2"))]);
    let replace = changes([change(Action::CreateThenDelete, thing("i", "1"), after)]);
    let other = changes([change(Action::NoOp, thing("j", "2"), thing("j", "2"))]);
    check_ended(&replace, &other, &created(), []);
}

#[test]
fn the_object_is_the_one_that_was_shown() {
    let on = |id: &str, action| {
        let after = match action {
            Action::Delete | Action::Forget => none(),
            _ => object([("id", Value::unknown(Type::STRING)), ("size", text("2"))]),
        };
        changes([change(action, thing(id, "1"), after)])
    };
    let all = REPLACES.into_iter().chain([Action::Update, Action::Delete, Action::Forget]);
    for action in all {
        check(&on("i", action), &on("i", action), []);
        check(&on("i", action), &on("j", action), ["t.a: Identity: \"i\" -> \"j\""]);
    }
}

#[test]
fn the_identity_of_the_protocol_goes_before_the_id() {
    let identified = |identity: Option<&str>, id: &str| {
        let prior_identity = identity.map(|text| object([("arn", super::text(text))]));
        let after = object([("id", Value::unknown(Type::STRING)), ("size", text("2"))]);
        changes([Change { prior_identity, ..change(Action::Update, thing(id, "1"), after) }])
    };
    check(&identified(Some("x"), "i"), &identified(Some("x"), "i"), []);
    let stop = lines(&identified(Some("x"), "i"), &identified(Some("y"), "i"), &Ended::default());
    assert_eq!(stop.len(), 1);
    assert!(stop[0].starts_with("t.a: Identity: "), "{stop:?}");
    check(&identified(Some("x"), "i"), &identified(None, "i"), []);
    check(&identified(Some("x"), "i"), &identified(None, "j"), ["t.a: Identity: \"i\" -> \"j\""]);
}

#[test]
fn an_object_that_lost_its_identity_is_another() {
    let approved = changes([change(Action::Update, thing("i", "1"), thing("i", "2"))]);
    let lost = changes([change(Action::NoOp, none(), thing("i", "2"))]);
    check(&approved, &lost, ["t.a: Identity: \"i\" -> nothing"]);
}

#[test]
fn what_was_shown_as_before_still_stands() {
    let nested = |shown: &str, other: &str, ty: fn(Vec<Value>) -> Value| {
        object([("in", ty(vec![text(shown), text(other)])), ("out", text(other))])
    };
    let update = |before, after| changes([change(Action::Update, before, after)]);
    let any = object([("in", Value::DYNAMIC), ("out", Value::DYNAMIC)]);
    let list = |items| Value::list(Type::STRING, items);
    let set = |items| Value::set(Type::STRING, items);
    for ty in [list as fn(Vec<Value>) -> Value, Value::tuple] {
        let approved = update(nested("a", "x", ty), nested("b", "x", ty));
        let now = update(nested("c", "x", ty), nested("b", "x", ty));
        check(&approved, &now, ["t.a.in[0]: Before: \"a\" -> \"c\""]);
        let elsewhere = update(nested("a", "y", ty), nested("b", "x", ty));
        check(&approved, &elsewhere, []);
    }
    let approved = update(nested("a", "x", set), nested("b", "x", set));
    let now = update(nested("a", "y", set), nested("b", "x", set));
    assert_eq!(lines(&approved, &now, &Ended::default()).len(), 1, "sets are shown whole");
    let approved = update(nested("a", "x", list), any.clone());
    let now = update(nested("a", "y", list), any);
    assert_eq!(lines(&approved, &now, &Ended::default()).len(), 1, "unknown is shown whole");
}

#[test]
fn before_is_seen_key_by_key_in_maps_of_the_same_keys() {
    let map = |entries: &[(&str, &str)]| {
        let entries = entries.iter().map(|(key, value)| ((*key).into(), text(value)));
        object([("tags", Value::map(Type::STRING, entries))])
    };
    let update = |before, after| changes([change(Action::Update, before, after)]);
    let after = map(&[("a", "2"), ("b", "1")]);
    let approved = update(map(&[("a", "1"), ("b", "1")]), after.clone());
    check(&approved, &update(map(&[("a", "1"), ("b", "9")]), after.clone()), []);
    let now = update(map(&[("a", "9"), ("b", "1")]), after);
    check(&approved, &now, ["t.a.tags[\"a\"]: Before: \"1\" -> \"9\""]);
}

#[test]
fn a_mark_on_what_was_before_is_no_difference() {
    let update = |before| {
        let before = object([("id", text("i")), ("size", before)]);
        changes([change(Action::Update, before, thing("i", "2"))])
    };
    check(&update(text("1")), &update(secret(text("1"))), []);
}

#[test]
fn no_path_forces_replacement_that_did_not() {
    let replace = |paths: &[&str]| {
        let replace_paths = paths.iter().map(|name| Path::new().attr(*name)).collect();
        let change = resized(Action::DeleteThenCreate, "1", "2");
        changes([Change { replace_paths, ..change }])
    };
    check(&replace(&["id", "size"]), &replace(&["size"]), []);
    check(&replace(&["size"]), &replace(&[]), []);
    let stop = ["t.a.id: ReplacePaths: nothing -> replaces"];
    check(&replace(&["size"]), &replace(&["id", "size"]), stop);
}

#[test]
fn the_planned_value_refines_or_stops() {
    let create = |size| changes([change(Action::Create, none(), object([("size", size)]))]);
    check(&create(Value::unknown(Type::STRING)), &create(text("1")), []);
    check(&create(text("1")), &create(text("2")), ["t.a.size: Planned: \"1\" -> \"2\""]);
    let lost = ["t.a.size: Planned: sensitive -> not sensitive"];
    check(&create(secret(text("1"))), &create(text("1")), lost);
    check(&create(text("1")), &create(secret(text("1"))), []);
    let written = |after: Value| changes([change(Action::Create, none(), after)]);
    let write_only = || written(object([("password", Value::null(Type::STRING))]));
    check(&write_only(), &write_only(), []);
}

#[test]
fn of_a_provisional_value_the_configuration_refines() {
    let create = |provisional, size: &str, configured: Value| {
        let create = change(Action::Create, none(), thing("i", size));
        changes([Change { provisional, configuration: configured, ..create }])
    };
    let approved = create(Provisional::Yes, "1", Value::unknown(Type::STRING));
    check(&approved, &create(Provisional::No, "2", text("c")), []);
    let approved = create(Provisional::Yes, "1", text("c"));
    let now = create(Provisional::No, "1", text("d"));
    check(&approved, &now, ["t.a: Planned: \"c\" -> \"d\""]);
    let bound = create(Provisional::No, "1", text("c"));
    check(&bound, &create(Provisional::No, "2", text("c")), ["t.a.size: Planned: \"1\" -> \"2\""]);
}

#[test]
fn an_item_gives_one_difference_and_items_come_in_order() {
    let at = |address: &str, action, size: &str| Change {
        address: instance(address),
        ..change(action, thing(size, size), thing("i", "2"))
    };
    let approved = changes([at("t.b", Action::Update, "1"), at("t.a", Action::Update, "1")]);
    let now = changes([at("t.b", Action::Update, "3"), at("t.a", Action::Delete, "1")]);
    let expect = ["t.a: Action: Update -> Delete", "t.b: Identity: \"1\" -> \"3\""];
    check(&approved, &now, expect);
}

#[test]
fn a_deposed_object_is_an_item_of_its_own() {
    let deposed = |key_of: &str| Change {
        deposed: Some(key(key_of)),
        ..change(Action::Delete, thing("i", "1"), none())
    };
    let approved = changes([deposed("00000001")]);
    check(&approved, &changes([deposed("00000001")]), []);
    let other = changes([deposed("00000002")]);
    check(&approved, &other, ["t.a deposed 00000002: Action: nothing -> Delete"]);
}

#[test]
fn a_change_that_began_is_not_held_to_what_was_before() {
    let begun = Ended { begun: [instance("t.a")].into(), ..Ended::default() };
    let approved = changes([resized(Action::Update, "1", "2")]);
    check_ended(&approved, &changes([resized(Action::Update, "9", "2")]), &begun, []);
    check_ended(&approved, &changes([resized(Action::NoOp, "2", "2")]), &begun, []);
    let other = changes([resized(Action::Update, "9", "3")]);
    check_ended(&approved, &other, &begun, ["t.a.size: Planned: \"2\" -> \"3\""]);
}

#[test]
fn of_what_is_only_written_the_version_is_compared() {
    let written = |version: i64| {
        let password = ("password", Value::null(Type::STRING));
        let after =
            object([("id", text("i")), password, ("password_version", Value::int(version))]);
        changes([change(Action::Create, none(), after)])
    };
    check(&written(1), &written(1), []);
    check(&written(1), &written(2), ["t.a.password_version: Planned: 1 -> 2"]);
}
