//! A call that got no answer, or none that can be understood.

use std::fmt;
use std::sync::Arc;

use super::call::Private;
use super::reply::{ProviderDiagnostic, Reply};

/// What came of a call.
pub type Answer = Result<Reply, CallFailure>;

/// A call without an answer: who, what, why, and what the provider printed last.
#[derive(Clone, Debug, PartialEq)]
pub struct CallFailure {
    /// In which way it failed.
    pub kind: FailureKind,
    /// The provider, as people write it: `hashicorp/aws`.
    pub provider: Arc<str>,
    /// The operation by its name in protocol 6 ([`super::CallKind::name`]), or what came before any: `start`.
    pub call: &'static str,
    /// The cause, in one sentence without what else stands here.
    pub message: String,
    /// The last lines that the provider printed, oldest first.
    pub last_lines: Vec<String>,
}

/// In which way a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureKind {
    /// The process is gone; whether the call did anything is not known.
    Exited,
    /// The call's limit is over; whether it did anything is not known.
    TimedOut,
    /// The user had it stopped or killed; whether it did anything is not known.
    Stopped,
    /// It never came to the provider: the process could not be started, or the provider does not know the call.
    Refused,
    /// The connection failed, or the provider answered with an error that is no diagnostic.
    Transport,
    /// It was answered, but not in the schema's terms.
    Undecodable(Box<Undecodable>),
}

/// An answer that does not fit the schema, kept whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecodable {
    /// The bytes of the object as the provider sent them.
    pub raw: Arc<[u8]>,
    /// How they are written.
    pub encoding: Encoding,
    /// What the provider keeps with the object.
    pub private: Private,
    /// What the provider says to the user.
    pub diagnostics: Vec<ProviderDiagnostic>,
}

/// How an object's bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// MessagePack.
    MessagePack,
    /// JSON.
    Json,
}

impl CallFailure {
    /// Whether the call may have had effects that nobody knows of: of an apply, the op is in doubt.
    pub fn leaves_doubt(&self) -> bool {
        !matches!(self.kind, FailureKind::Refused)
    }
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "provider {}, {}: {}", self.provider, self.call, self.message)
    }
}

impl std::error::Error for CallFailure {}
