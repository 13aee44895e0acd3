//! Diagnostics, plans and progress as strings: for people, and as JSON for programs.
//!
//! It prints nothing, asks no terminal, and decides nothing. Colours are in a string only where the caller says that a
//! person's terminal will show it.
//!
//! Invariant: a sensitive value is in no string that this crate returns.

mod diagnostic;
mod diagnostic_json;
mod paint;

pub use diagnostic::{diagnostic, diagnostics};
pub use diagnostic_json::{diagnostic_json, validation_json};
pub use paint::Paint;
