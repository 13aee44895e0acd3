//! What a provider is asked and what it answers, as values.
//!
//! One vocabulary for protocols 5 and 6, for built-in and for simulated providers. No bytes of the wire, no processes:
//! those are the crate `provider`'s.
//!
//! Invariant: values carry no marks, and conform to the type of the schema that they belong to.

mod call;
mod failure;
mod reply;

pub use call::{Call, CallKind, Deferral, ImportTarget, Private, RawState};
pub use failure::{Answer, CallFailure, Encoding, FailureKind, Undecodable};
pub use reply::{
    Deferred, FunctionError, Imported, ProviderDiagnostic, ProviderSeverity, Reply, ReplyBody,
};
