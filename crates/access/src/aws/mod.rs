//! AWS: policies of identities and of resources, boundaries, trust and service control policies, evaluated by its published
//! rules.

mod account;
mod classes;
pub(crate) mod collect;
mod condition;
pub mod document;
mod evaluate;
mod grants;
mod managed;
mod resource;
#[cfg(test)]
mod tests;
mod trust;

pub use account::{Account, Kind, Principal};
pub use classes::classes;
pub use evaluate::Request;
pub use trust::Comer;
pub(crate) use trust::SOMEBODY;
