//! What widens access: changes after which somebody may do more than before.
//!
//! One file for each family of types. It names what it understands and says so of what it does not; it refuses nothing, a
//! person judges. It never fails: odd policies are "not understood".
//!
//! Invariant: what is not known yet "may widen access", and is never left out.

mod aws;
mod azure;
mod fact;
mod flags;
mod google;
mod iam;
mod kubernetes;
mod look;
mod pattern;
mod traffic;

use std::sync::Arc;

use plan::{Action, Change};
use value::Value;

use self::fact::Fact;
use self::look::Reading;
use crate::assess::Subject;
use crate::verdict::Widening;

/// How many widenings of one resource are told one by one.
const TOLD_MAX: usize = 8;
/// How many facts of one object are compared; more are not understood.
const FACTS_MAX: usize = 2_000;

/// What widens access in a plan, in the order of its changes.
pub(crate) fn widenings(subject: &Subject<'_>) -> Vec<Widening> {
    let managed = |change: &&Change| change.address.resource.mode == addr::Mode::Managed;
    let mut found = Vec::new();
    for change in subject.plan.changes.iter().filter(managed) {
        let told = |what| Widening {
            stack: subject.address.clone(),
            address: change.address.clone(),
            what,
        };
        found.extend(of_change(change).into_iter().map(told));
    }
    found
}

/// What one change widens.
fn of_change(change: &Change) -> Vec<String> {
    let leaves_alone = matches!(change.action, Action::NoOp | Action::Read | Action::Forget);
    if leaves_alone || change.deposed.is_some() {
        return Vec::new();
    }
    let type_name = &*change.address.resource.type_name;
    let Some(before) = reading(type_name, &change.before) else { return Vec::new() };
    let new = configured(&change.after, &change.configuration);
    let after = reading(type_name, &new).unwrap_or_default();
    told(&before, &after, &change.before, &new)
}

/// A planned object without what its configuration leaves to the provider and what is not known for that reason alone:
/// such a value grants what it granted before, or what the cloud gives every object.
fn configured(planned: &Value, configuration: &Value) -> Value {
    let given = |name: &str| configuration.attr(name).is_none_or(|value| !is_nothing(value));
    match planned.as_object() {
        Some((ty, slots)) if !configuration.is_null() && configuration.is_known() => {
            let slot = |(name, value): (&Arc<str>, &Value)| {
                let left = !value.is_known() && !given(name);
                let value = if left { Value::null(value.ty()) } else { value.clone() };
                (name.clone(), value)
            };
            Value::object(ty.names().iter().zip(slots).map(slot))
        }
        _ => planned.clone(),
    }
}

/// Whether a value is null, or a collection of nothing.
fn is_nothing(value: &Value) -> bool {
    value.is_known() && (value.is_null() || value.len() == Some(0))
}

/// What an object grants and denies; `None` where its type grants nothing that is known here.
fn reading(type_name: &str, object: &Value) -> Option<Reading> {
    let mut reading = Reading::default();
    let read = |reading: &mut Reading| {
        let flags = flags::read(type_name, object, reading);
        let family = match type_name.split_once('_')?.0 {
            "aws" => aws::read(type_name, object, reading),
            "azurerm" | "azuread" => azure::read(type_name, object, reading),
            "google" => google::read(type_name, object, reading),
            "kubernetes" | "kubectl" => kubernetes::read(type_name, object, reading),
            _ => None,
        };
        flags.or(family)
    };
    read(&mut reading)?;
    if reading.facts.len().max(reading.denials.len()) > FACTS_MAX {
        reading.facts.clear();
        reading.denials.clear();
        reading.doubts.push("it grants more than can be compared: may widen access".to_owned());
    }
    Some(reading)
}

/// The difference of two readings, in words.
fn told(before: &Reading, after: &Reading, old: &Value, new: &Value) -> Vec<String> {
    let granted = missing(&after.facts, &before.facts);
    let mut words = fact::words(&granted);
    let lifted = missing(&before.denials, &after.denials);
    words.extend(fact::words(&lifted).into_iter().map(|what| format!("no longer denied: {what}")));
    words.extend(after.doubts.iter().filter(|doubt| !before.doubts.contains(doubt)).cloned());
    for name in &after.hidden {
        if old.attr(name) != new.attr(name) {
            words.push(format!("`{name}` is sensitive and changes: may widen access"));
        }
    }
    if words.len() > TOLD_MAX {
        let more = words.len() - TOLD_MAX;
        words.truncate(TOLD_MAX);
        words.push(format!("and {more} more"));
    }
    words
}

/// What an object grants that it did not grant before, and what it granted before and does not any more; `None` where its type
/// grants nothing that is known here. What `own` objects say by themselves is no difference.
pub(crate) fn difference(
    type_name: &str,
    before: &Value,
    after: &Value,
    own: &[&crate::drift::Sibling],
) -> Option<(Vec<String>, Vec<String>)> {
    let (was, is) = (reading(type_name, before), reading(type_name, after));
    if was.is_none() && is.is_none() {
        return None;
    }
    let (mut was, mut is) = (was.unwrap_or_default(), is.unwrap_or_default());
    for sibling in own {
        let said = reading(&sibling.type_name, &sibling.object).unwrap_or_default();
        for fact in said.facts.into_iter().map(Fact::by_itself) {
            // Where it shows, it is in both; where it does not show yet, or any more, its own object tells.
            was.facts.push(fact.clone());
            is.facts.push(fact);
        }
    }
    let widens = told(&was, &is, before, after);
    let mut narrows = fact::words(&missing(&was.facts, &is.facts));
    let denied = fact::words(&missing(&is.denials, &was.denials));
    narrows.extend(denied.into_iter().map(|what| format!("denied now: {what}")));
    narrows.truncate(TOLD_MAX);
    Some((widens, narrows))
}

/// Whether an object of the type says who may do what.
pub(crate) fn is_about_access(type_name: &str, object: &Value) -> bool {
    let read = reading(type_name, object);
    read.is_some_and(|read| {
        !(read.facts.is_empty() && read.denials.is_empty() && read.doubts.is_empty())
    })
}

/// The facts that none of the others covers.
fn missing(facts: &[Fact], others: &[Fact]) -> Vec<Fact> {
    facts.iter().filter(|fact| !others.iter().any(|other| other.covers(fact))).cloned().collect()
}

#[cfg(test)]
mod real_types;
#[cfg(test)]
#[path = "../../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod tests;
