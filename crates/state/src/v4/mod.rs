//! The version 4 state file, as OpenTofu reads and writes it (`internal/states/statefile/version4.go`).
//!
//! Reads every variant that Terraform 0.12 to 1.5 and OpenTofu wrote; writes the one of OpenTofu 1.12, byte for byte.
//! Knows no schema: attributes stay text. Encryption of states and the versions before 4 are not read.
//! Invariant: reading what OpenTofu 1.12 wrote and writing it again gives the same bytes.

pub(crate) mod paths;
mod read;
pub(crate) mod text;
mod wire;
mod write;

#[cfg(test)]
mod tests;

pub use read::{Fault, ReadError, read};
pub use write::{compact, same_content, write};
