//! An estate in the real world: its file, its store, its stacks, and runs over them.
//!
//! Invariant: a store is made only where the caller says so; a plan never makes one.

mod affected;
mod after;
mod apply;
mod breaks;
mod bundles;
mod check;
mod cut_off;
mod destroy;
mod ended;
mod environment;
mod forget;
mod gate;
mod instance;
mod judged;
mod kept;
mod modules;
mod open;
mod orphans;
mod outside;
mod past;
mod pending;
mod place;
mod plan;
mod policies;
mod published;
pub mod pull_request;
mod record;
mod restore;
mod single;
pub mod snapshot;
mod stack_files;
mod standing;

pub use affected::Since;
pub use apply::{Again, Applying, EstateApplied, StackApplied, apply, nothing_again};
pub use breaks::Broken;
pub use bundles::{Ruling, fault, files_of};
pub use check::Strictness;
pub use check::{Checked, check};
pub use destroy::{leaving, plan_destroy};
pub use environment::{
    EnvironmentPlan, ForgottenStack, Leaving, MovedInstance, NotPlannable, Run, Selected, StackPlan,
};
pub use gate::{Asked, Discounted, Gate, Judge, PlanName, approve_rehearsal};
pub use instance::{Purpose, open_stack};
pub use judged::{EstateJudge, input_of};
pub use kept::{Kept, decode, encode, new_plan_id};
pub use modules::{Module, Modules, stack_dir};
pub use open::{DERIVE_STORES, EstateFile, REHEARSAL_STORE, has_estate, identify, read};
pub use orphans::{Into, adopt};
pub use place::{
    check_address, create_store, open_store, place, place_of_file, place_to_make, store_variables,
};
pub use plan::plan;
pub use policies::{Policies, rules};
pub use record::{Came, Progress};
pub use restore::restore;
pub use single::single;
pub use standing::Standing;
