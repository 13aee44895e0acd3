//! Formats of plans: what leaves the process.
//!
//! Each format is a module of its own with its version in its name; domain types know none of them.
//! Invariant: equal plans give equal bytes.

pub mod json;
