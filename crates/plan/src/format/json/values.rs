//! Values in a plan document: what is known of them, what is not, and what is sensitive.
//!
//! Three documents of one shape (OpenTofu's `jsonplan`: `omitUnknowns`, `unknownAsBool`, `sensitiveAsBool`).
//! Invariant: a sensitive value is written like any other: the document is for machines, and says beside it what to hide.

use std::sync::Arc;

use value::{Step, Type, Value, View};

use super::write::{Array, Object, Slot};

/// What is known of a value: unknown members of objects and maps are left out, unknown elements of sequences null.
pub(super) fn known(slot: Slot<'_>, value: &Value) {
    match value.view() {
        View::Null | View::Unknown(_) => slot.raw("null"),
        View::Bool(bool) => slot.bool(bool),
        View::Number(number) => slot.raw(&number.to_text()),
        View::String(text) => slot.text(text),
        View::List(items) | View::Set(items) | View::Tuple(items) => slot.array(|array| {
            items.iter().for_each(|item| known(array.element(), item));
        }),
        View::Map(_) | View::Object(..) => slot.object(|object| {
            for (name, item) in members(value).filter(|(_, item)| item.is_known()) {
                known(object.member(name), item);
            }
        }),
    }
}

/// Where a value is unknown: `true` there; known primitives in objects and maps are left out.
pub(super) fn unknown(slot: Slot<'_>, value: &Value) {
    match value.view() {
        View::Unknown(_) => slot.bool(true),
        View::Null | View::Bool(_) | View::Number(_) | View::String(_) => slot.bool(false),
        View::List(items) | View::Set(items) | View::Tuple(items) => slot.array(|array| {
            items.iter().for_each(|item| unknown(array.element(), item));
        }),
        View::Map(_) | View::Object(..) => slot.object(|object| {
            let shown = |item: &Value| !item.is_known() || has_parts(item);
            for (name, item) in members(value).filter(|(_, item)| shown(item)) {
                unknown(object.member(name), item);
            }
        }),
    }
}

/// Where a value is sensitive: `true` there; what cannot hold anything sensitive is left out of objects and maps.
pub(super) fn sensitive(slot: Slot<'_>, value: &Value) {
    if value.marks().is_sensitive() {
        return slot.bool(true);
    }
    match value.view() {
        View::Null | View::Bool(_) | View::Number(_) | View::String(_) => slot.bool(false),
        View::Unknown(_) => match shape(value.ty()) {
            Shape::Single => slot.bool(false),
            Shape::Sequence => slot.raw("[]"),
            Shape::Mapping => slot.raw("{}"),
        },
        View::List(items) | View::Set(items) | View::Tuple(items) => slot.array(|array| {
            items.iter().for_each(|item| sensitive(array.element(), item));
        }),
        View::Map(_) | View::Object(..) => slot.object(|object| {
            for (name, item) in members(value).filter(|(_, item)| tells_sensitivity(item)) {
                sensitive(object.member(name), item);
            }
        }),
    }
}

/// Whether `sensitive` of it says more than `false`.
fn tells_sensitivity(value: &Value) -> bool {
    value.marks().is_sensitive()
        || has_parts(value)
        || (!value.is_known() && !matches!(shape(value.ty()), Shape::Single))
}

fn has_parts(value: &Value) -> bool {
    value.len().is_some()
}

enum Shape {
    Single,
    Sequence,
    Mapping,
}

fn shape(ty: Type) -> Shape {
    if ty.is_list() || ty.is_set() || ty.is_tuple() {
        Shape::Sequence
    } else if ty.is_map() || ty.is_object() {
        Shape::Mapping
    } else {
        Shape::Single
    }
}

/// The members of a map or an object, in the order of their names.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&Arc<str>, &Value)> {
    let attributes = match value.view() {
        View::Object(ty, values) => Some(ty.names().iter().zip(values)),
        _ => None,
    };
    let entries = match value.view() {
        View::Map(entries) => Some(entries.iter().map(|(name, value)| (name, value))),
        _ => None,
    };
    attributes.into_iter().flatten().chain(entries.into_iter().flatten())
}

/// A path as an array of names and keys.
pub(super) fn path(array: &mut Array<'_>, path: &value::Path) {
    for step in path.steps() {
        match step {
            Step::Attr(name) => array.element().text(name),
            Step::Index(key) => known(array.element(), key),
        }
    }
}

/// The members of one side of a change: the value (left out where all of it is unknown) and what of it is sensitive.
pub(super) fn side(object: &mut Object<'_>, name: &str, value: &Value) {
    if value.is_known() {
        known(object.member(name), value);
    }
}
