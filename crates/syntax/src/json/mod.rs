//! JSON syntax: the tree of a `.tf.json` file, with the place of each key and value.
//!
//! It knows nothing of attributes and blocks: what an object means is decided by who reads it with a schema.
//!
//! Invariant: no [`JsonNode`] is higher than [`NESTING_MAX`](crate::ast::NESTING_MAX), so plain recursion over the
//! tree (dropping it included) is bounded.

mod expr;
mod number;
mod parse;
mod scan;
mod string;

use std::sync::Arc;

use diag::{Diags, FileId, Span};

use crate::ast::Name;

pub use expr::json_expr;

/// A JSON file.
#[derive(Clone, Debug)]
pub struct JsonFile {
    /// The outermost value: an object or an array, or invalid where neither was there (a diagnostic tells so).
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

impl JsonNode {
    /// The opening bracket of an object or array; else all of it. Where OpenTofu reports what is wrong with the whole.
    pub fn head(&self) -> Span {
        match self.kind {
            JsonKind::Object(_) | JsonKind::Array(_) => {
                Span::new(self.span.file, self.span.start, self.span.start + 1)
            }
            _ => self.span,
        }
    }

    /// The closing bracket of an object, where a missing argument is reported; of an array the opening one.
    pub fn end(&self) -> Span {
        match self.kind {
            JsonKind::Object(_) => Span::new(self.span.file, self.span.end - 1, self.span.end),
            _ => self.head(),
        }
    }
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
    String(JsonText),
    /// `[...]`.
    Array(Vec<JsonNode>),
    /// `{...}`: all members in the order of the text, those with equal keys included.
    Object(Vec<JsonMember>),
    /// What could not be understood; a diagnostic tells why.
    Invalid,
}

/// A string, and where its characters stand in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText {
    /// The text, escapes resolved.
    pub text: Arc<str>,
    /// Offsets in the text and in the file at which runs without escapes begin; empty where there is no escape.
    runs: Box<[(u32, u32)]>,
}

/// `"key": value`.
#[derive(Clone, Debug)]
pub struct JsonMember {
    /// The key, escapes resolved; its span includes the quotes.
    pub key: Name,
    /// The key as a string: in an expression keys are templates.
    pub key_text: JsonText,
    /// The value.
    pub value: JsonNode,
}

/// Parses a JSON file, going on after errors where it can. The outermost value is an object or an array.
pub fn parse_json(file: FileId, text: &str, diags: &mut Diags) -> JsonFile {
    JsonFile { root: parse::file(file, text, diags) }
}
