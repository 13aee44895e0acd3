//! The references of an expression or body, by syntax alone: what the static graph is built from.
//!
//! Branches that will not be taken count, and so do instances that will not be read.

use crate::body::LoweredBody;
use crate::expr::{ExprId, Exprs, Reference};

/// The references of an expression, in the order in which they were lowered.
pub fn references(exprs: &Exprs, expr: ExprId) -> Vec<&Reference> {
    let mut found = Vec::new();
    visit(exprs, expr, &mut |reference| found.push(reference));
    found
}

/// The references of all expressions of a body, nested blocks included.
pub fn body_references<'a>(exprs: &'a Exprs, body: &LoweredBody) -> Vec<&'a Reference> {
    let mut found = Vec::new();
    for expr in body.expressions() {
        visit(exprs, expr, &mut |reference| found.push(reference));
    }
    found
}

/// Calls `f` for each reference of an expression.
pub fn visit<'a>(exprs: &'a Exprs, expr: ExprId, f: &mut impl FnMut(&'a Reference)) {
    let mut stack = vec![expr];
    while let Some(id) = stack.pop() {
        if let Some(reference) = exprs.reference_of(id) {
            f(reference);
        }
        let from = stack.len();
        exprs.operands(id, &mut |operand| stack.push(operand));
        stack[from..].reverse();
    }
}
