//! The state: what is known of the objects that a stack manages, its version 4 file format, the journal of a run,
//! and the fold from a state and a journal to the next state.
//!
//! Nothing here reads a file, a clock or a schema. Attributes of objects stay the raw JSON text of the state file
//! until somebody who has the schema must look inside, and are written back byte for byte where nothing changed.
//!
//! Invariants: reading a canonical version 4 file and writing it again gives the same bytes, the serial apart; the fold
//! of any prefix of a journal is a state that a later run can go on from.

mod checks;
mod digest;
mod object;
mod output;
mod place;
mod state;

pub mod codec;
pub mod journal;
pub mod surgery;
pub mod v4;

pub use checks::{CheckKind, CheckObject, CheckResult, CheckStatus};
pub use digest::Digest;
pub use object::{Attributes, Identity, Object, Status};
pub use output::{Output, Sensitivity};
pub use place::ObjectAddr;
pub use state::{Instance, Resource, Row, State};
