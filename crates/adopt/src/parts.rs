//! The parts of an expression: those directly below it, in the order of the text, and what may be told from them alone.
//!
//! Invariant: recursion is bounded by the nesting that the parser allows.

use std::sync::Arc;

use syntax::{Expr, ExprKind, Name, ObjectKey, Part};

/// The expressions directly below one, in the order of the text. Of a splat only what is gone through.
pub(crate) fn below(expr: &Expr) -> Vec<&Expr> {
    if let ExprKind::Splat(it) = &expr.kind {
        return vec![&it.source];
    }
    let mut found = Vec::new();
    syntax::children(expr, &mut |child| found.push(child));
    found
}

/// The names that an expression binds for what is below it.
pub(crate) fn bound(expr: &Expr) -> Vec<Arc<str>> {
    let names = |key: &Option<Name>, value: &Name| {
        key.iter().chain([value]).map(|name| name.text.clone()).collect::<Vec<_>>()
    };
    match &expr.kind {
        ExprKind::For(it) => names(&it.key_var, &it.value_var),
        ExprKind::Template(parts) => {
            let mut all = Vec::new();
            bound_in(parts, &mut all);
            all
        }
        _ => Vec::new(),
    }
}

fn bound_in(parts: &[Part], all: &mut Vec<Arc<str>>) {
    for part in parts {
        match part {
            Part::For(it) => {
                all.extend(it.key_var.iter().chain([&it.value_var]).map(|name| name.text.clone()));
                bound_in(&it.body, all);
            }
            Part::If(it) => {
                bound_in(&it.yes, all);
                bound_in(&it.no, all);
            }
            Part::Literal(..) | Part::Interp(_) => {}
        }
    }
}

/// Whether any of these names is a root of a reference in the expression.
pub(crate) fn refers(expr: &Expr, names: &[Arc<str>]) -> bool {
    match &expr.kind {
        ExprKind::Variable(name) => names.contains(&name.text),
        _ => below(expr).into_iter().any(|part| refers(part, names)),
    }
}

/// The names that follow a root name directly: of `local`, those in `local.NAME`.
pub(crate) fn members(expr: &Expr, root: &str, found: &mut Vec<Arc<str>>) {
    if let ExprKind::GetAttr(source, name) = &expr.kind
        && matches!(&source.kind, ExprKind::Variable(own) if &*own.text == root)
    {
        found.push(name.text.clone());
    }
    if let ExprKind::Index(source, key) = &expr.kind
        && let (ExprKind::Variable(own), ExprKind::Str(name)) = (&source.kind, &key.kind)
        && &*own.text == root
    {
        found.push(name.clone());
    }
    below(expr).into_iter().for_each(|part| members(part, root, found));
}

/// Puts a namespace before the calls of these functions, so that the scope is asked for them.
pub(crate) fn qualify(expr: &mut Expr, namespace: &str, is_ours: &dyn Fn(&str) -> bool) {
    let mut each = |expr: &mut Expr| qualify(expr, namespace, is_ours);
    match &mut expr.kind {
        ExprKind::Template(parts) => in_parts(parts, &mut each),
        ExprKind::Wrap(inner)
        | ExprKind::Parens(inner)
        | ExprKind::GetAttr(inner, _)
        | ExprKind::Unary(_, inner) => each(inner),
        ExprKind::Tuple(items) => items.iter_mut().for_each(each),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &mut item.key {
                    each(key);
                }
                each(&mut item.value);
            }
        }
        ExprKind::For(it) => {
            let optional = it.key.iter_mut().chain(&mut it.condition);
            optional.chain([&mut it.collection, &mut it.value]).for_each(each);
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            each(a);
            each(b);
        }
        ExprKind::Splat(it) => {
            each(&mut it.source);
            each(&mut it.each);
        }
        ExprKind::Call(it) => {
            it.args.iter_mut().for_each(each);
            if is_ours(&it.name.text) {
                it.name.text = format!("{namespace}{}", it.name.text).into();
            }
        }
        ExprKind::Conditional(it) => {
            [&mut it.condition, &mut it.yes, &mut it.no].into_iter().for_each(each);
        }
        _ => {}
    }
}

fn in_parts(parts: &mut [Part], each: &mut dyn FnMut(&mut Expr)) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interp(expr) => each(expr),
            Part::If(it) => {
                each(&mut it.condition);
                in_parts(&mut it.yes, each);
                in_parts(&mut it.no, each);
            }
            Part::For(it) => {
                each(&mut it.collection);
                in_parts(&mut it.body, each);
            }
        }
    }
}
