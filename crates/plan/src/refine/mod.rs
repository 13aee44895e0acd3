//! Whether a later plan does no more than an approved one (ENGINE §9).
//!
//! One pure function over two plans and what the journal says has ended. It does not ask whether a plan is stale,
//! nor evaluate limits: those are asked of the later plan again.
//!
//! Invariant: `refines` is reflexive and transitive; each row of the table that says "stop" has a test that stops.

mod action;
mod deferred;
mod header;
mod item;
mod shown;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::{DeposedKey, ResourceInstance};
use value::{Path, Value};

use crate::action::Action;
use crate::plan::Plan;

pub use values::{Mismatch, refines as value_refines};

/// What has ended under the approval, told by the journal.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// Instances whose object was made (creates, and the create halves of replaces).
    pub created: BTreeSet<ResourceInstance>,
    /// Instances whose object was changed in place.
    pub updated: BTreeSet<ResourceInstance>,
    /// Instances whose object began to be changed in place, and nobody knows how far that came.
    pub begun: BTreeSet<ResourceInstance>,
    /// Objects that were deleted (deletes, and the delete halves of replaces), or began to be.
    pub destroyed: BTreeSet<(ResourceInstance, Option<DeposedKey>)>,
}

/// The first row that does not hold for one item of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What differs.
    pub item: Item,
    /// Where inside it; empty for the item as a whole. It leads to what is sensitive, never into it.
    pub path: Path,
    /// Which row of ENGINE §9 does not hold.
    pub row: Row,
    /// What was approved.
    pub approved: Shown,
    /// What the later plan says.
    pub now: Shown,
}

/// A part of a plan that is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// The plan's head: what it was made from and asked for.
    Head,
    /// A variable of the root module.
    Variable(Arc<str>),
    /// A resource instance's object.
    Object(ResourceInstance, Option<DeposedKey>),
    /// Instances that cannot be named yet, as a pattern of their addresses.
    Pattern(Arc<str>),
    /// An output of the root module.
    Output(Arc<str>),
    /// A condition that was unknown.
    Check(Arc<str>),
}

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A digest or an option differs.
    Head,
    /// An input is not a refinement.
    Input,
    /// The action is not one that the approved action allows.
    Action,
    /// The planned value, or the configuration of a provisional one, is not a refinement.
    Planned,
    /// The object is another one.
    Identity,
    /// What was shown as the value before is no longer so.
    Before,
    /// A path forces replacement that was not approved to.
    ReplacePaths,
    /// A new instance matches no pattern of the approved plan, or more than one.
    Pattern,
    /// More creates than the bound.
    Bound,
    /// Something is deferred that was not.
    Deferred,
    /// An output appears, vanishes, is not a refinement or was sensitive and is not.
    Output,
    /// A condition that was unknown now fails.
    Check,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Not there.
    Absent,
    /// An action.
    Action(Action),
    /// A value, with its marks and those of all that it lies in: who prints it hides what is sensitive. If one side is
    /// sensitive, so is the other.
    Value(Value),
    /// A text that is no secret: a digest, an option, a word.
    Text(String),
}

/// Whether `later` refines `approved`: nothing, or for each item that does not the first row that fails, in the order
/// of the items.
pub fn refines(approved: &Plan, later: &Plan, ended: &Ended) -> Result<(), Vec<Difference>> {
    let mut differences = Vec::new();
    header::compare(approved, later, &mut differences);
    item::compare(approved, later, ended, &mut differences);
    header::compare_outputs(approved, later, &mut differences);
    header::compare_checks(approved, later, &mut differences);
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}
