//! The parts of an expression: those directly below it, in the order of the text, and what may be told from them alone.
//!
//! Invariant: recursion is bounded by the nesting that the parser allows.

use std::sync::Arc;

use syntax::{Expr, ExprKind, Name, ObjectKey, Part};

/// The expressions directly below one, in the order of the text. Of a splat only what is gone through.
pub(crate) fn below(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    match &expr.kind {
        ExprKind::Template(parts) => in_template(parts, &mut found),
        ExprKind::Wrap(inner)
        | ExprKind::Parens(inner)
        | ExprKind::GetAttr(inner, _)
        | ExprKind::Unary(_, inner) => found.push(&**inner),
        ExprKind::Tuple(items) => found.extend(items),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    found.push(key);
                }
                found.push(&item.value);
            }
        }
        ExprKind::For(it) => {
            found.push(&it.collection);
            found.extend(&it.key);
            found.push(&it.value);
            found.extend(&it.condition);
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => found.extend([&**a, &**b]),
        ExprKind::Splat(it) => found.push(&it.source),
        ExprKind::Call(it) => found.extend(&it.args),
        ExprKind::Conditional(it) => found.extend([&it.condition, &it.yes, &it.no]),
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Str(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem
        | ExprKind::Invalid => {}
    }
    found
}

fn in_template<'e>(parts: &'e [Part], found: &mut Vec<&'e Expr>) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interp(expr) => found.push(expr),
            Part::If(it) => {
                found.push(&it.condition);
                in_template(&it.yes, found);
                in_template(&it.no, found);
            }
            Part::For(it) => {
                found.push(&it.collection);
                in_template(&it.body, found);
            }
        }
    }
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
