//! What a value is.
//!
//! Invariant: of a value whose kind is known, an unknown member changes nothing.

use super::{Builtin, itself};
use crate::value::V;

pub(super) const TABLE: &[Builtin] = &[
    itself("type_name", 1, |args| match &args[0] {
        V::Unknown(unknown) => Some(V::computed(unknown.cause.clone())),
        known => Some(V::text(known.type_name())),
    }),
    itself("is_null", 1, |args| is(args, "null")),
    itself("is_boolean", 1, |args| is(args, "boolean")),
    itself("is_number", 1, |args| is(args, "number")),
    itself("is_string", 1, |args| is(args, "string")),
    itself("is_array", 1, |args| is(args, "array")),
    itself("is_object", 1, |args| is(args, "object")),
    itself("is_set", 1, |args| is(args, "set")),
];

/// Whether a value is of a kind.
fn is(args: &[V], kind: &str) -> Option<V> {
    match &args[0] {
        V::Unknown(unknown) => Some(V::computed(unknown.cause.clone())),
        known if known.type_name() == kind => Some(V::Bool(true)),
        _ => Some(V::Bool(false)),
    }
}
