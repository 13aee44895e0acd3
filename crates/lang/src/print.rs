//! Values as `tofu console` and `output` print them: in the language's own syntax, with the functions that make the
//! type plain.
//!
//! Invariant: sensitive and ephemeral values are never printed, at any depth.

use std::fmt::Write as _;

use value::{Kind, Type, Value, View};

/// Columns by which what is inside brackets is set in.
const INDENT: usize = 2;

/// The value over as many lines as it needs.
pub fn value(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, 0, &mut out);
    out
}

/// The type as the console's `type()` prints it.
pub fn type_text(ty: Type) -> String {
    ty.constraint_text()
}

/// A text in quotes, with escapes for what cannot be seen.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_quoted(text, &mut out);
    out
}

fn write_value(value: &Value, indent: usize, out: &mut String) {
    let marks = value.marks();
    if !value.is_known() {
        return out.push_str("(known after apply)");
    }
    if marks.is_sensitive() {
        return out.push_str("(sensitive value)");
    }
    if marks.is_ephemeral() {
        return out.push_str("(ephemeral value)");
    }
    match value.view() {
        View::Null => write_null(value.ty(), out),
        View::Unknown(_) => out.push_str("(known after apply)"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) => number.write_text(out),
        View::String(text) if text.contains('\n') => write_heredoc(text, indent, out),
        View::String(text) => write_quoted(text, out),
        View::Tuple(values) => write_sequence(values, indent, out),
        View::List(values) => {
            write_wrapped("tolist", out, |out| write_sequence(values, indent, out))
        }
        View::Set(values) => write_wrapped("toset", out, |out| write_sequence(values, indent, out)),
        View::Map(entries) => write_wrapped("tomap", out, |out| {
            write_mapping(entries.iter().map(|(key, value)| (&**key, value)), indent, out);
        }),
        View::Object(object, values) => {
            write_mapping(object.names().iter().map(|name| &**name).zip(values), indent, out);
        }
    }
}

fn write_wrapped(function: &str, out: &mut String, inner: impl FnOnce(&mut String)) {
    out.push_str(function);
    out.push('(');
    inner(out);
    out.push(')');
}

fn write_null(ty: Type, out: &mut String) {
    let of = |element: Type| element.friendly_name();
    let text = match ty.kind() {
        Kind::Dynamic => "null".to_owned(),
        Kind::String => "tostring(null)".to_owned(),
        Kind::Number => "tonumber(null)".to_owned(),
        Kind::Bool => "tobool(null)".to_owned(),
        Kind::List(element) => format!("tolist(null) /* of {} */", of(element)),
        Kind::Set(element) => format!("toset(null) /* of {} */", of(element)),
        Kind::Map(element) => format!("tomap(null) /* of {} */", of(element)),
        Kind::Tuple(_) | Kind::Object(_) => format!("null /* {} */", ty.friendly_name()),
    };
    out.push_str(&text);
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_sequence(values: &[Value], indent: usize, out: &mut String) {
    out.push('[');
    for value in values {
        new_line(indent + INDENT, out);
        write_value(value, indent + INDENT, out);
        out.push(',');
    }
    if !values.is_empty() {
        new_line(indent, out);
    }
    out.push(']');
}

fn write_mapping<'v>(
    entries: impl ExactSizeIterator<Item = (&'v str, &'v Value)>,
    indent: usize,
    out: &mut String,
) {
    let is_empty = entries.len() == 0;
    out.push('{');
    for (key, value) in entries {
        new_line(indent + INDENT, out);
        if key.contains('\n') {
            write_heredoc(key, indent + INDENT, out);
        } else {
            write_quoted(key, out);
        }
        out.push_str(" = ");
        write_value(value, indent + INDENT, out);
    }
    if !is_empty {
        new_line(indent, out);
    }
    out.push('}');
}

/// A text of several lines, between delimiters that no line of it equals.
fn write_heredoc(text: &str, indent: usize, out: &mut String) {
    let mut delimiter = "EOT".to_owned();
    while text.split('\n').any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&delimiter);
    for line in text.split('\n') {
        new_line(indent, out);
        out.push_str(line);
    }
    new_line(indent, out);
    out.push_str(&delimiter);
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            letter if is_printable(letter) => out.push(letter),
            letter => write_escape(letter, out),
        }
    }
    out.push('"');
}

fn write_escape(letter: char, out: &mut String) {
    let code = u32::from(letter);
    let written = match code {
        0..=0x7f => write!(out, "\\x{code:02x}"),
        0x80..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    written.expect("BUG: writing to a string failed");
}

/// Whether a character is shown as it is. Behind a letter, so that a combining mark counts as shown.
fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_control();
    }
    let mut text = String::from("a");
    text.push(letter);
    !format!("{text:?}").contains('\\')
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use value::Marks;

    use super::*;

    fn check(given: &Value, expect: &str) {
        assert_eq!(value(given), expect);
    }

    #[test]
    fn primitives_and_nulls() {
        check(&Value::string("a\"\t\u{1}é\u{feff}"), "\"a\\\"\\t\\x01é\\ufeff\"");
        check(&Value::int(-3), "-3");
        check(&Value::null(Type::DYNAMIC), "null");
        check(&Value::null(Type::STRING), "tostring(null)");
        check(&Value::null(Type::list(Type::NUMBER)), "tolist(null) /* of number */");
        check(&Value::null(Type::tuple(&[])), "null /* tuple */");
        check(&Value::unknown(Type::STRING), "(known after apply)");
        check(&Value::string("x").with_marks(Marks::SENSITIVE), "(sensitive value)");
    }

    #[test]
    fn aggregates_say_their_type() {
        let list = Value::list(Type::STRING, vec![Value::string("a")]);
        check(&list, "tolist([\n  \"a\",\n])");
        check(&Value::tuple(vec![]), "[]");
        let entry: (Arc<str>, Value) = ("k".into(), list);
        check(&Value::object([entry]), "{\n  \"k\" = tolist([\n    \"a\",\n  ])\n}");
        check(&Value::map(Type::BOOL, []), "tomap({})");
    }

    #[test]
    fn lines_go_between_delimiters() {
        check(&Value::string("a\nb"), "<<EOT\na\nb\nEOT");
        check(&Value::string(" EOT\n"), "<<EOT_\n EOT\n\nEOT_");
        check(&Value::tuple(vec![Value::string("a\nb")]), "[\n  <<-EOT\n  a\n  b\n  EOT,\n]");
    }
}
