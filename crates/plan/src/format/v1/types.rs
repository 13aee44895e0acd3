//! The table of types: each type of a plan's values once, parts before wholes.
//!
//! Numbers 0 to 3 are the dynamic type and the primitive ones; the table holds the rest, in the order in which the values
//! name them. Invariant: an entry names only earlier ones, so that neither its bytes nor reading them nests.

use std::collections::HashMap;
use std::sync::Arc;

use value::{DEPTH_MAX, Kind, ObjectType, Type};

use super::TYPES_MAX;
use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer};

const PRIMITIVES: [Type; 4] = [Type::DYNAMIC, Type::BOOL, Type::NUMBER, Type::STRING];
const LIST: u8 = 0;
const SET: u8 = 1;
const MAP: u8 = 2;
const TUPLE: u8 = 3;
const OBJECT: u8 = 4;
/// An object of which attributes are optional.
const CONSTRAINT: u8 = 5;

/// The types met while writing.
#[derive(Default)]
pub(super) struct TypeTable {
    known: HashMap<Type, u64>,
    order: Vec<Type>,
}

impl TypeTable {
    /// The number of a type, given now if it has none.
    pub(super) fn number(&mut self, ty: Type) -> u64 {
        if let Some(at) = PRIMITIVES.iter().position(|primitive| *primitive == ty) {
            return at as u64;
        }
        if let Some(&number) = self.known.get(&ty) {
            return number;
        }
        match ty.kind() {
            Kind::Dynamic | Kind::Bool | Kind::Number | Kind::String => {}
            Kind::List(element) | Kind::Set(element) | Kind::Map(element) => {
                self.number(element);
            }
            Kind::Tuple(parts) => self.numbers(parts),
            Kind::Object(object) => self.numbers(object.types()),
        }
        let number = (PRIMITIVES.len() + self.order.len()) as u64;
        self.order.push(ty);
        self.known.insert(ty, number);
        number
    }

    fn numbers(&mut self, parts: &[Type]) {
        for &part in parts {
            self.number(part);
        }
    }
}

/// Writes the table of all types met so far; it is empty afterwards.
pub(super) fn put(to: &mut Writer) {
    let mut table = std::mem::take(&mut to.types);
    to.length(table.order.len());
    for ty in std::mem::take(&mut table.order) {
        put_entry(to, ty, &mut table);
    }
}

fn put_entry(to: &mut Writer, ty: Type, table: &mut TypeTable) {
    let mut collection = |kind, element| {
        to.byte(kind);
        to.number(table.number(element));
    };
    match ty.kind() {
        Kind::Dynamic | Kind::Bool | Kind::Number | Kind::String => {
            panic!("BUG: {ty:?} in the table of types")
        }
        Kind::List(element) => collection(LIST, element),
        Kind::Set(element) => collection(SET, element),
        Kind::Map(element) => collection(MAP, element),
        Kind::Tuple(elements) => {
            to.byte(TUPLE);
            to.length(elements.len());
            elements.iter().for_each(|&ty| to.number(table.number(ty)));
        }
        Kind::Object(object) => put_object(to, object, table),
    }
}

fn put_object(to: &mut Writer, object: &ObjectType, table: &mut TypeTable) {
    let constraint = object.optional().contains(&true);
    to.byte(if constraint { CONSTRAINT } else { OBJECT });
    to.length(object.len());
    for ((name, ty), optional) in object.iter().zip(object.optional()) {
        name.put(to);
        to.number(table.number(ty));
        if constraint {
            optional.put(to);
        }
    }
}

/// Reads the table: all types by their numbers, the primitive ones included.
pub(super) fn take(from: &mut Reader<'_>) -> Taken<Vec<Type>> {
    let start = from.offset();
    let length = from.length()?;
    if length > TYPES_MAX {
        let limit = PlanFileFault::Limit { what: "types", max: TYPES_MAX as u64 };
        return Err(from.fault_at(start, limit));
    }
    let mut types = PRIMITIVES.to_vec();
    let mut depths = vec![0; PRIMITIVES.len()];
    for _ in 0..length {
        let start = from.offset();
        let mut depth = 0;
        let ty = take_entry(from, &mut |from| {
            let at = from.index(types.len())?;
            depth = depths[at].max(depth);
            Ok(types[at])
        })?;
        if depth >= DEPTH_MAX {
            let limit = PlanFileFault::Limit { what: "nested types", max: DEPTH_MAX.into() };
            return Err(from.fault_at(start, limit));
        }
        types.push(ty);
        depths.push(depth + 1);
    }
    Ok(types)
}

fn take_entry(
    from: &mut Reader<'_>,
    part: &mut dyn FnMut(&mut Reader<'_>) -> Taken<Type>,
) -> Taken<Type> {
    Ok(match from.byte()? {
        LIST => Type::list(part(from)?),
        SET => Type::set(part(from)?),
        MAP => Type::map(part(from)?),
        TUPLE => Type::tuple(&from.sequence(part)?),
        kind @ (OBJECT | CONSTRAINT) => {
            let start = from.offset();
            let attributes: Vec<(Arc<str>, Type, bool)> = from.sequence(|from| {
                Ok((Wire::take(from)?, part(from)?, kind == CONSTRAINT && bool::take(from)?))
            })?;
            if !attributes.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(from.fault_at(start, PlanFileFault::Order));
            }
            Type::object_with_optional(attributes)
        }
        tag => return Err(from.no_tag("kind of type", tag)),
    })
}
