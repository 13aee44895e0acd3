//! `resource_changes`, `resource_drift` and `output_changes`.
//!
//! Invariant: in the order of addresses, the current object before deposed ones; a data source that only leaves the
//! state is not told.

use addr::{InstanceKey, Mode};
use value::Value;

use super::order::by_hash;
use super::values::{known, path, sensitive, side, unknown};
use super::write::{Array, Object, Slot};
use crate::action::Action;
use crate::change::{Change, OutputChange, Sensitive};
use crate::plan::Plan;

/// Whether the document tells of a change: data sources that only leave the state are not told.
pub(super) fn is_told(change: &Change) -> bool {
    change.address.resource.mode != Mode::Data || change.action != Action::Delete
}

/// `resource_changes` or `resource_drift`.
pub(super) fn resources<'p>(
    slot: Slot<'_>,
    plan: &Plan,
    changes: impl Iterator<Item = &'p Change>,
) {
    let mut sorted: Vec<&Change> = changes.collect();
    sorted.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
    slot.array(|array| sorted.into_iter().for_each(|change| resource(array, plan, change)));
}

fn resource(array: &mut Array<'_>, plan: &Plan, change: &Change) {
    array.element().object(|object| {
        let address = &change.address;
        object.member("address").text(&address.to_string());
        if let Some(previous) = &change.previous_address {
            object.member("previous_address").text(&previous.to_string());
        }
        object.text_unless_empty("module_address", &address.module.to_string());
        named(object, address.resource.mode, &address.resource.type_name, &address.resource.name);
        index(object, &address.key);
        let provider = &plan.provider(change.provider).config.provider;
        object.member("provider_name").text(&provider.to_string());
        if let Some(deposed) = &change.deposed {
            object.member("deposed").text(deposed.as_str());
        }
        object.member("change").object(|object| body(object, change));
        if let Some(reason) = change.reason.word() {
            object.member("action_reason").text(reason);
        }
    });
}

/// The members that name a resource.
pub(super) fn named(object: &mut Object<'_>, mode: Mode, type_name: &str, name: &str) {
    object.member("mode").text(match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    });
    object.member("type").text(type_name);
    object.member("name").text(name);
}

/// The member that tells which instance, where there are several.
pub(super) fn index(object: &mut Object<'_>, key: &InstanceKey) {
    match key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => object.member("index").number(index),
        InstanceKey::Str(key) => object.member("index").text(key),
    }
}

fn body(object: &mut Object<'_>, change: &Change) {
    actions(object, change.action);
    side(object, "before", &change.before);
    side(object, "after", &change.after);
    if change.after.is_wholly_known() {
        object.member("after_unknown").raw("{}");
    } else {
        unknown(object.member("after_unknown"), &change.after);
    }
    sensitive(object.member("before_sensitive"), &change.before);
    sensitive(object.member("after_sensitive"), &change.after);
    if !change.replace_paths.is_empty() {
        object.member("replace_paths").array(|array| {
            for one in by_hash(&change.replace_paths) {
                array.element().array(|array| path(array, one));
            }
        });
    }
    identity(object, "before_identity", change.prior_identity.as_ref());
    identity(object, "after_identity", change.planned_identity.as_ref());
}

fn identity(object: &mut Object<'_>, name: &str, identity: Option<&Value>) {
    if let Some(identity) = identity.filter(|identity| !identity.is_null()) {
        known(object.member(name), identity);
    }
}

fn actions(object: &mut Object<'_>, action: Action) {
    object.member("actions").array(|array| {
        action.words().iter().for_each(|word| array.element().text(word));
    });
}

/// `output_changes`.
pub(super) fn outputs(slot: Slot<'_>, changes: &[OutputChange]) {
    slot.object(|object| {
        for change in changes {
            object.member(&change.name).object(|object| output(object, change));
        }
    });
}

fn output(object: &mut Object<'_>, change: &OutputChange) {
    actions(object, change.action);
    side(object, "before", &change.before);
    side(object, "after", &change.after);
    if change.after.is_wholly_known() {
        object.member("after_unknown").bool(false);
    } else {
        unknown(object.member("after_unknown"), &change.after);
    }
    let hidden = change.sensitive == Sensitive::Yes;
    object.member("before_sensitive").bool(hidden);
    object.member("after_sensitive").bool(hidden);
}
