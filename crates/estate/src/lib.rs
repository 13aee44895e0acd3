//! The estate: `strata.hcl`, its layers, environments and stacks, the wiring between them, and the order of runs.
//!
//! Pure: it is given texts and what root modules declare, and gives back what they mean. It opens no file, asks no
//! provider and knows no store.
//!
//! Invariant: an [`Estate`] that was read without errors names only layers, environments and stacks that exist.

mod check;
mod evaluate;
mod graph;
mod identify;
mod infer;
mod model;
mod read;
mod wiring;

pub use check::{Interface, InterfaceOutput, InterfaceVariable, check};
pub use evaluate::{Inputs, Upstream, evaluate_inputs};
pub use graph::{Instance, InstanceIdx, StackGraph};
pub use identify::with_id;
pub use infer::interface;
pub use model::{
    Environment, EnvironmentIdx, Estate, Input, Layer, LayerIdx, Nearness, Stack, StackIdx,
    StoreUrl,
};
pub use read::read;
pub use wiring::{Wire, wires};
