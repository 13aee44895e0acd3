//! Names of new estates and stacks: they become parts of names in clouds, where the rules are narrow.
//!
//! Invariant: a [`Name`] is one that `strata.hcl` takes, and no word of the command.

use std::fmt;

/// The longest name of an estate or stack that is made, in bytes. `strata.hcl` takes longer ones; names in clouds that
/// are made of estate, environment and part do not.
pub const NAME_BYTES_MAX: usize = 24;

/// The words that stand where a name may stand.
const WORDS: [&str; 1] = ["stack"];

/// A name of an estate or a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// It is a word of the command.
    Word,
    /// It is longer than [`NAME_BYTES_MAX`], or empty.
    Length,
    /// It holds something other than lower-case letters, digits and single hyphens, or does not begin with a letter.
    Letters,
}

impl Name {
    /// The name that a text is.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Name, NameError> {
        if WORDS.contains(&text) {
            return Err(NameError::Word);
        }
        if text.is_empty() || text.len() > NAME_BYTES_MAX {
            return Err(NameError::Length);
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || !text.chars().all(fits) || text.ends_with('-') || text.contains("--") {
            return Err(NameError::Letters);
        }
        Ok(Name(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<NameError>) {
        assert_eq!(Name::parse(text).err(), expect, "{text:?}");
    }

    #[test]
    fn what_is_a_name() {
        check("shop", None);
        check("shop-2", None);
        check("stack", Some(NameError::Word));
        check("stacks", None);
        check("", Some(NameError::Length));
        check("a234567890123456789012345", Some(NameError::Length));
        check("Shop", Some(NameError::Letters));
        check("2shop", Some(NameError::Letters));
        check("shop-", Some(NameError::Letters));
        check("a--b", Some(NameError::Letters));
        check("../shop", Some(NameError::Letters));
        check("größe", Some(NameError::Letters));
    }
}
