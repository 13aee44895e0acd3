//! Which drift is told to people.
//!
//! Providers of the older type system write null where they read an empty collection or text, and the other way round:
//! after the first refresh almost every object differs so. The plan document has all of it; people are told of the rest.

use plan::{Action, Change};
use value::{Value, View};

/// Whether somebody changed the object, and not only how nothing is written.
pub(crate) fn is_told(change: &Change) -> bool {
    change.action != Action::NoOp && !alike(&change.before, &change.after)
}

/// Whether two values are the same but for nulls that are empty, and for marks.
pub(crate) fn alike(before: &Value, after: &Value) -> bool {
    if before == after || (says_nothing(before) && says_nothing(after)) {
        return true;
    }
    match (before.view(), after.view()) {
        (View::Object(one_type, one), View::Object(other_type, other)) => {
            one_type.names() == other_type.names() && all_alike(one, other)
        }
        (View::List(one), View::List(other)) | (View::Tuple(one), View::Tuple(other)) => {
            all_alike(one, other)
        }
        (View::Set(one), View::Set(other)) => all_alike(one, other),
        (View::Map(one), View::Map(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(a, b)| a.0 == b.0 && alike(&a.1, &b.1))
        }
        _ => false,
    }
}

fn all_alike(before: &[Value], after: &[Value]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(a, b)| alike(a, b))
}

/// Null, an empty collection, or an empty text.
fn says_nothing(value: &Value) -> bool {
    match value.view() {
        View::Null => true,
        View::String(text) => text.is_empty(),
        View::List(items) | View::Set(items) | View::Tuple(items) => items.is_empty(),
        View::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use value::{Type, Value};

    use super::alike;

    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        let null = Value::null(Type::DYNAMIC);
        let object = |tags: Value, size: i64| {
            Value::object([("tags".into(), tags), ("size".into(), Value::int(size))])
        };
        let empty = Value::tuple(Vec::new());
        let check =
            |one: &Value, other: &Value, expect: bool| assert_eq!(alike(one, other), expect);
        check(&object(null.clone(), 1), &object(empty.clone(), 1), true);
        check(&object(empty.clone(), 1), &object(Value::string(""), 1), true);
        check(&object(null.clone(), 1), &object(empty, 2), false);
        check(&null, &Value::bool(false), false);
        check(&Value::tuple(vec![null.clone()]), &Value::tuple(vec![null.clone(), null]), false);
    }
}
