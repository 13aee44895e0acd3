//! Reading expressions without evaluating them: references, keywords, lists, maps and calls as they are written.
//!
//! This is how the language reads `depends_on`, `provider`, `providers`, type constraints and their like.
//!
//! Invariant: nothing here reports; `None` says that the expression has another form, and the caller says why that
//! is wrong.

use std::sync::Arc;

use diag::Span;

use crate::ast::{Expr, Name, ObjectItem};

/// A reference as written: a root name and steps with literal keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traversal {
    /// The first name.
    pub root: Name,
    /// What follows it.
    pub steps: Vec<Step>,
    /// All of it.
    pub span: Span,
}

/// A step of a [`Traversal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`; the span is the name's.
    Attr(Name),
    /// `["key"]`; the span is the key's.
    Key(Arc<str>, Span),
    /// `[0]` and `.0`, the number as written; the span is the number's.
    Number(Arc<str>, Span),
}

/// The expression as a reference, where it is one. Parentheses make it none, as in HCL.
pub fn as_traversal(expr: &Expr) -> Option<Traversal> {
    let _ = expr;
    None
}

/// The expression as one bare word (`true`, `false` and `null` too).
pub fn expr_keyword(expr: &Expr) -> Option<&str> {
    let _ = expr;
    None
}

/// The elements of a tuple as written.
pub fn expr_list(expr: &Expr) -> Option<&[Expr]> {
    let _ = expr;
    None
}

/// The items of an object as written.
pub fn expr_map(expr: &Expr) -> Option<&[ObjectItem]> {
    let _ = expr;
    None
}

/// A call as written.
pub fn expr_call(expr: &Expr) -> Option<&crate::ast::Call> {
    let _ = expr;
    None
}
