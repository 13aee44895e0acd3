//! What cannot be planned until a named value is known.
//!
//! Only in estates (ENGINE §7); a plan of a plain root module has none.
//! Invariant: every deferral has at least one cause.

use std::sync::Arc;

use addr::ResourceInstance;
use value::Value;

/// A resource instance, or all instances of a resource, that a plan leaves for later.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred {
    /// What.
    pub what: DeferredItem,
    /// Why.
    pub reason: DeferredReason,
    /// The addresses or inputs whose values it waits for.
    pub waits_for: Vec<Arc<str>>,
    /// What its body evaluated to, with unknowns.
    pub configuration: Value,
    /// The greatest number of creates it may come to; `None`: the layer's `max_deferred`.
    pub creates_max: Option<u64>,
}

/// How far its address is known.
#[derive(Clone, Debug, PartialEq)]
pub enum DeferredItem {
    /// One instance.
    Instance(ResourceInstance),
    /// Instances with keys not known yet, as a pattern such as `module.a[*].aws_vpc.main[*]`.
    Pattern(Arc<str>),
}

/// Why something is deferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeferredReason {
    /// `count` or `for_each` is unknown.
    KeysUnknown,
    /// The provider's configuration is unknown and it cannot plan.
    ProviderConfigUnknown,
    /// The provider said so.
    Provider,
    /// Something that it depends on is deferred.
    Upstream,
}
