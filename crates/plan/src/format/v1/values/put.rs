//! Writing the form of a value.
//!
//! It nests as the value does, which is at most [`value::DEPTH_MAX`] deep.
//! Invariant: nothing of an ephemeral value is written but its marks.

use value::{Value, View};

use super::{
    FALSE, MARKS_SHIFT, NULL, NUMBER, PARTS, REFINED, STRING, TRUE, UNKNOWN, Wire, Writer,
};

/// Writes a value of a type that the reader will know.
pub(super) fn form(to: &mut Writer, value: &Value) {
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
            forms(to, parts);
        }
        View::Map(entries) => {
            head(PARTS);
            to.length(entries.len());
            for (key, part) in entries {
                to.text(key);
                form(to, part);
            }
        }
        View::Tuple(parts) | View::Object(_, parts) => {
            head(PARTS);
            forms(to, parts);
        }
    }
}

fn forms(to: &mut Writer, parts: &[Value]) {
    for part in parts {
        form(to, part);
    }
}
