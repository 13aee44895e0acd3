//! The references and calls of an expression by syntax alone, before anything is lowered.
//!
//! Names that a `for` binds are no references. An access with literal keys only counts with its root as one
//! reference; any other counts for what it is made of.
//!
//! Invariant: recursion is bounded by the parser's limit on nesting.

use std::sync::Arc;

use syntax::{Call, Expr, ExprKind, ObjectKey, Part, Traversal, as_traversal};

/// What was found.
pub(super) enum Found<'e> {
    /// A reference.
    Reference(Traversal),
    /// A call; its arguments follow on their own.
    Call(&'e Call),
}

/// Calls `f` for each reference and call, in the order of the text.
pub(super) fn visit<'e>(expr: &'e Expr, f: &mut impl FnMut(Found<'e>)) {
    Walk { bound: Vec::new(), f }.expr(expr);
}

/// All references of an expression.
pub(super) fn references(expr: &Expr) -> Vec<Traversal> {
    let mut all = Vec::new();
    visit(expr, &mut |found| {
        if let Found::Reference(traversal) = found {
            all.push(traversal);
        }
    });
    all
}

struct Walk<'f, F> {
    bound: Vec<Arc<str>>,
    f: &'f mut F,
}

impl<'e, F: FnMut(Found<'e>)> Walk<'_, F> {
    fn expr(&mut self, expr: &'e Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::SplatItem
            | ExprKind::Invalid => {}
            ExprKind::Variable(_) | ExprKind::GetAttr(..) | ExprKind::Index(..) => {
                self.access(expr)
            }
            ExprKind::Template(parts) => self.parts(parts),
            ExprKind::Wrap(inner) | ExprKind::Parens(inner) | ExprKind::Unary(_, inner) => {
                self.expr(inner)
            }
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        self.expr(key);
                    }
                    self.expr(&item.value);
                }
            }
            ExprKind::For(it) => {
                self.expr(&it.collection);
                let bound = self.bound.len();
                self.bind(it.key_var.iter().chain([&it.value_var]));
                it.key
                    .iter()
                    .chain([&it.value])
                    .chain(&it.condition)
                    .for_each(|part| self.expr(part));
                self.bound.truncate(bound);
            }
            ExprKind::Splat(it) => {
                self.expr(&it.source);
                self.expr(&it.each);
            }
            ExprKind::Call(call) => {
                (self.f)(Found::Call(call));
                call.args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::Conditional(it) => {
                [&it.condition, &it.yes, &it.no].into_iter().for_each(|part| self.expr(part));
            }
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
        }
    }

    /// A root name, or an access to something.
    fn access(&mut self, expr: &'e Expr) {
        if let Some(traversal) = as_traversal(expr) {
            if !self.bound.contains(&traversal.root.text) {
                (self.f)(Found::Reference(traversal));
            }
            return;
        }
        match &expr.kind {
            ExprKind::GetAttr(source, _) => self.expr(source),
            ExprKind::Index(source, key) => {
                self.expr(source);
                self.expr(key);
            }
            _ => {}
        }
    }

    fn parts(&mut self, parts: &'e [Part]) {
        for part in parts {
            match part {
                Part::Literal(..) => {}
                Part::Interp(expr) => self.expr(expr),
                Part::If(it) => {
                    self.expr(&it.condition);
                    self.parts(&it.yes);
                    self.parts(&it.no);
                }
                Part::For(it) => {
                    self.expr(&it.collection);
                    let bound = self.bound.len();
                    self.bind(it.key_var.iter().chain([&it.value_var]));
                    self.parts(&it.body);
                    self.bound.truncate(bound);
                }
            }
        }
    }

    fn bind<'n>(&mut self, names: impl Iterator<Item = &'n syntax::Name>) {
        self.bound.extend(names.map(|name| name.text.clone()));
    }
}
