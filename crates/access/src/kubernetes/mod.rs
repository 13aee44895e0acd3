//! Kubernetes: roles, bindings and what clouds' identities are in a cluster, evaluated by the rules of RBAC.

mod builtin;
pub(crate) mod collect;
mod evaluate;
mod rules;
#[cfg(test)]
mod tests;

pub use evaluate::{Request, kind_of};
pub use rules::{Cluster, Subject};
