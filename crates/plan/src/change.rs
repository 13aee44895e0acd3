//! The change of one resource instance's object.
//!
//! Data only: the planner decides, the applier obeys, formats print.
//! Invariant: `before` is null exactly for [`Action::Create`] and [`Action::Read`], `after` exactly for
//! [`Action::Delete`] and [`Action::Forget`]; both bear their marks.

use std::sync::Arc;

use addr::{DeposedKey, ResourceInstance};
use value::{Path, Value};

use crate::action::{Action, Reason};
use crate::cause::Cause;
use crate::provider::ProviderIndex;

/// The planned change of one object, current or deposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The instance.
    pub address: ResourceInstance,
    /// Its address in the previous run, where it moved.
    pub previous_address: Option<ResourceInstance>,
    /// Which deposed object; `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// The provider configuration instance that carries it out.
    pub provider: ProviderIndex,
    /// What happens.
    pub action: Action,
    /// Why this action.
    pub reason: Reason,
    /// The refreshed object.
    pub before: Value,
    /// The planned object, with unknowns.
    pub after: Value,
    /// What the body evaluated to, write-only attributes null; null where there is no configuration (orphans, deposed
    /// objects).
    pub configuration: Value,
    /// The paths that force the replacement; none unless the action replaces.
    pub replace_paths: Vec<Path>,
    /// The provider's own words for the apply, as it gave them.
    pub planned_private: Arc<[u8]>,
    /// The identity of the object before, where the provider has identities and told one.
    pub prior_identity: Option<Value>,
    /// The planned identity.
    pub planned_identity: Option<Value>,
    /// The key under which the replaced object is deposed; only with [`Action::CreateThenDelete`].
    pub deposes: Option<DeposedKey>,
    /// Whether the object is to carry the create-before-destroy bit in the state.
    pub create_before_destroy: CreateBeforeDestroy,
    /// Whether the planned value came from the schema alone, because the provider could not be asked (ENGINE §6).
    pub provisional: Provisional,
    /// What made it come about.
    pub causes: Vec<Cause>,
}

/// Whether an object's replacement is made before the object is destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateBeforeDestroy {
    /// Destroy first.
    No,
    /// Create first: by its `lifecycle` block, or forced by the static graph.
    Yes,
}

/// Whether a planned value binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provisional {
    /// The provider planned it.
    No,
    /// It was planned from the schema.
    Yes,
}

/// The change of a root module's output value.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputChange {
    /// Its name.
    pub name: Arc<str>,
    /// `NoOp`, `Create`, `Update` or `Delete`.
    pub action: Action,
    /// The value in the state, null if none.
    pub before: Value,
    /// The planned value; null if the output goes.
    pub after: Value,
    /// Whether it is sensitive, before or after.
    pub sensitive: Sensitive,
}

/// Whether a value is hidden from people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitive {
    /// It is shown.
    No,
    /// It is hidden.
    Yes,
}
