//! Rehearsals: a cloud made from provider schemas and overlays, in the place of the real ones.
//!
//! [`Rehearsal`] implements [`run::cloud::Cloud`]: planner, applier, journal and store are those of production. It
//! validates, plans, applies, reads, imports and deletes against a world of its own ([`WorldRows`]), makes up what a cloud
//! would say, and fails where it is told to. What schemas do not say stands in overlays (`docs/specs/overlays.md`).
//!
//! Not here: what a rehearsal shows (`render`), and the steps that it does (`run`, `cli`).
//! Invariant: everything made up is a function of seed, stack, address, generation and attribute; nothing sleeps, and no
//! clock, network or real provider is asked.

mod behave;
mod drift;
pub mod explore;
mod fault;
mod log;
mod make;
pub mod overlay;
mod rehearsal;
pub mod schemas;
pub mod timeline;
mod world;

pub use drift::Drifted;
pub use fault::{Drift, Fault, FaultKind, Whom};
pub use log::{Done, Outcome, Verb};
pub use overlay::Overlays;
pub use rehearsal::{Provenance, Rehearsal, Settings};
pub use schemas::SchemaSources;
pub use world::{Existing, MemoryRows, RowBytes, RowChange, RowError, WorldError, WorldRows};
