//! A JSON value as an expression: strings and keys of objects are templates.

use std::sync::Arc;

use diag::{Diags, Span};

use super::{JsonKind, JsonMember, JsonNode, JsonText};
use crate::ast::{Expr, ExprKind, ObjectItem, ObjectKey, UnaryOp};
use crate::parse::{Places, parse_template_in};

/// The expression that a JSON value stands for: strings are templates, the keys of objects too. A string whose
/// template has errors, which are reported, becomes invalid.
///
/// The static readings of [`crate::statics`] know that the expression comes from JSON.
pub fn json_expr(node: &JsonNode, diags: &mut Diags) -> Expr {
    let kind = match &node.kind {
        JsonKind::Null => ExprKind::Null,
        JsonKind::Bool(it) => ExprKind::Bool(*it),
        JsonKind::Number(text) => return number(text, node.span),
        JsonKind::String(text) => return template(text, node.span, diags),
        JsonKind::Array(items) => {
            ExprKind::Tuple(items.iter().map(|item| json_expr(item, diags)).collect())
        }
        JsonKind::Object(members) => {
            ExprKind::Object(members.iter().map(|member| item(member, diags)).collect())
        }
        JsonKind::Invalid => ExprKind::Invalid,
    };
    Expr::json(kind, node.span)
}

/// The string itself as an expression, for where templates are not evaluated.
fn json_literal(text: &JsonText, span: Span) -> Expr {
    Expr::json(ExprKind::Str(text.text.clone()), span)
}

fn item(member: &JsonMember, diags: &mut Diags) -> ObjectItem {
    let key = template(&member.key_text, member.key.span, diags);
    let value = json_expr(&member.value, diags);
    ObjectItem { key: ObjectKey::Expr(key), value }
}

fn number(text: &Arc<str>, span: Span) -> Expr {
    match text.strip_prefix('-') {
        None => Expr::json(ExprKind::Number(text.clone()), span),
        Some(digits) => {
            let inner = Span::new(span.file, span.start + 1, span.end);
            let inner = Expr::json(ExprKind::Number(Arc::from(digits)), inner);
            Expr::json(ExprKind::Unary(UnaryOp::Neg, Box::new(inner)), span)
        }
    }
}

fn template(text: &JsonText, span: Span, diags: &mut Diags) -> Expr {
    if !text.text.contains(['$', '%']) {
        return json_literal(text, span);
    }
    let places = match &text.runs[..] {
        [] => Places::At(span.file, span.start + 1),
        runs => Places::Runs(span.file, runs.to_vec()),
    };
    let kind = match parse_template_in(&places, &text.text, diags) {
        Some(expr) => expr.kind,
        None => ExprKind::Invalid,
    };
    Expr::json(kind, span)
}
