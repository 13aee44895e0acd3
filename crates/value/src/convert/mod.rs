//! Conversion of values between types, by OpenTofu's rules.
//!
//! Whether a conversion exists is decided by the two types alone; only then are values looked at.
//! Safe conversions never fail and lose nothing (`number` to `string`); unsafe ones may fail on the
//! value (`string` to `number`, `map` to `object`). Marks stay where they are, unknowns and nulls
//! take the new type, and what is known about an unknown is carried over where it still holds.

mod apply;
mod dynamic;
mod mismatch;
mod possible;
#[cfg(test)]
mod tests;
mod unify;

use std::fmt;

use crate::{Path, Step, Type, Value};

pub use unify::{unify, unify_safe};

/// Why a value cannot be converted, and where inside it the trouble lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConvertError {
    /// From the value that was to be converted to the part that does not fit.
    pub path: Path,
    /// What is wrong there: part of a sentence, without a stop.
    pub message: String,
}

impl ConvertError {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Path::new(), message: message.into() }
    }

    /// The same error seen from one level further out.
    fn within(self, step: Step) -> Self {
        let steps = std::iter::once(step).chain(self.path.steps().iter().cloned());
        Self { path: steps.collect(), message: self.message }
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for ConvertError {}

/// Whether conversions that may fail on the value are allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Safety {
    Safe,
    Unsafe,
}

/// The value converted to the type, by a safe or an unsafe conversion. The type may be a
/// constraint: `any` in it takes what is there (one type per collection), and an optional attribute
/// that is absent becomes null.
///
/// # Errors
/// Where no conversion exists, or the value is one that the conversion cannot take.
pub fn convert(value: &Value, ty: Type) -> Result<Value, ConvertError> {
    let have = value.ty();
    if have == ty || ty.is_dynamic() || ty.has_optional() && have == ty.without_optional() {
        return Ok(value.clone());
    }
    if !possible::possible(have, ty, Safety::Unsafe) {
        return Err(mismatch::explain(have, ty));
    }
    apply::apply(value, ty, Safety::Unsafe)
}

/// Is there a safe or an unsafe conversion? Then [`convert`] fails at most on the value.
pub fn can_convert(from: Type, to: Type) -> bool {
    from == to.without_optional() || possible::possible(from, to, Safety::Unsafe)
}

/// Is there a safe conversion, one that no value fails?
pub fn can_convert_safely(from: Type, to: Type) -> bool {
    from == to.without_optional() || possible::possible(from, to, Safety::Safe)
}

/// Why a value of one type does not convert to another: for callers that found it out with
/// [`can_convert`] or [`unify`].
pub fn mismatch(have: Type, want: Type) -> ConvertError {
    mismatch::explain(have, want)
}
