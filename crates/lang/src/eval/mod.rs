//! Evaluation of lowered expressions: to a value, to what it waits for, or to nothing because of an error.
//!
//! It asks its [`Scope`] for everything that is not in the expression, never computes another cell itself, and does
//! no input or output: impure functions are requests to the scope.
//!
//! Invariant: while anything is blocked no diagnostic is written, and `try` and `can` do not notice it.

mod access;
mod answer;
mod call;
#[cfg(test)]
mod call_tests;
mod choice;
mod construct;
mod hints;
mod iterate;
mod machine;
mod operators;
mod reference;
mod render;
mod scope;
mod splat;
mod template;
#[cfg(test)]
mod tests;

pub use answer::{Blocked, Cell, Eval};
pub(crate) use hints::type_name;
pub(crate) use machine::{Machine, Outcome, Worst};
pub use scope::{Asked, Expansion, FreeStep, Scope};

use diag::Diags;

use crate::expr::{ExprId, Exprs};

/// Evaluates an expression.
pub fn eval(exprs: &Exprs, id: ExprId, scope: &dyn Scope, diags: &mut Diags) -> Eval {
    let mut machine = Machine::new(exprs, scope);
    let outcome = machine.eval(id);
    machine.finish(outcome, diags)
}
