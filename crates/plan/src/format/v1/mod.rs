//! The plan file, version 1: `docs/specs/plan-file.md`.
//!
//! Compact and binary, for machines: people read `format::json`. [`encode`] and [`decode`] are one plan, its bytes
//! canonical and never packed; an [`Envelope`] is a file of plans as it is kept, not sealed yet.
//!
//! Invariants: equal plans (numbers with their precision) give equal bytes; what is decoded is what was encoded, but for
//! ephemeral values, which never enter; decoding anything else is an error, never a panic.

mod envelope;
mod error;
mod frame;
mod impure;
mod numbers;
mod ops;
mod prior;
mod records;
mod sections;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod wire;

pub use envelope::{Envelope, EnvelopeKind, EnvelopeStack};
pub use error::{PlanFileError, PlanFileFault};

use crate::Plan;

/// What a plan file begins with: the first byte is no text, the last one shows whether line ends were changed on the way.
pub const MAGIC: [u8; 8] = *b"\xabSTRATA\n";
/// The version that is written and read.
pub const VERSION: u16 = 1;
/// Contents of an envelope up to this length, in bytes, are not packed.
pub const PACK_BYTES_MIN: usize = 64 * 1024;
/// Longest content that is read, in bytes, unpacked: 4 GiB.
pub const UNPACKED_BYTES_MAX: u64 = 1 << 32;
/// Most stacks in one file.
pub const STACKS_MAX: usize = 100_000;
/// Most different types that the values of one plan have.
pub const TYPES_MAX: usize = 1 << 20;

/// The canonical bytes of a plan.
pub fn encode(plan: &Plan) -> Vec<u8> {
    sections::put(plan)
}

/// Reads one plan.
///
/// # Errors
/// Where the bytes are not what [`encode`] gives.
pub fn decode(bytes: &[u8]) -> Result<Plan, PlanFileError> {
    sections::take(bytes, 0)
}

/// Whether bytes begin as a plan file of any version does.
pub fn is_plan_file(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}
