//! Writing values in the language's syntax, laid out as `fmt` lays them out.

use std::fmt::Write;

use value::{Value, View};

/// What an expression needs before it to be a text that can be formatted.
const NAMED: &str = "x = ";

/// The value as an expression. It is wholly known.
pub(super) fn expression(value: &Value) -> String {
    let mut out = NAMED.to_owned();
    write_value(value, &mut out);
    out.push('\n');
    let formatted = syntax::format(&out);
    let text = formatted.strip_prefix(NAMED).and_then(|text| text.strip_suffix('\n'));
    text.expect("BUG: formatting moves no tokens").to_owned()
}

/// The object as the text of a file of variables.
pub(super) fn variables(value: &Value) -> Result<String, String> {
    let View::Object(object, values) = value.view() else {
        return Err("an object is needed".to_owned());
    };
    let mut out = String::new();
    for (name, value) in object.names().iter().zip(values) {
        if !syntax::is_identifier(name) {
            return Err(format!("{name:?} cannot be the name of a variable"));
        }
        let _ = writeln!(out, "{name} = {}", expression(value)); // writing to a String does not fail
    }
    Ok(out)
}

fn write_value(value: &Value, out: &mut String) {
    match value.view() {
        View::Null => out.push_str("null"),
        View::Unknown(_) => panic!("BUG: an unknown value has no text"),
        View::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        View::Number(number) => out.push_str(&number.to_text()),
        View::String(text) => quote(text, out),
        View::List(values) | View::Set(values) | View::Tuple(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_value(value, out);
            }
            out.push(']');
        }
        View::Map(entries) => {
            write_entries(entries.iter().map(|(name, value)| (name.as_ref(), value)), out)
        }
        View::Object(object, values) => {
            write_entries(object.names().iter().map(AsRef::as_ref).zip(values), out);
        }
    }
}

fn write_entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in entries.enumerate() {
        if index == 0 {
            out.push('\n');
        }
        if syntax::is_identifier(name) {
            out.push_str(name);
        } else {
            quote(name, out);
        }
        out.push_str(" = ");
        write_value(value, out);
        out.push('\n');
    }
    out.push('}');
}

/// A quoted string; what would begin a template is doubled, what cannot be seen is escaped.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(character);
                if rest.peek() == Some(&'{') {
                    out.push(character);
                }
            }
            _ if character.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(character)); // writing to a String does not fail
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
