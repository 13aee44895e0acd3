//! Known values as expressions of the language without references: what an override file holds.
//!
//! Invariant: what is written reads back as the same value, but that a list, a set and a map read back as a tuple and an
//! object, which convert to them.

pub(super) use syntax::quote;
use value::{Value, View};

/// Writes a value that is wholly known.
pub(super) fn write(value: &Value, out: &mut String) {
    match value.view() {
        View::Null => out.push_str("null"),
        View::Unknown(_) => panic!("BUG: an unknown value has no text"),
        View::Bool(bool) => out.push_str(if bool { "true" } else { "false" }),
        View::Number(number) => number.write_text(out),
        View::String(text) => quote(text, out),
        View::Tuple(items) | View::List(items) => sequence(items, out),
        View::Set(items) => sequence(items, out),
        View::Map(entries) => mapping(entries.iter().map(|(key, item)| (&**key, item)), out),
        View::Object(object, items) => {
            mapping(object.names().iter().map(|name| &**name).zip(items), out);
        }
    }
}

fn sequence(items: &[Value], out: &mut String) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { ", " });
        write(item, out);
    }
    out.push(']');
}

fn mapping<'v>(entries: impl Iterator<Item = (&'v str, &'v Value)>, out: &mut String) {
    out.push('{');
    for (at, (key, item)) in entries.enumerate() {
        out.push_str(if at == 0 { " " } else { ", " });
        quote(key, out);
        out.push_str(" = ");
        write(item, out);
    }
    out.push_str(" }");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use diag::{Diags, SourceMap};
    use value::Type;

    use super::*;

    fn check(value: &Value, expect: &str) {
        let mut text = String::new();
        write(value, &mut text);
        assert_eq!(text, expect);
        let mut diags = Diags::new();
        let file = SourceMap::new().add("t", text.as_str());
        let expr = syntax::parse_expression(file, &text, &mut diags).expect("it parses");
        let back = crate::variables::constant(&expr, &mut diags).expect("it evaluates");
        assert!(diags.is_empty());
        let back = value::convert::convert(&back, value.ty()).expect("it converts back");
        assert_eq!(lang::print::value(&back), lang::print::value(value));
    }

    #[test]
    fn values_read_back_as_they_were() {
        check(
            &Value::string("a\"\\\n\t\u{1}é $x ${y} %{z} $${"),
            "\"a\\\"\\\\\\n\\t\\u0001é $x $${y} %%{z} $$${\"",
        );
        check(&Value::int(-3), "-3");
        check(&Value::null(Type::STRING), "null");
        check(&Value::list(Type::BOOL, vec![Value::bool(true)]), "[true]");
        let entry: (Arc<str>, Value) = ("a ${b}".into(), Value::tuple(vec![]));
        check(&Value::object([entry]), "{ \"a $${b}\" = [] }");
        check(&Value::object([]), "{ }");
    }
}
