//! The expressions that another is made of.
//!
//! Invariant: each is visited once, and none that is not directly within.

use crate::ast::{Expr, ExprKind, ObjectKey, Part};

/// Calls `visit` with each expression directly within another, in the order of the text.
pub fn children<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Template(parts) => part_children(parts, visit),
        ExprKind::Wrap(inner)
        | ExprKind::Parens(inner)
        | ExprKind::GetAttr(inner, _)
        | ExprKind::Unary(_, inner) => visit(inner),
        ExprKind::Tuple(items) => items.iter().for_each(visit),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    visit(key);
                }
                visit(&item.value);
            }
        }
        ExprKind::For(it) => {
            visit(&it.collection);
            it.key.iter().chain([&it.value]).chain(&it.condition).for_each(visit);
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            visit(a);
            visit(b);
        }
        ExprKind::Splat(it) => {
            visit(&it.source);
            visit(&it.each);
        }
        ExprKind::Call(it) => it.args.iter().for_each(visit),
        ExprKind::Conditional(it) => {
            [&it.condition, &it.yes, &it.no].into_iter().for_each(visit);
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Str(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem
        | ExprKind::Invalid => {}
    }
}

/// The same for the parts of a template: what stands directly within them, conditions and collections too.
pub fn part_children<'e>(parts: &'e [Part], visit: &mut dyn FnMut(&'e Expr)) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interp(expr) => visit(expr),
            Part::If(it) => {
                visit(&it.condition);
                part_children(&it.yes, visit);
                part_children(&it.no, visit);
            }
            Part::For(it) => {
                visit(&it.collection);
                part_children(&it.body, visit);
            }
        }
    }
}
