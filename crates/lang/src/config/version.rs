//! A version constraint as it stands in a file.
//!
//! How versions compare is `schema::version`'s.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use schema::version::{Constraints, Dialect};

/// Which versions will do, and where that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionConstraint {
    /// As written.
    pub text: Arc<str>,
    /// What it says, read in the core dialect.
    pub constraints: Constraints,
    /// The argument that holds it.
    pub span: Span,
}

impl VersionConstraint {
    /// Reads the text of an argument at `value`; `None` and an error where it is malformed.
    pub(super) fn read(
        text: &Arc<str>,
        value: Span,
        argument: Span,
        diags: &mut Diags,
    ) -> Option<VersionConstraint> {
        match Constraints::parse(text, Dialect::Core) {
            Ok(constraints) => {
                Some(VersionConstraint { text: text.clone(), constraints, span: argument })
            }
            Err(error) => {
                diags.push(
                    Diagnostic::error(
                        "invalid-version-constraint",
                        "This is not a version constraint",
                    )
                    .detail(format!("{error}."))
                    .remedy("Write for example `~> 1.2` or `>= 1.2, < 2.0`.")
                    .at(value),
                );
                None
            }
        }
    }
}
