//! The estates that `strata new` writes: files of `blueprints/`, held in the program.
//!
//! What all clouds share and what a cloud has of its own are laid over each other; where both have a file, the cloud's
//! is taken. Not here: writing files, and what the files mean.
//! Invariant: what comes out depends on the cloud and the names alone; paths are relative and stay in the folder.

mod estate;
mod name;
mod stack;

pub use estate::{Cloud, estate};
pub use name::{NAME_BYTES_MAX, Name, NameError};
pub use stack::{stack_block, stack_files};

/// A file to be written: its path, with `/`, relative to the folder; and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Where, relative to the folder.
    pub path: String,
    /// All of it.
    pub text: String,
}
