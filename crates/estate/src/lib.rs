//! The estate: `strata.hcl`, its layers, environments and stacks, the wiring between them, and the order of runs.
//!
//! Pure: it is given texts and what root modules declare, and gives back what they mean. It opens no file, asks no
//! provider and knows no store.
//!
//! Invariant: an [`Estate`] that was read without errors names only layers, environments and stacks that exist.

mod adopt;
mod affected;
mod check;
mod check_settings;
mod evaluate;
mod face;
mod graph;
mod guarded;
mod identify;
mod infer;
mod instances;
mod model;
mod order;
mod read;
mod references;
mod ruled;
mod same;
mod scope;
mod select;
mod stored;
mod twins;
mod wiring;

pub use affected::{Affected, Cause, Change, Module, affected};
pub use check::{Interface, InterfaceOutput, InterfaceVariable, check};
pub use check_settings::check_settings;
pub use evaluate::{
    Inputs, Secrets, UnknownSecrets, Upstream, evaluate_in_environment, evaluate_inputs,
    evaluate_setting,
};
pub use face::shortest_path;
pub use graph::{Each, Instance, InstanceIdx, StackGraph};
pub use guarded::{CallAt, Guarded, GuardedSettings, calls, guarded, guarded_providers};
pub use identify::with_id;
pub use infer::interface;
pub use model::{
    Audit, Ci, CiApproval, CiCloud, CiForge, CiOwner, CiTrust, CodeScanning, CredentialsBlock,
    DataBearing, Day, Environment, EnvironmentIdx, Estate, Group, IgnoredDrift, Input, Layer,
    LayerIdx, MovedStack, Nearness, Origin, PolicyBlock, PolicySeverity, PolicySource,
    PolicyUndecided, Protection, ProviderBlock, PullRequests, RemovedStack, S3Place, SealPlace,
    Secret, SecretSource, Stack, StackIdx, StackRef, StatePlace, StoreUrl,
};
pub use read::{StackFile, is_name, read};
pub use ruled::{RuleChange, Ruled, under_rules};
pub use select::{Dependents, Selection, select};
pub use stored::{Settled, settle};
pub use twins::twins;
pub use wiring::Wire;
