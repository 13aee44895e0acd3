//! Formats of plans: what leaves the process.
//!
//! Each format is a module of its own with its version in its name; domain types know none of them.
//! Invariant: equal plans give equal bytes.

pub mod json;
pub mod v1;

use state::Digest;

use crate::Plan;

/// What a plan is bound by in journals and approvals: the SHA-256 of its canonical bytes ([`v1::encode`]).
pub fn digest(plan: &Plan) -> Digest {
    Digest::of(&v1::encode(plan))
}
