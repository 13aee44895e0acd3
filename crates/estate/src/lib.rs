//! The `estate` crate.
