//! The schema document that `providers schema -json` prints, read and written (format version 1.0).
//!
//! Documents of large clouds hold thousands of types: reading keeps the text and decodes a type only when it is
//! asked for. What the document does not say (capabilities, whether a function takes unknown values) is absent.
//!
//! Invariant: writing what was read from a document of OpenTofu gives the same document, byte for byte.

mod raw;
mod read;
mod write;

use std::fmt;

pub use read::{Document, ProviderDocument};
pub use write::write;

/// Why a text is no schema document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// What was being read: a provider's address, a type's name; empty for the document itself.
    pub about: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.about.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.about, self.message)
    }
}

impl std::error::Error for DocumentError {}
