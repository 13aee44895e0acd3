//! Exploring crashes: what is lost, doubled or in doubt where a run stops at each of its durable steps.
//!
//! Here is what can be said without driving anything: which steps are tried ([`Which`]), the process that dies and comes
//! back ([`Afterlife`]), what the cloud and the states have in common ([`compare`]), and the report ([`Explored`]). The runs
//! themselves are those of production; `cli` drives them, over a disk in memory that goes back to any of its moments.
//!
//! Before step n + 1 and after step n are one moment: what is not durable does not outlive a crash.
//! Invariant: with the same seed the same steps have the same numbers.

mod afterlife;
mod compare;
mod report;
mod which;

pub use afterlife::Afterlife;
pub use compare::{Finding, Known, compare};
pub use report::{Explored, OfStack, Resolved, Tried, json, text};
pub use which::Which;
