//! Objects between the state and the machines: decoded with their marks, and encoded again.
//!
//! Invariant: an encoded object is wholly known, holds no write-only and no ephemeral value, and says where it is
//! sensitive.

use std::sync::Arc;

use addr::ConfigResource;
use schema::protocol::Private;
use schema::{Block, ResourceSchema, Traits};
use state::{Attributes, Identity, Object, Status};
use value::{Marks, Path, Value};

/// An object that exists: what its provider last said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Live {
    /// With marks.
    pub(crate) value: Value,
    pub(crate) private: Private,
    pub(crate) identity: Option<Value>,
    pub(crate) status: Status,
}

/// What the state keeps of an object beside what its provider says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Keeping {
    pub(crate) dependencies: Arc<[ConfigResource]>,
    pub(crate) create_before_destroy: bool,
    pub(crate) skip_destroy: bool,
}

/// Marks a decoded value where the state says that it is sensitive.
pub(crate) fn marked(value: Value, sensitive: &[Path]) -> Value {
    if sensitive.is_empty() {
        return value;
    }
    value.mark_with_paths(sensitive.iter().map(|path| (path, Marks::SENSITIVE)))
}

/// The value without marks, and where it was sensitive.
pub(crate) fn unmarked(value: &Value) -> (Value, Vec<(Path, Marks)>) {
    if value.deep_marks().is_empty() {
        return (value.clone(), Vec::new());
    }
    value.clone().unmark_deep_with_paths()
}

/// The value with these marks, and those of the schema's sensitive attributes.
pub(crate) fn marked_as(value: &Value, marks: &[(Path, Marks)], schema: &ResourceSchema) -> Value {
    let value = schema.block.marked_sensitive(value);
    if marks.is_empty() {
        return value;
    }
    value.mark_with_paths(marks.iter().map(|(path, marks)| (path, *marks)))
}

/// Whether two values of equal content are sensitive at the same places.
pub(crate) fn equally_sensitive(a: &Value, b: &Value) -> bool {
    let places = |value: &Value| -> Vec<Path> {
        let (_, marks) = unmarked(value);
        marks.into_iter().filter(|(_, marks)| marks.is_sensitive()).map(|(path, _)| path).collect()
    };
    if !a.deep_marks().is_sensitive() && !b.deep_marks().is_sensitive() {
        return true;
    }
    places(a) == places(b)
}

/// The configuration of an object as a plan keeps it: what is only written is null. Its marks stay, but for the
/// ephemeral ones: nothing else of a resource may be ephemeral.
pub(crate) fn kept(config: &Value, block: &Block) -> Value {
    if !block.deep_traits().contains(Traits::WRITE_ONLY) {
        return config.clone();
    }
    let (bare, marks) = unmarked(config);
    let marks = marks.iter().map(|(path, marks)| (path, marks.without(Marks::EPHEMERAL)));
    block.without_write_only(&bare).mark_with_paths(marks)
}

/// The object as the state keeps it. Unknown parts become null.
pub(crate) fn encode(live: &Live, keeping: &Keeping, schema: &ResourceSchema) -> Object {
    let (bare, marks) = unmarked(&live.value);
    let bare = schema.block.without_write_only(&bare);
    let text = json(&bare, schema.block.ty());
    let sensitive: Vec<Path> =
        marks.into_iter().filter(|(_, marks)| marks.is_sensitive()).map(|(path, _)| path).collect();
    Object {
        status: live.status,
        schema_version: schema.version,
        attributes: Attributes::json(text.into_bytes()),
        sensitive: sensitive.into(),
        private: live.private.clone(),
        identity: live.identity.as_ref().and_then(|identity| encode_identity(identity, schema)),
        dependencies: keeping.dependencies.clone(),
        create_before_destroy: keeping.create_before_destroy,
        skip_destroy: keeping.skip_destroy,
    }
}

/// A value as the state's JSON; what has no form there (unknowns, infinities) is null.
fn json(value: &Value, ty: value::Type) -> String {
    value::json::encode(value, ty).unwrap_or_else(|_| {
        value::json::encode(&known(value), ty)
            .expect("BUG: a value without unknowns and infinities is JSON")
    })
}

/// An identity as the state keeps it; nothing of one that is null or not known.
pub(crate) fn encode_identity(identity: &Value, schema: &ResourceSchema) -> Option<Identity> {
    let of = schema.identity.as_ref()?;
    if identity.is_null() || !identity.is_wholly_known() {
        return None;
    }
    Some(Identity {
        json: json(identity, of.ty()).into_bytes().into(),
        schema_version: Some(of.version),
    })
}

/// The value with null in place of every unknown and of every number without end.
pub(crate) fn known(value: &Value) -> Value {
    use value::View;
    let all = |items: &[Value]| items.iter().map(known).collect::<Vec<Value>>();
    let ty = value.ty();
    let bare = match value.view() {
        View::Unknown(_) => Value::null(ty),
        View::Number(number) if number.is_infinite() => Value::null(ty),
        View::List(items) => {
            Value::list(ty.element().expect("BUG: a list has an element type"), all(items))
        }
        View::Set(items) => {
            Value::set(ty.element().expect("BUG: a set has an element type"), all(items))
        }
        View::Tuple(items) => Value::tuple(all(items)),
        View::Map(entries) => Value::map(
            ty.element().expect("BUG: a map has an element type"),
            entries.iter().map(|(key, item)| (key.clone(), known(item))),
        ),
        View::Object(_, items) => Value::object_of(ty, all(items)),
        View::Null | View::Bool(_) | View::Number(_) | View::String(_) => value.clone(),
    };
    bare.with_marks(value.marks())
}

/// An object's value as the state holds it, read through the schema; `None` where its text does not follow it.
pub(crate) fn decode(object: &Object, schema: &ResourceSchema) -> Option<Value> {
    let value = value::json::decode(object.attributes.as_json()?, schema.block.ty()).ok()?;
    Some(marked(value, &object.sensitive))
}
