//! The journal of a run: the durable record of what began and what ended, and what follows from it after a crash.
//!
//! [`Entry`] says what is recorded, `record` how it stands in bytes, `fold` what it does to a state, `doubt` what is
//! left to resolve. Nothing here writes: the store appends the bytes, and tells up to which [`Seq`] they are durable.
//!
//! Invariant: a provider call that may change something outside has its [`Begin`] durable before it starts.

mod doubt;
mod entry;
mod fold;
mod ops;
mod record;
#[cfg(test)]
mod tests;

pub use doubt::{Doubt, InDoubt, OpRef};
pub use entry::{
    Action, Begin, Closing, End, Entry, Look, OpId, Open, Outcome, OutputChange, RowChange, Rows,
    RowsCause, RunId, Seq,
};
pub use fold::{Fold, FoldError, Folded, Touched, fold};
pub use ops::{in_doubt, progress};
pub use record::{
    JournalError, Record, Scan, Tail, decode_body, encode, encode_body, header, scan,
};
