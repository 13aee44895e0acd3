//! Type constraints: what `type = ...` of a variable says, with the defaults of its optional attributes.
//!
//! A constraint is a [`Type`] that may hold `any` and optional attributes; the defaults stand beside it in a tree of
//! their own and are applied to a value before it is converted.
//!
//! Invariant: a tree of defaults holds at least one default.

mod defaults;
mod expr;

use value::Type;
use value::Value;
use value::convert::{ConvertError, convert};

pub use defaults::Defaults;
pub use expr::type_constraint;

/// A type constraint and the defaults of its optional attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// The constraint itself: it may hold `any` and optional attributes.
    pub ty: Type,
    /// The defaults of optional attributes, where there is one.
    pub defaults: Option<Defaults>,
}

impl Constraint {
    /// The constraint that admits everything.
    pub fn any() -> Constraint {
        Constraint { ty: Type::DYNAMIC, defaults: None }
    }

    /// The value with defaults filled in and converted. Null takes no defaults.
    ///
    /// # Errors
    /// Where the value does not convert to the type.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        match &self.defaults {
            Some(defaults) if !value.is_null() => convert(&defaults.apply(value), self.ty),
            _ => convert(value, self.ty),
        }
    }
}
