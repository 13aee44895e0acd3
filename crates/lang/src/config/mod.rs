//! The configuration: module folders read into `ModuleDef`s, and the tree of their calls.
//!
//! Nothing here reads a file: the `Loader` says which folders it wants and is told their texts.

mod faults;
pub(crate) mod names;
mod source;

pub use names::{CallIdx, LocalIdx, Names, OutputIdx, ProviderIdx, ResIdx, VarIdx};
pub use source::{BodySrc, ExprSrc, Item};
