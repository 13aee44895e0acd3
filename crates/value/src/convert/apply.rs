//! Conversion of values, after the types said that it exists.

use std::sync::Arc;

use super::dynamic::{replace_dynamic, unknown_converted};
use super::possible::{map_element, possible, sequence_element};
use super::unify::unify_with;
use super::{ConvertError, Safety, mismatch};
use crate::{Kind, Number, ObjectType, Path, Step, Type, Value, View};

/// Converts a value to a type that it can be converted to.
pub(super) fn apply(value: &Value, ty: Type, safety: Safety) -> Result<Value, ConvertError> {
    if value.ty() == ty || ty.is_dynamic() {
        return Ok(value.clone());
    }
    let converted = match value.view() {
        View::Unknown(_) => {
            let ty = replace_dynamic(value.ty(), ty.without_optional());
            unknown_converted(value, ty)
        }
        View::Null => Value::null(replace_dynamic(value.ty(), ty.without_optional())),
        _ => apply_known(value, ty, safety)?,
    };
    Ok(converted.with_marks(value.marks()))
}

fn apply_known(value: &Value, ty: Type, safety: Safety) -> Result<Value, ConvertError> {
    match (value.view(), ty.kind()) {
        (View::Bool(value), Kind::String) => {
            Ok(Value::string(if value { "true" } else { "false" }))
        }
        (View::Number(number), Kind::String) => Ok(Value::string(number.to_text())),
        (View::String(text), Kind::Number) => number(text),
        (View::String(text), Kind::Bool) => truth(text),
        (View::List(parts), Kind::List(element)) => to_list(parts, value.ty(), element, safety),
        (View::Set(parts), Kind::List(element)) => {
            if parts.len() > 1 && !value.is_wholly_known() {
                let ty = replace_dynamic(value.ty(), ty.without_optional());
                return Ok(Value::unknown(ty));
            }
            to_list(parts, value.ty(), element, safety)
        }
        (View::List(parts) | View::Set(parts), Kind::Set(element)) => {
            to_set(parts, value.ty(), element, safety)
        }
        (View::Tuple(parts), Kind::List(element)) => {
            let element = unified(value.ty(), element, safety);
            to_list(parts, value.ty(), element, safety)
        }
        (View::Tuple(parts), Kind::Set(element)) => {
            let element = unified(value.ty(), element, safety);
            to_set(parts, value.ty(), element, safety)
        }
        (View::Tuple(parts), Kind::Tuple(types)) => to_tuple(parts, types, safety),
        (View::Map(entries), Kind::Map(element)) => {
            to_map(entries.iter().map(|(key, part)| (key, part)), value.ty(), element, safety)
        }
        (View::Object(object, parts), Kind::Map(element)) => {
            let element = map_element(object, element, safety).unwrap_or(element);
            to_map(object.names().iter().zip(parts), value.ty(), element, safety)
        }
        (View::Object(from, parts), Kind::Object(to)) => {
            object_to_object(from, parts, to, ty, safety)
        }
        (View::Map(_), Kind::Object(to)) => map_to_object(value, to, ty, safety),
        _ => Err(mismatch::explain(value.ty(), ty)),
    }
}

fn number(text: &str) -> Result<Value, ConvertError> {
    Number::parse(text)
        .map(Value::number)
        .ok_or_else(|| ConvertError::new("a number is required, and this text is none"))
}

fn truth(text: &str) -> Result<Value, ConvertError> {
    match text {
        "true" | "1" => Ok(Value::TRUE),
        "false" | "0" => Ok(Value::FALSE),
        _ => {
            let lower = text.to_lowercase();
            Err(ConvertError::new(match lower.as_str() {
                "true" | "false" => {
                    format!("a bool is required; as text it is written in lower case: \"{lower}\"")
                }
                _ => "a bool is required, and this text is neither \"true\" nor \"false\"".into(),
            }))
        }
    }
}

/// The element type for a tuple's elements, where the constraint says `any`.
fn unified(tuple: Type, element: Type, safety: Safety) -> Type {
    let elements = tuple.tuple_elements().unwrap_or_default();
    sequence_element(elements, element, safety).unwrap_or(element)
}

/// The element type of an empty collection: what is asked, else what the source would have had.
fn empty_element(source: Type, element: Type) -> Type {
    match source.element() {
        Some(have) if element.is_dynamic() => have,
        _ => element.without_optional(),
    }
}

fn index(at: usize) -> Step {
    Step::Index(Value::int(at as i64))
}

fn convert_parts(
    parts: &[Value],
    element: Type,
    safety: Safety,
) -> Result<Vec<Value>, ConvertError> {
    let mut converted = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        converted.push(apply(part, element, safety).map_err(|e| e.within(index(at)))?);
    }
    Ok(converted)
}

fn to_list(
    parts: &[Value],
    source: Type,
    element: Type,
    safety: Safety,
) -> Result<Value, ConvertError> {
    if parts.is_empty() {
        return Ok(Value::list(empty_element(source, element), Vec::new()));
    }
    let mut parts = convert_parts(parts, element, safety)?;
    if source.is_tuple() {
        unify_parts(&mut parts, safety)?;
    }
    match alike(parts.iter()) {
        true => Ok(Value::list(element, parts)),
        false => Err(ConvertError::new("all elements of a list must be of one type")),
    }
}

fn to_set(
    parts: &[Value],
    source: Type,
    element: Type,
    safety: Safety,
) -> Result<Value, ConvertError> {
    if parts.is_empty() {
        return Ok(Value::set(empty_element(source, element), Vec::new()));
    }
    let parts = convert_parts(parts, element, safety)?;
    match alike(parts.iter()) {
        true => Ok(Value::set(element, parts)),
        false => Err(ConvertError::new("all elements of a set must be of one type")),
    }
}

fn to_tuple(parts: &[Value], types: &[Type], safety: Safety) -> Result<Value, ConvertError> {
    let mut converted = Vec::with_capacity(parts.len());
    for (at, (part, &ty)) in parts.iter().zip(types).enumerate() {
        converted.push(apply(part, ty, safety).map_err(|e| e.within(index(at)))?);
    }
    Ok(Value::tuple(converted))
}

fn to_map<'v>(
    entries: impl ExactSizeIterator<Item = (&'v Arc<str>, &'v Value)>,
    source: Type,
    element: Type,
    safety: Safety,
) -> Result<Value, ConvertError> {
    if entries.len() == 0 {
        return Ok(Value::map(empty_element(source, element), []));
    }
    let mut keys = Vec::with_capacity(entries.len());
    let mut parts = Vec::with_capacity(entries.len());
    for (key, part) in entries {
        let step = || Step::Index(Value::string_normal(key.clone()));
        parts.push(apply(part, element, safety).map_err(|e| e.within(step()))?);
        keys.push(key.clone());
    }
    if element.is_collection() || element.is_object() {
        let safety = if source.is_map() { Safety::Safe } else { safety };
        unify_parts(&mut parts, safety)?;
    }
    match alike(parts.iter()) {
        true => Ok(Value::map(element, keys.into_iter().zip(parts))),
        false => Err(ConvertError::new("all elements of a map must be of one type")),
    }
}

/// Brings parts whose types still differ (there was `any` inside) to one type.
fn unify_parts(parts: &mut [Value], safety: Safety) -> Result<(), ConvertError> {
    let Some(first) = parts.first().map(Value::ty) else { return Ok(()) };
    if parts.iter().all(|part| part.ty() == first) {
        return Ok(());
    }
    let types: Vec<_> = parts.iter().map(Value::ty).collect();
    let ty = unify_with(&types, safety)
        .ok_or_else(|| ConvertError::new("there is no one type that all elements convert to"))?;
    for (at, part) in parts.iter_mut().enumerate() {
        if part.ty() != ty {
            *part = match possible(part.ty(), ty, safety) {
                true => apply(part, ty, safety),
                false => Err(mismatch::explain(part.ty(), ty)),
            }
            .map_err(|e| e.within(index(at)))?;
        }
    }
    Ok(())
}

/// Have all parts one type, those without a type aside?
fn alike<'v>(parts: impl Iterator<Item = &'v Value>) -> bool {
    let mut types = parts.map(Value::ty).filter(|ty| !ty.is_dynamic());
    types.next().is_none_or(|first| types.all(|ty| ty == first))
}

fn object_to_object(
    from: &ObjectType,
    parts: &[Value],
    to: &ObjectType,
    ty: Type,
    safety: Safety,
) -> Result<Value, ConvertError> {
    let mut values = Vec::with_capacity(to.len());
    let mut next = 0;
    for (name, want) in to.iter() {
        values.push(match from.slot_from(&mut next, name) {
            Some(slot) => {
                apply(&parts[slot], want, safety).map_err(|e| e.within(Step::Attr(name.clone())))?
            }
            None => Value::null(want.without_optional()),
        });
    }
    Ok(Value::object_of(ty, values))
}

fn map_to_object(
    map: &Value,
    to: &ObjectType,
    ty: Type,
    safety: Safety,
) -> Result<Value, ConvertError> {
    let mut values = Vec::with_capacity(to.len());
    for (slot, (name, want)) in to.iter().enumerate() {
        let within = |e: ConvertError| e.within(Step::Index(Value::string_normal(name.clone())));
        values.push(match map.entry(name) {
            Some(part) if possible(part.ty(), want, safety) => {
                apply(part, want, safety).map_err(within)?
            }
            Some(part) => return Err(within(mismatch::explain(part.ty(), want))),
            None if to.optional()[slot] => Value::null(want.without_optional()),
            None => {
                let message = format!("the map has no element \"{name}\", which is required");
                return Err(ConvertError { path: Path::new(), message });
            }
        });
    }
    Ok(Value::object_of(ty, values))
}
