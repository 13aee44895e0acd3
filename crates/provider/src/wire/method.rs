//! The names of the protocol's operations.

use schema::protocol::CallKind;

/// A version of the plugin protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Version 5: of most providers made with the older SDK.
    V5,
    /// Version 6: nested attributes.
    V6,
}

impl Protocol {
    /// The number in the handshake.
    pub fn number(self) -> u32 {
        match self {
            Protocol::V5 => 5,
            Protocol::V6 => 6,
        }
    }

    /// The path of a call's operation.
    pub(crate) fn path(self, kind: CallKind) -> &'static str {
        match self {
            Protocol::V5 => v5(kind),
            Protocol::V6 => v6(kind),
        }
    }

    /// The path of the operation that tells the schema.
    pub(crate) fn schema_path(self) -> &'static str {
        match self {
            Protocol::V5 => "/tfplugin5.Provider/GetSchema",
            Protocol::V6 => "/tfplugin6.Provider/GetProviderSchema",
        }
    }

    /// The path of the operation that tells the schemas of identities.
    pub(crate) fn identities_path(self) -> &'static str {
        match self {
            Protocol::V5 => "/tfplugin5.Provider/GetResourceIdentitySchemas",
            Protocol::V6 => "/tfplugin6.Provider/GetResourceIdentitySchemas",
        }
    }

    /// The path of the operation that tells the functions, those of a configured provider too.
    pub(crate) fn functions_path(self) -> &'static str {
        match self {
            Protocol::V5 => "/tfplugin5.Provider/GetFunctions",
            Protocol::V6 => "/tfplugin6.Provider/GetFunctions",
        }
    }

    /// The path of the operation that cancels all others.
    pub(crate) fn stop_path(self) -> &'static str {
        match self {
            Protocol::V5 => "/tfplugin5.Provider/Stop",
            Protocol::V6 => "/tfplugin6.Provider/StopProvider",
        }
    }
}

/// The operation of the plugin library that ends a process.
pub(crate) const SHUTDOWN_PATH: &str = "/plugin.GRPCController/Shutdown";

/// The operation of the plugin library that tells what a process prints after its handshake.
pub(crate) const STDIO_PATH: &str = "/plugin.GRPCStdio/StreamStdio";

fn v5(kind: CallKind) -> &'static str {
    match kind {
        CallKind::ValidateProvider => "/tfplugin5.Provider/PrepareProviderConfig",
        CallKind::ValidateResource => "/tfplugin5.Provider/ValidateResourceTypeConfig",
        CallKind::ValidateData => "/tfplugin5.Provider/ValidateDataSourceConfig",
        CallKind::ValidateEphemeral => "/tfplugin5.Provider/ValidateEphemeralResourceConfig",
        CallKind::Configure => "/tfplugin5.Provider/Configure",
        CallKind::UpgradeState => "/tfplugin5.Provider/UpgradeResourceState",
        CallKind::UpgradeIdentity => "/tfplugin5.Provider/UpgradeResourceIdentity",
        CallKind::Read => "/tfplugin5.Provider/ReadResource",
        CallKind::Plan => "/tfplugin5.Provider/PlanResourceChange",
        CallKind::Apply => "/tfplugin5.Provider/ApplyResourceChange",
        CallKind::ReadData => "/tfplugin5.Provider/ReadDataSource",
        CallKind::Import => "/tfplugin5.Provider/ImportResourceState",
        CallKind::MoveState => "/tfplugin5.Provider/MoveResourceState",
        CallKind::Function => "/tfplugin5.Provider/CallFunction",
        CallKind::Open => "/tfplugin5.Provider/OpenEphemeralResource",
        CallKind::Renew => "/tfplugin5.Provider/RenewEphemeralResource",
        CallKind::Close => "/tfplugin5.Provider/CloseEphemeralResource",
    }
}

fn v6(kind: CallKind) -> &'static str {
    match kind {
        CallKind::ValidateProvider => "/tfplugin6.Provider/ValidateProviderConfig",
        CallKind::ValidateResource => "/tfplugin6.Provider/ValidateResourceConfig",
        CallKind::ValidateData => "/tfplugin6.Provider/ValidateDataResourceConfig",
        CallKind::ValidateEphemeral => "/tfplugin6.Provider/ValidateEphemeralResourceConfig",
        CallKind::Configure => "/tfplugin6.Provider/ConfigureProvider",
        CallKind::UpgradeState => "/tfplugin6.Provider/UpgradeResourceState",
        CallKind::UpgradeIdentity => "/tfplugin6.Provider/UpgradeResourceIdentity",
        CallKind::Read => "/tfplugin6.Provider/ReadResource",
        CallKind::Plan => "/tfplugin6.Provider/PlanResourceChange",
        CallKind::Apply => "/tfplugin6.Provider/ApplyResourceChange",
        CallKind::ReadData => "/tfplugin6.Provider/ReadDataSource",
        CallKind::Import => "/tfplugin6.Provider/ImportResourceState",
        CallKind::MoveState => "/tfplugin6.Provider/MoveResourceState",
        CallKind::Function => "/tfplugin6.Provider/CallFunction",
        CallKind::Open => "/tfplugin6.Provider/OpenEphemeralResource",
        CallKind::Renew => "/tfplugin6.Provider/RenewEphemeralResource",
        CallKind::Close => "/tfplugin6.Provider/CloseEphemeralResource",
    }
}
