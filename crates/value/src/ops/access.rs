//! `a.b` and `a[k]`.
//!
//! The marks of the value are on what comes out of it. A key's marks are on it too where the key
//! decided which element it is, except of an object's attribute, as in OpenTofu.

use std::fmt;

use crate::convert::convert;
use crate::{Type, Value, View};

/// Why there is nothing at the place asked for. The caller knows the words around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccessError {
    /// The value is null.
    Null,
    /// The key is null.
    NullKey,
    /// The key is of no use for this kind of value; why, as part of a sentence.
    WrongKey(String),
    /// An index with a fraction.
    Fraction,
    /// An index below zero.
    Negative,
    /// An index into something without elements.
    Empty,
    /// An index not below the length.
    TooLarge,
    /// The map has no such element.
    NoElement,
    /// The object has no such attribute; the flag says that a number was the key.
    NoAttribute {
        /// Was the key a number?
        by_number: bool,
    },
    /// Sets have no indexes.
    Set,
    /// The value is of a type that has no parts of this kind.
    NoParts(Type),
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("the value is null, and null has no parts"),
            Self::NullKey => f.write_str("the key is null"),
            Self::WrongKey(why) => write!(f, "the key does not fit: {why}"),
            Self::Fraction => f.write_str("an index must be a whole number"),
            Self::Negative => f.write_str("an index must not be below zero"),
            Self::Empty => f.write_str("there are no elements in it"),
            Self::TooLarge => f.write_str("the index is not below the number of elements"),
            Self::NoElement => f.write_str("the map has no element with this key"),
            Self::NoAttribute { by_number: false } => {
                f.write_str("the object has no attribute of this name")
            }
            Self::NoAttribute { by_number: true } => {
                f.write_str("an object's attributes are found by name, not by number")
            }
            Self::Set => f.write_str("the elements of a set have no indexes"),
            Self::NoParts(ty) => write!(f, "a value of type {} has none", ty.friendly_name()),
        }
    }
}

impl std::error::Error for AccessError {}

/// `value.name`: an attribute of an object, or an element of a map.
pub fn attribute(value: &Value, name: &str) -> Result<Value, AccessError> {
    let ty = value.ty();
    let found = match value.view() {
        View::Null => return Err(AccessError::Null),
        View::Object(object, parts) => {
            let slot = object.slot(name).ok_or(AccessError::NoAttribute { by_number: false })?;
            parts[slot].clone()
        }
        View::Map(_) => value.entry(name).cloned().ok_or(AccessError::NoElement)?,
        View::Unknown(_) if ty.is_dynamic() => Value::DYNAMIC,
        View::Unknown(_) if ty.is_object() => {
            let (_, ty) = ty.attr(name).ok_or(AccessError::NoAttribute { by_number: false })?;
            Value::unknown(ty)
        }
        View::Unknown(_) if ty.is_map() => Value::unknown(ty.element().unwrap_or(Type::DYNAMIC)),
        _ => return Err(AccessError::NoParts(ty)),
    };
    Ok(found.with_marks(value.marks()))
}

/// `value[key]`: an element of a list, tuple or map, or an attribute of an object.
pub fn index(value: &Value, key: &Value) -> Result<Value, AccessError> {
    if value.is_null() {
        return Err(AccessError::Null);
    }
    if key.is_null() {
        return Err(AccessError::NullKey);
    }
    let ty = value.ty();
    if ty.is_dynamic() || key.ty().is_dynamic() {
        return Ok(Value::DYNAMIC.with_marks(value.marks()));
    }
    let found = match value.view() {
        _ if ty.is_set() => return Err(AccessError::Set),
        _ if ty.is_list() || ty.is_tuple() => element(value, &key_as(key, Type::NUMBER)?)?,
        _ if ty.is_map() => map_element(value, &key_as(key, Type::STRING)?)?,
        _ if ty.is_object() => object_attribute(value, key)?,
        _ => return Err(AccessError::NoParts(ty)),
    };
    Ok(found.with_marks(value.marks()))
}

fn key_as(key: &Value, ty: Type) -> Result<Value, AccessError> {
    convert(key, ty).map_err(|error| AccessError::WrongKey(error.to_string()))
}

/// An element of a list or tuple, with the key's marks where the key chose it.
fn element(value: &Value, key: &Value) -> Result<Value, AccessError> {
    let ty = value.ty();
    let unknown = || Ok(Value::unknown(ty.element().unwrap_or(Type::DYNAMIC)));
    let length = match ty.tuple_elements() {
        Some(elements) => Some(elements.len()),
        None => value.len(),
    };
    let (Some(number), Some(length)) = (key.as_number(), length) else { return unknown() };
    let at = number.to_i64().and_then(|at| usize::try_from(at).ok()).filter(|&at| at < length);
    let Some(at) = at else {
        return Err(match () {
            () if !number.is_integer() => AccessError::Fraction,
            () if number.is_negative() && !number.is_zero() => AccessError::Negative,
            () if length == 0 => AccessError::Empty,
            () => AccessError::TooLarge,
        });
    };
    let found = match (value.as_slice(), ty.tuple_elements()) {
        (Some(parts), _) => parts[at].clone(),
        (None, Some(types)) => Value::unknown(types[at]),
        (None, None) => panic!("BUG: a list of known length without elements"),
    };
    Ok(found.with_marks(key.marks()))
}

fn map_element(value: &Value, key: &Value) -> Result<Value, AccessError> {
    let (Some(text), true) = (key.as_str(), value.is_known()) else {
        return Ok(Value::unknown(value.ty().element().unwrap_or(Type::DYNAMIC)));
    };
    let found = value.entry(text).cloned().ok_or(AccessError::NoElement)?;
    Ok(found.with_marks(key.marks()))
}

fn object_attribute(value: &Value, key: &Value) -> Result<Value, AccessError> {
    let by_number = key.ty() == Type::NUMBER;
    let key = key_as(key, Type::STRING)?;
    let (Some(text), true) = (key.as_str(), value.is_known()) else { return Ok(Value::DYNAMIC) };
    value.attr(text).cloned().ok_or(AccessError::NoAttribute { by_number })
}
