//! Formats of plans: what leaves the process.
//!
//! Each format is a module of its own with its version in its name; domain types know none of them.
//! Invariant: equal plans give equal bytes.

pub mod json;
pub mod v1;

use state::Digest;

use crate::plan::Plan;

/// The digest of a plan: equal plans have equal ones.
pub fn digest(plan: &Plan) -> Digest {
    v1::digest(plan)
}
