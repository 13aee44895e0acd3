//! Reading the form of a value, whose type is known.
//!
//! A stack of aggregates in the making stands for recursion, so that nesting costs heap and not stack. A value nests no
//! deeper than its type, which the table of types limits.
//! Invariant: every part has exactly the type that its aggregate says before the aggregate is made of it.

use std::sync::Arc;

use value::{Kind, Marks, Refinement, Type, Value, View, normalize};

use super::{
    FALSE, FORM_BITS, MARKS_SHIFT, NULL, NUMBER, PARTS, REFINED, Reader, STRING, TRUE, Taken,
    UNKNOWN, Wire,
};
use crate::format::v1::error::PlanFileFault;

/// Most parts that room is made for before they are there.
const ROOM_MAX: usize = 1 << 12;

/// A list, set, map, tuple or object of which some parts are read.
struct Making {
    ty: Type,
    marks: Marks,
    /// The offset of its head.
    start: usize,
    /// How many parts it is to have.
    length: usize,
    parts: Vec<Value>,
    /// The keys of the parts of a map, that of the part being read included.
    keys: Vec<Arc<str>>,
}

/// Reads a value of this type.
pub(super) fn value(from: &mut Reader<'_>, ty: Type) -> Taken<Value> {
    let mut making: Vec<Making> = Vec::new();
    let mut next = ty;
    loop {
        let mut done = form(from, next, &mut making)?;
        next = loop {
            let Some(top) = making.last_mut() else {
                return Ok(done.expect("BUG: neither a value nor one in the making"));
            };
            top.parts.extend(done);
            if let Some(part) = top.next(from)? {
                break part;
            }
            done = making.pop().map(|made| made.close(from)).transpose()?;
        };
    }
}

/// Reads a value without parts; of one with parts only what stands before them, and adds it to those in the making.
fn form(from: &mut Reader<'_>, ty: Type, making: &mut Vec<Making>) -> Taken<Option<Value>> {
    let start = from.offset();
    let head = from.byte()?;
    let marks = Marks::from_bits(head >> MARKS_SHIFT);
    let value = match (head & FORM_BITS, ty.kind()) {
        (NULL, _) => Value::null(ty),
        (UNKNOWN, _) => Value::unknown(ty),
        (REFINED, _) => refined(from, ty)?,
        (FALSE, Kind::Bool) => Value::FALSE,
        (TRUE, Kind::Bool) => Value::TRUE,
        (NUMBER, Kind::Number) => Value::number(Wire::take(from)?),
        (STRING, Kind::String) => Value::string(normal(from)?),
        (PARTS, kind) => {
            let length = match kind {
                Kind::List(_) | Kind::Set(_) | Kind::Map(_) => from.length()?,
                Kind::Tuple(types) => types.len(),
                Kind::Object(object) if !ty.has_optional() => object.len(),
                _ => return Err(from.fault_at(start, PlanFileFault::Value)),
            };
            let parts = Vec::with_capacity(length.min(ROOM_MAX));
            making.push(Making { ty, marks, start, length, parts, keys: Vec::new() });
            return Ok(None);
        }
        (..=PARTS, _) => return Err(from.fault_at(start, PlanFileFault::Value)),
        (tag, _) => {
            return Err(from.fault_at(start, PlanFileFault::Tag { what: "form of value", tag }));
        }
    };
    Ok(Some(value.with_marks(marks)))
}

impl Making {
    /// The type of the next part; of a map reads its key. `None` where all parts are there.
    fn next(&mut self, from: &mut Reader<'_>) -> Taken<Option<Type>> {
        let at = self.parts.len();
        if at == self.length {
            return Ok(None);
        }
        Ok(Some(match self.ty.kind() {
            Kind::Tuple(types) => types[at],
            Kind::Object(object) => object.types()[at],
            Kind::Map(element) => {
                let start = from.offset();
                let key = normal(from)?;
                if self.keys.last().is_some_and(|last| *last >= key) {
                    return Err(from.fault_at(start, PlanFileFault::Order));
                }
                self.keys.push(key);
                element
            }
            Kind::List(element) | Kind::Set(element) => element,
            kind => panic!("BUG: a value of kind {kind:?} in the making"),
        }))
    }

    /// The value, all parts being there.
    fn close(self, from: &Reader<'_>) -> Taken<Value> {
        let fault = |fault| from.fault_at(self.start, fault);
        let value = match self.ty.kind() {
            Kind::List(element) => Value::list(element, self.parts),
            Kind::Set(element) => {
                let set = Value::set(element, self.parts.clone());
                let kept = set.marks().is_empty() && set.as_slice() == Some(&self.parts[..]);
                if !kept {
                    return Err(fault(PlanFileFault::Order));
                }
                set
            }
            Kind::Map(element) => Value::map(element, self.keys.into_iter().zip(self.parts)),
            Kind::Tuple(_) => Value::tuple(self.parts),
            Kind::Object(_) => Value::object_of(self.ty, self.parts),
            kind => panic!("BUG: a value of kind {kind:?} in the making"),
        };
        if value.ty() == self.ty {
            Ok(value.with_marks(self.marks))
        } else {
            Err(fault(PlanFileFault::Value))
        }
    }
}

/// A text in NFC.
fn normal(from: &mut Reader<'_>) -> Taken<Arc<str>> {
    let start = from.offset();
    let text = from.text()?;
    let normal = normalize(text);
    if *normal == *text { Ok(normal) } else { Err(from.fault_at(start, PlanFileFault::Value)) }
}

/// An unknown with the refinement as written: one that says nothing of the type, or leaves one value only, is no such.
fn refined(from: &mut Reader<'_>, ty: Type) -> Taken<Value> {
    let start = from.offset();
    let refinement = Refinement::take(from)?;
    let value = Value::unknown_with(ty, refinement.clone());
    match value.view() {
        View::Unknown(Some(kept)) if *kept == refinement => Ok(value),
        _ => Err(from.fault_at(start, PlanFileFault::Value)),
    }
}
