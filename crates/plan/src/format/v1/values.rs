//! Values, paths, marks, refinements.
//!
//! A value is the number of its type and its form; below it stand forms alone, since a part's type is that which its
//! aggregate says. A form's first byte holds what it is (low four bits) and its own marks (high three).
//! Invariants: an ephemeral value leaves only its type and marks in the file; what is read is a value that its type and
//! the rules of `value` admit, written as it would be written again.

use std::sync::Arc;

use value::{
    Bound, DEPTH_MAX, Kind, Marks, ObjectType, Path, Refinement, Step, Type, Value, View, normalize,
};

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer, wire_struct};

const NULL: u8 = 0;
const UNKNOWN: u8 = 1;
const REFINED: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;
const NUMBER: u8 = 5;
const STRING: u8 = 6;
const PARTS: u8 = 7;
const FORM_BITS: u8 = 0x1f;
const MARKS_SHIFT: u8 = 5;

const _: () =
    assert!(Marks::from_bits(u8::MAX).bits() <= 7, "marks have three bits of a form's head");

impl Wire for Value {
    fn put(&self, to: &mut Writer) {
        let number = to.types.number(self.ty());
        to.number(number);
        put_form(to, self);
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let at = from.index(from.tables.types.len())?;
        take_form(from, from.tables.types[at], 0)
    }
}

/// Writes a value of a type that the reader will know.
fn put_form(to: &mut Writer, value: &Value) {
    let marks = value.marks();
    let mut head = |form: u8| to.byte(form | marks.bits() << MARKS_SHIFT);
    if marks.is_ephemeral() {
        return head(NULL);
    }
    match value.view() {
        View::Null => head(NULL),
        View::Unknown(None) => head(UNKNOWN),
        View::Unknown(Some(refinement)) => {
            head(REFINED);
            refinement.put(to);
        }
        View::Bool(false) => head(FALSE),
        View::Bool(true) => head(TRUE),
        View::Number(number) => {
            head(NUMBER);
            number.put(to);
        }
        View::String(text) => {
            head(STRING);
            to.text(text);
        }
        View::List(parts) | View::Set(parts) => {
            head(PARTS);
            to.length(parts.len());
            parts.iter().for_each(|part| put_form(to, part));
        }
        View::Map(entries) => {
            head(PARTS);
            to.length(entries.len());
            for (key, part) in entries {
                to.text(key);
                put_form(to, part);
            }
        }
        View::Tuple(parts) | View::Object(_, parts) => {
            head(PARTS);
            parts.iter().for_each(|part| put_form(to, part));
        }
    }
}

fn take_form(from: &mut Reader<'_>, ty: Type, depth: u32) -> Taken<Value> {
    let start = from.offset();
    let head = from.byte()?;
    let marks = Marks::from_bits(head >> MARKS_SHIFT);
    let value = match (head & FORM_BITS, ty.kind()) {
        (NULL, _) => Value::null(ty),
        (UNKNOWN, _) => Value::unknown(ty),
        (REFINED, _) => take_refined(from, ty)?,
        (FALSE, Kind::Bool) => Value::FALSE,
        (TRUE, Kind::Bool) => Value::TRUE,
        (NUMBER, Kind::Number) => Value::number(Wire::take(from)?),
        (STRING, Kind::String) => Value::string(take_normal(from)?),
        (PARTS, _) if depth >= DEPTH_MAX => {
            let limit = PlanFileFault::Limit { what: "nested values", max: DEPTH_MAX.into() };
            return Err(from.fault_at(start, limit));
        }
        (PARTS, kind) => take_parts(from, ty, kind, depth + 1)?,
        (..=PARTS, _) => return Err(from.fault_at(start, PlanFileFault::Value)),
        (tag, _) => {
            return Err(from.fault_at(start, PlanFileFault::Tag { what: "form of value", tag }));
        }
    };
    if value.ty() == ty {
        Ok(value.with_marks(marks))
    } else {
        Err(from.fault_at(start, PlanFileFault::Value))
    }
}

/// Parts that conform to the type make an aggregate of it without a panic: each was checked when it was read.
fn take_parts(from: &mut Reader<'_>, ty: Type, kind: Kind, depth: u32) -> Taken<Value> {
    let start = from.offset();
    match kind {
        Kind::List(element) => {
            let parts = from.sequence(|from| take_form(from, element, depth))?;
            Ok(Value::list(element, parts))
        }
        Kind::Set(element) => {
            let parts = from.sequence(|from| take_form(from, element, depth))?;
            let set = Value::set(element, parts.clone());
            let kept = set.marks().is_empty() && set.as_slice() == Some(&parts[..]);
            if kept { Ok(set) } else { Err(from.fault_at(start, PlanFileFault::Order)) }
        }
        Kind::Map(element) => {
            let entries: Vec<(Arc<str>, Value)> =
                from.sequence(|from| Ok((take_normal(from)?, take_form(from, element, depth)?)))?;
            if !entries.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(from.fault_at(start, PlanFileFault::Order));
            }
            Ok(Value::map(element, entries))
        }
        Kind::Tuple(types) => take_slots(from, types, depth).map(Value::tuple),
        Kind::Object(object) => take_object(from, ty, object, depth),
        Kind::Dynamic | Kind::Bool | Kind::Number | Kind::String => {
            Err(from.fault_at(start - 1, PlanFileFault::Value))
        }
    }
}

fn take_object(
    from: &mut Reader<'_>,
    ty: Type,
    object: &'static ObjectType,
    depth: u32,
) -> Taken<Value> {
    let start = from.offset();
    if ty.has_optional() {
        return Err(from.fault_at(start - 1, PlanFileFault::Value));
    }
    Ok(Value::object_of(ty, take_slots(from, object.types(), depth)?))
}

fn take_slots(from: &mut Reader<'_>, types: &[Type], depth: u32) -> Taken<Vec<Value>> {
    let mut parts = Vec::with_capacity(types.len());
    for &ty in types {
        parts.push(take_form(from, ty, depth)?);
    }
    Ok(parts)
}

/// A text in NFC.
fn take_normal(from: &mut Reader<'_>) -> Taken<Arc<str>> {
    let start = from.offset();
    let text = from.text()?;
    let normal = normalize(text);
    if *normal == *text { Ok(normal) } else { Err(from.fault_at(start, PlanFileFault::Value)) }
}

/// An unknown with the refinement as written: one that says nothing of the type, or leaves one value only, is no such.
fn take_refined(from: &mut Reader<'_>, ty: Type) -> Taken<Value> {
    let start = from.offset();
    let refinement = Refinement::take(from)?;
    let value = Value::unknown_with(ty, refinement.clone());
    match value.view() {
        View::Unknown(Some(kept)) if *kept == refinement => Ok(value),
        _ => Err(from.fault_at(start, PlanFileFault::Value)),
    }
}

wire_struct!(Refinement {
    not_null,
    string_prefix,
    number_min,
    number_max,
    length_min,
    length_max,
});
wire_struct!(Bound { value, inclusive });

impl Wire for Step {
    fn put(&self, to: &mut Writer) {
        match self {
            Step::Attr(name) => {
                to.byte(0);
                name.put(to);
            }
            Step::Index(key) => {
                to.byte(1);
                key.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Step::Attr(Wire::take(from)?),
            1 => Step::Index(Wire::take(from)?),
            tag => return Err(from.no_tag("step of a path", tag)),
        })
    }
}

impl Wire for Path {
    fn put(&self, to: &mut Writer) {
        to.sequence(self.steps());
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Vec::take(from).map(Path::from)
    }
}
