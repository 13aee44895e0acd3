//! Elements of `replace_triggered_by` lowered: which resource, which instance, what within it.

use syntax::{Expr, ExprKind, Name};

use super::Pass;
use crate::config::module::{Trigger, TriggerStep};
use crate::expr::{Allowed, Target};
use crate::refs::references;

/// A step of an access.
enum Access<'e> {
    Attr(&'e Name),
    Index(&'e Expr),
}

impl Pass<'_> {
    /// The trigger; `None` where its resource is not declared, which is reported.
    pub(super) fn trigger(&mut self, expr: &Expr, allowed: Allowed) -> Option<Trigger> {
        let id = self.lowerer.allow(allowed).expr(expr, self.found);
        let resource = references(self.lowerer.exprs(), id).iter().find_map(|reference| {
            match reference.target {
                Target::Resource(resource) => Some(resource),
                _ => None,
            }
        })?;
        let (root, accesses) = chain(expr)?;
        let named = if matches!(root, "data" | "resource") { 2 } else { 1 };
        let mut rest = accesses.get(named..)?;
        let mut key = None;
        if let [Access::Index(index), tail @ ..] = rest {
            key = Some(self.lowerer.expr(index, self.found));
            rest = tail;
        }
        let steps = rest
            .iter()
            .map(|access| match access {
                Access::Attr(name) => TriggerStep::Attr(name.text.clone()),
                Access::Index(index) => TriggerStep::Index(self.lowerer.expr(index, self.found)),
            })
            .collect();
        Some(Trigger { resource, key, steps, expr: id, span: expr.span })
    }
}

/// The root name of an access and its steps in order; `None` where it is none.
fn chain(expr: &Expr) -> Option<(&str, Vec<Access<'_>>)> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Variable(root) => {
                steps.reverse();
                return Some((&root.text, steps));
            }
            ExprKind::GetAttr(source, name) => {
                steps.push(Access::Attr(name));
                at = source;
            }
            ExprKind::Index(source, key) => {
                steps.push(Access::Index(key));
                at = source;
            }
            ExprKind::Parens(inner) | ExprKind::Wrap(inner) => at = inner,
            _ => return None,
        }
    }
}
