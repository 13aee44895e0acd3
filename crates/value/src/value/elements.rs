//! Iteration as `for` sees it: keys and values.

use super::{Value, View};

/// The parts of a value with their keys, in the language's order. Made by [`Value::elements`].
pub struct Elements<'v> {
    view: View<'v>,
    at: usize,
    len: usize,
}

impl Value {
    /// The keys and values that `for` sees: indexes for lists and tuples, keys for maps, names for
    /// objects, the element itself for sets. Empty for everything else. Own marks are not added.
    pub fn elements(&self) -> Elements<'_> {
        Elements { view: self.view(), at: 0, len: self.len().unwrap_or(0) }
    }
}

impl Iterator for Elements<'_> {
    type Item = (Value, Value);

    fn next(&mut self) -> Option<(Value, Value)> {
        if self.at >= self.len {
            return None;
        }
        let at = self.at;
        self.at += 1;
        match self.view {
            View::List(values) | View::Tuple(values) => {
                Some((Value::int(at as i64), values[at].clone()))
            }
            View::Set(values) => Some((values[at].clone(), values[at].clone())),
            View::Map(entries) => {
                let (key, value) = &entries[at];
                Some((Value::string_normal(key.clone()), value.clone()))
            }
            View::Object(object, values) => {
                Some((Value::string_normal(object.names()[at].clone()), values[at].clone()))
            }
            _ => None,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len - self.at, Some(self.len - self.at))
    }
}

impl ExactSizeIterator for Elements<'_> {}
