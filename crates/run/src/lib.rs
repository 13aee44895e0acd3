//! The `run` crate.
