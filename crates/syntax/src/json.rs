//! JSON syntax: the tree of a `.tf.json` file, with the place of each key and value.
//!
//! It knows nothing of attributes and blocks: what an object means is decided by who reads it with a schema.
//!
//! Invariant: no [`JsonNode`] is higher than [`crate::ast::NESTING_MAX`].

use std::sync::Arc;

use diag::{Diags, FileId, Span};

use crate::ast::{Expr, ExprKind, Name};

/// A JSON file.
#[derive(Clone, Debug)]
pub struct JsonFile {
    /// The outermost value.
    pub root: JsonNode,
}

/// A JSON value and its place.
#[derive(Clone, Debug)]
pub struct JsonNode {
    /// What it is.
    pub kind: JsonKind,
    /// All of it, brackets and quotes included.
    pub span: Span,
}

/// The kinds of JSON values.
#[derive(Clone, Debug)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as written, sign included.
    Number(Arc<str>),
    /// A string, JSON's escapes resolved; still a template.
    String(Arc<str>),
    /// `[...]`.
    Array(Vec<JsonNode>),
    /// `{...}`: all members in the order of the text, equal keys included. A key's span includes its quotes.
    Object(Vec<JsonMember>),
    /// What could not be understood; a diagnostic tells why.
    Invalid,
}

/// `"key": value`.
#[derive(Clone, Debug)]
pub struct JsonMember {
    /// The key, escapes resolved; its span includes the quotes.
    pub key: Name,
    /// The value.
    pub value: JsonNode,
}

/// Parses a JSON file, going on after errors where it can.
pub fn parse_json(file: FileId, text: &str, diags: &mut Diags) -> JsonFile {
    let _ = (text, diags);
    let root = JsonNode { kind: JsonKind::Invalid, span: Span::new(file, 0, 0) };
    JsonFile { root }
}

/// The expression that a JSON value stands for: strings are templates, the keys of objects too.
pub fn json_expr(node: &JsonNode, diags: &mut Diags) -> Expr {
    let _ = diags;
    Expr::new(ExprKind::Invalid, node.span)
}
