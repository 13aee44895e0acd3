//! Expressions: names resolved, calls told apart.
//!
//! Invariant: a reference into `data` names a rule, or base documents beneath which no rule stands.

use regorus::unstable::{ArithOp, BinOp, BoolOp, Expr as Parsed, ExprRef};

use super::{Lowering, index, place};
use crate::builtins::{self, Builtin};
use crate::fault::{Fault, FaultKind};
use crate::ir::{Each, Expr, Literal, Op, RuleKind};
use crate::value::{Kind, Num, V};

impl Lowering<'_> {
    /// Whether a name stands for something that is no variable of the body at hand.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.scopes.find(name).is_some()
            || matches!(name, "input" | "data")
            || self.imports.contains_key(name)
            || self.in_package(name)
    }

    fn in_package(&self, name: &str) -> bool {
        let mut steps: Vec<&str> = self.package.split('.').collect();
        steps.push(name);
        self.index.longest(&steps).is_some_and(|(_, count)| count == steps.len())
            || self.index.has_beneath(&steps)
    }

    fn fault(&self, expr: &ExprRef, kind: FaultKind, text: impl Into<String>) -> Fault {
        Fault::at(&place(self.file, expr.span()), kind, text)
    }

    pub(super) fn exprs(&mut self, all: &[ExprRef]) -> Result<Vec<Expr>, Fault> {
        all.iter().map(|one| self.expr(one)).collect()
    }

    /// An expression.
    pub(super) fn expr(&mut self, expr: &ExprRef) -> Result<Expr, Fault> {
        Ok(match expr.as_ref() {
            Parsed::Null { .. }
            | Parsed::Bool { .. }
            | Parsed::String { .. }
            | Parsed::RawString { .. }
            | Parsed::Number { .. } => Expr::Const(self.constant(expr)?),
            Parsed::Var { .. } | Parsed::RefDot { .. } | Parsed::RefBrack { .. } => {
                self.reference(expr)?
            }
            Parsed::Array { items, .. } => Expr::Array(self.exprs(items)?),
            Parsed::Set { items, .. } => Expr::Set(self.exprs(items)?),
            Parsed::Object { fields, .. } => {
                let mut entries = Vec::new();
                for (_, key, value) in fields {
                    entries.push((self.expr(key)?, self.expr(value)?));
                }
                Expr::Object(entries)
            }
            Parsed::ArrayCompr { term, query, .. } => self.each(Kind::Array, None, term, query)?,
            Parsed::SetCompr { term, query, .. } => self.each(Kind::Set, None, term, query)?,
            Parsed::ObjectCompr { key, value, query, .. } => {
                self.each(Kind::Object, Some(key), value, query)?
            }
            Parsed::Call { .. } => self.call(expr)?,
            Parsed::UnaryExpr { expr: inner, .. } => match self.expr(inner)? {
                Expr::Const(V::Num(Num::Int(whole))) => Expr::Const(V::Num(Num::Int(-whole))),
                other => Expr::Negative(Box::new(other)),
            },
            Parsed::BinExpr { op, lhs, rhs, .. } => self.binary(of_sets(op), lhs, rhs)?,
            Parsed::BoolExpr { op, lhs, rhs, .. } => self.binary(compared(op), lhs, rhs)?,
            Parsed::ArithExpr { op, lhs, rhs, .. } => self.binary(calculated(op), lhs, rhs)?,
            Parsed::AssignExpr { lhs, rhs, .. } => {
                Expr::Same(Box::new((self.expr(lhs)?, self.expr(rhs)?)))
            }
            Parsed::Membership { key, value, collection, .. } => {
                let key = key.as_ref().map(|key| self.expr(key)).transpose()?;
                Expr::In(Box::new((key, self.expr(value)?, self.expr(collection)?)))
            }
            #[expect(unreachable_patterns, reason = "what a later version of the parser may have")]
            _ => {
                let text = "an expression of a kind that is not known";
                return Err(self.fault(expr, FaultKind::NotTaken, text));
            }
        })
    }

    /// A value that is written out.
    fn constant(&self, expr: &ExprRef) -> Result<V, Fault> {
        Ok(match expr.as_ref() {
            Parsed::Bool { value, .. } => V::Bool(matches!(value.as_bool(), Ok(true))),
            Parsed::String { value, .. } | Parsed::RawString { value, .. } => {
                let text = value.as_string();
                V::text(
                    text.map_err(|_| self.fault(expr, FaultKind::Syntax, "a string that is none"))?,
                )
            }
            Parsed::Number { span, .. } => {
                let number = Num::parse(span.text());
                V::Num(number.ok_or_else(|| {
                    self.fault(expr, FaultKind::Limit, "a number that is too large")
                })?)
            }
            _ => V::Null,
        })
    }

    fn binary(&mut self, op: Op, a: &ExprRef, b: &ExprRef) -> Result<Expr, Fault> {
        Ok(Expr::Binary(op, Box::new((self.expr(a)?, self.expr(b)?))))
    }

    fn each(
        &mut self,
        kind: Kind,
        key: Option<&ExprRef>,
        value: &ExprRef,
        query: &regorus::unstable::Query,
    ) -> Result<Expr, Fault> {
        self.scopes.push();
        let heads: Vec<&ExprRef> = key.into_iter().chain([value]).collect();
        let statements = self.statements(Some(query), &heads)?;
        let key = key.map(|key| self.expr(key)).transpose()?;
        let value = self.expr(value)?;
        let query = crate::ir::Query { statements, own: self.scopes.pop() };
        self.head_is_bound(&query, key.as_ref(), &value)?;
        Ok(Expr::Each(Box::new(Each { kind, key, value, query })))
    }

    /// A name, or a reference: what it begins with, then its steps.
    fn reference(&mut self, expr: &ExprRef) -> Result<Expr, Fault> {
        let mut steps: Vec<&ExprRef> = Vec::new();
        let mut base = expr;
        while let Parsed::RefDot { refr, .. } | Parsed::RefBrack { refr, .. } = base.as_ref() {
            steps.push(base);
            base = refr;
        }
        steps.reverse();
        let Parsed::Var { span, .. } = base.as_ref() else {
            let base = self.expr(base)?;
            return self.stepped(base, &steps);
        };
        let name = span.text();
        if name == "_" {
            return Ok(Expr::Local(self.scopes.wildcard()));
        }
        if let Some(slot) = self.scopes.find(name) {
            return self.stepped(Expr::Local(slot), &steps);
        }
        let mut path: Vec<String> = match name {
            "input" | "data" => vec![name.to_owned()],
            _ => match self.imports.get(name) {
                Some(path) => path.clone(),
                None if self.in_package(name) => {
                    let package = self.package.split('.').map(str::to_owned);
                    ["data".to_owned()]
                        .into_iter()
                        .chain(package)
                        .chain([name.to_owned()])
                        .collect()
                }
                None => {
                    return Err(self.fault(
                        expr,
                        FaultKind::Unknown,
                        format!("nothing is called `{name}`"),
                    ));
                }
            },
        };
        let written = path.len();
        path.extend(steps.iter().map_while(|step| fixed(step)));
        if path[0] == "input" {
            let own = path[1..written].iter().map(|one| Expr::Const(V::text(one))).collect();
            return self.stepped(joined(Expr::Input, own), &steps);
        }
        self.of_data(expr, &path, written, &steps)
    }

    /// A reference into `data`: of `path`, the first `written` steps stand in names, the others in `steps`.
    fn of_data(
        &mut self,
        expr: &ExprRef,
        path: &[String],
        written: usize,
        steps: &[&ExprRef],
    ) -> Result<Expr, Fault> {
        let names: Vec<&str> = path[1..].iter().map(String::as_str).collect();
        if let Some((id, count)) = self.index.longest(&names) {
            if self.index.kind(id) == RuleKind::Function {
                return Err(self.fault(expr, FaultKind::NotTaken, "a function that is not called"));
            }
            let taken = (count + 1).max(written);
            let own: Vec<Expr> = path[(count + 1).min(written)..written]
                .iter()
                .map(|one| Expr::Const(V::text(one)))
                .collect();
            return self.stepped(joined(Expr::Rule(id), own), &steps[taken - written..]);
        }
        if self.index.has_beneath(&names) {
            let text = "a whole package as a value, or a rule that is named by a variable";
            return Err(self.fault(expr, FaultKind::NotTaken, text));
        }
        let own = path[1..written].iter().map(|one| Expr::Const(V::text(one))).collect();
        self.stepped(joined(Expr::Data, own), steps)
    }

    fn stepped(&mut self, base: Expr, steps: &[&ExprRef]) -> Result<Expr, Fault> {
        let mut lowered = Vec::with_capacity(steps.len());
        for step in steps {
            lowered.push(match step.as_ref() {
                Parsed::RefDot { field, .. } => Expr::Const(V::text(field.0.text())),
                Parsed::RefBrack { index, .. } => self.expr(index)?,
                _ => return Err(self.fault(step, FaultKind::Syntax, "a step that is none")),
            });
        }
        Ok(joined(base, lowered))
    }

    /// A call as a statement: with one argument more than it has, that is what it gives.
    pub(super) fn call_statement(&mut self, expr: &ExprRef) -> Result<Literal, Fault> {
        let Parsed::Call { fcn, params, .. } = expr.as_ref() else {
            return Ok(Literal::Holds(self.expr(expr)?));
        };
        if let Some(builtin) = self.builtin(fcn)
            && builtin.arity == Some(params.len().wrapping_sub(1))
        {
            let (given, result) = params.split_at(params.len() - 1);
            let args = self.exprs(given)?;
            let call = Expr::Builtin(builtin, args);
            return Ok(Literal::Unify(self.expr(&result[0])?, call));
        }
        Ok(Literal::Holds(self.call(expr)?))
    }

    /// The built-in function that a name stands for, where nothing of the bundle has it.
    fn builtin(&self, function: &ExprRef) -> Option<Builtin> {
        let steps = index::steps(function)?;
        match self.is_known(&steps[0]) {
            true => None,
            false => builtins::find(&steps.join(".")),
        }
    }

    fn call(&mut self, expr: &ExprRef) -> Result<Expr, Fault> {
        let Parsed::Call { fcn, params, .. } = expr.as_ref() else {
            return self.expr(expr);
        };
        let at = place(self.file, fcn.span());
        let steps = index::steps(fcn).unwrap_or_default();
        let name = steps.join(".");
        if let Some(builtin) = self.builtin(fcn) {
            if builtin.arity.is_some_and(|arity| arity != params.len()) {
                let text = format!("`{name}` has {} arguments", builtin.arity.unwrap_or_default());
                return Err(Fault::at(&at, FaultKind::Unknown, text));
            }
            return Ok(Expr::Builtin(builtin, self.exprs(params)?));
        }
        let id = self.function(&steps).ok_or_else(|| match builtins::refused(&name) {
            Some(why) => {
                Fault::at(&at, FaultKind::NotTaken, format!("`{name}` is not taken: {why}"))
            }
            None => Fault::at(&at, FaultKind::Unknown, format!("no function is called `{name}`")),
        })?;
        if self.index.arity(id) != params.len() {
            let text = format!("`{name}` has {} arguments", self.index.arity(id));
            return Err(Fault::at(&at, FaultKind::Unknown, text));
        }
        Ok(Expr::Function(id, self.exprs(params)?))
    }

    /// The function of the bundle that a path names.
    fn function(&self, steps: &[String]) -> Option<usize> {
        let (first, rest) = steps.split_first()?;
        let mut path: Vec<&str> = match (first.as_str(), self.imports.get(first)) {
            ("data", _) => Vec::new(),
            (_, Some(import)) => import.iter().skip(1).map(String::as_str).collect(),
            (own, None) => self.package.split('.').chain([own]).collect(),
        };
        path.extend(rest.iter().map(String::as_str));
        let (id, count) = self.index.longest(&path)?;
        (count == path.len() && self.index.kind(id) == RuleKind::Function).then_some(id)
    }
}

fn of_sets(op: &BinOp) -> Op {
    match op {
        BinOp::Intersection => Op::And,
        BinOp::Union => Op::Or,
    }
}

fn compared(op: &BoolOp) -> Op {
    match op {
        BoolOp::Lt => Op::Lt,
        BoolOp::Le => Op::Le,
        BoolOp::Eq => Op::Eq,
        BoolOp::Ge => Op::Ge,
        BoolOp::Gt => Op::Gt,
        BoolOp::Ne => Op::Ne,
    }
}

fn calculated(op: &ArithOp) -> Op {
    match op {
        ArithOp::Add => Op::Add,
        ArithOp::Sub => Op::Sub,
        ArithOp::Mul => Op::Mul,
        ArithOp::Div => Op::Div,
        ArithOp::Mod => Op::Rem,
    }
}

fn joined(base: Expr, steps: Vec<Expr>) -> Expr {
    match (base, steps) {
        (base, steps) if steps.is_empty() => base,
        (Expr::Ref(base, mut first), more) => {
            first.extend(more);
            Expr::Ref(base, first)
        }
        (base, steps) => Expr::Ref(Box::new(base), steps),
    }
}

/// The name of a step that is written out.
fn fixed(step: &ExprRef) -> Option<String> {
    match step.as_ref() {
        Parsed::RefDot { field, .. } => Some(field.0.text().to_owned()),
        Parsed::RefBrack { index, .. } => match index.as_ref() {
            Parsed::String { value, .. } => value.as_string().ok().map(|text| text.to_string()),
            _ => None,
        },
        _ => None,
    }
}
