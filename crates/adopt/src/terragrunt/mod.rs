//! Terragrunt's files: reading a unit with all that it includes, as Terragrunt 1.1 evaluates it without running anything.
//!
//! Behaviour is that of Terragrunt's documentation (<https://terragrunt.gruntwork.io/docs/reference/hcl/>). Nothing that
//! asks a cloud, runs a program or decrypts is done: what needs it is told as unread.
//! Invariant: of a unit that is read in part, the parts that were not are told, each with its place.

mod block;
mod configuration;
mod frame;
mod functions;
mod merge;
mod partial;
mod reader;

pub(crate) use configuration::{Configuration, Generate, IfExists, RemoteState, arguments};
pub(crate) use reader::Reader;

/// The name of a unit's file.
pub(crate) const UNIT_FILE: &str = "terragrunt.hcl";
/// The name of a file of an explicit stack.
pub(crate) const STACK_FILE: &str = "terragrunt.stack.hcl";
/// The values that an explicit stack gives a unit.
pub(crate) const VALUES_FILE: &str = "terragrunt.values.hcl";
