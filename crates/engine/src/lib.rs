//! The engine: machines that plan and apply one stack, asked and told, without input or output.
//!
//! [`Planner`] turns configuration, prior state and variables into a [`plan::Plan`]; [`Applier`] carries a plan
//! out. Neither does IO: each `advance` says what it wants next as values, each `answer` tells it what came of
//! it. The driver (crate `run`, or a simulation) owns processes, files, time and the journal's disk.
//!
//! Invariant: for equal inputs and equal answers the result is equal, whatever the order of the answers.

mod applier;
mod cells;
mod ended;
mod facts;
mod halves;
mod input;
mod judge;
mod object;
mod planner;
mod providers;
mod provisional;
mod request;
pub mod run;
mod say;
mod wishes;

pub use applier::Applier;
pub use ended::{begun, ended};
pub use facts::waiting_outputs;
pub use halves::{Break, Earlier, Half, Split, Wired, halves};
pub use input::{
    ApplyEnd, ApplyInput, ApplyOutcome, Deferral, GivenVariable, PlanInput, PlanOutcome,
};
pub use plan::Schemas;
pub use planner::Planner;
pub use request::{About, Answer, Effect, Progress, ProviderId, Request, RequestId, Stop};
