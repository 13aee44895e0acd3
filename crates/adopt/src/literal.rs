//! Known values as the language writes them, over several lines where they are long.
//!
//! Invariant: what is written reads back as the same value, but that a list, a set and a map read back as a tuple and an
//! object, which convert to them.

use std::fmt::Write as _;

use syntax::quote;
use value::{Value, View};

/// Longest value that stands in one line, in bytes.
const LINE_BYTES_MAX: usize = 60;

/// The text of a value; what is not known is `null`, and was told before.
pub(crate) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value.view() {
        View::Null | View::Unknown(_) => out.push_str("null"),
        View::Bool(bool) => out.push_str(if bool { "true" } else { "false" }),
        View::Number(number) => number.write_text(out),
        View::String(text) => quote(text, out),
        View::Tuple(items) | View::List(items) | View::Set(items) => sequence(items, out),
        View::Map(entries) => mapping(entries.iter().map(|(key, item)| (&**key, item)), out),
        View::Object(object, items) => {
            mapping(object.names().iter().map(|name| &**name).zip(items), out);
        }
    }
}

fn sequence(items: &[Value], out: &mut String) {
    let texts: Vec<String> = items.iter().map(text).collect();
    list(&texts, ["[", "]"], "", out);
}

fn mapping<'v>(entries: impl Iterator<Item = (&'v str, &'v Value)>, out: &mut String) {
    let texts: Vec<String> =
        entries.map(|(key, item)| format!("{} = {}", key_text(key), text(item))).collect();
    list(&texts, ["{", "}"], " ", out);
}

/// Parts between brackets: in one line where they fit, else a line for each.
pub(crate) fn list(texts: &[String], [open, close]: [&str; 2], pad: &str, out: &mut String) {
    let bytes: usize = texts.iter().map(String::len).sum();
    if texts.is_empty() {
        out.push_str(open);
    } else if bytes <= LINE_BYTES_MAX && !texts.iter().any(|text| text.contains('\n')) {
        let written = write!(out, "{open}{pad}{}{pad}", texts.join(", "));
        written.expect("BUG: writing to a string failed");
    } else {
        out.push_str(open);
        out.push('\n');
        for text in texts {
            out.push_str(text);
            out.push_str(",\n");
        }
    }
    out.push_str(close);
}

/// The key of an object: quoted where it is no identifier.
pub(crate) fn key_text(key: &str) -> String {
    if syntax::is_identifier(key) && !matches!(key, "true" | "false" | "null" | "for") {
        return key.to_owned();
    }
    quoted(key)
}

/// A text in quotes: nothing in it begins a template.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    quote(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_take_lines() {
        assert_eq!(text(&Value::string("a ${b} \"c\"")), "\"a $${b} \\\"c\\\"\"");
        let short = Value::tuple(vec![Value::int(1), Value::int(2)]);
        assert_eq!(text(&short), "[1, 2]");
        let long = Value::string("x".repeat(70));
        let object = Value::object([("a-b".into(), long), ("1 x".into(), Value::bool(true))]);
        let expect = format!("{{\n\"1 x\" = true,\na-b = \"{}\",\n}}", "x".repeat(70));
        assert_eq!(text(&object), expect);
    }
}
