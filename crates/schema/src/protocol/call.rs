//! What a provider is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use value::Value;

/// Bytes that a provider keeps with an object and that mean nothing to anybody else; empty for none.
pub type Private = Arc<[u8]>;

/// An object as it was stored, not yet read through a schema.
#[derive(Clone, Debug, PartialEq)]
pub enum RawState {
    /// The JSON of its attributes.
    Json(Arc<[u8]>),
    /// The flat map of very old states.
    Flatmap(BTreeMap<String, String>),
}

/// Whether the provider may answer that it cannot say yet ([`super::Deferred`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deferral {
    /// It has to answer or fail, as under OpenTofu.
    #[default]
    Refused,
    /// It may.
    Allowed,
}

/// Which object to import.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportTarget {
    /// By the id that the provider documents.
    Id(Arc<str>),
    /// By identity, of the identity schema's type.
    Identity(Value),
}

/// One question to a provider.
///
/// Objects are of the resource schema's type. `config` is the configuration alone, with what is not set null.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Is this provider configuration right? Needs no configured provider.
    ValidateProvider {
        /// The evaluated `provider` block.
        config: Value,
    },
    /// Is this resource's configuration right? Needs no configured provider.
    ValidateResource {
        /// The resource type.
        type_name: Arc<str>,
        /// Its configuration; may hold unknowns.
        config: Value,
    },
    /// The same of a data source.
    ValidateData {
        /// The data source's type.
        type_name: Arc<str>,
        /// Its configuration; may hold unknowns.
        config: Value,
    },
    /// The same of an ephemeral resource.
    ValidateEphemeral {
        /// The ephemeral resource's type.
        type_name: Arc<str>,
        /// Its configuration; may hold unknowns.
        config: Value,
    },
    /// Take this configuration for the calls to come.
    Configure {
        /// The evaluated `provider` block; may hold unknowns while planning.
        config: Value,
        /// The version of the caller, as OpenTofu sends it.
        terraform_version: Arc<str>,
        /// Whether later answers may defer.
        deferral: Deferral,
    },
    /// Bring a stored object to the present schema. Needs no configured provider.
    UpgradeState {
        /// The resource type.
        type_name: Arc<str>,
        /// The schema version that it was stored under.
        version: u64,
        /// What was stored.
        raw: RawState,
    },
    /// Bring a stored identity to the present identity schema. Needs no configured provider.
    UpgradeIdentity {
        /// The resource type.
        type_name: Arc<str>,
        /// The identity schema's version that it was stored under.
        version: u64,
        /// The JSON that was stored.
        raw: Arc<[u8]>,
    },
    /// What is the object now?
    Read {
        /// The resource type.
        type_name: Arc<str>,
        /// The object as last known.
        current: Value,
        /// What the provider kept with it.
        private: Private,
        /// Its identity as last known.
        identity: Option<Value>,
        /// Whether the answer may defer.
        deferral: Deferral,
    },
    /// What would the object become?
    Plan {
        /// The resource type.
        type_name: Arc<str>,
        /// The object as it is; null where there is none.
        prior: Value,
        /// Configuration and prior merged ([`crate::Block::proposed_new`]); null to destroy.
        proposed: Value,
        /// The configuration; null to destroy.
        config: Value,
        /// What the provider kept with the prior object.
        prior_private: Private,
        /// The prior object's identity.
        prior_identity: Option<Value>,
        /// Whether the answer may defer.
        deferral: Deferral,
    },
    /// Make it so.
    Apply {
        /// The resource type.
        type_name: Arc<str>,
        /// The object as it is; null where there is none.
        prior: Value,
        /// What was planned; null to destroy.
        planned: Value,
        /// The configuration, wholly known; null to destroy.
        config: Value,
        /// What the plan's answer gave along.
        planned_private: Private,
        /// The identity that was planned.
        planned_identity: Option<Value>,
    },
    /// What does this data source say?
    ReadData {
        /// The data source's type.
        type_name: Arc<str>,
        /// Its configuration, wholly known.
        config: Value,
        /// Whether the answer may defer.
        deferral: Deferral,
    },
    /// Which objects are meant by this id or identity?
    Import {
        /// The resource type.
        type_name: Arc<str>,
        /// The id or identity.
        target: ImportTarget,
        /// Whether the answer may defer.
        deferral: Deferral,
    },
    /// Make an object of another type, perhaps of another provider, one of this type.
    MoveState {
        /// The address of the provider that it was of.
        source_provider: Arc<str>,
        /// The type that it was of.
        source_type: Arc<str>,
        /// The schema version that it was stored under.
        source_version: u64,
        /// What was stored.
        source_raw: RawState,
        /// What that provider kept with it.
        source_private: Private,
        /// Its stored identity and the version of that schema.
        source_identity: Option<(u64, Arc<[u8]>)>,
        /// The resource type that it shall be of.
        target_type: Arc<str>,
    },
    /// What does this function say?
    Function {
        /// Its name.
        name: Arc<str>,
        /// The arguments, of the parameters' types.
        args: Vec<Value>,
    },
    /// Open an ephemeral resource.
    Open {
        /// Its type.
        type_name: Arc<str>,
        /// Its configuration, wholly known.
        config: Value,
        /// Whether the answer may defer.
        deferral: Deferral,
    },
    /// Renew an open ephemeral resource.
    Renew {
        /// Its type.
        type_name: Arc<str>,
        /// What Open, or the last renewal, gave along.
        private: Private,
    },
    /// Close an open ephemeral resource.
    Close {
        /// Its type.
        type_name: Arc<str>,
        /// What Open, or the last renewal, gave along.
        private: Private,
    },
}

/// The kind of a call: what it is named by, limited by and counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallKind {
    /// [`Call::ValidateProvider`].
    ValidateProvider,
    /// [`Call::ValidateResource`].
    ValidateResource,
    /// [`Call::ValidateData`].
    ValidateData,
    /// [`Call::ValidateEphemeral`].
    ValidateEphemeral,
    /// [`Call::Configure`].
    Configure,
    /// [`Call::UpgradeState`].
    UpgradeState,
    /// [`Call::UpgradeIdentity`].
    UpgradeIdentity,
    /// [`Call::Read`].
    Read,
    /// [`Call::Plan`].
    Plan,
    /// [`Call::Apply`].
    Apply,
    /// [`Call::ReadData`].
    ReadData,
    /// [`Call::Import`].
    Import,
    /// [`Call::MoveState`].
    MoveState,
    /// [`Call::Function`].
    Function,
    /// [`Call::Open`].
    Open,
    /// [`Call::Renew`].
    Renew,
    /// [`Call::Close`].
    Close,
}

impl CallKind {
    /// The name of the operation in protocol 6, which people know from logs.
    pub fn name(self) -> &'static str {
        match self {
            CallKind::ValidateProvider => "ValidateProviderConfig",
            CallKind::ValidateResource => "ValidateResourceConfig",
            CallKind::ValidateData => "ValidateDataResourceConfig",
            CallKind::ValidateEphemeral => "ValidateEphemeralResourceConfig",
            CallKind::Configure => "ConfigureProvider",
            CallKind::UpgradeState => "UpgradeResourceState",
            CallKind::UpgradeIdentity => "UpgradeResourceIdentity",
            CallKind::Read => "ReadResource",
            CallKind::Plan => "PlanResourceChange",
            CallKind::Apply => "ApplyResourceChange",
            CallKind::ReadData => "ReadDataSource",
            CallKind::Import => "ImportResourceState",
            CallKind::MoveState => "MoveResourceState",
            CallKind::Function => "CallFunction",
            CallKind::Open => "OpenEphemeralResource",
            CallKind::Renew => "RenewEphemeralResource",
            CallKind::Close => "CloseEphemeralResource",
        }
    }

    /// Whether the call is answered alike with and without a configuration (ENGINE §6).
    pub fn needs_configuration(self) -> bool {
        !matches!(
            self,
            CallKind::ValidateProvider
                | CallKind::ValidateResource
                | CallKind::ValidateData
                | CallKind::ValidateEphemeral
                | CallKind::Configure
                | CallKind::UpgradeState
                | CallKind::UpgradeIdentity
                | CallKind::Function
        )
    }
}

impl Call {
    /// Its kind.
    pub fn kind(&self) -> CallKind {
        match self {
            Call::ValidateProvider { .. } => CallKind::ValidateProvider,
            Call::ValidateResource { .. } => CallKind::ValidateResource,
            Call::ValidateData { .. } => CallKind::ValidateData,
            Call::ValidateEphemeral { .. } => CallKind::ValidateEphemeral,
            Call::Configure { .. } => CallKind::Configure,
            Call::UpgradeState { .. } => CallKind::UpgradeState,
            Call::UpgradeIdentity { .. } => CallKind::UpgradeIdentity,
            Call::Read { .. } => CallKind::Read,
            Call::Plan { .. } => CallKind::Plan,
            Call::Apply { .. } => CallKind::Apply,
            Call::ReadData { .. } => CallKind::ReadData,
            Call::Import { .. } => CallKind::Import,
            Call::MoveState { .. } => CallKind::MoveState,
            Call::Function { .. } => CallKind::Function,
            Call::Open { .. } => CallKind::Open,
            Call::Renew { .. } => CallKind::Renew,
            Call::Close { .. } => CallKind::Close,
        }
    }

    /// The resource type, data source or function that is asked for; none where the provider itself is.
    pub fn type_name(&self) -> Option<&Arc<str>> {
        match self {
            Call::ValidateProvider { .. } | Call::Configure { .. } => None,
            Call::ValidateResource { type_name, .. }
            | Call::ValidateData { type_name, .. }
            | Call::ValidateEphemeral { type_name, .. }
            | Call::UpgradeState { type_name, .. }
            | Call::UpgradeIdentity { type_name, .. }
            | Call::Read { type_name, .. }
            | Call::Plan { type_name, .. }
            | Call::Apply { type_name, .. }
            | Call::ReadData { type_name, .. }
            | Call::Import { type_name, .. }
            | Call::MoveState { target_type: type_name, .. }
            | Call::Function { name: type_name, .. }
            | Call::Open { type_name, .. }
            | Call::Renew { type_name, .. }
            | Call::Close { type_name, .. } => Some(type_name),
        }
    }
}
