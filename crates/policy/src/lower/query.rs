//! Bodies: which variables are theirs, and their statements.
//!
//! Invariant: a name that nothing around a body has is a variable of the body in which it stands outermost.

use std::sync::Arc;

use regorus::unstable::{
    AssignOp, Expr as Parsed, ExprRef, Literal as Said, LiteralStmt, Query as Text,
};

use super::order::{Vars, ordered};
use super::{Lowering, place};
use crate::fault::{Fault, FaultKind};
use crate::ir::{Expr, Literal, Query, Statement, Target, With};

impl Lowering<'_> {
    /// The statements of a body whose scope is open; `heads` is what stands before or after it and shares its variables.
    pub(super) fn statements(
        &mut self,
        query: Option<&Text>,
        heads: &[&ExprRef],
    ) -> Result<Vec<Statement>, Fault> {
        let said: &[LiteralStmt] = query.map(|query| query.stmts.as_slice()).unwrap_or_default();
        said.iter().for_each(|one| self.declared(&one.literal));
        said.iter().for_each(|one| self.implied(one));
        heads.iter().for_each(|one| self.declare_unknown(one));
        let mut statements = Vec::new();
        for one in said {
            self.statement(one, &mut statements)?;
        }
        let own = self.scopes.own().to_vec();
        ordered(statements, &own).map_err(|unbound| {
            let name = unbound.iter().map(|slot| self.scopes.name(*slot)).next().unwrap_or("_");
            let at = said.first().map(|one| place(self.file, &one.span));
            Fault {
                place: at,
                kind: FaultKind::Unknown,
                text: format!("nothing binds the variable `{name}`"),
            }
        })
    }

    /// A nested body in a scope of its own.
    pub(super) fn nested(&mut self, query: &Text) -> Result<Query, Fault> {
        self.scopes.push();
        let statements = self.statements(Some(query), &[])?;
        Ok(Query { statements, own: self.scopes.pop() })
    }

    /// Whether all that a body gives is bound by it.
    pub(super) fn head_is_bound(
        &self,
        query: &Query,
        key: Option<&Expr>,
        value: &Expr,
    ) -> Result<(), Fault> {
        let bound = Vars::bound_by(query);
        for expr in key.into_iter().chain([value]) {
            let vars = Vars::of(expr);
            if let Some(slot) =
                vars.need.iter().find(|slot| query.own.contains(slot) && !bound.contains(slot))
            {
                let name = self.scopes.name(*slot);
                return Err(Fault {
                    place: None,
                    kind: FaultKind::Unknown,
                    text: format!("{}: nothing binds the variable `{name}`", self.file),
                });
            }
        }
        Ok(())
    }

    /// Variables that a statement declares.
    fn declared(&mut self, said: &Said) {
        match said {
            Said::SomeVars { vars, .. } => vars.iter().for_each(|span| {
                self.scopes.declare(span.text());
            }),
            Said::SomeIn { key, value, .. } => {
                key.iter().for_each(|key| self.declare_in(key));
                self.declare_in(value);
            }
            Said::Expr { expr, .. } => {
                if let Parsed::AssignExpr { op: AssignOp::ColEq, lhs, .. } = expr.as_ref() {
                    self.declare_in(lhs);
                }
            }
            Said::NotExpr { .. } | Said::Every { .. } => {}
        }
    }

    /// The variables of a pattern, all of them new here.
    pub(super) fn declare_in(&mut self, pattern: &ExprRef) {
        match pattern.as_ref() {
            Parsed::Var { span, .. } if span.text() != "_" => {
                self.scopes.declare(span.text());
            }
            Parsed::Array { items, .. } => items.iter().for_each(|one| self.declare_in(one)),
            Parsed::Object { fields, .. } => {
                fields.iter().for_each(|(_, _, value)| self.declare_in(value));
            }
            _ => {}
        }
    }

    /// Names that nothing has, so that they are variables of this body.
    fn implied(&mut self, statement: &LiteralStmt) {
        statement.with_mods.iter().for_each(|one| self.declare_unknown(&one.r#as));
        match &statement.literal {
            Said::SomeVars { .. } => {}
            Said::SomeIn { key, value, collection, .. } => {
                key.iter().for_each(|one| self.declare_unknown(one));
                self.declare_unknown(value);
                self.declare_unknown(collection);
            }
            Said::Expr { expr, .. } | Said::NotExpr { expr, .. } => self.declare_unknown(expr),
            Said::Every { domain, .. } => self.declare_unknown(domain),
        }
    }

    /// The same of an expression; what stands in comprehensions is theirs.
    fn declare_unknown(&mut self, expr: &ExprRef) {
        match expr.as_ref() {
            Parsed::Var { span, .. } => {
                let name = span.text();
                if name != "_" && !self.is_known(name) {
                    self.scopes.declare(name);
                }
            }
            Parsed::Array { items, .. } | Parsed::Set { items, .. } => {
                items.iter().for_each(|one| self.declare_unknown(one));
            }
            Parsed::Object { fields, .. } => fields.iter().for_each(|(_, key, value)| {
                self.declare_unknown(key);
                self.declare_unknown(value);
            }),
            Parsed::Call { params, .. } => params.iter().for_each(|one| self.declare_unknown(one)),
            Parsed::UnaryExpr { expr, .. } => self.declare_unknown(expr),
            Parsed::RefDot { refr, .. } => self.declare_unknown(refr),
            Parsed::RefBrack { refr, index, .. } => {
                self.declare_unknown(refr);
                self.declare_unknown(index);
            }
            Parsed::BinExpr { lhs, rhs, .. }
            | Parsed::BoolExpr { lhs, rhs, .. }
            | Parsed::ArithExpr { lhs, rhs, .. }
            | Parsed::AssignExpr { lhs, rhs, .. } => {
                self.declare_unknown(lhs);
                self.declare_unknown(rhs);
            }
            Parsed::Membership { key, value, collection, .. } => {
                key.iter().for_each(|one| self.declare_unknown(one));
                self.declare_unknown(value);
                self.declare_unknown(collection);
            }
            _ => {}
        }
    }

    fn statement(&mut self, said: &LiteralStmt, out: &mut Vec<Statement>) -> Result<(), Fault> {
        let mut with = Vec::new();
        for one in &said.with_mods {
            with.push(With { target: self.target(&one.refr)?, value: self.expr(&one.r#as)? });
        }
        match &said.literal {
            Said::SomeVars { .. } => return Ok(()),
            Said::SomeIn { key, value, collection, .. } => {
                let key = key.as_ref().map(|key| self.expr(key)).transpose()?;
                let (value, collection) = (self.expr(value)?, self.expr(collection)?);
                out.push(Statement { literal: Literal::Member { key, value, collection }, with });
            }
            Said::NotExpr { expr, .. } => {
                self.scopes.push();
                let mut inner = Vec::new();
                self.expression(expr, Vec::new(), &mut inner)?;
                let query = Query { statements: inner, own: self.scopes.pop() };
                out.push(Statement { literal: Literal::Not(Box::new(query)), with });
            }
            Said::Every { key, value, domain, query, .. } => {
                let domain = self.expr(domain)?;
                self.scopes.push();
                let key = key.as_ref().map(|span| self.scopes.declare(span.text()));
                let value = self.scopes.declare(value.text());
                let query = self.nested(query)?;
                self.scopes.pop();
                out.push(Statement { literal: Literal::Every { key, value, domain, query }, with });
            }
            Said::Expr { expr, .. } => self.expression(expr, with, out)?,
        }
        Ok(())
    }

    /// A statement that is an expression.
    fn expression(
        &mut self,
        expr: &ExprRef,
        with: Vec<With>,
        out: &mut Vec<Statement>,
    ) -> Result<(), Fault> {
        let literal = match expr.as_ref() {
            Parsed::AssignExpr { lhs, rhs, .. } => match (walked(rhs), walked(lhs)) {
                (Some(document), _) => {
                    Literal::Walk { document: self.expr(document)?, pair: self.expr(lhs)? }
                }
                (None, Some(document)) => {
                    Literal::Walk { document: self.expr(document)?, pair: self.expr(rhs)? }
                }
                (None, None) => {
                    let (a, b) = (self.expr(lhs)?, self.expr(rhs)?);
                    return pairs(a, b, with, out);
                }
            },
            Parsed::Call { fcn, params, .. } if params.len() == 2 && is_walk(fcn) => {
                Literal::Walk { document: self.expr(&params[0])?, pair: self.expr(&params[1])? }
            }
            Parsed::Call { .. } => self.call_statement(expr)?,
            _ => Literal::Holds(self.expr(expr)?),
        };
        out.push(Statement { literal, with });
        Ok(())
    }

    /// What a `with` is about.
    fn target(&mut self, refr: &ExprRef) -> Result<Target, Fault> {
        let steps = super::index::steps(refr).unwrap_or_default();
        let names: Vec<Arc<str>> = steps.iter().skip(1).map(|one| one.as_str().into()).collect();
        match steps.first().map(String::as_str) {
            Some("input") => Ok(Target::Input(names)),
            Some("data") => {
                let path: Vec<&str> = steps.iter().skip(1).map(String::as_str).collect();
                match self.index.longest(&path) {
                    Some((id, count)) if count == path.len() => Ok(Target::Rule(id)),
                    _ => Ok(Target::Data(names)),
                }
            }
            _ => Err(Fault::at(
                &place(self.file, refr.span()),
                FaultKind::NotTaken,
                "`with` is about `input` or `data`, and no function",
            )),
        }
    }
}

/// Both sides side by side, where both are arrays that are written out.
fn pairs(a: Expr, b: Expr, with: Vec<With>, out: &mut Vec<Statement>) -> Result<(), Fault> {
    match (a, b) {
        (Expr::Array(a), Expr::Array(b)) if a.len() == b.len() && with.is_empty() => {
            for (a, b) in a.into_iter().zip(b) {
                pairs(a, b, Vec::new(), out)?;
            }
        }
        (a, b) => out.push(Statement { literal: Literal::Unify(a, b), with }),
    }
    Ok(())
}

fn is_walk(function: &ExprRef) -> bool {
    matches!(function.as_ref(), Parsed::Var { span, .. } if span.text() == "walk")
}

/// The document of `walk(DOCUMENT)`.
fn walked(expr: &ExprRef) -> Option<&ExprRef> {
    match expr.as_ref() {
        Parsed::Call { fcn, params, .. } if is_walk(fcn) && params.len() == 1 => params.first(),
        _ => None,
    }
}
