//! What a provider answers.

use std::sync::Arc;

use value::{Path, Value};

use super::call::Private;

/// A provider's answer to one [`super::Call`]: what it says to the user, and what it answers.
///
/// Where an error is among the diagnostics the body is still there, with what the provider sent (of an apply: the
/// object as far as it came) and null for what it did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What the provider says to the user.
    pub diagnostics: Vec<ProviderDiagnostic>,
    /// What it answers; its variant is the call's.
    pub body: ReplyBody,
}

impl Reply {
    /// Whether the provider reports an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|one| one.severity == ProviderSeverity::Error)
    }
}

impl From<ReplyBody> for Reply {
    fn from(body: ReplyBody) -> Reply {
        Reply { diagnostics: Vec::new(), body }
    }
}

/// How much a provider's diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderSeverity {
    /// The call failed.
    Error,
    /// The user should know.
    Warning,
}

/// What a provider says to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderDiagnostic {
    /// Its weight.
    pub severity: ProviderSeverity,
    /// In one line.
    pub summary: String,
    /// Whole; may be empty.
    pub detail: String,
    /// The attribute concerned, from the configuration's root; empty for all of it.
    pub attribute: Path,
}

/// The provider cannot answer yet, and says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// It does not say.
    Unknown,
    /// The resource's configuration is not known.
    ResourceConfigUnknown,
    /// The provider's own configuration is not known.
    ProviderConfigUnknown,
    /// Something that it stands on is not there yet.
    AbsentPrerequisite,
}

/// An object that an import found.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Its type; not always the one asked for.
    pub type_name: Arc<str>,
    /// What is known of it; to be read before use.
    pub state: Value,
    /// What the provider keeps with it.
    pub private: Private,
    /// Its identity.
    pub identity: Option<Value>,
}

/// Why a function gave no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The argument at fault, from 0.
    pub argument: Option<usize>,
    /// What is wrong.
    pub text: String,
}

/// The answer proper, one variant for each kind of call.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplyBody {
    /// To the four calls that validate.
    Validated,
    /// To [`super::Call::Configure`].
    Configured,
    /// To [`super::Call::UpgradeState`].
    Upgraded {
        /// The object under the present schema.
        state: Value,
    },
    /// To [`super::Call::UpgradeIdentity`].
    IdentityUpgraded {
        /// The identity under the present schema.
        identity: Value,
    },
    /// To [`super::Call::Read`].
    Read {
        /// The object as it is; null where it is gone.
        state: Value,
        /// What the provider keeps with it.
        private: Private,
        /// Its identity.
        identity: Option<Value>,
        /// The provider cannot say yet.
        deferred: Option<Deferred>,
    },
    /// To [`super::Call::Plan`].
    Planned {
        /// What the object becomes; null where it goes.
        planned: Value,
        /// To be given back when it is applied.
        private: Private,
        /// What forces replacement, where it changes.
        requires_replace: Vec<Path>,
        /// The provider's SDK cannot keep all rules, so that some are not held against it.
        legacy_type_system: bool,
        /// The identity that is planned.
        identity: Option<Value>,
        /// The provider cannot say yet.
        deferred: Option<Deferred>,
    },
    /// To [`super::Call::Apply`].
    Applied {
        /// The object as it is now; null where it is gone.
        state: Value,
        /// What the provider keeps with it.
        private: Private,
        /// The provider's SDK cannot keep all rules, so that some are not held against it.
        legacy_type_system: bool,
        /// Its identity.
        identity: Option<Value>,
    },
    /// To [`super::Call::ReadData`].
    DataRead {
        /// What the data source says.
        state: Value,
        /// The provider cannot say yet.
        deferred: Option<Deferred>,
    },
    /// To [`super::Call::Import`].
    Imported {
        /// What was found, the object asked for first.
        objects: Vec<Imported>,
        /// The provider cannot say yet.
        deferred: Option<Deferred>,
    },
    /// To [`super::Call::MoveState`].
    Moved {
        /// The object under the target's schema.
        state: Value,
        /// What the provider keeps with it.
        private: Private,
        /// Its identity.
        identity: Option<Value>,
    },
    /// To [`super::Call::Function`].
    FunctionResult(Result<Value, FunctionError>),
    /// To [`super::Call::Open`].
    Opened {
        /// What the ephemeral resource says.
        result: Value,
        /// To be given back when it is renewed or closed.
        private: Private,
        /// When it wants to be renewed, in milliseconds since 1970 (UTC).
        renew_at_ms: Option<i64>,
        /// The provider cannot say yet.
        deferred: Option<Deferred>,
    },
    /// To [`super::Call::Renew`].
    Renewed {
        /// To be given back when it is renewed or closed.
        private: Private,
        /// When it wants to be renewed again, in milliseconds since 1970 (UTC).
        renew_at_ms: Option<i64>,
    },
    /// To [`super::Call::Close`].
    Closed,
}
