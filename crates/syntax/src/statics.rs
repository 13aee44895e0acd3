//! Reading expressions without evaluating them: references, keywords, lists, maps and calls as they are written.
//!
//! This is how the language reads `depends_on`, `provider`, `providers`, type constraints and their like. An
//! expression out of a JSON file is read as HCL's JSON syntax wants it: its strings hold references and calls in
//! native syntax.
//!
//! Invariant: nothing here reports; `None` says that the expression has another form, and the caller says why that
//! is wrong.

use std::borrow::Cow;
use std::sync::Arc;

use diag::{Diags, Span};

use crate::ast::{Call, Expr, ExprKind, Name, ObjectItem, ObjectKey};
use crate::parse::{Places, parse_expression_in, parse_traversal_in};

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

impl Step {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Step::Attr(name) => name.span,
            Step::Key(_, span) | Step::Number(_, span) => *span,
        }
    }
}

/// The expression as a reference, where it is one. Parentheses make it none, as in HCL. `true`, `false` and `null`
/// are references of their root alone.
pub fn as_traversal(expr: &Expr) -> Option<Traversal> {
    if expr.is_json() {
        let ExprKind::Str(text) = &expr.kind else { return None };
        return parse_traversal_in(&inside(expr, text), text, &mut Diags::new());
    }
    let mut steps = Vec::new();
    let mut at = expr;
    let root = loop {
        at = match &at.kind {
            ExprKind::GetAttr(source, name) => {
                steps.push(Step::Attr(name.clone()));
                source
            }
            ExprKind::Index(source, key) => {
                steps.push(literal_key(key)?);
                source
            }
            _ => break word(at)?,
        };
    };
    steps.reverse();
    Some(Traversal { root, steps, span: expr.span })
}

fn literal_key(key: &Expr) -> Option<Step> {
    match &key.kind {
        ExprKind::Str(text) => Some(Step::Key(text.clone(), key.span)),
        ExprKind::Number(text) => Some(Step::Number(text.clone(), key.span)),
        _ => None,
    }
}

fn word(expr: &Expr) -> Option<Name> {
    let text = match &expr.kind {
        ExprKind::Variable(name) => return Some(name.clone()),
        ExprKind::Null => "null",
        ExprKind::Bool(true) => "true",
        ExprKind::Bool(false) => "false",
        _ => return None,
    };
    Some(Name { text: Arc::from(text), span: expr.span })
}

/// The places of the content of a string.
fn inside(expr: &Expr, text: &str) -> Places {
    let span = expr.span;
    if span.len() as usize == text.len() + 2 {
        Places::At(span.file, span.start + 1)
    } else {
        Places::Whole(span)
    }
}

/// The key of an object as a reference, where it is one: `providers = { aws.west = aws }`.
pub fn key_traversal(key: &ObjectKey) -> Option<Traversal> {
    match key {
        ObjectKey::Bare(name) => {
            Some(Traversal { root: name.clone(), steps: Vec::new(), span: name.span })
        }
        ObjectKey::Expr(expr) => as_traversal(expr),
    }
}

/// The reference in a quoted string of native syntax, the old spelling that OpenTofu still takes in `depends_on`,
/// `ignore_changes` and their like.
pub fn quoted_traversal(expr: &Expr) -> Option<Traversal> {
    match &expr.kind {
        ExprKind::Str(text) => parse_traversal_in(&inside(expr, text), text, &mut Diags::new()),
        _ => None,
    }
}

/// The expression as one bare word (`true`, `false` and `null` too).
pub fn expr_keyword(expr: &Expr) -> Option<Arc<str>> {
    let traversal = as_traversal(expr)?;
    traversal.steps.is_empty().then_some(traversal.root.text)
}

/// The elements of a tuple as written.
pub fn expr_list(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::Tuple(items) => Some(items),
        _ => None,
    }
}

/// The items of an object as written; [`key_traversal`] reads their keys.
pub fn expr_map(expr: &Expr) -> Option<&[ObjectItem]> {
    match &expr.kind {
        ExprKind::Object(items) => Some(items),
        _ => None,
    }
}

/// A call as written.
pub fn expr_call(expr: &Expr) -> Option<Cow<'_, Call>> {
    match &expr.kind {
        ExprKind::Call(call) => Some(Cow::Borrowed(call)),
        ExprKind::Str(text) if expr.is_json() => {
            let parsed = parse_expression_in(&inside(expr, text), text, &mut Diags::new())?;
            match parsed.kind {
                ExprKind::Call(call) => Some(Cow::Owned(*call)),
                _ => None,
            }
        }
        _ => None,
    }
}
