//! `deferred_changes` and `provisional_changes`: members of ours, beside those of OpenTofu's document.
//!
//! Invariant: what is deferred stands here and never in `resource_changes`; what is planned from the schema alone stands
//! there, and is named here.

use super::values::{known, sensitive, unknown};
use super::write::{Object, Slot};
use crate::change::Provisional;
use crate::deferred::{Deferred, DeferredReason};
use crate::plan::Plan;

/// What is left for later, in the order of addresses and patterns.
pub(super) fn changes(slot: Slot<'_>, plan: &Plan) {
    slot.array(|array| {
        for one in &plan.deferred {
            array.element().object(|object| change(object, plan, one));
        }
    });
}

fn change(object: &mut Object<'_>, plan: &Plan, one: &Deferred) {
    object.member("address").text(&one.what.to_string());
    object.member("reason").text(match one.reason {
        DeferredReason::KeysUnknown => "keys_unknown",
        DeferredReason::ProviderConfigUnknown => "provider_config_unknown",
        DeferredReason::Provider => "provider",
        DeferredReason::Upstream => "upstream",
    });
    object.member("waits_for").array(|array| {
        one.waits_for.iter().for_each(|text| array.element().text(text));
    });
    if let Some(max) = one.creates_max {
        object.member("creates_max").number(max);
    }
    let kept = plan.kept_by(one);
    if !kept.is_empty() {
        object.member("kept").array(|array| {
            kept.iter().for_each(|instance| array.element().text(&instance.to_string()));
        });
    }
    if !one.configuration.is_null() {
        known(object.member("configuration"), &one.configuration);
        unknown(object.member("configuration_unknown"), &one.configuration);
        sensitive(object.member("configuration_sensitive"), &one.configuration);
    }
}

/// The addresses of changes whose planned value does not bind.
pub(super) fn provisional(object: &mut Object<'_>, plan: &Plan) {
    let mut changes =
        plan.changes.iter().filter(|change| change.provisional == Provisional::Yes).peekable();
    if changes.peek().is_none() {
        return;
    }
    object.member("provisional_changes").array(|array| {
        changes.for_each(|change| array.element().text(&change.address.to_string()));
    });
}
