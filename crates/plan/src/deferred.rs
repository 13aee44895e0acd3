//! What cannot be planned until a named value is known.
//!
//! Only in estates (ENGINE §7), but for what is in doubt, which every plan leaves.
//! Invariant: every deferral has at least one cause.

use std::fmt;
use std::sync::Arc;

use addr::{ConfigResource, ResourceInstance};
use value::Value;

use crate::pattern;

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

impl DeferredItem {
    /// The resource block that it is of.
    pub fn block(&self) -> Option<ConfigResource> {
        match self {
            DeferredItem::Instance(instance) => Some(instance.config()),
            DeferredItem::Pattern(pattern) => {
                let instance: ResourceInstance = pattern.replace("[*]", "").parse().ok()?;
                Some(instance.config())
            }
        }
    }

    /// Whether it stands for an instance.
    pub fn covers(&self, instance: &ResourceInstance) -> bool {
        match self {
            DeferredItem::Instance(one) => one == instance,
            DeferredItem::Pattern(pattern) => pattern::matches(pattern, &instance.to_string()),
        }
    }
}

impl fmt::Display for DeferredItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeferredItem::Instance(instance) => instance.fmt(f),
            DeferredItem::Pattern(pattern) => f.write_str(pattern),
        }
    }
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
    /// A run ended while the object, or one that it depends on, was being made, and nobody knows whether it exists
    /// (ENGINE §10). A plan approves nothing for it: a person has to tell first.
    InDoubt,
}
