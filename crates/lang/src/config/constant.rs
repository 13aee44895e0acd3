//! Constant arguments: what must be known before anything is evaluated, such as `sensitive`, `alias` or a default.
//!
//! References and calls are not admitted. In JSON a string stands for itself here and is no template.
//!
//! Invariant: `None` comes with an error.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Expr, ExprKind, JsonKind, JsonNode, ObjectKey};
use value::convert::convert;
use value::{Number, Type, Value};

use super::source::{AttrSrc, ExprSrc};
use super::walk::{Found, visit};
use crate::eval::{Eval, Scope, eval};
use crate::expr::{Exprs, Lowerer};

/// The value of a constant argument.
pub(super) fn value(source: ExprSrc<'_>, diags: &mut Diags) -> Option<Value> {
    match source {
        ExprSrc::Native(expr) => native(expr, diags),
        ExprSrc::Json(node) => json(node, diags),
        ExprSrc::JsonKey(name) => Some(Value::string(name.text.clone())),
        ExprSrc::NativeKey(name) => {
            diags.push(reference(name.span));
            None
        }
    }
}

/// The value of a constant expression in native syntax.
pub(crate) fn native(expr: &Expr, diags: &mut Diags) -> Option<Value> {
    if let Some(value) = literal(expr) {
        return Some(value);
    }
    let errors = diags.error_count();
    visit(expr, &mut |found| match found {
        Found::Reference(traversal) => diags.push(reference(traversal.span)),
        Found::Call(call) => diags.push(call_fault(call.name.span)),
    });
    if diags.error_count() > errors {
        return None;
    }
    let mut exprs = Exprs::new();
    let id = Lowerer::free(&mut exprs).expr(expr, diags);
    match eval(&exprs, id, &Nothing, diags) {
        Eval::Value(value) => Some(value),
        Eval::Blocked(_) => unreachable!("BUG: a constant waits for something"),
        Eval::Failed => None,
    }
}

/// A scope without anything in it.
struct Nothing;

impl Scope for Nothing {}

/// The commonest constants, without an arena of their own.
fn literal(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Null => Some(Value::null(Type::DYNAMIC)),
        ExprKind::Bool(value) => Some(Value::bool(*value)),
        ExprKind::Number(text) => Some(Value::number(Number::parse(text)?)),
        ExprKind::Str(text) => Some(Value::string(text.clone())),
        ExprKind::Tuple(items) => {
            Some(Value::tuple(items.iter().map(literal).collect::<Option<Vec<_>>>()?))
        }
        ExprKind::Object(items) => {
            let mut entries: Vec<(Arc<str>, Value)> = Vec::with_capacity(items.len());
            for item in items {
                let key = match &item.key {
                    ObjectKey::Bare(name) => name.text.clone(),
                    ObjectKey::Expr(Expr { kind: ExprKind::Str(text), .. }) => text.clone(),
                    ObjectKey::Expr(_) => return None,
                };
                entries.push((key, literal(&item.value)?));
            }
            Some(Value::object(entries))
        }
        _ => None,
    }
}

fn reference(span: Span) -> Diagnostic {
    Diagnostic::error("constant-required", "A constant is required here, not a reference")
        .detail("This argument is read before anything is evaluated, so it can refer to nothing.")
        .remedy("Write the value itself.")
        .at(span)
}

fn call_fault(span: Span) -> Diagnostic {
    Diagnostic::error("constant-required", "A constant is required here, not a function call")
        .detail("This argument is read before anything is evaluated, so it can call nothing.")
        .remedy("Write the value itself.")
        .at(span)
}

/// The value of a JSON node, strings taken as they are.
fn json(node: &JsonNode, diags: &mut Diags) -> Option<Value> {
    Some(match &node.kind {
        JsonKind::Null => Value::null(Type::DYNAMIC),
        JsonKind::Bool(value) => Value::bool(*value),
        JsonKind::Number(text) => match Number::parse(text) {
            Some(number) => Value::number(number),
            None => return unreadable(node.span, diags),
        },
        JsonKind::String(text) => Value::string(text.text.clone()),
        JsonKind::Array(nodes) => {
            Value::tuple(nodes.iter().map(|node| json(node, diags)).collect::<Option<Vec<_>>>()?)
        }
        JsonKind::Object(members) => {
            let mut entries: Vec<(Arc<str>, Value)> = Vec::with_capacity(members.len());
            for member in members {
                entries.push((member.key.text.clone(), json(&member.value, diags)?));
            }
            Value::object(entries)
        }
        JsonKind::Invalid => return None,
    })
}

fn unreadable(span: Span, diags: &mut Diags) -> Option<Value> {
    diags.push(
        Diagnostic::error("invalid-number", "This number cannot be read")
            .detail("It has too many digits or too great an exponent.")
            .remedy("Write a smaller number.")
            .at(span),
    );
    None
}

/// A constant string.
pub(super) fn text(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<Arc<str>> {
    let converted = of_type(attribute, Type::STRING, "a string", diags)?;
    converted.as_str().map(Arc::from)
}

/// A constant boolean.
pub(super) fn flag(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<bool> {
    of_type(attribute, Type::BOOL, "`true` or `false`", diags)?.as_bool()
}

/// What to do instead of something deprecated: a string that says something.
pub(super) fn advice(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<Arc<str>> {
    let advice = text(attribute, diags)?;
    if advice.trim().is_empty() {
        diags.push(
            Diagnostic::error("empty-deprecation", "`deprecated` says nothing")
                .detail("Users read this text when they use what is deprecated.")
                .remedy("Say what to use instead.")
                .at(attribute.expr.span()),
        );
    }
    Some(advice)
}

fn of_type(attribute: AttrSrc<'_>, ty: Type, wanted: &str, diags: &mut Diags) -> Option<Value> {
    let given = value(attribute.expr, diags)?;
    match convert(&given, ty) {
        Ok(converted) if !converted.is_null() && converted.is_known() => Some(converted),
        _ => {
            diags.push(
                Diagnostic::error(
                    "wrong-type",
                    format!("`{}` must be {wanted}", attribute.name.text),
                )
                .detail(format!("What is given here is {}.", given.ty().friendly_name()))
                .remedy(format!("Write {wanted}."))
                .at(attribute.expr.span()),
            );
            None
        }
    }
}
