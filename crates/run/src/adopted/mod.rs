//! What it takes to adopt a tree: its files, and states where they are.
//!
//! Invariant: nothing is written; a state in place is only read.

mod memory;
mod place;
mod registry;
mod s3;
mod tree;

pub use memory::in_place;
pub use place::{StateReader, not_taken};
pub use tree::HostTree;
