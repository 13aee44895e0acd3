//! Who a stack's providers are: `credentials` blocks, turned into changes of the processes' environments.
//!
//! Planning and applying have identities of their own, and so processes of their own. Nothing is asked before a stack
//! needs it; what was issued is kept for the command, in memory only.
//!
//! Invariant: where a stack has credentials of a kind, no process of its providers sees the base credentials of that
//! kind (but Google's, from which impersonation starts); no secret is in a diagnostic, an event or a `Debug`.

pub(crate) mod asking;
pub(crate) mod aws;
mod azure;
mod changes;
mod google;
mod identities;
mod identity;
mod kind;
mod kubernetes;
mod recorded;
mod settings;
mod subject;
#[cfg(test)]
mod tests;

use diag::Diagnostic;
use provider::Purpose;

pub use changes::Changes;
pub use identities::{Absent, Identities, Patience, Under, Wanted};
pub use identity::Identity;
pub use kind::Kind;
pub use recorded::Recorded;
pub use settings::Settings;
pub use subject::Subject;

/// An identity that was had.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    kind: Kind,
    changes: Changes,
    /// Whose it is: tells processes apart, and is no secret.
    identity: String,
}

/// Why an identity was not had.
#[derive(Debug)]
pub(crate) struct Refused {
    diagnostic: Box<Diagnostic>,
    /// The cause, where the identity may come to be there: something below makes it.
    absent: Option<String>,
}

impl Refused {
    /// It will not come by itself.
    fn always(diagnostic: Diagnostic) -> Refused {
        Refused { diagnostic: Box::new(diagnostic), absent: None }
    }

    /// The settings themselves are wrong.
    fn own(diagnostic: Diagnostic, subject: &Subject) -> Refused {
        Refused::always(diagnostic.about(subject.label.clone()))
    }
}

/// Whether a block says all that its kind needs for a purpose.
fn complete(settings: &Settings, purpose: Purpose) -> Result<(), Diagnostic> {
    match settings.kind {
        Kind::Aws => aws::complete(settings, purpose),
        Kind::Google => google::complete(settings, purpose),
        Kind::Azure => azure::complete(settings, purpose),
        Kind::Kubernetes => kubernetes::complete(settings, purpose),
    }
}
