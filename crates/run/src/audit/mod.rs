//! The audit beyond the store: exported chains, signed heads and where copies of them stand.
//!
//! The chain itself is the store's, the signatures are the guard's. Here both meet files, buckets and keys of a cloud.
//! Invariant: a head is signed only after the whole chain was checked, and kept in the store before it is copied.

mod aws;
mod copies;
mod file;
mod kms;
mod line;
mod seal;
#[cfg(test)]
mod tests;
mod verify;

pub use copies::{Copied, Copies};
pub use file::{Checked, FileFault, check, export};
pub use kms::KmsKey;
pub use line::{digest as digest_of, event_line, hex, time};
pub use seal::{ChainOr, Sealed, Signed, seal, sealers_of, to_sign};
pub use verify::{Checks, HeadFault, OwnHead, Verified, verify};
