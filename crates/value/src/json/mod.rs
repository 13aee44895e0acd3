//! The JSON forms of values and types, as OpenTofu writes them in states, plans and `jsonencode`.
//!
//! Numbers are written and read as decimal text, never through a double. Where the type is
//! [`Type::DYNAMIC`](crate::Type::DYNAMIC), the value is wrapped with its type. Decoders accept
//! nesting up to [`DEPTH_MAX`](crate::DEPTH_MAX), and text that is not UTF-8 with the replacement
//! character in the places of error. Marks are not written: a marked value here is a bug of the
//! caller.

mod decode;
mod encode;
mod read;
#[cfg(test)]
mod tests;
mod types;

use std::fmt;

pub use decode::{decode, decode_implied, implied_type};
pub use encode::{encode, encode_into, encode_simple, encode_simple_into, write_string};
pub use types::{type_from_json, type_to_json, write_type};

use crate::Path;

/// Why a value has no JSON form, or a text is no value of the type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// From the whole value to the part that is wrong.
    pub path: Path,
    /// What is wrong there: part of a sentence, without a stop.
    pub message: String,
    /// Where the text stops being JSON, in bytes from its start; none where the text is JSON.
    pub offset: Option<usize>,
}

impl JsonError {
    /// Boxed, so that results are small where all goes well.
    #[cold]
    fn new(message: impl Into<String>) -> Box<Self> {
        Box::new(Self { path: Path::new(), message: message.into(), offset: None })
    }

    #[cold]
    fn syntax(offset: usize, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { path: Path::new(), message: message.into(), offset: Some(offset) })
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match self.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JsonError {}
