//! What the simulated cloud says where it does not do what was asked.
//!
//! Invariant: what it says names the rehearsal, so that nobody takes it for a real cloud's words.

use std::sync::Arc;

use schema::protocol::{
    Call, CallFailure, FailureKind, Private, ProviderDiagnostic, ProviderSeverity, Reply, ReplyBody,
};
use value::{Path, Type, Value};

/// An error about the whole object.
pub(super) fn error(summary: impl Into<String>, detail: impl Into<String>) -> ProviderDiagnostic {
    ProviderDiagnostic {
        severity: ProviderSeverity::Error,
        summary: summary.into(),
        detail: detail.into(),
        attribute: Path::new(),
    }
}

/// A reply that says one error.
pub(super) fn erring(body: ReplyBody, diagnostic: ProviderDiagnostic) -> Reply {
    Reply { diagnostics: vec![diagnostic], body }
}

/// A call that cannot be answered.
pub(super) fn refused(call: &Call, why: &str) -> Reply {
    let nothing = Value::null(Type::DYNAMIC);
    let private: Private = Arc::new([]);
    let body = match call {
        Call::UpgradeState { .. } => ReplyBody::Upgraded { state: nothing },
        Call::UpgradeIdentity { .. } => ReplyBody::IdentityUpgraded { identity: nothing },
        Call::Read { current, private, .. } => ReplyBody::Read {
            state: current.clone(),
            private: private.clone(),
            identity: None,
            deferred: None,
        },
        Call::Plan { proposed, .. } => ReplyBody::Planned {
            planned: proposed.clone(),
            private,
            requires_replace: Vec::new(),
            legacy_type_system: false,
            identity: None,
            deferred: None,
        },
        Call::Apply { prior, .. } => ReplyBody::Applied {
            state: prior.clone(),
            private,
            legacy_type_system: false,
            identity: None,
        },
        Call::ReadData { .. } => ReplyBody::DataRead { state: nothing, deferred: None },
        Call::Import { .. } => ReplyBody::Imported { objects: Vec::new(), deferred: None },
        Call::MoveState { .. } => ReplyBody::Moved { state: nothing, private, identity: None },
        Call::Open { .. } => {
            ReplyBody::Opened { result: nothing, private, renew_at_ms: None, deferred: None }
        }
        Call::Renew { .. } => ReplyBody::Renewed { private, renew_at_ms: None },
        Call::Close { .. } => ReplyBody::Closed,
        Call::Configure { .. } => ReplyBody::Configured,
        Call::Function { .. } => ReplyBody::FunctionResult(Ok(nothing)),
        Call::ValidateProvider { .. }
        | Call::ValidateResource { .. }
        | Call::ValidateData { .. }
        | Call::ValidateEphemeral { .. } => ReplyBody::Validated,
    };
    erring(body, error("This cannot be rehearsed", why))
}

/// A call without an answer.
pub(super) fn unanswered(
    kind: FailureKind,
    provider: String,
    call: &'static str,
    message: String,
) -> CallFailure {
    CallFailure { kind, provider: provider.into(), call, message, last_lines: Vec::new() }
}
