//! Reading an object for what it grants: values that may be unknown, sensitive, or of another shape than expected.
//!
//! Invariant: nothing here fails; what cannot be read leaves a doubt, or a word in the fact that says so.

use value::{Marks, Value, View};

use super::fact::Fact;

/// What stands for a value that is not known yet.
pub(super) const NOT_KNOWN: &str = "(not known yet)";
/// What stands for a value that is not shown.
pub(super) const SENSITIVE: &str = "(sensitive)";

/// What an object grants and denies, as far as it can be told.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// What it lets be.
    pub(super) facts: Vec<Fact>,
    /// What it denies, whoever grants it.
    pub(super) denials: Vec<Fact>,
    /// What could not be told, in words.
    pub(super) doubts: Vec<String>,
    /// The attributes that are sensitive.
    pub(super) hidden: Vec<String>,
}

/// What stands at an attribute.
pub(super) enum Seen<'v> {
    /// A value.
    Value(&'v Value),
    /// Nothing, or null.
    Nothing,
    /// Something that is not known yet.
    Unknown,
    /// Something sensitive.
    Sensitive,
}

/// What stands at an attribute of an object or a map.
pub(super) fn seen<'v>(object: &'v Value, name: &str) -> Seen<'v> {
    if object.is_null() {
        return Seen::Nothing;
    }
    if !object.is_known() {
        return Seen::Unknown;
    }
    let Some(value) = object.attr(name).or_else(|| object.entry(name)) else {
        return Seen::Nothing;
    };
    seen_value(value)
}

fn seen_value(value: &Value) -> Seen<'_> {
    if value.marks().contains(Marks::SENSITIVE) {
        Seen::Sensitive
    } else if !value.is_known() {
        Seen::Unknown
    } else if value.is_null() {
        Seen::Nothing
    } else {
        Seen::Value(value)
    }
}

impl Reading {
    /// The text of an attribute; a number or a bool as text; empty where there is nothing.
    pub(super) fn text(&mut self, object: &Value, name: &str) -> String {
        self.word(seen(object, name), name)
    }

    /// What stands at the attribute of this name, as one text.
    fn word(&mut self, seen: Seen<'_>, name: &str) -> String {
        match seen {
            Seen::Value(value) => scalar(value).unwrap_or_default(),
            Seen::Nothing => String::new(),
            Seen::Unknown => NOT_KNOWN.to_owned(),
            Seen::Sensitive => {
                self.hidden.push(name.to_owned());
                SENSITIVE.to_owned()
            }
        }
    }

    /// The texts of a list or set.
    pub(super) fn texts(&mut self, object: &Value, name: &str) -> Vec<String> {
        match seen(object, name) {
            Seen::Value(value) => elements(value)
                .iter()
                .map(|one| self.word(seen_value(one), name))
                .filter(|text| !text.is_empty())
                .collect(),
            Seen::Nothing => Vec::new(),
            whole @ (Seen::Unknown | Seen::Sensitive) => vec![self.word(whole, name)],
        }
    }

    /// The blocks of a name; one that is not known yet leaves a doubt.
    pub(super) fn blocks<'v>(&mut self, object: &'v Value, name: &str) -> Vec<&'v Value> {
        match seen(object, name) {
            Seen::Value(value) => match value.view() {
                View::List(all) | View::Set(all) | View::Tuple(all) => all.iter().collect(),
                _ => vec![value],
            },
            Seen::Nothing => Vec::new(),
            Seen::Unknown => {
                self.unknown(name);
                Vec::new()
            }
            Seen::Sensitive => {
                self.hidden.push(name.to_owned());
                Vec::new()
            }
        }
    }

    /// Notes that an attribute is not known yet.
    pub(super) fn unknown(&mut self, name: &str) {
        self.doubts.push(format!("`{name}` is not known yet: may widen access"));
    }
}

/// A single value as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value.view() {
        View::String(text) => Some(text.to_string()),
        View::Bool(flag) => Some(flag.to_string()),
        View::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The elements of a list or set; none of anything else.
fn elements(value: &Value) -> &[Value] {
    match value.view() {
        View::List(all) | View::Set(all) | View::Tuple(all) => all,
        _ => &[],
    }
}
