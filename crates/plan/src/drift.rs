//! Drift: what happened to objects outside, and whether a plan takes it in.
//!
//! A plan of a root module alone takes all of it in, as OpenTofu does: the next apply puts everything back. A plan of an estate
//! takes none in: an object that its own configuration does not change stays as the state has it, until somebody accepts or
//! reverts what happened to it (ADR 46). Not here: finding it (`engine`), judging it (`guard`).
//!
//! Invariant: drift that counts carries its causes; drift without causes is what providers write anew by themselves.

use addr::ResourceInstance;
use value::{Value, View};

use crate::action::Action;
use crate::cause::Cause;
use crate::change::Change;

/// Whose drift a plan takes in.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DriftChoice {
    /// Everybody's: a normal plan puts it back, a refresh-only one brings the state up to date.
    #[default]
    Taken,
    /// Nobody's: it is told and left, but where the object's own configuration changes it anyway.
    Left,
    /// That of these instances; any other's is left.
    Only(Vec<ResourceInstance>),
}

impl DriftChoice {
    /// Whether an instance's drift is taken in, whatever its configuration does.
    pub fn takes(&self, instance: &ResourceInstance) -> bool {
        match self {
            DriftChoice::Taken => true,
            DriftChoice::Left => false,
            DriftChoice::Only(some) => some.contains(instance),
        }
    }

    /// As a text to compare and to show: `taken`, `left`, or the addresses.
    pub fn text(&self) -> String {
        match self {
            DriftChoice::Taken => "taken".to_owned(),
            DriftChoice::Left => "left".to_owned(),
            DriftChoice::Only(some) => {
                some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

impl Change {
    /// Of an entry of [`Plan::drift`](crate::Plan::drift): whether somebody changed what people set. What only the provider
    /// computes, what `ignore_changes` names and how nothing is written do not count.
    pub fn counts_as_drift(&self) -> bool {
        self.causes.iter().any(|cause| matches!(cause, Cause::Gone | Cause::Drift { .. }))
    }

    /// Of an entry of [`Plan::drift`](crate::Plan::drift): whether the object differs at all, and not only in how nothing is
    /// written: providers of the older type system write null where they read an empty collection or text, and the other way
    /// round, so that after the first refresh almost every object differs so.
    pub fn is_told_as_drift(&self) -> bool {
        self.action != Action::NoOp && !alike(&self.before, &self.after)
    }
}

/// Whether two values are the same but for nulls that are empty, and for marks.
pub fn alike(before: &Value, after: &Value) -> bool {
    alike_but(before, after, says_nothing)
}

/// The same but for what providers of the older type system write for null: nothing, false and zero are one.
pub fn alike_but_unset(before: &Value, after: &Value) -> bool {
    alike_but(before, after, is_unset)
}

fn alike_but(before: &Value, after: &Value, nothing: fn(&Value) -> bool) -> bool {
    if before == after || (nothing(before) && nothing(after)) {
        return true;
    }
    let all = |one: &[Value], other: &[Value]| {
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| alike_but(a, b, nothing))
    };
    match (before.view(), after.view()) {
        (View::Object(one_type, one), View::Object(other_type, other)) => {
            one_type.names() == other_type.names() && all(one, other)
        }
        (View::List(one), View::List(other)) | (View::Tuple(one), View::Tuple(other)) => {
            all(one, other)
        }
        (View::Set(one), View::Set(other)) => all(one, other),
        (View::Map(one), View::Map(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(a, b)| a.0 == b.0 && alike_but(&a.1, &b.1, nothing))
        }
        _ => false,
    }
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

/// As [`says_nothing`], or false, or zero.
fn is_unset(value: &Value) -> bool {
    match value.view() {
        View::Bool(set) => !set,
        View::Number(_) => *value == Value::int(0),
        _ => says_nothing(value),
    }
}

#[cfg(test)]
mod tests {
    use value::{Type, Value};

    use super::{DriftChoice, alike, alike_but_unset};

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
        assert!(
            alike_but_unset(&null, &Value::bool(false)) && alike_but_unset(&null, &Value::int(0))
        );
        assert!(
            !alike_but_unset(&Value::bool(true), &null) && !alike_but_unset(&null, &Value::int(1))
        );
        check(&Value::tuple(vec![null.clone()]), &Value::tuple(vec![null.clone(), null]), false);
    }

    #[test]
    fn only_some_are_taken_in() {
        let at = |text: &str| text.parse().expect("an address");
        let some = DriftChoice::Only(vec![at("a_b.c[0]")]);
        assert!(some.takes(&at("a_b.c[0]")) && !some.takes(&at("a_b.c[1]")));
        assert!(DriftChoice::Taken.takes(&at("a_b.c")) && !DriftChoice::Left.takes(&at("a_b.c")));
    }
}
