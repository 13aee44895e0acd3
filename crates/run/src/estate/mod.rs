//! An estate in the real world: its file, its store, its stacks, and runs over them.
//!
//! Invariant: a store is made only where the caller says so; a plan never makes one.

mod apply;
mod breaks;
mod check;
mod destroy;
mod instance;
mod kept;
mod modules;
mod open;
mod plan;
mod single;
mod stack_files;

pub use apply::{Applying, EstateApplied, StackApplied, apply};
pub use check::Strictness;
pub use check::{Checked, check};
pub use destroy::plan_destroy;
pub use instance::{Purpose, open_stack};
pub use kept::{Kept, decode, encode, new_plan_id};
pub use modules::{Module, Modules, stack_dir};
pub use open::{EstateFile, create_store, has_estate, identify, open_store, read};
pub use plan::{EnvironmentPlan, Run, StackPlan, plan};
pub use single::single;
