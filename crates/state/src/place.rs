//! The address of one object: a resource instance, and which of its objects.
//!
//! Invariant: the order is that of instances, the current object before deposed ones.

use std::fmt;

use addr::{DeposedKey, ResourceInstance};

/// The address of one object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectAddr {
    /// The resource instance.
    pub instance: ResourceInstance,
    /// `None` for its current object.
    pub deposed: Option<DeposedKey>,
}

impl ObjectAddr {
    /// The current object of an instance.
    pub fn current(instance: ResourceInstance) -> ObjectAddr {
        ObjectAddr { instance, deposed: None }
    }

    /// An object that was deposed.
    pub fn deposed(instance: ResourceInstance, key: DeposedKey) -> ObjectAddr {
        ObjectAddr { instance, deposed: Some(key) }
    }
}

impl fmt::Display for ObjectAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deposed {
            None => write!(f, "{}", self.instance),
            Some(key) => write!(f, "{} (deposed object {key})", self.instance),
        }
    }
}
