//! The `provider` crate.
