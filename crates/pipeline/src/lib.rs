//! The text of an estate's CI pipelines and of its owners' file.
//!
//! What stands in a pipeline comes from `strata.hcl` as data ([`Pipeline`]); what its steps do is the same everywhere
//! ([`script`]): a script holds no value of an estate, all of them reach it as variables. Nothing is written or fetched here.
//!
//! Invariants: equal estates have equal texts; no action of a third party is used, and those of the forge itself are
//! pinned by commit; a step sees only the secrets that it needs.

mod github;
mod gitlab;
mod jenkins;
mod model;
mod owners;
mod quoted;
pub mod script;
#[cfg(test)]
mod tests;

pub use github::github;
pub use gitlab::gitlab;
pub use jenkins::jenkins;
pub use model::{Approval, Forge, Pipeline, Program, Scanning, Stage, Trust};
pub use owners::{Owned, merged, section};
pub use quoted::is_plain;

/// The first line of every file that is written whole, after the language's mark of a comment.
pub const HEADER: &str =
    "Written by `strata ci` from strata.hcl: change it there, and write it again.";
