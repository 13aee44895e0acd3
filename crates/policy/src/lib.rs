//! Policies of an estate, written in Rego, over the document of a plan: what they find, and what they cannot decide yet.
//!
//! `regorus` parses; evaluation is ours, because a plan holds values that are not known yet, and to Rego there is nothing
//! between a value and its absence ([ADR 41](../../../docs/adr/0041-policies-are-three-valued.md)). Pure: files come in as
//! texts, a plan as its document. It refuses nothing (`guard` does).
//!
//! Invariant: a finding that is told as decided is one whatever the unknown values turn out to be; what depends on them is
//! told as not decided, never left out.

mod builtins;
mod bundle;
mod eval;
mod fault;
mod finding;
mod fixture;
mod input;
mod ir;
mod lower;
mod parse;
mod starter;
mod value;

pub use bundle::{Bundle, BundleFile, Deciding};
pub use fault::{Fault, FaultKind};
pub use finding::{Decided, Finding, Severity};
pub use fixture::{Came, Tested};
pub use input::{Beside, Configuration, Input};
pub use ir::Place;
pub use starter::{PARTS, starter};
