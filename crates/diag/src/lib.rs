//! Diagnostics: what Strata tells its user about the user's own mistakes.
//!
//! A diagnostic has a code, a severity, a summary (the cause in one line), a detail, a remedy, and where there is
//! one a place. Functions take a [`Diags`] sink and go on after an error, so that one run reports everything it
//! can see. This crate renders nothing and does no input or output.
//!
//! Invariant: a [`Span`] always lies inside the file that its [`FileId`] names in the [`SourceMap`] of the run.

mod diagnostic;
mod sink;
mod source;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use sink::Diags;
pub use source::{FileId, Position, SourceFile, SourceMap, Span, Spanned};
