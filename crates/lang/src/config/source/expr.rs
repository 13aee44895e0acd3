//! An expression, and the ways to read it without evaluating it.
//!
//! Invariant: a reading that fails reports nothing; the caller says what was expected.

use std::borrow::Cow;
use std::sync::Arc;

use diag::{Diags, Span};
use syntax::{Expr, JsonKind, JsonNode, Name, ObjectKey, Traversal};

/// An expression as it stands in a file.
#[derive(Clone, Copy, Debug)]
pub enum ExprSrc<'s> {
    /// Native syntax.
    Native(&'s Expr),
    /// A bare name as key of a native object.
    NativeKey(&'s Name),
    /// A value in JSON.
    Json(&'s JsonNode),
    /// The key of a JSON object, read as an expression.
    JsonKey(&'s Name),
}

impl<'s> ExprSrc<'s> {
    /// Where it stands.
    pub fn span(self) -> Span {
        match self {
            ExprSrc::Native(expr) => expr.span,
            ExprSrc::Json(node) => node.span,
            ExprSrc::NativeKey(name) | ExprSrc::JsonKey(name) => name.span,
        }
    }

    /// Whether it stands in a JSON file.
    pub fn is_json(self) -> bool {
        matches!(self, ExprSrc::Json(_) | ExprSrc::JsonKey(_))
    }

    /// The expression that is evaluated: JSON strings are templates.
    pub fn to_expr(self, diags: &mut Diags) -> Cow<'s, Expr> {
        match self {
            ExprSrc::Native(expr) => Cow::Borrowed(expr),
            ExprSrc::Json(node) => Cow::Owned(syntax::json_expr(node, diags)),
            ExprSrc::NativeKey(name) => {
                Cow::Owned(Expr::new(syntax::ExprKind::Variable(name.clone()), name.span))
            }
            ExprSrc::JsonKey(name) => {
                Cow::Owned(Expr::new(syntax::ExprKind::Str(name.text.clone()), name.span))
            }
        }
    }

    /// The expression as it is written: a JSON string holds native syntax, as for `replace_triggered_by`.
    pub fn written_expr(self, diags: &mut Diags) -> Option<Cow<'s, Expr>> {
        let Some(text) = self.json_text() else { return Some(self.to_expr(diags)) };
        // Blanks in front bring the places in the text to where they stand in the file.
        let span = self.span();
        let padded = " ".repeat(span.start as usize + 1) + text;
        syntax::parse_expression(span.file, &padded, diags).map(Cow::Owned)
    }

    /// The text of a JSON string.
    pub fn json_text(self) -> Option<&'s str> {
        match self {
            ExprSrc::Json(JsonNode { kind: JsonKind::String(text), .. }) => Some(&text.text),
            ExprSrc::JsonKey(name) => Some(&name.text),
            _ => None,
        }
    }

    /// The text of a native string without interpolation.
    pub fn native_text(self) -> Option<&'s str> {
        match self {
            ExprSrc::Native(Expr { kind: syntax::ExprKind::Str(text), .. }) => Some(text),
            _ => None,
        }
    }

    /// The expression as a reference; a JSON string is read as one, with its own place as that of all its steps.
    pub fn traversal(self) -> Option<Traversal> {
        match self {
            ExprSrc::Native(expr) => syntax::as_traversal(expr),
            ExprSrc::NativeKey(name) => {
                Some(Traversal { root: name.clone(), steps: Vec::new(), span: name.span })
            }
            ExprSrc::Json(node) => {
                syntax::as_traversal(&syntax::json_expr(node, &mut Diags::new()))
            }
            ExprSrc::JsonKey(name) => traversal_in_text(&name.text, name.span),
        }
    }

    /// The expression as a single bare word.
    pub fn keyword(self) -> Option<Arc<str>> {
        match self {
            ExprSrc::Native(expr) => syntax::expr_keyword(expr),
            ExprSrc::NativeKey(name) => Some(name.text.clone()),
            ExprSrc::Json(_) | ExprSrc::JsonKey(_) => {
                let traversal = self.traversal()?;
                traversal.steps.is_empty().then_some(traversal.root.text)
            }
        }
    }

    /// The elements of a list as written.
    pub fn list(self) -> Option<Vec<ExprSrc<'s>>> {
        match self {
            ExprSrc::Native(expr) => {
                Some(syntax::expr_list(expr)?.iter().map(ExprSrc::Native).collect())
            }
            ExprSrc::Json(JsonNode { kind: JsonKind::Array(nodes), .. }) => {
                Some(nodes.iter().map(ExprSrc::Json).collect())
            }
            _ => None,
        }
    }

    /// The keys and values of an object as written.
    pub fn map(self) -> Option<Vec<(ExprSrc<'s>, ExprSrc<'s>)>> {
        match self {
            ExprSrc::Native(expr) => Some(
                syntax::expr_map(expr)?
                    .iter()
                    .map(|item| {
                        let key = match &item.key {
                            ObjectKey::Bare(name) => ExprSrc::NativeKey(name),
                            ObjectKey::Expr(expr) => ExprSrc::Native(expr),
                        };
                        (key, ExprSrc::Native(&item.value))
                    })
                    .collect(),
            ),
            ExprSrc::Json(JsonNode { kind: JsonKind::Object(members), .. }) => Some(
                members
                    .iter()
                    .map(|it| (ExprSrc::JsonKey(&it.key), ExprSrc::Json(&it.value)))
                    .collect(),
            ),
            _ => None,
        }
    }
}

/// A reference written in a string, all of whose steps take the place of the string.
fn traversal_in_text(text: &str, span: Span) -> Option<Traversal> {
    let mut unheard = Diags::new();
    let mut traversal = syntax::parse_traversal(span.file, text, &mut unheard)?;
    traversal.span = span;
    traversal.root.span = span;
    for step in &mut traversal.steps {
        match step {
            syntax::Step::Attr(name) => name.span = span,
            syntax::Step::Key(_, at) | syntax::Step::Number(_, at) => *at = span,
        }
    }
    Some(traversal)
}
