//! Approvals: a signed document that names a plan by its digest, and who may sign.
//!
//! Signatures are those of `ssh-keygen -Y`, in the namespace `strata-approval`; the files of signers are OpenSSH's
//! `allowed_signers`. No key is kept here, no program is run.
//!
//! Invariant: a [`ValidApproval`] is made only of a document whose signature was verified, for this plan, by a key that a
//! group names.

mod document;
mod rsa;
pub(crate) mod signature;
pub(crate) mod signers;
mod stored;
mod time;
mod verify;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use document::{Document, DocumentError};
pub use signature::{Key, KeyError, SignError, fingerprint_of_public};
pub use signers::{Signers, SignersError, people};
pub use stored::{StoredError, stored, unstored};
pub use verify::{Expected, NotValid, verify};

/// The namespace of the signatures.
pub const NAMESPACE: &str = "strata-approval";

/// An approval that was found to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidApproval {
    /// The fingerprint of the key, as `SHA256:...`.
    pub key: Arc<str>,
    /// Whose it is: a group and the name by which its file calls the person. None where the estate has no groups: every
    /// signature then counts for what nobody owns.
    pub persons: BTreeSet<Person>,
    /// When it was signed, in seconds since 1970.
    pub at_s: u64,
    /// What it lets be destroyed, as full addresses.
    pub destroy_data: BTreeSet<Arc<str>>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The group.
    pub group: Arc<str>,
    /// A name of the person in its file.
    pub principal: Arc<str>,
}
