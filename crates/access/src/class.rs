//! Classes of what can be done: what tables of access are made of.

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Look at what is there.
    Read,
    /// Read secrets and what is stored.
    Data,
    /// Make and change.
    Write,
    /// Take away.
    Delete,
    /// Change who may do what.
    Permissions,
    /// Become somebody else.
    Become,
}

impl Class {
    /// All, the mildest first.
    pub const ALL: [Class; 6] =
        [Class::Read, Class::Data, Class::Write, Class::Delete, Class::Permissions, Class::Become];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Read => "read",
            Class::Data => "data",
            Class::Write => "write",
            Class::Delete => "delete",
            Class::Permissions => "permissions",
            Class::Become => "become",
        }
    }
}
