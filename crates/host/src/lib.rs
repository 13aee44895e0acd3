//! The `host` crate.
