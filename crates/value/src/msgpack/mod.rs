//! The MessagePack form of values, as providers speak it.
//!
//! Objects are maps in the order of their names, sets and tuples arrays; integers take the least
//! room, other numbers are doubles where one is exact and decimal text else. Where the type is
//! [`Type::DYNAMIC`](crate::Type::DYNAMIC), the value is an array of its type (as JSON) and itself.
//! Unknowns are extension 0, unknowns with a refinement extension 12. Nesting is limited to
//! [`DEPTH_MAX`](crate::DEPTH_MAX). Marks have no form: a marked value here is a bug of the caller.

mod code;
mod decode;
mod encode;
mod read;
#[cfg(test)]
mod tests;
mod unknown;

use std::fmt;

pub use decode::decode;
pub use encode::{encode, encode_into};

use crate::Path;

/// Why bytes are no value of the type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MsgpackError {
    /// From the whole value to the part that is wrong.
    pub path: Path,
    /// What is wrong there: part of a sentence, without a stop.
    pub message: String,
}

impl MsgpackError {
    /// Boxed, so that results are small where all goes well.
    #[cold]
    fn new(message: impl Into<String>) -> Box<Self> {
        Box::new(Self { path: Path::new(), message: message.into() })
    }
}

impl fmt::Display for MsgpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for MsgpackError {}
