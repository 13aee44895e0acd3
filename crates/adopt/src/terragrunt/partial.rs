//! What of an expression can be known now, and what stays an expression around outputs of other units.
//!
//! Whatever reads no output is computed; whatever does keeps its text, with what is below it taken apart in the same way.
//! Invariant: of the text nothing is kept but what strata.hcl understands: no `local`, `include` or Terragrunt's function.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use funcs::Purity;
use syntax::{Expansion, Expr, ExprKind, ObjectKey, Part};

use super::frame::Frame;
use super::functions::NAMESPACE;
use super::merge;
use crate::expression::{Expression, Piece};
use crate::parts;

/// What is wrong with an expression, or why it cannot be carried over.
type Refused = Diags;

/// Name and expression of each attribute of an object.
pub(crate) type Attributes = Vec<(Arc<str>, Expression)>;

/// The attributes of `inputs`. One that cannot be carried over is told and left out; the others stay.
pub(crate) fn attributes(frame: &Frame<'_, '_>, expr: &Expr) -> Result<Attributes, Refused> {
    match &expr.kind {
        ExprKind::Parens(inner) | ExprKind::Wrap(inner) => attributes(frame, inner),
        ExprKind::Object(items) => {
            let read = items.iter().map(|item| {
                let name = key(frame, &item.key)?;
                match expression(frame, &item.value) {
                    Ok(value) => Ok(Some((name, value))),
                    Err(errors) => {
                        frame.reader.told(errors, &format!("the input `{name}` is not read"));
                        Ok(None)
                    }
                }
            });
            read.filter_map(Result::transpose).collect()
        }
        ExprKind::Call(call)
            if &*call.name.text == "merge" && call.expansion == Expansion::Single =>
        {
            let mut all = Vec::new();
            for arg in &call.args {
                for (name, value) in attributes(frame, arg)? {
                    all.retain(|(known, _)| *known != name);
                    all.push((name, value));
                }
            }
            Ok(all)
        }
        _ if !is_open(frame, expr, &[]) => known(frame, expr),
        ExprKind::Conditional(it) if !is_open(frame, &it.condition, &[]) => {
            let condition = frame.evaluate(&it.condition)?;
            attributes(frame, if condition.as_bool() == Some(true) { &it.yes } else { &it.no })
        }
        _ => Err(shapeless(expr.span)),
    }
}

fn key(frame: &Frame<'_, '_>, key: &ObjectKey) -> Result<Arc<str>, Refused> {
    match key {
        ObjectKey::Bare(name) => Ok(name.text.clone()),
        ObjectKey::Expr(key) => {
            frame.evaluate(key)?.as_arc_str().cloned().ok_or_else(|| shapeless(key.span))
        }
    }
}

/// The attributes of an object that is known as a whole.
fn known(frame: &Frame<'_, '_>, expr: &Expr) -> Result<Attributes, Refused> {
    let value = frame.evaluate(expr)?.unmark_deep().0;
    if value.is_null() {
        return Ok(Vec::new());
    }
    let entries = merge::entries(&value).ok_or_else(|| shapeless(expr.span))?;
    Ok(entries.into_iter().map(|(name, value)| (name, Expression::of(value))).collect())
}

/// One input.
pub(crate) fn expression(frame: &Frame<'_, '_>, expr: &Expr) -> Result<Expression, Refused> {
    let mut out = Expression::default();
    take(frame, expr, &[], &mut out)?;
    Ok(out)
}

/// Whether an expression reads an output, or a name that is bound around it.
fn is_open(frame: &Frame<'_, '_>, expr: &Expr, bound: &[Arc<str>]) -> bool {
    if !bound.is_empty() && parts::refers(expr, bound) {
        return true;
    }
    let mut read = Vec::new();
    parts::members(expr, "dependency", &mut read);
    read.iter().any(|name| !frame.mocks.contains_key(name))
}

fn take(
    frame: &Frame<'_, '_>,
    expr: &Expr,
    bound: &[Arc<str>],
    out: &mut Expression,
) -> Result<(), Refused> {
    if !is_open(frame, expr, bound) {
        let value = frame.evaluate(expr)?.unmark_deep().0;
        out.pieces.push(Piece::Value(value));
        return Ok(());
    }
    if let Some((dependency, output)) = output_of(frame, expr) {
        out.pieces.push(Piece::Output(dependency, output));
        return Ok(());
    }
    if let Some(dependency) = outputs_of(expr) {
        out.pieces.push(Piece::Outputs(dependency));
        return Ok(());
    }
    match &expr.kind {
        ExprKind::Variable(name) if bound.contains(&name.text) => {
            out.push_text(&name.text);
            return Ok(());
        }
        ExprKind::Wrap(inner) => return take(frame, inner, bound, out),
        ExprKind::Call(call) => carried(&call.name.text, expr.span)?,
        ExprKind::Variable(_) => return Err(whole(expr.span)),
        ExprKind::Template(parts) if parts.iter().all(is_plain) => {
            return template(frame, expr, parts, bound, out);
        }
        _ if dependency_of(expr).is_some() => return Err(whole(expr.span)),
        _ => {}
    }
    let mut bound = bound.to_vec();
    bound.extend(parts::bound(expr));
    let mut at = expr.span.start;
    for part in parts::below(expr) {
        out.push_text(&frame.reader.text(Span { start: at, end: part.span.start, ..expr.span }));
        take(frame, part, &bound, out)?;
        at = part.span.end;
    }
    out.push_text(&frame.reader.text(Span { start: at, ..expr.span }));
    Ok(())
}

fn is_plain(part: &Part) -> bool {
    matches!(part, Part::Literal(..) | Part::Interp(_))
}

/// A template without directives: what stands between its outputs may differ from unit to unit.
fn template(
    frame: &Frame<'_, '_>,
    expr: &Expr,
    parts: &[Part],
    bound: &[Arc<str>],
    out: &mut Expression,
) -> Result<(), Refused> {
    let text = |start: u32, end: u32| frame.reader.text(Span { start, end, ..expr.span });
    let mut at = expr.span.start;
    for part in parts {
        let span = part.span();
        out.push_text(&text(at, span.start));
        match part {
            Part::Interp(inner) => take(frame, inner, bound, out)?,
            Part::Literal(value, _) => {
                out.pieces.push(Piece::Literal(text(span.start, span.end), value.clone()));
            }
            Part::If(_) | Part::For(_) => panic!("BUG: a template with directives is not plain"),
        }
        at = span.end;
    }
    out.push_text(&text(at, expr.span.end));
    Ok(())
}

/// The dependency and the output, where the expression is exactly one: `dependency.NAME.outputs.OUTPUT`.
fn output_of(frame: &Frame<'_, '_>, expr: &Expr) -> Option<(Arc<str>, Arc<str>)> {
    let (outputs, output) = match &expr.kind {
        ExprKind::GetAttr(source, name) => (source, name.text.clone()),
        // A key that is known is as good as one that is written.
        ExprKind::Index(source, key) if outputs_of(source).is_some() => {
            if is_open(frame, key, &[]) {
                return None;
            }
            (source, frame.evaluate(key).ok()?.as_arc_str()?.clone())
        }
        _ => return None,
    };
    Some((outputs_of(outputs)?, output))
}

/// The dependency, where the expression is all of its outputs: `dependency.NAME.outputs`.
fn outputs_of(expr: &Expr) -> Option<Arc<str>> {
    let ExprKind::GetAttr(dependency, word) = &expr.kind else { return None };
    (&*word.text == "outputs").then(|| dependency_of(dependency)).flatten()
}

/// The name in `dependency.NAME`.
fn dependency_of(expr: &Expr) -> Option<Arc<str>> {
    let (root, name) = match &expr.kind {
        ExprKind::GetAttr(root, name) => (root, name.text.clone()),
        ExprKind::Index(root, key) => match &key.kind {
            ExprKind::Str(name) => (root, name.clone()),
            _ => return None,
        },
        _ => return None,
    };
    matches!(&root.kind, ExprKind::Variable(own) if &*own.text == "dependency").then_some(name)
}

/// Whether a function may stand in strata.hcl.
fn carried(name: &str, span: Span) -> Result<(), Refused> {
    let plain = name.strip_prefix(NAMESPACE);
    let is_pure = plain.is_none()
        && (matches!(name, "try" | "can")
            || funcs::lookup(name).is_some_and(|function| function.purity() == Purity::Pure));
    if is_pure {
        return Ok(());
    }
    Err(refused(
        format!("`{}` of an output", plain.unwrap_or(name)),
        "The function is not one of strata.hcl, and what it is given is known only once another unit was applied.",
        "Compute it in the root module, from an input that is wired.",
        span,
    ))
}

fn whole(span: Span) -> Refused {
    refused(
        "A dependency as a whole".to_owned(),
        "Of another unit only its outputs are known in an estate.",
        "Name the outputs that are read: dependency.NAME.outputs.OUTPUT.",
        span,
    )
}

fn shapeless(span: Span) -> Refused {
    refused(
        "The inputs are no object that can be told by its names".to_owned(),
        "Which inputs there are must be known without outputs.",
        "Write an object, or `merge` of objects; or write the stack's inputs into strata.hcl.",
        span,
    )
}

fn refused(summary: String, detail: &str, remedy: &str, span: Span) -> Refused {
    let mut diags = Diags::new();
    diags.push(Diagnostic::error("adopt-unread", summary).detail(detail).remedy(remedy).at(span));
    diags
}
