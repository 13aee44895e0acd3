//! The `funcs` crate.
