//! Values as people read them in plans and states.
//!
//! Invariant: no sensitive value is printed, however deep it lies; what is not known says so.

use std::fmt::Write as _;
use std::sync::Arc;

use addr::quote;
use value::{Marks, Value, View};

/// A value of at most this many characters stands on one line.
const LINE_CHARS_MAX: usize = 72;

/// Whether sensitive values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They are not.
    Hidden,
    /// They are: the user asked for it.
    Shown,
}

/// The value; where it takes several lines, those after the first begin with `indent` spaces.
pub fn value(value: &Value, indent: usize, secrets: Secrets) -> String {
    let mut out = String::new();
    line(value, secrets, &mut out);
    if out.chars().count() <= LINE_CHARS_MAX && !is_multiline(value) {
        return out;
    }
    out.clear();
    lines(value, indent, secrets, &mut out);
    out
}

/// The value on one line, however long that is.
pub(crate) fn one_line(value: &Value, secrets: Secrets) -> String {
    let mut out = String::new();
    line(value, secrets, &mut out);
    out
}

/// All on one line.
fn line(value: &Value, secrets: Secrets, out: &mut String) {
    if atom(value, secrets, out) {
        return;
    }
    let (open, close) = brackets(value);
    out.push_str(open);
    let mut first = true;
    each(value, |name, element| {
        out.push_str(if first { "" } else { ", " });
        first = false;
        if let Some(name) = name {
            let _ = write!(out, "{name} = ");
        }
        line(element, secrets, out);
    });
    out.push_str(close);
}

/// One element a line.
fn lines(value: &Value, indent: usize, secrets: Secrets, out: &mut String) {
    if let View::String(text) = value.view()
        && !hidden(value, secrets)
        && is_multiline(value)
    {
        heredoc(text, indent, out);
        return;
    }
    if atom(value, secrets, out) {
        return;
    }
    let (open, close) = brackets(value);
    out.push_str(open);
    each(value, |name, element| {
        let _ = write!(out, "\n{:indent$}  ", "");
        if let Some(name) = name {
            let _ = write!(out, "{name} = ");
        }
        let mut short = String::new();
        line(element, secrets, &mut short);
        if short.chars().count() <= LINE_CHARS_MAX {
            out.push_str(&short);
        } else {
            lines(element, indent + 2, secrets, out);
        }
    });
    let _ = write!(out, "\n{:indent$}{close}", "");
}

fn is_multiline(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim_end_matches('\n').contains('\n'))
}

fn heredoc(text: &str, indent: usize, out: &mut String) {
    out.push_str("<<-EOT");
    for line in text.trim_end_matches('\n').split('\n') {
        let parts: Vec<String> = line.split('\t').map(crate::clean::clean).collect();
        let line = parts.join("\t");
        let _ = write!(out, "\n{:indent$}  {line}", "");
    }
    let _ = write!(out, "\n{:indent$}EOT", "");
}

fn hidden(value: &Value, secrets: Secrets) -> bool {
    secrets == Secrets::Hidden && value.marks().contains(Marks::SENSITIVE)
}

/// What has no parts; tells whether it was one.
fn atom(value: &Value, secrets: Secrets, out: &mut String) -> bool {
    if hidden(value, secrets) {
        out.push_str("(sensitive value)");
        return true;
    }
    match value.view() {
        View::Null => out.push_str("null"),
        View::Unknown(_) => out.push_str("(known after apply)"),
        View::Bool(it) => {
            let _ = write!(out, "{it}");
        }
        View::Number(it) => {
            let _ = write!(out, "{it}");
        }
        View::String(it) => out.push_str(&quote(it)),
        _ if value.is_empty() => {
            let (open, close) = brackets(value);
            out.push_str(open);
            out.push_str(close);
        }
        _ => return false,
    }
    true
}

fn brackets(value: &Value) -> (&'static str, &'static str) {
    match value.view() {
        View::Map(_) | View::Object(..) => ("{", "}"),
        _ => ("[", "]"),
    }
}

fn each(value: &Value, mut visit: impl FnMut(Option<String>, &Value)) {
    match value.view() {
        View::List(items) | View::Set(items) | View::Tuple(items) => {
            items.iter().for_each(|item| visit(None, item));
        }
        View::Map(entries) => entries.iter().for_each(|(key, item)| visit(Some(quote(key)), item)),
        View::Object(shape, items) => {
            let names = shape.names().iter();
            names.zip(items).for_each(|(name, item)| visit(Some(key(name)), item));
        }
        _ => {}
    }
}

/// A name as it stands before `=`.
fn key(name: &Arc<str>) -> String {
    if addr::is_identifier(name) { name.to_string() } else { quote(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shown: &Value, expect: &str) {
        assert_eq!(value(shown, 0, Secrets::Hidden), expect);
    }

    #[test]
    fn values_are_short_where_they_can_be() {
        check(&Value::tuple(vec![Value::int(1), Value::string("a\"b")]), r#"[1, "a\"b"]"#);
        check(
            &Value::object([("a b".into(), Value::bool(true)), ("c".into(), Value::int(2))]),
            r#"{"a b" = true, c = 2}"#,
        );
        check(&Value::string("x").with_marks(Marks::SENSITIVE), "(sensitive value)");
        check(&Value::string("a\nb\n"), "<<-EOT\n  a\n  b\nEOT");
    }

    #[test]
    fn long_values_take_a_line_for_each_element() {
        let long = Value::tuple((0..3).map(|i| Value::string("x".repeat(30 + i))).collect());
        assert_eq!(value(&long, 2, Secrets::Hidden).lines().count(), 5);
    }
}
