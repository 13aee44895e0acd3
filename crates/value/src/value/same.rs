//! Structural equality: same type, same marks, same unknowns with same refinements, same parts.
//!
//! This is not the language's `==`, which may be unknown and does not see marks: that is
//! [`Value::equals`].

use std::fmt;
use std::sync::Arc;

use super::{Body, Repr, Value, View};

impl Value {
    /// Are the two the same value in all that can be seen of them, marks and refinements included?
    /// Numbers are the same where the language calls them equal.
    pub fn same(&self, other: &Self) -> bool {
        if self.marks() != other.marks() {
            return false;
        }
        match (&self.0, &other.0) {
            (Repr::Null(_, a), Repr::Null(_, b)) => a == b,
            (Repr::Unknown(_, p, a), Repr::Unknown(_, q, b)) => p == q && a == b,
            (Repr::Refined(_, a), Repr::Refined(_, b)) => a == b,
            (Repr::Bool(_, a), Repr::Bool(_, b)) => a == b,
            (Repr::Number(_, a), Repr::Number(_, b)) => a == b,
            (Repr::String(_, a), Repr::String(_, b)) => a == b,
            (Repr::Aggregate(_, a), Repr::Aggregate(_, b)) => {
                Arc::ptr_eq(a, b)
                    || a.ty == b.ty
                        && a.marks == b.marks
                        && a.known == b.known
                        && a.size == b.size
                        && same_parts(&a.body, &b.body)
            }
            _ => false,
        }
    }
}

fn same_parts(a: &Body, b: &Body) -> bool {
    match (a, b) {
        (Body::Values(a), Body::Values(b)) => a == b,
        (Body::Entries(a), Body::Entries(b)) => a == b,
        _ => false,
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl Eq for Value {}

/// For tests and panics only; it shows what is sensitive as it is, so it never reaches a user.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.view() {
            View::Null => write!(f, "null({:?})", self.ty())?,
            View::Unknown(None) => write!(f, "unknown({:?})", self.ty())?,
            View::Unknown(Some(refinement)) => {
                write!(f, "unknown({:?}, {refinement:?})", self.ty())?;
            }
            View::Bool(value) => write!(f, "{value}")?,
            View::Number(number) => write!(f, "{number}")?,
            View::String(text) => write!(f, "{text:?}")?,
            View::List(parts) => {
                f.write_str("list")?;
                f.debug_list().entries(parts).finish()?;
            }
            View::Set(parts) => {
                f.write_str("set")?;
                f.debug_list().entries(parts).finish()?;
            }
            View::Tuple(parts) => f.debug_list().entries(parts).finish()?,
            View::Map(entries) => {
                f.write_str("map")?;
                f.debug_map().entries(entries.iter().map(|(k, v)| (k, v))).finish()?;
            }
            View::Object(object, parts) => {
                f.debug_map().entries(object.names().iter().zip(parts)).finish()?;
            }
        }
        if !self.marks().is_empty() {
            write!(f, "{:?}", self.marks())?;
        }
        Ok(())
    }
}
