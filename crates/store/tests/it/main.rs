//! The store's tests that use it as others do.
//!
//! One binary: it is also the children that `processes` starts.

mod contract;
mod file;
mod processes;
mod sqlite;
mod support;
