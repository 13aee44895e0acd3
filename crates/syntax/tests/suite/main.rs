//! The tests of this crate through its public surface, in one binary.

mod errors;
mod format;
mod json;
mod limits;
mod properties;
mod sexpr;
mod specsuite;
mod statics;
mod tree;
