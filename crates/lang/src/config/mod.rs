//! The configuration: module folders read into [`ModuleDef`]s, and the tree of their calls.
//!
//! Nothing here reads a file: the [`Loader`] says which folders it wants and is told their texts.

mod call_source;
mod check;
pub(crate) mod constant;
mod declared;
mod decode;
mod discarded;
mod faults;
mod files;
mod gather;
mod loader;
mod lower;
mod module;
pub(crate) mod names;
mod overlay;
mod provider_check;
mod provider_name;
mod provider_tree;
mod read;
mod reference;
mod source;
mod statics;
mod tree;
mod version;
mod walk;

pub use declared::{PassedProvider, ProviderRef, RequiredProvider};
pub use files::is_module_file;
pub use loader::{BackendRule, LoadOptions, Loader};
pub use module::{
    Backend, CheckRule, DependsOn, Ignore, Lifecycle, Local, ModuleCall, ModuleDef, Output,
    Parsing, ProviderBlock, ProviderMeta, Repeat, Resource, Trigger, TriggerStep, Variable,
};
pub use names::{CallIdx, LocalIdx, Names, OutputIdx, ProviderIdx, ResIdx, VarIdx};
pub use read::{FileText, ReadModule, read_module};
pub use source::{BodySrc, ExprSrc, Item};
pub use statics::RootVariables;
pub use tree::{Config, Module, ModuleId, ProviderConfigId, ProviderConfigNode};
pub use version::VersionConstraint;
