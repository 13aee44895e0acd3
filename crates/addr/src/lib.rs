//! Addresses: of modules, resources, their instances, providers and stacks. They parse, print and sort as OpenTofu's do,
//! and cost a few reference counts to clone. This is not where references inside expressions are read (`lang` does that),
//! and nothing here knows whether what an address names exists.
//! Invariant: for every address `a`, parsing `a.to_string()` gives `a` again.

mod deposed;
mod error;
mod key;
mod module;
mod provider;
mod provider_config;
mod resource;
mod scan;
mod stack;
mod target;

pub use deposed::DeposedKey;
pub use error::{AddrError, Reason};
pub use key::{InstanceKey, quote};
pub use module::{ModuleInstance, ModulePath, ModuleStep};
pub use provider::{
    BUILTIN_HOST, BUILTIN_NAMESPACE, DEFAULT_HOST, DEFAULT_NAMESPACE, LEGACY_NAMESPACE,
    ProviderAddr, ProviderAddrError,
};
pub use provider_config::{ProviderConfig, ProviderInstance};
pub use resource::{AbsResource, ConfigResource, Mode, Resource, ResourceInstance};
pub use scan::is_identifier;
pub use stack::{
    StackAddr, StackAddrError, StackPattern, StackResource, check_resource_pattern, glob,
};
pub use target::Target;
