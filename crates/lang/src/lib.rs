//! The `lang` crate.
