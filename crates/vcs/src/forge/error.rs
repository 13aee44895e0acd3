//! Why a forge does not do what it was asked for.

use std::fmt;

use host::HttpError;

/// Why a forge does not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgeError {
    /// It does not answer.
    Unreachable(HttpError),
    /// It says no.
    Refused {
        /// Method and path.
        call: String,
        /// Its status.
        status: u16,
        /// What it says, in one line.
        message: String,
    },
    /// Its answer is none that this call has.
    Answer {
        /// Method and path.
        call: String,
        /// What is missing or wrong.
        why: String,
    },
    /// A list is longer than is read.
    TooLong {
        /// Method and path.
        call: String,
        /// How many items are read, at most.
        items_max: usize,
    },
}

impl fmt::Display for ForgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ForgeError::Unreachable(error) => error.fmt(f),
            ForgeError::Refused { call, status, message } => {
                write!(f, "{call}: {status}: {message}")
            }
            ForgeError::Answer { call, why } => write!(f, "{call}: {why}"),
            ForgeError::TooLong { call, items_max } => {
                write!(f, "{call}: more than {items_max} items")
            }
        }
    }
}

impl std::error::Error for ForgeError {}
