//! `&&`, `||` and `!`.
//!
//! Both operands are looked at: one that decides decides, whichever side it stands on and whatever
//! the other is. Null counts as false, except that `null || false` errs: this is how OpenTofu
//! evaluates it.

use super::{OpError, Operand, not_null, operand};
use crate::{Type, Value};

/// `a && b`
pub fn and(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Connective::And)
}

/// `a || b`
pub fn or(a: &Value, b: &Value) -> Result<Value, OpError> {
    binary(a, b, Connective::Or)
}

/// `!a`
pub fn not(a: &Value) -> Result<Value, OpError> {
    let a = operand(a, Type::BOOL, Operand::Left)?;
    not_null(&a, Operand::Left)?;
    let value = match a.as_bool() {
        Some(value) => Value::bool(!value),
        None => Value::unknown_not_null(Type::BOOL),
    };
    Ok(value.with_marks(a.marks()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

fn binary(a: &Value, b: &Value, connective: Connective) -> Result<Value, OpError> {
    let a = operand(a, Type::BOOL, Operand::Left)?;
    let b = operand(b, Type::BOOL, Operand::Right)?;
    let marks = a.marks() | b.marks();
    // Null is seen as false here, until the end.
    let sides = [&a, &b].map(|side| side.is_known().then(|| side.as_bool() == Some(true)));
    let deciding = connective == Connective::Or;
    let value = match sides {
        _ if sides.contains(&Some(deciding)) => Value::bool(deciding),
        [Some(_), Some(_)] => {
            not_null(&a, Operand::Left)?;
            not_null(&b, Operand::Right)?;
            Value::bool(!deciding)
        }
        _ => Value::unknown_not_null(Type::BOOL),
    };
    Ok(value.with_marks(marks))
}
