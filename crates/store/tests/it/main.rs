//! The store's tests that use it as others do.
//!
//! One binary: it is also the children that `processes` starts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod contract;
mod file;
mod processes;
mod sqlite;
mod support;
