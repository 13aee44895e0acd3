//! Reads trees of Terragrunt units and of plain root modules, and says what estate they are. Opens no file.
//!
//! Everything it needs of the world it asks a [`Tree`] for; what comes back is texts of files to be written and a list of
//! what could not be read, each with its place.
//!
//! Invariant: nothing is left out silently: a unit, an input or a setting is either in the estate file or in the list.

mod adopt;
mod arrange;
mod expression;
mod generated;
mod literal;
mod locks;
mod parts;
mod place;
mod root;
mod state;
mod terragrunt;
mod tree;
mod unit;
mod variables;
mod write;

pub use adopt::{Adopted, Instance, Options, adopt};
pub use tree::{Entries, Tree, normal};
