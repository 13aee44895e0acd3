//! Least privilege, learned from calls: what a request to AWS needs, and the smallest policy over many of them; and what a
//! cluster's audit log says was called.
//!
//! What a service's requests need is data (`tables/*.toml`), taken from AWS's service authorization reference. Nothing here
//! asks anybody: requests and refusals are given, as they went over the wire.
//!
//! Invariant: what is learned only grows by what was called; no action is taken in since it might be of use.

mod ask;
mod audit;
mod denial;
mod learned;
mod module;
mod parameters;
mod pattern;
mod policy;
mod request;
mod table;

pub use ask::{Need, Seen, Why, session_policy, widen};
pub use audit::{ClusterLearned, Phase, Window, cluster_learned};
pub use denial::{Denial, denial};
pub use learned::{Learned, Statement};
pub use module::{ModuleFile, root_module};
pub use policy::{INLINE_LETTERS_MAX, MANAGED_LETTERS_MAX, document, without};
pub use request::{Place, Request};
pub use table::{Service, Tables, Transport};
