//! The operators of the language on values.
//!
//! Operands are converted to the operator's type first (`"2" + 1` is 3). Of unknown operands the
//! result is unknown, not null, unless what is known decides it. The marks of both operands are on
//! the result, whichever of them decided.

mod access;
mod compare;
mod logic;
mod measure;
#[cfg(test)]
mod tests;

use std::fmt;

pub use access::{AccessError, attribute, index};
pub use compare::{eq, ge, gt, le, lt, ne};
pub use logic::{and, not, or};
pub use measure::{contains, length};

use crate::convert::convert;
use crate::{Marks, NotANumber, Number, Type, Value};

/// Which operand a message is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// The left one, or the only one.
    Left,
    /// The right one.
    Right,
}

/// Why an operation has no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpError {
    /// The operand that is to blame, where one is.
    pub operand: Option<Operand>,
    /// What is wrong: part of a sentence, without a stop.
    pub message: String,
}

impl fmt::Display for OpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for OpError {}

fn operand(value: &Value, ty: Type, side: Operand) -> Result<Value, OpError> {
    convert(value, ty).map_err(|error| OpError { operand: Some(side), message: error.to_string() })
}

fn not_null(value: &Value, side: Operand) -> Result<(), OpError> {
    if !value.is_null() {
        return Ok(());
    }
    Err(OpError { operand: Some(side), message: "the operand must not be null".into() })
}

/// Both operands as bare values of the type, neither null, and their marks united.
fn operands(a: &Value, b: &Value, ty: Type) -> Result<(Value, Value, Marks), OpError> {
    let a = operand(a, ty, Operand::Left)?;
    let b = operand(b, ty, Operand::Right)?;
    not_null(&a, Operand::Left)?;
    not_null(&b, Operand::Right)?;
    let (a, left) = a.unmark();
    let (b, right) = b.unmark();
    Ok((a, b, left | right))
}

fn arithmetic(
    a: &Value,
    b: &Value,
    compute: impl FnOnce(&Number, &Number) -> Result<Number, NotANumber>,
    otherwise: &str,
) -> Result<Value, OpError> {
    let result = |a: &Number, b: &Number| match compute(a, b) {
        Ok(number) => Ok(Value::number(number)),
        Err(NotANumber) => Err(OpError { operand: None, message: otherwise.into() }),
    };
    let (a, b, marks) = match (a.as_number(), b.as_number()) {
        (Some(x), Some(y)) => return Ok(result(x, y)?.with_marks(a.marks() | b.marks())),
        _ => operands(a, b, Type::NUMBER)?,
    };
    let value = match (a.as_number(), b.as_number()) {
        (Some(a), Some(b)) => result(a, b)?,
        _ => Value::unknown_not_null(Type::NUMBER),
    };
    Ok(value.with_marks(marks))
}

/// `a + b`
pub fn add(a: &Value, b: &Value) -> Result<Value, OpError> {
    arithmetic(a, b, Number::add, "infinities of opposite sign have no sum")
}

/// `a - b`
pub fn sub(a: &Value, b: &Value) -> Result<Value, OpError> {
    arithmetic(a, b, Number::sub, "infinities of one sign have no difference")
}

/// `a * b`
pub fn mul(a: &Value, b: &Value) -> Result<Value, OpError> {
    arithmetic(a, b, Number::mul, "zero and infinity have no product")
}

/// `a / b`; a number by zero is an infinity, as in OpenTofu.
pub fn div(a: &Value, b: &Value) -> Result<Value, OpError> {
    let otherwise = "zero cannot be divided by zero, nor infinity by infinity";
    arithmetic(a, b, Number::div, otherwise)
}

/// `a % b`, with the sign of `a`; by zero it is `a`, as in OpenTofu.
pub fn rem(a: &Value, b: &Value) -> Result<Value, OpError> {
    arithmetic(a, b, Number::rem, "zero and infinity have no remainder")
}

/// `-a`
pub fn neg(a: &Value) -> Result<Value, OpError> {
    let a = operand(a, Type::NUMBER, Operand::Left)?;
    not_null(&a, Operand::Left)?;
    let value = match a.as_number() {
        Some(number) => Value::number(number.neg()),
        None => Value::unknown_not_null(Type::NUMBER),
    };
    Ok(value.with_marks(a.marks()))
}
