//! Making a value that was built without a schema conform to one: conversion of attributes, what is missing put in.
//!
//! For values from elsewhere: backends' settings, estates' provider arguments, simulated answers. Bodies are decoded
//! by `lang`, which reports at each place. Behaviour of OpenTofu's `configs/configschema/coerce_value.go`.

use std::fmt;
use std::sync::Arc;

use value::{Path, Type, Value, View, convert};

use crate::block::{Attr, Block, NestedBlock, Nesting, Slot};

/// Why a value cannot be made to conform.
#[derive(Clone, Debug, PartialEq)]
pub struct CoerceError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for CoerceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CoerceError {}

impl Block {
    /// The value as one of this block: attributes converted, absent ones null, absent blocks empty.
    ///
    /// Errors where a required attribute is absent, where there is an attribute that the schema lacks, and where a
    /// value cannot be converted.
    pub fn coerce(&self, value: &Value) -> Result<Value, CoerceError> {
        coerce_block(self, value, &Path::new())
    }
}

fn fail<T>(path: &Path, message: impl Into<String>) -> Result<T, CoerceError> {
    Err(CoerceError { path: path.clone(), message: message.into() })
}

fn coerce_block(block: &Block, value: &Value, path: &Path) -> Result<Value, CoerceError> {
    let entries = match value.view() {
        View::Null => return Ok(Value::null(block.ty())),
        View::Unknown(_) => return Ok(Value::unknown(block.ty())),
        View::Object(object, values) => Entries { names: object.names(), values },
        _ => return fail(path, "an object is required"),
    };
    let known = |name: &&Arc<str>| block.attr(name).is_some() || block.block(name).is_some();
    if let Some(stranger) = entries.names.iter().find(|name| !known(name)) {
        return fail(path, format!("there is no attribute {stranger:?}"));
    }
    let values = block
        .slots()
        .map(|slot| match slot {
            Slot::Attr(attr) => coerce_attr(attr, entries.at(&attr.name), path),
            Slot::Block(nested) => match entries.at(&nested.name) {
                Some(value) => {
                    coerce_nested(nested, value, &path.clone().attr(nested.name.clone()))
                }
                None => Ok(nested.empty()),
            },
        })
        .collect::<Result<Vec<Value>, CoerceError>>()?;
    Ok(Value::object_of(block.ty(), values).with_marks(value.marks()))
}

struct Entries<'a> {
    names: &'a [Arc<str>],
    values: &'a [Value],
}

impl<'a> Entries<'a> {
    fn at(&self, name: &Arc<str>) -> Option<&'a Value> {
        self.names.binary_search(name).ok().map(|index| &self.values[index])
    }
}

fn coerce_attr(attr: &Attr, value: Option<&Value>, path: &Path) -> Result<Value, CoerceError> {
    match value {
        Some(value) => convert::convert(value, attr.constraint).map_err(|error| {
            let mut at = path.clone().attr(attr.name.clone());
            error.path.steps().iter().for_each(|step| at.push(step.clone()));
            CoerceError { path: at, message: error.message }
        }),
        None if attr.computed || attr.optional => Ok(attr.empty()),
        None => fail(path, format!("the attribute {:?} is required", attr.name)),
    }
}

fn coerce_nested(nested: &NestedBlock, value: &Value, path: &Path) -> Result<Value, CoerceError> {
    let each = |values: &[Value]| {
        values
            .iter()
            .enumerate()
            .map(|(index, one)| {
                coerce_block(&nested.block, one, &path.clone().index(Value::int(index as i64)))
            })
            .collect::<Result<Vec<Value>, CoerceError>>()
    };
    let coerced = match (nested.nesting, value.view()) {
        (Nesting::Single | Nesting::Group, _) => return coerce_block(&nested.block, value, path),
        (_, View::Null) => Value::null(nested.ty()),
        (_, View::Unknown(_)) => Value::unknown(nested.ty()),
        (Nesting::Map, View::Map(pairs)) => {
            let names = pairs.iter().map(|(name, _)| name);
            coerce_map(nested, names, pairs.iter().map(|(_, one)| one), path)?
        }
        (Nesting::Map, View::Object(object, values)) => {
            coerce_map(nested, object.names().iter(), values.iter(), path)?
        }
        (Nesting::Map, _) => return fail(path, "a map is required"),
        (Nesting::List, View::List(values) | View::Set(values) | View::Tuple(values)) => {
            of_list(nested, each(values)?)
        }
        (Nesting::Set, View::List(values) | View::Set(values) | View::Tuple(values)) => {
            Value::set(nested.block.ty(), each(values)?)
        }
        (Nesting::List, _) => return fail(path, "a list is required"),
        (Nesting::Set, _) => return fail(path, "a set is required"),
    };
    Ok(coerced.with_marks(value.marks()))
}

fn of_list(nested: &NestedBlock, values: Vec<Value>) -> Value {
    match nested.block.ty() {
        ty if ty.has_dynamic() => Value::tuple(values),
        ty => Value::list(ty, values),
    }
}

fn coerce_map<'a>(
    nested: &NestedBlock,
    names: impl Iterator<Item = &'a Arc<str>>,
    values: impl Iterator<Item = &'a Value>,
    path: &Path,
) -> Result<Value, CoerceError> {
    let mut pairs = Vec::new();
    for (name, value) in names.zip(values) {
        let at = path.clone().index(Value::string(name.clone()));
        pairs.push((name.clone(), coerce_block(&nested.block, value, &at)?));
    }
    let ty: Type = nested.block.ty();
    Ok(if ty.has_dynamic() { Value::object(pairs) } else { Value::map(ty, pairs) })
}
