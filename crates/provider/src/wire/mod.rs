//! The plugin protocol's messages, as bytes: protocols 5 and 6, which differ in little but names.
//!
//! Field numbers are facts of the protocol (tfplugin 5.10 and 6.10). Messages are written straight into a buffer and
//! read straight from one; there are no message structs in between. No input or output here.
//!
//! Invariant: what a provider sends is never believed: every length, type and UTF-8 is checked.

pub(crate) mod diagnostics;
pub(crate) mod method;
pub(crate) mod proto;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod schema;

pub use method::Protocol;
