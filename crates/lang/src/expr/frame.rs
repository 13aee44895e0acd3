//! The names that iterators bind while an expression is lowered.
//!
//! Invariant: a slot is in use from the moment its name is bound until the binding form ends; forms inside one
//! another use different slots.

use std::sync::Arc;

/// A name bound by a `for`, a splat, a `dynamic` block or a template's variables.
#[derive(Clone, Debug)]
struct Bound {
    name: Arc<str>,
    slot: u16,
    what: What,
}

/// What a bound name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The value in the slot.
    Value,
    /// An iterator with `key` in the slot and `value` in the next.
    Iterator,
}

/// The names bound at the place at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    bound: Vec<Bound>,
    splats: Vec<u16>,
    next: u16,
    highest: u16,
}

/// What [`Frame::leave`] goes back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    bound: usize,
    next: u16,
}

impl Frame {
    /// Where the frame stands now.
    pub(crate) fn mark(&self) -> Mark {
        Mark { bound: self.bound.len(), next: self.next }
    }

    /// Unbinds all that was bound since.
    pub(crate) fn leave(&mut self, mark: Mark) {
        self.bound.truncate(mark.bound);
        self.next = mark.next;
    }

    /// Takes a slot without a name.
    pub(crate) fn take(&mut self) -> u16 {
        let slot = self.next;
        self.next += 1;
        self.highest = self.highest.max(self.next);
        slot
    }

    /// Binds a name to a slot of its own.
    pub(crate) fn bind(&mut self, name: &Arc<str>) -> u16 {
        let slot = self.take();
        self.bound.push(Bound { name: name.clone(), slot, what: What::Value });
        slot
    }

    /// Binds the iterator of a `dynamic` block: two slots.
    pub(crate) fn bind_iterator(&mut self, name: &Arc<str>) -> u16 {
        let slot = self.take();
        self.take();
        self.bound.push(Bound { name: name.clone(), slot, what: What::Iterator });
        slot
    }

    /// The innermost binding of a name.
    pub(crate) fn find(&self, name: &str) -> Option<(u16, What)> {
        self.bound
            .iter()
            .rev()
            .find(|bound| &*bound.name == name)
            .map(|bound| (bound.slot, bound.what))
    }

    /// The names bound, innermost first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.bound.iter().rev().map(|bound| &*bound.name)
    }

    /// Enters a splat: a slot for its element.
    pub(crate) fn enter_splat(&mut self) -> u16 {
        let slot = self.take();
        self.splats.push(slot);
        slot
    }

    /// Leaves the innermost splat.
    pub(crate) fn leave_splat(&mut self) {
        self.splats.pop();
    }

    /// The slot of the innermost splat.
    pub(crate) fn splat(&self) -> u16 {
        *self.splats.last().expect("BUG: a splat's element outside a splat")
    }

    /// Number of slots ever in use at once.
    pub(crate) fn highest(&self) -> u16 {
        self.highest
    }
}
