//! What may be applied: what loses data, what widens access, what is beyond a limit, and who has approved.
//!
//! Pure: plans, rules and signed documents come in as values, a [`Verdict`] goes out. It decides nothing about resources
//! and changes no plan; the drivers ask it before they touch anything, and ask it again for each stack's later plan.
//!
//! Invariant: another person's approval never refuses more, and no approval but one by address lets what bears data be
//! destroyed.

pub mod approval;
mod assess;
pub mod catalogue;
mod drift;
pub mod heads;
mod policy;
mod rules;
mod verdict;
mod widen;

pub use approval::ValidApproval;
pub use assess::{Subject, assess};
pub use catalogue::Catalogue;
pub use drift::{DriftAccess, DriftMeaning, Sibling, drift_meaning, is_sibling};
pub use policy::{Decision, PolicyFinding, PolicySeverity, Undecided};
pub use rules::{Binding, BreakGlass, StackRules, policies_digest};
pub use verdict::{Approved, DataLoss, Exceeded, Limit, Need, Refusal, Verdict, Widening};
