//! Marks: what is remembered about a value beside what it is.
//!
//! A set of few flags, so that union and test are one instruction. Marks never change what a value
//! is equal to in the language; they travel with it and unite in whatever derives from it.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of marks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// Not to be shown to people.
    pub const SENSITIVE: Self = Self(1);
    /// Not to be kept beyond this phase: never in a plan or a state.
    pub const EPHEMERAL: Self = Self(1 << 1);
    /// Derives from something whose author asks not to use it any more.
    pub const DEPRECATED: Self = Self(1 << 2);

    /// No mark at all?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All marks of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The marks of this that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Does it hold every mark of the other?
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Does it hold a mark of the other?
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Is [`Self::SENSITIVE`] in it?
    pub const fn is_sensitive(self) -> bool {
        self.contains(Self::SENSITIVE)
    }

    /// Is [`Self::EPHEMERAL`] in it?
    pub const fn is_ephemeral(self) -> bool {
        self.contains(Self::EPHEMERAL)
    }

    /// The flags as bits, for formats of our own.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The reverse of [`Self::bits`]; bits of no meaning are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b111)
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::SENSITIVE, "sensitive"),
            (Self::EPHEMERAL, "ephemeral"),
            (Self::DEPRECATED, "deprecated"),
        ];
        f.debug_set()
            .entries(names.iter().filter(|(mark, _)| self.contains(*mark)).map(|(_, name)| name))
            .finish()
    }
}
