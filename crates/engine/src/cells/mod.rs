//! The evaluator that planner and applier share: cells, and what computes them.
//!
//! A *world* is a configuration with its modules expanded so far, a cell for each variable, local, output, expansion
//! and instance, and the questions its expressions ask. Who plans or applies settles the cells of instances; all
//! others are computed here, each once, when all it waits for is there.
//!
//! Invariant: no cell computes another; a cell that is not settled is waited for.

mod check;
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

pub(crate) use check::{Checks, When};
pub(crate) use frame::{Frame, Instance, Repetition, ResourceFrame};
pub(crate) use ids::{CallId, FrameId, InstanceId, Kind, ResourceId, TaskId};
pub(crate) use impure::{Answered, Question};
pub(crate) use rule::{Failing, RuleKind, rules};
pub(crate) use scope::{Here, View, all_over};
pub(crate) use table::Table;
pub(crate) use variable::qualified;
pub(crate) use world::{Conditions, Phase, Settings, World};
