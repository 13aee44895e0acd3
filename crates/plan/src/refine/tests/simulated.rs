//! A small world for the laws: a planner of a few things, monotone in its inputs, and an apply that may stop anywhere.
//!
//! Each thing has a name that cannot be changed and a size that can, both from inputs, and an identity and an `out` that
//! the provider makes. Invariant: the more is known of the inputs, the more is known of the plan, and nothing else changes.

use addr::ResourceInstance;
use state::{CheckKind, CheckObject, CheckResult, CheckStatus};
use value::{Path, Type, Value};

use super::super::Ended;
use super::{change, empty, instance, key, none, object};
use crate::{Action, Change, OutputChange, Plan, Sensitive, Variable};

/// What exists at an address.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thing {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) size: String,
}

/// How a configuration treats its address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wish {
    /// It is configured, and replaced by deleting first.
    DeleteFirst,
    /// It is configured, and replaced by creating first.
    CreateFirst,
    /// It is configured no more.
    Gone,
}

/// One address: what is wished of it, and what exists.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) wish: Wish,
    pub(super) now: Option<Thing>,
    /// What a replace set aside and did not delete yet.
    pub(super) aside: Option<Thing>,
}

const KEY: &str = "0000000a";

fn address(at: usize) -> ResourceInstance {
    instance(&format!("t.a[{at}]"))
}

fn known(thing: &Thing) -> Value {
    let text = |text: &str| Value::string(text);
    object([
        ("id", text(&thing.id)),
        ("name", text(&thing.name)),
        ("out", text(&format!("{}/{}", thing.id, thing.size))),
        ("size", text(&thing.size)),
    ])
}

fn unknown() -> Value {
    Value::unknown(Type::STRING)
}

/// The plan of all places with a name and a size from outside.
pub(super) fn planned(places: &[Place], name: &Value, size: &Value) -> Plan {
    let mut plan = empty();
    let variable = |name: &str, value: &Value| Variable {
        name: name.into(),
        value: value.clone(),
        sensitive: Sensitive::No,
        set_by_caller: true,
    };
    plan.variables = vec![variable("name", name), variable("size", size)];
    for (at, place) in places.iter().enumerate() {
        if let Some(aside) = &place.aside {
            let gone = change(Action::Delete, known(aside), none());
            let deposed = Some(key(KEY));
            plan.changes.push(Change { address: address(at), deposed, ..gone });
        }
        let change = current(place, name, size);
        plan.changes.extend(change.map(|change| Change { address: address(at), ..change }));
    }
    let value = plan.changes.iter().find(|one| one.deposed.is_none()).map(|one| one.after.clone());
    plan.outputs = vec![OutputChange {
        name: "first".into(),
        action: Action::Update,
        before: none(),
        after: value.filter(|value| !value.is_null()).unwrap_or(Value::DYNAMIC),
        sensitive: Sensitive::No,
    }];
    let status = if size.is_wholly_known() { CheckStatus::Pass } else { CheckStatus::Unknown };
    let (address, failures) = ("output.first".into(), Vec::new());
    let objects = vec![CheckObject { address, status, failures }];
    let address = "output.first".into();
    plan.checks = vec![CheckResult { kind: CheckKind::Output, address, status, objects }];
    plan
}

fn current(place: &Place, name: &Value, size: &Value) -> Option<Change> {
    let before = place.now.as_ref().map(known);
    if place.wish == Wish::Gone {
        return before.map(|before| change(Action::Delete, before, none()));
    }
    let anew = || {
        let size = size.clone();
        object([("id", unknown()), ("name", name.clone()), ("out", unknown()), ("size", size)])
    };
    let Some(thing) = &place.now else { return Some(change(Action::Create, none(), anew())) };
    let before = known(thing);
    if name.as_str() != Some(&thing.name) {
        // What is unknown may turn out to be the same, and then all that was makes no difference.
        let after = anew();
        let replace_paths = vec![Path::new().attr("name")];
        return Some(match place.wish {
            Wish::CreateFirst => Change {
                deposes: Some(key(KEY)),
                replace_paths,
                ..change(Action::CreateThenDelete, before, after)
            },
            _ => Change { replace_paths, ..change(Action::DeleteThenCreate, before, after) },
        });
    }
    if size.as_str() == Some(&thing.size) {
        return Some(change(Action::NoOp, before.clone(), before));
    }
    let id = Value::string(thing.id.as_str());
    let after =
        object([("id", id), ("name", name.clone()), ("out", unknown()), ("size", size.clone())]);
    Some(change(Action::Update, before, after))
}

/// Applies with inputs that are known, and stops at each place after so many halves (2: all of it).
pub(super) fn applied(
    places: &[Place],
    plan: &Plan,
    halves: &[usize],
    (name, size): (&str, &str),
) -> (Vec<Place>, Ended) {
    let mut ended = Ended::default();
    let mut places = places.to_vec();
    for (at, place) in places.iter_mut().enumerate() {
        let halves = halves.get(at).copied().unwrap_or(2);
        let own = address(at);
        let of = |change: &&Change| change.address == own && change.deposed.is_none();
        let action = plan.changes.iter().find(of).map(|change| change.action);
        let made = Thing { id: format!("made-{at}"), name: name.to_owned(), size: size.to_owned() };
        match (action, halves) {
            (_, 0) | (None, _) => {}
            (Some(Action::Create), _) => {
                place.now = Some(made);
                ended.created.insert(own);
            }
            (Some(Action::Update), _) => {
                place.now.as_mut().expect("something to change").size = size.to_owned();
                ended.updated.insert(own);
            }
            (Some(Action::Delete), _) => {
                place.now = None;
                ended.destroyed.insert((own, None));
            }
            (Some(Action::DeleteThenCreate), halves) => {
                place.now = (halves > 1).then_some(made);
                ended.destroyed.insert((own.clone(), None));
                ended.created.extend((halves > 1).then_some(own));
            }
            (Some(Action::CreateThenDelete), halves) => {
                place.aside = place.now.replace(made).filter(|_| halves == 1);
                ended.created.insert(own.clone());
                ended.destroyed.extend((halves > 1).then(|| (own, Some(key(KEY)))));
            }
            (Some(_), _) => {}
        }
    }
    (places, ended)
}
