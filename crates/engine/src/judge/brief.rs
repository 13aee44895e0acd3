//! A value in a few words, for sentences of diagnostics.
//!
//! Not a format: nothing reads it back. Invariant: nothing that bears a sensitive or ephemeral mark is told.

use value::{Marks, Value, View};

/// Longest text of a string that is told, in characters.
const TEXT_MAX: usize = 60;

/// The value in a few words.
pub(crate) fn brief(value: &Value) -> String {
    if value.deep_marks().intersects(Marks::SENSITIVE.union(Marks::EPHEMERAL)) {
        return "a sensitive value".to_owned();
    }
    match value.view() {
        View::Null => "null".to_owned(),
        View::Unknown(_) => "a value not known yet".to_owned(),
        View::Bool(bool) => bool.to_string(),
        View::Number(number) => number.to_string(),
        View::String(text) if text.chars().count() <= TEXT_MAX => addr::quote(text),
        View::String(text) => {
            let start: String = text.chars().take(TEXT_MAX).collect();
            format!("{}…", addr::quote(&start))
        }
        View::List(items) | View::Tuple(items) => format!("a list of {}", count(items.len())),
        View::Set(items) => format!("a set of {}", count(items.len())),
        View::Map(items) => format!("a map of {}", count(items.len())),
        View::Object(..) => "an object".to_owned(),
    }
}

fn count(n: usize) -> String {
    if n == 1 { "1 element".to_owned() } else { format!("{n} elements") }
}
