//! Which provider configuration instance a change belongs to.
//!
//! Not a process, nor its configuration's value: the driver maps each to a process, the engine evaluates it again.
//! Invariant: a [`ProviderIndex`] always lies inside the table of the plan that holds it.

/// Index into [`Plan::providers`](crate::Plan::providers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderIndex(pub u32);
