//! Items that the approved plan does not have: what a replace set aside, reads, and what was deferred.

use std::sync::Arc;

use state::{Attributes, Object, ObjectAddr, Row, State, Status};
use value::{Type, Value};

use super::{Ended, change, changes, check, empty, instance, key, lines, none, object, plan, text};
use crate::{Action, Change, Deferred, DeferredItem, DeferredReason, Plan};

fn item(what: DeferredItem, creates_max: Option<u64>) -> Deferred {
    Deferred {
        what,
        reason: DeferredReason::KeysUnknown,
        waits_for: vec!["var.keys".into()],
        configuration: object([("size", Value::unknown(Type::STRING)), ("name", text("n"))]),
        creates_max,
    }
}

fn deferring<const N: usize>(items: [DeferredItem; N], creates_max: Option<u64>) -> Plan {
    plan(|plan| plan.deferred = items.map(|what| item(what, creates_max)).to_vec())
}

/// The plan, made where objects were at these addresses.
fn over<const N: usize>(addresses: [&str; N], plan: Plan) -> Plan {
    let provider = "provider[\"registry.opentofu.org/hashicorp/t\"]";
    let mut state = State::new();
    for address in addresses {
        let object = Object {
            status: Status::Ready,
            schema_version: 0,
            attributes: Attributes::json(b"{}".to_vec()),
            sensitive: Arc::new([]),
            private: Arc::new([]),
            identity: None,
            dependencies: Arc::new([]),
            create_before_destroy: false,
            skip_destroy: false,
        };
        let provider = provider.parse().expect("an address");
        state.put(
            ObjectAddr::current(instance(address)),
            Row { provider, object: Arc::new(object) },
        );
    }
    Plan { prior: Arc::new(state), ..plan }
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
    let new = deferring([DeferredItem::Instance(instance("t.a"))], None);
    let there = over(["t.a"], new.clone());
    let now = |action| changes([configured("t.a", action, "n")]);
    for (approved, allowed) in [(&new, Action::Create), (&there, Action::Update)] {
        check(approved, &now(allowed), []);
        check(approved, &now(Action::NoOp), []);
        check(approved, &empty(), []);
        let other = changes([configured("t.a", allowed, "m")]);
        check(approved, &other, ["t.a.name: Planned: \"n\" -> \"m\""]);
        let another = changes([configured("t.b", allowed, "n")]);
        check(approved, &another, [format!("t.b: Action: nothing -> {allowed:?}").as_str()]);
        for action in [
            Action::Create,
            Action::Update,
            Action::Delete,
            Action::Forget,
            Action::DeleteThenCreate,
            Action::CreateThenDelete,
            Action::ForgetThenCreate,
        ] {
            let stop = format!("t.a: Action: nothing -> {action:?}");
            if action != allowed {
                check(approved, &now(action), [stop.as_str()]);
            }
        }
    }
}

#[test]
fn what_a_pattern_stands_for_is_made_or_changed_as_configured() {
    let approved = over(["t.a[1]", "t.a[2]"], deferring([pattern("t.a[*]")], None));
    let now = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[1]", Action::Update, "n"),
        configured("t.a[2]", Action::NoOp, "m"),
    ]);
    check(&approved, &now, []);
    let other = changes([configured("t.a[0]", Action::Create, "m")]);
    check(&approved, &other, ["t.a[0].name: Planned: \"n\" -> \"m\""]);
    for action in [Action::Delete, Action::Forget, Action::DeleteThenCreate] {
        let stop = format!("t.a[1]: Action: nothing -> {action:?}");
        check(&approved, &changes([configured("t.a[1]", action, "n")]), [stop.as_str()]);
    }
    let changed = changes([configured("t.a[0]", Action::Update, "n")]);
    check(&approved, &changed, ["t.a[0]: Action: nothing -> Update"]);
    let made_again = changes([configured("t.a[1]", Action::Create, "n")]);
    check(&approved, &made_again, ["t.a[1]: Action: nothing -> Create"]);
    let another = changes([configured("t.b[0]", Action::Create, "n")]);
    check(&approved, &another, ["t.b[0]: Action: nothing -> Create"]);
}

#[test]
fn an_object_that_moved_into_a_pattern_was_there() {
    let approved = over(["t.a"], deferring([pattern("t.a[*]")], Some(0)));
    let moved = Change {
        previous_address: Some(instance("t.a")),
        ..configured("t.a[0]", Action::Update, "n")
    };
    check(&approved, &changes([moved]), []);
}

#[test]
fn an_item_that_two_patterns_stand_for_stops() {
    let approved = deferring([pattern("module.m[*].t.a[*]"), pattern("module.m[*].t.a")], None);
    let now = changes([configured("module.m[0].t.a", Action::Create, "n")]);
    check(&approved, &now, ["module.m[0].t.a: Pattern: nothing -> Create"]);
}

#[test]
fn a_pattern_bounds_its_creates() {
    let approved = over(["t.a[1]"], deferring([pattern("t.a[*]")], Some(1)));
    let one = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[1]", Action::Update, "n"),
    ]);
    check(&approved, &one, []);
    let two = changes([
        configured("t.a[0]", Action::Create, "n"),
        configured("t.a[2]", Action::Create, "n"),
    ]);
    check(&approved, &two, ["t.a[2]: Bound: at most 1 creates -> 2 creates"]);
}

#[test]
fn what_was_made_in_an_earlier_round_counts() {
    let approved = deferring([pattern("t.a[*]")], Some(1));
    let ended = Ended { created: [instance("t.a[0]")].into(), ..Ended::default() };
    let more = changes([configured("t.a[1]", Action::Create, "n")]);
    assert_eq!(lines(&approved, &more, &ended), ["t.a[1]: Bound: at most 1 creates -> 2 creates"]);
    let over = changes([configured("t.a[0]", Action::NoOp, "n")]);
    assert_eq!(lines(&approved, &over, &ended), Vec::<String>::new());
}

#[test]
fn what_is_still_deferred_was_deferred() {
    let by_address = || DeferredItem::Instance(instance("t.a"));
    let approved = deferring([by_address()], None);
    check(&approved, &approved, []);
    check(&empty(), &approved, ["t.a: Deferred: nothing -> deferred"]);
    let created = changes([configured("t.a", Action::Create, "n")]);
    check(&created, &approved, ["t.a: Deferred: Create -> deferred"]);
    let patterns = deferring([pattern("t.a[*]")], Some(2));
    check(&patterns, &patterns, []);
    check(&empty(), &patterns, ["t.a[*]: Deferred: nothing -> deferred"]);
    let two = deferring([pattern("module.m[*].t.a[*]"), pattern("module.m[\"x\"].t.a[*]")], None);
    let both = "module.m[\"x\"].t.a[*]: Pattern: deferred -> deferred";
    check(&two, &deferring([pattern("module.m[\"x\"].t.a[*]")], None), [both]);
}

#[test]
fn what_is_still_deferred_is_configured_as_it_was() {
    let approved = deferring([pattern("t.a[*]")], None);
    let mut later = approved.clone();
    later.deferred[0].configuration = object([("size", text("1")), ("name", text("n"))]);
    check(&approved, &later, []);
    check(&later, &approved, ["t.a[*].size: Planned: \"1\" -> unknown(string)"]);
}

#[test]
fn an_object_that_would_go_may_be_left() {
    let gone = |what| Deferred { configuration: none(), ..item(what, None) };
    let later = plan(|plan| plan.deferred = vec![gone(DeferredItem::Instance(instance("t.a[0]")))]);
    let approved = over(["t.a[0]"], deferring([pattern("t.a[*]")], None));
    check(&approved, &later, []);
    check(&empty(), &later, ["t.a[0]: Deferred: nothing -> deferred"]);
}

#[test]
fn what_is_still_deferred_keeps_to_the_bound() {
    let approved = deferring([pattern("module.m[*].t.a[*]")], Some(3));
    let one = |text: &str, max| item(pattern(text), max);
    let several = |items: Vec<Deferred>| plan(|plan| plan.deferred = items);
    let [x, y] = ["module.m[\"x\"].t.a[*]", "module.m[\"y\"].t.a[*]"];
    check(&approved, &several(vec![one(x, Some(1)), one(y, Some(2))]), []);
    let more = several(vec![one(x, Some(2)), one(y, Some(2))]);
    check(&approved, &more, [format!("{y}: Bound: at most 3 creates -> 4 creates").as_str()]);
    let any = several(vec![one(x, None)]);
    let stop = format!("{x}: Bound: at most 3 creates -> any number of creates");
    check(&approved, &any, [stop.as_str()]);
    // A bound of the layer's makes both comparable.
    let mut open = deferring([pattern("t.a[*]")], None);
    open.bound_deferred(20);
    let mut later = deferring([pattern("t.a[*]")], None);
    later.bound_deferred(20);
    check(&open, &later, []);
}

#[test]
fn what_is_in_doubt_is_left_alone_and_approves_nothing() {
    let doubt = |what| Deferred { reason: DeferredReason::InDoubt, ..item(what, None) };
    let later = plan(|plan| plan.deferred = vec![doubt(DeferredItem::Instance(instance("t.a")))]);
    let created = changes([configured("t.a", Action::Create, "n")]);
    check(&created, &later, []);
    check(&later, &later, []);
    check(&later, &created, ["t.a: Action: nothing -> Create"]);
}
