//! The order of a body's statements: each where all that it needs is bound.
//!
//! Rego leaves the order open. Invariant: of two statements that are both ready, the one that was written first goes first.

use std::collections::BTreeSet;

use crate::ir::{Expr, Literal, Query, Slot, Statement};

/// What an expression does with variables.
#[derive(Default)]
pub(super) struct Vars {
    /// Those that have to be bound.
    pub(super) need: BTreeSet<Slot>,
    /// Those that it binds by being taken apart.
    pub(super) pattern: BTreeSet<Slot>,
    /// Those that it binds by going through a collection.
    pub(super) step: BTreeSet<Slot>,
}

impl Vars {
    /// What a value takes.
    pub(in crate::lower) fn of(expr: &Expr) -> Vars {
        let mut vars = Vars::default();
        vars.value(expr);
        vars
    }

    fn value(&mut self, expr: &Expr) {
        match expr {
            Expr::Const(_) | Expr::Input | Expr::Data | Expr::Rule(_) => {}
            Expr::Local(slot) => drop(self.need.insert(*slot)),
            Expr::Array(items) | Expr::Set(items) => items.iter().for_each(|one| self.value(one)),
            Expr::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.value(key);
                self.value(value);
            }),
            Expr::Each(each) => {
                let mut inner = Vars::default();
                inner.all_of(&each.query);
                each.key.iter().for_each(|key| inner.value(key));
                inner.value(&each.value);
                self.free(inner, &each.query.own);
            }
            Expr::Builtin(_, args) | Expr::Function(_, args) => {
                args.iter().for_each(|one| self.value(one));
            }
            Expr::Ref(base, steps) => {
                self.value(base);
                for step in steps {
                    let mut inner = Vars::default();
                    inner.take_apart(step);
                    self.need.extend(inner.need);
                    self.step.extend(inner.pattern);
                    self.step.extend(inner.step);
                }
            }
            Expr::Binary(_, sides) | Expr::Same(sides) => {
                self.value(&sides.0);
                self.value(&sides.1);
            }
            Expr::In(parts) => {
                parts.0.iter().for_each(|key| self.value(key));
                self.value(&parts.1);
                self.value(&parts.2);
            }
            Expr::Negative(inner) => self.value(inner),
        }
    }

    /// What a pattern takes.
    fn take_apart(&mut self, expr: &Expr) {
        match expr {
            Expr::Local(slot) => drop(self.pattern.insert(*slot)),
            Expr::Array(items) => items.iter().for_each(|one| self.take_apart(one)),
            Expr::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.value(key);
                self.take_apart(value);
            }),
            other => self.value(other),
        }
    }

    /// What a nested query takes of what is around it.
    fn free(&mut self, inner: Vars, own: &[Slot]) {
        let outer = |slots: BTreeSet<Slot>| slots.into_iter().filter(|slot| !own.contains(slot));
        self.need.extend(outer(inner.need));
        self.need.extend(outer(inner.pattern));
        self.need.extend(outer(inner.step));
    }

    fn all_of(&mut self, query: &Query) {
        query.statements.iter().for_each(|one| self.statement(one));
    }

    fn nested(&mut self, query: &Query, own: &[Slot]) {
        let mut inner = Vars::default();
        inner.all_of(query);
        let own: Vec<Slot> = own.iter().chain(&query.own).copied().collect();
        self.free(inner, &own);
    }

    fn statement(&mut self, statement: &Statement) {
        statement.with.iter().for_each(|one| self.value(&one.value));
        match &statement.literal {
            Literal::Holds(expr) => self.value(expr),
            Literal::Not(query) => self.nested(query, &[]),
            Literal::Unify(a, b) => {
                self.take_apart(a);
                self.take_apart(b);
            }
            Literal::Member { key, value, collection } => {
                self.value(collection);
                key.iter().for_each(|key| self.take_apart(key));
                self.take_apart(value);
            }
            Literal::Every { key, value, domain, query } => {
                self.value(domain);
                let own: Vec<Slot> = key.iter().chain([value]).copied().collect();
                self.nested(query, &own);
            }
            Literal::Walk { document, pair } => {
                self.value(document);
                self.take_apart(pair);
            }
        }
    }

    /// What a query and what it gives use, in one set.
    pub(super) fn bound_by(query: &Query) -> BTreeSet<Slot> {
        let mut vars = Vars::default();
        vars.all_of(query);
        vars.all()
    }

    fn all(self) -> BTreeSet<Slot> {
        self.need.into_iter().chain(self.pattern).chain(self.step).collect()
    }
}

/// Puts statements into an order; the variables of the scope that stay unbound where there is none.
pub(super) fn ordered(
    statements: Vec<Statement>,
    own: &[Slot],
) -> Result<Vec<Statement>, BTreeSet<Slot>> {
    let own: BTreeSet<Slot> = own.iter().copied().collect();
    let mut bound: BTreeSet<Slot> = BTreeSet::new();
    let mut left: Vec<(Statement, Vars)> = statements
        .into_iter()
        .map(|statement| {
            let mut vars = Vars::default();
            vars.statement(&statement);
            (statement, vars)
        })
        .collect();
    let mut out = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_bound = |slot: &Slot| !own.contains(slot) || bound.contains(slot);
        let Some(at) = left.iter().position(|(one, vars)| is_ready(one, vars, &is_bound)) else {
            let unbound = |vars: &Vars| {
                let all = vars.need.iter().chain(&vars.pattern);
                all.filter(|slot| !is_bound(slot)).copied().collect::<Vec<_>>()
            };
            return Err(left.iter().flat_map(|(_, vars)| unbound(vars)).collect());
        };
        let (statement, vars) = left.remove(at);
        bound.extend(vars.all());
        out.push(statement);
    }
    Ok(out)
}

fn is_ready(statement: &Statement, vars: &Vars, is_bound: &dyn Fn(&Slot) -> bool) -> bool {
    if !vars.need.iter().all(is_bound) {
        return false;
    }
    match &statement.literal {
        // One side has to be there to take the other apart.
        Literal::Unify(a, b) => {
            let whole = |expr: &Expr| {
                let mut own = Vars::default();
                own.take_apart(expr);
                own.pattern.iter().all(is_bound)
            };
            whole(a) || whole(b)
        }
        _ => true,
    }
}
