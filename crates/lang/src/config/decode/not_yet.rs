//! What OpenTofu knows and Strata does not know yet.
//!
//! It is refused by name, so that nobody believes that it was heeded.

use diag::{Diagnostic, Span};

/// The code of all these refusals.
pub(crate) const NOT_YET: &str = "not-yet-in-the-language";

/// A refusal of `thing`, which the sentence begins with: "the block `moved`".
pub(crate) fn not_yet(thing: &str, span: Span) -> Diagnostic {
    Diagnostic::error(NOT_YET, format!("Strata does not support {thing} yet"))
        .detail(
            "It is part of the OpenTofu language, and Strata refuses it rather than pass over it.",
        )
        .remedy("Take it out, or keep this configuration with OpenTofu until Strata supports it.")
        .at(span)
}
