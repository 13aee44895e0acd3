//! Values to be found again among many, by hash instead of by comparing each with each.
//! Invariant: the values are wholly known and bear no marks, so that being the same and being equal are one.

use std::collections::HashSet;

use value::Value;

/// Distinct values.
#[derive(Default)]
pub(super) struct Members<'v>(HashSet<&'v Value>);

impl<'v> Members<'v> {
    pub(super) fn of(values: &'v [Value]) -> Self {
        Members(values.iter().collect())
    }

    /// Whether `value` was not there yet; it is now.
    pub(super) fn insert(&mut self, value: &'v Value) -> bool {
        self.0.insert(value)
    }

    pub(super) fn contains(&self, value: &Value) -> bool {
        self.0.contains(value)
    }
}
