//! A provider that cannot be started, or whose schema cannot be had.

use std::fmt;
use std::sync::Arc;

use schema::protocol::{CallFailure, FailureKind};

/// Why there is no provider to put calls to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError {
    /// The provider, as people write it: `hashicorp/aws`.
    pub provider: Arc<str>,
    /// The cause, in one sentence.
    pub message: String,
    /// The last lines that it printed, oldest first.
    pub last_lines: Vec<String>,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "provider {}: {}", self.provider, self.message)
    }
}

impl std::error::Error for StartError {}

impl From<StartError> for CallFailure {
    fn from(error: StartError) -> CallFailure {
        CallFailure {
            kind: FailureKind::Refused,
            provider: error.provider,
            call: "start",
            message: error.message,
            last_lines: error.last_lines,
        }
    }
}
