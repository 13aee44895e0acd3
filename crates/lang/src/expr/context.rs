//! What an expression may refer to at its place, and what it turns out to depend on.
//!
//! Invariant: a node's [`Depends`] is the union of its operands', less the slots that it binds itself.

use std::ops::BitOr;

/// What may be referred to at a place beside the module's objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed(u8);

impl Allowed {
    /// Nothing more.
    pub const NOTHING: Allowed = Allowed(0);
    /// `count.index`: a block that has `count`.
    pub const COUNT: Allowed = Allowed(1);
    /// `each.key` and `each.value`: a block that has `for_each`.
    pub const EACH: Allowed = Allowed(2);
    /// `self`: conditions and provisioners.
    pub const SELF: Allowed = Allowed(4);

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Allowed) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the place is evaluated once per instance rather than once per module instance.
    pub fn is_per_instance(self) -> bool {
        self.0 != 0
    }
}

impl BitOr for Allowed {
    type Output = Allowed;

    fn bitor(self, other: Allowed) -> Allowed {
        Allowed(self.0 | other.0)
    }
}

/// What an expression depends on beside the module's objects: what keeps it from being computed once per module
/// instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depends {
    bits: u8,
    slots: u64,
}

impl Depends {
    /// Nothing: constant within a module instance.
    pub const NOTHING: Depends = Depends { bits: 0, slots: 0 };
    /// `each`.
    pub const EACH: Depends = Depends { bits: 1, slots: 0 };
    /// `count`.
    pub const COUNT: Depends = Depends { bits: 2, slots: 0 };
    /// `self`.
    pub const SELF: Depends = Depends { bits: 4, slots: 0 };

    /// What gives another value each time that it is asked (`uuid`, `bcrypt`).
    pub const FRESH: Depends = Depends { bits: 8, slots: 0 };

    /// On an iterator. Slots from 63 on share one bit, which is never taken off again.
    pub(crate) fn slot(slot: u16) -> Depends {
        Depends { bits: 0, slots: 1 << slot.min(63) }
    }

    /// Both.
    pub fn union(self, other: Depends) -> Depends {
        Depends { bits: self.bits | other.bits, slots: self.slots | other.slots }
    }

    /// Without a slot that is bound here.
    pub(crate) fn without_slot(self, slot: u16) -> Depends {
        if slot >= 63 { self } else { Depends { slots: self.slots & !(1 << slot), ..self } }
    }

    /// Whether its value is the same for all instances and iterations of a module instance.
    pub fn is_nothing(self) -> bool {
        self == Depends::NOTHING
    }

    /// Whether it depends on `each`.
    pub fn on_each(self) -> bool {
        self.bits & Depends::EACH.bits != 0
    }

    /// Whether it depends on `count`.
    pub fn on_count(self) -> bool {
        self.bits & Depends::COUNT.bits != 0
    }

    /// Whether it depends on `self`.
    pub fn on_self(self) -> bool {
        self.bits & Depends::SELF.bits != 0
    }

    /// Whether it depends on an iterator of a `for`, splat or `dynamic` around it.
    pub fn on_iterator(self) -> bool {
        self.slots != 0
    }
}
