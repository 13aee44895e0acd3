//! Evaluation of lowered expressions: to a value, to what it waits for, or to nothing because of an error.
//!
//! It asks its [`Scope`] for everything that is not in the expression, never computes another cell itself, and does
//! no input or output: impure functions are requests to the scope.
//!
//! Invariant: while anything is blocked no diagnostic is written, and `try` and `can` do not notice it.

mod answer;
mod scope;

pub use answer::{Blocked, Cell, Eval};
pub use scope::{Expansion, FreeStep, Impure, Scope};
