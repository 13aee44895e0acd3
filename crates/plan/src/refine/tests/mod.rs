//! What the tests of the comparison share: plans made by hand, and differences as lines.
//!
//! Invariant: a line shows what a reader may see, so it hides what is sensitive as `run` does.

mod deferred;
mod head;
mod items;
mod laws;
mod outputs;
mod pool;
mod secrets;
mod simulated;
mod values;

use std::sync::Arc;

use addr::{DeposedKey, ResourceInstance};
use state::{Digest, State};
use value::{Marks, Type, Value};

use super::{Difference, Ended, Item, Shown, refines};
use crate::{
    Action, Base, Change, Completeness, CreateBeforeDestroy, Digests, Options, Plan, ProviderIndex,
    Provisional, Reason,
};

/// A plan of nothing.
fn empty() -> Plan {
    Plan {
        options: Options::default(),
        completeness: Completeness::Whole,
        base: Base { lineage: "l".into(), serial: 1, digest: Digest::default() },
        digests: Digests::default(),
        time_s: 0,
        variables: Vec::new(),
        providers: Vec::new(),
        changes: Vec::new(),
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(State::new()),
        relevant: Vec::new(),
        impure: Vec::new(),
    }
}

/// A plan of nothing but this.
fn plan(fill: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = empty();
    fill(&mut plan);
    plan
}

/// A plan of these changes.
fn changes<const N: usize>(changes: [Change; N]) -> Plan {
    plan(|plan| plan.changes = changes.to_vec())
}

fn instance(text: &str) -> ResourceInstance {
    text.parse().expect(text)
}

fn key(text: &str) -> DeposedKey {
    text.parse().expect(text)
}

fn text(text: &str) -> Value {
    Value::string(text)
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object(attributes.map(|(name, value)| (Arc::from(name), value)))
}

fn secret(value: Value) -> Value {
    value.with_marks(Marks::SENSITIVE)
}

/// A change of `t.a`, from one object to another; null for none.
fn change(action: Action, before: Value, after: Value) -> Change {
    Change {
        address: instance("t.a"),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action,
        reason: Reason::None,
        before,
        after,
        configuration: none(),
        replace_paths: Vec::new(),
        planned_private: Arc::new([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: Vec::new(),
    }
}

fn none() -> Value {
    Value::null(Type::DYNAMIC)
}

/// The differences of two plans, a line each.
fn lines(approved: &Plan, later: &Plan, ended: &Ended) -> Vec<String> {
    refines(approved, later, ended).err().unwrap_or_default().iter().map(line).collect()
}

#[track_caller]
fn check<const N: usize>(approved: &Plan, later: &Plan, expect: [&str; N]) {
    assert_eq!(lines(approved, later, &Ended::default()), expect);
}

/// One difference: where, which row, what was approved and what is now.
fn line(difference: &Difference) -> String {
    let item = match &difference.item {
        Item::Pattern(pattern) => pattern.to_string(),
        Item::Head => "head".to_owned(),
        Item::Variable(name) => format!("var.{name}"),
        Item::Object(address, None) => address.to_string(),
        Item::Object(address, Some(key)) => format!("{address} deposed {key}"),
        Item::Output(name) => format!("output.{name}"),
        Item::Check(name) => name.to_string(),
    };
    let (approved, now) = (shown(&difference.approved), shown(&difference.now));
    format!("{item}{}: {:?}: {approved} -> {now}", difference.path, difference.row)
}

fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Absent => "nothing".to_owned(),
        Shown::Action(action) => format!("{action:?}"),
        Shown::Value(value) if value.deep_marks().is_sensitive() => "hidden".to_owned(),
        Shown::Value(value) => format!("{value:?}"),
        Shown::Text(text) => text.clone(),
    }
}
