//! Diagnostics, plans and progress as strings: for people, and as JSON for programs.
//!
//! It prints nothing, asks no terminal, and decides nothing. Colours are in a string only where the caller says that a
//! person's terminal will show it.
//!
//! Invariant: a sensitive value is in no string that this crate returns.

mod cause;
mod changes;
mod diagnostic;
mod diagnostic_json;
mod line_diff;
mod page;
mod paint;
mod value;

pub use changes::changes;
pub use diagnostic::{diagnostic, diagnostics};
pub use diagnostic_json::{diagnostic_json, validation_json};
pub use line_diff::line_diff;
pub use page::{Page, PageStack, page};
pub use paint::Paint;
pub use value::{Secrets, value};
