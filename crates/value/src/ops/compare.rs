//! Equality and order.

use std::cmp::Ordering;

use super::{OpError, operands};
use crate::{Number, Type, Value, View};

/// `a == b`: never errs, and is false across types.
pub fn eq(a: &Value, b: &Value) -> Result<Value, OpError> {
    Ok(a.equals(b))
}

/// `a != b`
pub fn ne(a: &Value, b: &Value) -> Result<Value, OpError> {
    super::not(&a.equals(b))
}

/// `a < b`
pub fn lt(a: &Value, b: &Value) -> Result<Value, OpError> {
    ordered(a, b, |order| order.is_lt(), OrEqual::No)
}

/// `a <= b`
pub fn le(a: &Value, b: &Value) -> Result<Value, OpError> {
    ordered(a, b, |order| order.is_lt(), OrEqual::Yes)
}

/// `a > b`
pub fn gt(a: &Value, b: &Value) -> Result<Value, OpError> {
    ordered(a, b, |order| order.is_gt(), OrEqual::No)
}

/// `a >= b`
pub fn ge(a: &Value, b: &Value) -> Result<Value, OpError> {
    ordered(a, b, |order| order.is_gt(), OrEqual::Yes)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OrEqual {
    Yes,
    No,
}

fn ordered(
    a: &Value,
    b: &Value,
    holds: fn(Ordering) -> bool,
    or_equal: OrEqual,
) -> Result<Value, OpError> {
    let (a, b, marks) = operands(a, b, Type::NUMBER)?;
    let strict = match (a.as_number(), b.as_number()) {
        (Some(a), Some(b)) => Some(holds(a.compare(b))),
        _ => by_range(&a, &b).map(holds),
    };
    let equal = match or_equal {
        OrEqual::No => Some(false),
        OrEqual::Yes => a.equals(&b).as_bool(),
    };
    let value = match (strict, equal) {
        (Some(true), _) | (_, Some(true)) => Value::TRUE,
        (Some(false), Some(false)) => Value::FALSE,
        _ => Value::unknown_not_null(Type::BOOL),
    };
    Ok(value.with_marks(marks))
}

/// The order of two numbers of which one is not known, where their ranges do not touch. All bounds
/// are taken as exclusive, as OpenTofu does.
fn by_range(a: &Value, b: &Value) -> Option<Ordering> {
    let below = |low: &Value, high: &Value| -> Option<bool> {
        let max = bound(low, Side::Upper)?;
        let min = bound(high, Side::Lower)?;
        Some(max.compare(&min) == Ordering::Less)
    };
    if below(a, b) == Some(true) {
        return Some(Ordering::Less);
    }
    (below(b, a) == Some(true)).then_some(Ordering::Greater)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Lower,
    Upper,
}

fn bound(value: &Value, side: Side) -> Option<Number> {
    match value.view() {
        View::Number(number) => Some(number.clone()),
        View::Unknown(Some(refinement)) => {
            let bound = match side {
                Side::Lower => &refinement.number_min,
                Side::Upper => &refinement.number_max,
            };
            bound.as_ref().map(|bound| bound.value.clone())
        }
        _ => None,
    }
}
