//! Which name is which slot of a frame.
//!
//! Invariant: each variable of a definition, each wildcard among them, has a slot of its own; slots are never given twice.

use std::collections::HashMap;

use crate::ir::Slot;

/// The scopes that are open, innermost last.
#[derive(Default)]
pub(super) struct Scopes {
    open: Vec<Scope>,
    names: Vec<String>,
}

#[derive(Default)]
struct Scope {
    by_name: HashMap<String, Slot>,
    own: Vec<Slot>,
}

impl Scopes {
    pub(super) fn push(&mut self) {
        self.open.push(Scope::default());
    }

    /// Closes the innermost; tells its slots.
    pub(super) fn pop(&mut self) -> Vec<Slot> {
        self.open.pop().expect("BUG: a scope is closed twice").own
    }

    /// A variable of the innermost scope.
    pub(super) fn declare(&mut self, name: &str) -> Slot {
        let slot = self.names.len();
        let scope = self.open.last_mut().expect("BUG: a variable outside of any scope");
        if let Some(known) = scope.by_name.get(name) {
            return *known;
        }
        self.names.push(name.to_owned());
        scope.by_name.insert(name.to_owned(), slot);
        scope.own.push(slot);
        slot
    }

    /// A variable without a name.
    pub(super) fn wildcard(&mut self) -> Slot {
        let slot = self.names.len();
        self.names.push("_".to_owned());
        self.open.last_mut().expect("BUG: a variable outside of any scope").own.push(slot);
        slot
    }

    pub(super) fn find(&self, name: &str) -> Option<Slot> {
        self.open.iter().rev().find_map(|scope| scope.by_name.get(name)).copied()
    }

    /// The slots of the innermost scope.
    pub(super) fn own(&self) -> &[Slot] {
        self.open.last().map(|scope| scope.own.as_slice()).unwrap_or_default()
    }

    pub(super) fn name(&self, slot: Slot) -> &str {
        &self.names[slot]
    }

    /// How many slots were given.
    pub(super) fn slots(&self) -> usize {
        self.names.len()
    }
}
