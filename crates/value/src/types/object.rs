//! The shape of an object type: its attributes in the order of their names.
//!
//! The position of an attribute here is its slot in every value of the type. Names are sorted by
//! bytes and distinct, always.

use std::sync::Arc;

use super::Type;

/// The attributes of an object type, sorted by the bytes of their names.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct ObjectType {
    names: Box<[Arc<str>]>,
    types: Box<[Type]>,
    optional: Box<[bool]>,
}

/// Up to this many names a scan beats a binary search.
const SCAN_MAX: usize = 8;

impl ObjectType {
    pub(super) fn new(names: Box<[Arc<str>]>, types: Box<[Type]>, optional: Box<[bool]>) -> Self {
        Self { names, types, optional }
    }

    /// The names, sorted by bytes.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The types, slot by slot.
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// Which attributes a constraint allows to be absent, slot by slot. All false in a type.
    pub fn optional(&self) -> &[bool] {
        &self.optional
    }

    /// How many attributes there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Has it no attributes?
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The slot of a name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        if self.names.len() <= SCAN_MAX {
            return self.names.iter().position(|n| **n == *name);
        }
        self.names.binary_search_by(|n| (**n).cmp(name)).ok()
    }

    /// The slot of a name, where names are asked for in order: `next` is tried first, and set to the
    /// slot after the one found.
    pub(crate) fn slot_from(&self, next: &mut usize, name: &str) -> Option<usize> {
        let slot = match self.names.get(*next) {
            Some(expected) if **expected == *name => *next,
            _ => self.slot(name)?,
        };
        *next = slot + 1;
        Some(slot)
    }

    /// Names with their types, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, Type)> {
        self.names.iter().zip(self.types.iter().copied())
    }
}
