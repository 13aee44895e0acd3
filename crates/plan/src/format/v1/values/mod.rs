//! Values, paths, marks, refinements.
//!
//! A value is the number of its type and its form; below it stand forms alone, since a part's type is that which its
//! aggregate says. A form's first byte holds what it is (low five bits) and its own marks (high three).
//! Invariants: an ephemeral value leaves only its type and marks in the file; what is read is a value that its type and
//! the rules of `value` admit, written as it would be written again.

mod put;
mod take;

use value::{Bound, Marks, Path, Refinement, Step, Value};

use super::error::Taken;
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
        put::form(to, self);
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let at = from.index(from.tables.types.len())?;
        take::value(from, from.tables.types[at])
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
