//! Values for the laws: a pool of all kinds, and values that are made less known.
//!
//! Invariant: what [`blurred`] gives is refined by what it was given.

use std::sync::Arc;

use proptest::prelude::*;
use value::{Marks, Number, Refinement, Type, Value, View};

use super::{object, secret, text};

/// Values of all kinds, many of which refine one another.
pub(super) fn pool() -> Vec<Value> {
    let any = || Value::unknown(Type::STRING);
    let strings = Type::set(Type::STRING);
    let ranged = |ty, range| Value::unknown_with(ty, range);
    let number = |low: i64, high: i64, inclusive| {
        let range = Refinement::NOT_NULL.at_least(low.into(), inclusive);
        ranged(Type::NUMBER, range.at_most(high.into(), inclusive))
    };
    let length =
        |ty, low, high| ranged(ty, Refinement::NOT_NULL.longer_than_or(low).shorter_than_or(high));
    let set = |items| Value::set(Type::STRING, items);
    let list = |items| Value::list(Type::STRING, items);
    let map = |value| Value::map(Type::STRING, [("k".into(), value)]);
    let nested = |value| object([("a", value), ("b", text("b"))]);
    let mut all = vec![
        Value::DYNAMIC,
        any(),
        ranged(Type::STRING, Refinement::NOT_NULL),
        ranged(Type::STRING, Refinement::NOT_NULL.prefix("ab")),
        ranged(Type::STRING, Refinement::NOT_NULL.prefix("abc")),
        text("abcd"),
        text("x"),
        number(1, 3, true),
        number(1, 3, false),
        number(0, 9, true),
        Value::int(1),
        Value::int(2),
        Value::unknown(Type::NUMBER),
        Value::TRUE,
        Value::unknown_not_null(Type::BOOL),
        Value::unknown(strings),
        length(strings, 1, 2),
        length(strings, 2, 3),
        length(strings, 1, 3),
        set(vec![any(), any(), any()]),
        set(vec![any(), any()]),
        set(vec![text("a"), any(), any()]),
        set(vec![text("a"), text("b"), any()]),
        set(vec![text("a"), text("b")]),
        set(vec![text("a")]),
        set(vec![]),
        Value::unknown(Type::list(Type::DYNAMIC)),
        length(Type::list(Type::STRING), 1, 2),
        list(vec![any()]),
        list(vec![text("a")]),
        list(vec![]),
        Value::list(Type::NUMBER, vec![]),
        Value::list(Type::NUMBER, vec![Value::null(Type::NUMBER)]),
        list(vec![Value::null(Type::STRING)]),
        map(any()),
        map(text("a")),
        Value::tuple(vec![Value::DYNAMIC]),
        Value::tuple(vec![text("a")]),
        Value::unknown(nested(Value::DYNAMIC).ty()),
        Value::unknown(nested(text("")).ty()),
        nested(any()),
        nested(secret(any())),
        nested(text("a")),
        nested(Value::null(Type::STRING)),
    ];
    let types = [Type::DYNAMIC, Type::STRING, Type::NUMBER, strings, Type::list(Type::STRING)];
    all.extend(types.map(Value::null));
    let hidden: Vec<Value> = all.iter().step_by(3).cloned().map(secret).collect();
    all.extend(hidden);
    all
}

/// Values that are wholly known.
pub(super) fn known() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::bool),
        (-5i64..5).prop_map(Value::int),
        "[ab]{0,4}".prop_map(Value::string),
        Just(Value::null(Type::STRING)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let texts = || proptest::collection::vec("[abc]{1,2}".prop_map(Value::string), 0..4);
        let named = proptest::collection::btree_map("[ab]{1,2}", inner.clone(), 0..4);
        prop_oneof![
            texts().prop_map(|items| Value::list(Type::STRING, items)),
            texts().prop_map(|items| Value::set(Type::STRING, items)),
            texts().prop_map(|items| {
                let entry = |(at, value)| (Arc::from(format!("k{at}")), value);
                Value::map(Type::STRING, items.into_iter().enumerate().map(entry))
            }),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            named.prop_map(|parts| Value::object(parts.into_iter().map(|(k, v)| (k.into(), v)))),
            inner.prop_map(|value| value.with_marks(Marks::SENSITIVE)),
        ]
    })
}

/// Choices of a walk, used up one by one; none are left where all is kept.
pub(super) struct Picks<'a>(pub(super) &'a [u8]);

impl Picks<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return u8::MAX };
        self.0 = rest;
        *first
    }
}

/// The value with some parts unknown, some ranges wider and some marks left out.
pub(super) fn blurred(value: &Value, picks: &mut Picks<'_>) -> Value {
    let marks = match picks.next() % 4 {
        0 => Marks::NONE,
        _ => value.marks(),
    };
    less_known(value, picks).with_marks(marks)
}

fn less_known(value: &Value, picks: &mut Picks<'_>) -> Value {
    let ty = value.ty();
    match picks.next() % 8 {
        // What is made unknown may have had marks inside; an unknown bears none, and marks may be added.
        0 => return Value::unknown(ty),
        1 if value.is_certainly_not_null() => return Value::unknown_not_null(ty),
        2 if value.is_wholly_known() && !value.is_null() => {
            return Value::unknown_with(ty, wider(value));
        }
        3 => return Value::DYNAMIC,
        _ => {}
    }
    if matches!(ty.kind(), value::Kind::Set(_) | value::Kind::List(_) | value::Kind::Map(_)) {
        return parts_less_known(value, picks);
    }
    match value.view() {
        View::Tuple(items) => Value::tuple(items.iter().map(|one| blurred(one, picks)).collect()),
        View::Object(ty, items) => {
            let parts: Vec<Value> = items.iter().map(|one| blurred(one, picks)).collect();
            Value::object(ty.names().iter().cloned().zip(parts))
        }
        _ => value.clone().unmark().0,
    }
}

/// A collection of texts of which some are unknown; its type stays.
fn parts_less_known(value: &Value, picks: &mut Picks<'_>) -> Value {
    let mut part = |one: &Value| match picks.next() % 3 {
        0 => Value::unknown(one.ty()),
        _ => one.clone(),
    };
    match value.view() {
        View::List(items) => Value::list(Type::STRING, items.iter().map(part).collect()),
        View::Set(items) => Value::set(Type::STRING, items.iter().map(part).collect()),
        View::Map(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, one)| (key.clone(), part(one))).collect();
            Value::map(Type::STRING, entries)
        }
        _ => value.clone().unmark().0,
    }
}

/// A range around a known value.
fn wider(value: &Value) -> Refinement {
    match value.view() {
        View::String(text) => Refinement::NOT_NULL.prefix(&text[..text.len().min(1)]),
        View::Number(number) => {
            let below = number.sub(&Number::ONE);
            Refinement::NOT_NULL.at_least(below.unwrap_or_else(|_| number.clone()), true)
        }
        View::List(items) | View::Set(items) => {
            let length = items.len() as u64;
            Refinement::NOT_NULL.longer_than_or(length.saturating_sub(1)).shorter_than_or(length)
        }
        _ => Refinement::NOT_NULL,
    }
}
