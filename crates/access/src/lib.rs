//! Who may do what: policies, bindings and trust of clouds and clusters, evaluated by their published rules.
//!
//! It is given objects of stacks, as applied or as planned, and answers questions about them: whether somebody may do
//! something, everybody who may, and the table of all of it. Each answer has the path that grants it.
//!
//! Not here: asking clouds, reading stores, printing. What stands outside of the estate's stacks is not known.
//!
//! Invariant: what is not known stays "may"; it is never told as "no" or "yes".

mod answer;
pub mod aws;
pub mod azure;
mod catalogue;
mod cell;
mod class;
pub mod derive;
mod diff;
pub mod glob;
pub mod google;
pub mod kubernetes;
mod object;
mod picture;
mod question;
mod role;
mod table;
mod teams;
#[cfg(test)]
mod testing;

pub use answer::{Answer, Claim, Decision, Holds, Source, Standing, Step};
pub use cell::Cell;
pub use class::Class;
pub use diff::{Changed, Difference, differences};
pub use object::Object;
pub use picture::{Note, NoteKind, Picture};
pub use question::{BadQuestion, Question, Right};
pub use table::{Holder, Realm, Row};
pub use teams::{Identity, Rights, Stack, Team, rights};
