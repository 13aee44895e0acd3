//! What lists, sets, maps, tuples and objects share: their parts, and what is true of all of them.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::Value;
use crate::{Marks, Type};

/// A known list, set, map, tuple or object, with what was found out about it when it was made.
pub(crate) struct Aggregate {
    pub(crate) ty: Type,
    pub(crate) body: Body,
    /// No unknown below.
    pub(crate) known: bool,
    /// The union of all marks below.
    pub(crate) marks: Marks,
    /// One more than its deepest part.
    pub(crate) depth: u32,
    /// How many values there are, itself included.
    pub(crate) size: u64,
    /// Zero until asked for.
    pub(crate) hash: AtomicU64,
}

/// The parts of an aggregate.
pub(crate) enum Body {
    Values(Vec<Value>),
    /// Sorted by the bytes of the keys, each key once.
    Entries(Vec<(Arc<str>, Value)>),
}

impl Body {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Entries(entries) => entries.len(),
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        let (values, entries): (&[Value], &[(Arc<str>, Value)]) = match self {
            Self::Values(values) => (values, &[]),
            Self::Entries(entries) => (&[], entries),
        };
        Parts { values: values.iter(), entries: entries.iter() }
    }
}

struct Parts<'v> {
    values: std::slice::Iter<'v, Value>,
    entries: std::slice::Iter<'v, (Arc<str>, Value)>,
}

impl<'v> Iterator for Parts<'v> {
    type Item = &'v Value;

    fn next(&mut self) -> Option<&'v Value> {
        self.values.next().or_else(|| self.entries.next().map(|(_, value)| value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.values.len() + self.entries.len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Parts<'_> {}

impl Aggregate {
    pub(crate) fn new(ty: Type, body: Body) -> Arc<Self> {
        let mut made = Self {
            ty,
            body,
            known: true,
            marks: Marks::NONE,
            depth: 0,
            size: 1,
            hash: AtomicU64::new(0),
        };
        let (mut known, mut marks, mut depth, mut size) = (true, Marks::NONE, 0, 1);
        for part in made.body.iter() {
            known &= part.is_wholly_known();
            marks |= part.deep_marks();
            depth = depth.max(part.depth());
            size += part.size();
        }
        (made.known, made.marks, made.depth, made.size) = (known, marks, depth + 1, size);
        Arc::new(made)
    }
}
