//! A stack planned by `tofu` beside Strata: the same root module, inputs and state, in a folder that is thrown away.
//!
//! Invariant: nothing is written but beneath a private folder of the run's own, which is removed; `tofu` is only asked to
//! plan.

mod compare;
mod farm;
mod tofu;

pub use compare::{Difference, compare};
pub use tofu::{Subject, Tofu};
