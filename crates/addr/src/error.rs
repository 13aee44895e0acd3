//! Why a text is no address, and where. Not a diagnostic: whoever holds the text's place in a file makes one of it.
//! Invariant: `offset` is a byte offset into the text that was parsed, at a character boundary, and at most its length.

use std::fmt;

use crate::provider::ProviderAddrError;

/// A text that is not the address that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddrError {
    /// Byte offset of the fault in the text.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

impl AddrError {
    pub(crate) fn new(offset: usize, reason: Reason) -> Self {
        AddrError { offset, reason }
    }
}

/// What is wrong with the text of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing there at all.
    Empty,
    /// A name was expected: at the start, or after a dot.
    NameExpected,
    /// `*` where one instance must be named.
    Splat,
    /// Between brackets stands neither a string nor a whole number.
    KeyExpected,
    /// A number between brackets that is not whole, or beyond 64 bits.
    KeyNotWhole,
    /// No `]` after the key.
    UnclosedBracket,
    /// No closing quote.
    UnclosedString,
    /// A backslash followed by what is no escape.
    BadEscape,
    /// `${` or `%{` inside a key; to mean the characters themselves they are written twice: `$${`.
    Interpolation,
    /// Some character that has no place in an address.
    UnexpectedCharacter(char),
    /// `module` without a name behind it.
    ModuleNameExpected,
    /// A module's address was asked for, and more or something else stands there.
    NotAModule,
    /// A resource must have a type and a name.
    ResourceNameExpected,
    /// A resource or an instance was asked for, and the text names a module.
    ModuleGiven,
    /// A whole resource was asked for, and the text names one instance.
    InstanceGiven,
    /// A key that may not stand at this place: in a module's path of a configuration address.
    KeyNotAllowed,
    /// Something stands behind a complete address.
    Trailing,
    /// A provider configuration begins with `provider["SOURCE"]`.
    ProviderExpected,
    /// The source between the brackets of `provider[...]` is wrong.
    ProviderSource(ProviderAddrError),
    /// Behind `provider["SOURCE"]` may stand only `.ALIAS`.
    AliasExpected,
    /// A deposed key is eight hexadecimal digits.
    NotADeposedKey,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Reason::Empty => "the address is empty",
            Reason::NameExpected => "a name must stand here",
            Reason::Splat => "an address cannot hold '*'",
            Reason::KeyExpected => "a key in brackets is a quoted string or a whole number",
            Reason::KeyNotWhole => "a number in brackets must be whole and fit into 64 bits",
            Reason::UnclosedBracket => "the key must be followed by ']'",
            Reason::UnclosedString => "the quoted string is not closed",
            Reason::BadEscape => {
                "a backslash must be followed by one of n, r, t, \", \\, uNNNN, UNNNNNNNN"
            }
            Reason::Interpolation => "a key is literal; write '$${' or '%%{' for the characters",
            Reason::UnexpectedCharacter(c) => {
                return write!(f, "the character {c:?} has no place in an address");
            }
            Reason::ModuleNameExpected => "'module' must be followed by a dot and a module's name",
            Reason::NotAModule => "this must be the address of a module: module.NAME",
            Reason::ResourceNameExpected => "a resource is addressed by its type and its name",
            Reason::ModuleGiven => "this is a module; a resource of it must be named",
            Reason::InstanceGiven => "this names one instance; the resource itself must be named",
            Reason::KeyNotAllowed => "no key in brackets may stand here",
            Reason::Trailing => "nothing more may follow the address",
            Reason::ProviderExpected => {
                "a provider configuration is addressed as provider[\"SOURCE\"]"
            }
            Reason::ProviderSource(error) => return error.fmt(f),
            Reason::AliasExpected => "after the provider only a dot and an alias may follow",
            Reason::NotADeposedKey => "the key of a deposed object is eight hexadecimal digits",
        };
        f.write_str(text)
    }
}

impl fmt::Display for AddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.offset)
    }
}

impl std::error::Error for AddrError {}
