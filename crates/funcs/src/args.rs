//! Arguments taken apart, for functions whose parameters say what comes: known values that are not null, unless allowed.
//! Invariant: a panic here means that a function's parameters promise less than it takes.

use std::sync::Arc;

use num_bigint::BigInt;
use value::{Marks, Number, Type, Value, View};

use crate::function::{FuncError, Outcome};

/// The text of a string argument.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("BUG: a known string is due")
}

/// The number of a number argument.
pub(crate) fn number(value: &Value) -> &Number {
    value.as_number().expect("BUG: a known number is due")
}

/// The whole number in argument `index`.
pub(crate) fn whole(args: &[Value], index: usize) -> Outcome<i64> {
    number(&args[index])
        .to_i64()
        .ok_or_else(|| FuncError::argument(index, "it must be a whole number of at most 64 bits"))
}

/// The whole number of any size in argument `index`.
pub(crate) fn big(args: &[Value], index: usize) -> Outcome<BigInt> {
    let number = number(&args[index]);
    let whole = if number.is_integer() { number.to_bigint() } else { None };
    whole.ok_or_else(|| FuncError::argument(index, "it must be a whole number"))
}

/// The elements of a known list, set or tuple; nothing for all else.
pub(crate) fn sequence(value: &Value) -> Option<&[Value]> {
    match value.view() {
        View::List(elements) | View::Set(elements) | View::Tuple(elements) => Some(elements),
        _ => None,
    }
}

/// The elements of a list argument.
pub(crate) fn elements(value: &Value) -> &[Value] {
    sequence(value).expect("BUG: a known list, set or tuple is due")
}

/// Refuses parts that cannot stand in one collection, where their common type leaves that open.
pub(crate) fn of_one_type(element: Type, parts: &[Value]) -> Outcome<()> {
    if !element.has_dynamic() {
        return Ok(());
    }
    let mut types = parts.iter().map(Value::ty).filter(|ty| !ty.is_dynamic());
    let first = types.next();
    match types.find(|ty| Some(*ty) != first) {
        None => Ok(()),
        Some(_) => Err(FuncError::call("all elements must be of one type")),
    }
}

/// A string value.
pub(crate) fn string(text: impl Into<Arc<str>>) -> Outcome {
    Ok(Value::string(text))
}

/// `value` as messages may show it: hidden where its marks ask for that.
pub(crate) fn shown(value: impl std::fmt::Debug, marks: Marks) -> String {
    match (marks.is_ephemeral(), marks.is_sensitive()) {
        (true, true) => "(ephemeral sensitive value)".to_owned(),
        (true, false) => "(ephemeral value)".to_owned(),
        (false, true) => "(sensitive value)".to_owned(),
        (false, false) => format!("{value:?}"),
    }
}
