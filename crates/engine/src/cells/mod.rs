//! The evaluator that planner and applier share: cells, and what computes them.
//!
//! A *world* is a configuration with its modules expanded so far, a cell for each variable, local, output, expansion
//! and instance, and the questions its expressions ask. Who plans or applies settles the cells of instances; all
//! others are computed here, each once, when all it waits for is there.
//!
//! Invariant: no cell computes another; a cell that is not settled is waited for.

mod check;
mod conditions;
mod deferral;
mod expand;
mod frame;
mod ids;
mod impure;
mod output;
mod rule;
mod scope;
mod table;
mod variable;
mod whole;
mod world;

pub(crate) use check::{When, united};
pub(crate) use conditions::conditions;
pub(crate) use deferral::Keys;
pub(crate) use ids::{FrameId, InstanceId, Kind, TaskId};
pub(crate) use impure::{Answered, Question};
pub(crate) use rule::Failing;
pub(crate) use scope::{Here, View, all_over};
pub(crate) use world::{Conditions, Phase, Presence, Settings, World};
