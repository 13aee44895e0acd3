//! The plan document: what `show -json` says of a plan, as OpenTofu says it.
//!
//! Version 1.2 of that document (`internal/command/jsonplan`). Members of ours (`deferred_changes`, `provisional_changes`) stand beside
//! OpenTofu's and never inside them. `configuration` is told by who holds the configuration ([`configuration`]).
//! Invariant: what a sensitive value is stands in it in full; who shows it to people hides it.

mod change;
mod check;
mod configuration;
mod deferred;
mod order;
mod planned;
mod relevant;
mod values;
mod write;

use state::State;

pub use configuration::configuration;
pub use relevant::relevant;

use self::planned::Results;
use self::write::{Object, Slot};
use crate::action::Action;
use crate::plan::{Completeness, Mode, Plan, RelevantAttribute};
use crate::schemas::Schemas;

/// What a document says beside the plan itself.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The version of the language that we speak, as `terraform_version`.
    pub version: &'a str,
    /// The `configuration` member as JSON text; left out where it is not at hand.
    pub configuration: Option<&'a str>,
    /// What contributes to the changes, beside what the plan itself says of it.
    pub relevant: &'a [RelevantAttribute],
}

/// The plan document.
pub fn plan(plan: &Plan, schemas: &Schemas, head: Head<'_>) -> String {
    let mut out = String::new();
    Slot::new(&mut out).object(|object| {
        object.member("format_version").text("1.2");
        object.member("terraform_version").text(head.version);
        variables(object, plan);
        planned::planned_values(object.member("planned_values"), plan, schemas);
        drift(object, plan);
        let mut changes = plan.changes.iter().filter(|one| change::is_told(one)).peekable();
        if changes.peek().is_some() {
            change::resources(object.member("resource_changes"), plan, changes);
        }
        if !plan.outputs.is_empty() {
            change::outputs(object.member("output_changes"), &plan.outputs);
        }
        if !plan.deferred.is_empty() {
            deferred::changes(object.member("deferred_changes"), plan);
        }
        deferred::provisional(object, plan);
        if !plan.prior.is_empty() {
            let slot = object.member("prior_state");
            planned::state(slot, &plan.prior, schemas, head.version, Results::Left);
        }
        if let Some(configuration) = head.configuration {
            object.member("configuration").raw(configuration);
        }
        relevant_attributes(object, &plan.relevant, head.relevant);
        if !plan.checks.is_empty() {
            check::checks(object.member("checks"), &plan.checks);
        }
        object.member("timestamp").text(&crate::time::rfc3339(plan.time_s));
        object.member("errored").bool(plan.completeness == Completeness::Errored);
    });
    out
}

/// Where a value is not known, as `after_unknown` tells it.
pub fn unknown(value: &value::Value) -> String {
    let mut out = String::new();
    values::unknown(Slot::new(&mut out), value);
    out
}

/// What is known of a value, as `after` tells it: what is sensitive stands in it in full.
pub fn known(value: &value::Value) -> String {
    let mut out = String::new();
    values::known(Slot::new(&mut out), value);
    out
}

/// The state document: what `show -json` says of a state.
pub fn state(state: &State, schemas: &Schemas) -> String {
    let mut out = String::new();
    planned::state(Slot::new(&mut out), state, schemas, &state.terraform_version, Results::Told);
    out
}

fn variables(object: &mut Object<'_>, plan: &Plan) {
    if plan.variables.is_empty() {
        return;
    }
    object.member("variables").object(|object| {
        for variable in &plan.variables {
            object
                .member(&variable.name)
                .object(|object| values::known(object.member("value"), &variable.value));
        }
    });
}

fn drift(object: &mut Object<'_>, plan: &Plan) {
    let told = |change: &&crate::Change| {
        plan.options.mode == Mode::RefreshOnly || change.action != Action::NoOp
    };
    if plan.drift.iter().any(|change| told(&change)) {
        change::resources(object.member("resource_drift"), plan, plan.drift.iter().filter(told));
    }
}

fn relevant_attributes(
    object: &mut Object<'_>,
    own: &[RelevantAttribute],
    told: &[RelevantAttribute],
) {
    if own.is_empty() && told.is_empty() {
        return;
    }
    object.member("relevant_attributes").array(|array| {
        for one in own.iter().chain(told) {
            array.element().object(|object| {
                object.member("resource").text(&one.resource);
                object.member("attribute").array(|array| values::path(array, &one.path));
            });
        }
    });
}
