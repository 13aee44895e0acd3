//! The plan as data: changes for people, ops for the machine, the refinement check, and the formats of both.
//!
//! A plan is made by `engine`, carried by `run`, signed, stored and shown by others. This crate decides nothing
//! about resources: it holds what was decided, compares two plans, and reads and writes them.
//!
//! Invariant: two plans made from equal inputs are equal, byte for byte, in every format.

mod action;
mod cause;
mod change;
mod deferred;
mod drift;
pub mod format;
mod op;
mod pattern;
mod plan;
mod provider;
pub mod refine;
mod schemas;
mod time;

pub use action::{Action, Reason};
pub use addr::ProviderInstance;
pub use cause::{Cause, Origin};
pub use change::{Change, CreateBeforeDestroy, OutputChange, Provisional, Sensitive};
pub use deferred::{Deferred, DeferredItem, DeferredReason};
pub use drift::{DriftChoice, alike, alike_but_unset};
pub use op::{ChangeIndex, Op, OpId, OpKind};
pub use plan::{
    Base, Completeness, Counts, Digests, Impure, Mode, Options, Plan, Refresh, RelevantAttribute,
    Variable,
};
pub use provider::ProviderIndex;
pub use schemas::Schemas;
pub use state::Digest;
pub use time::rfc3339;
