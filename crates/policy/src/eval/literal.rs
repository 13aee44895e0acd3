//! Statements of bodies: what holds, what binds what.
//!
//! Invariant: a statement that is open lets the rest of the body go on as open; one that does not hold ends it.

use std::sync::Arc;

use super::collect::There;
use super::look::{Found, look};
use super::{Machine, Next, Stop, Told, collected};
use crate::ir::{Expr, Literal, Query, Slot, Statement, Target, With};
use crate::value::{Answer, Cause, Kind, V};

/// What a statement comes to where it has one solution at most.
enum Spot {
    /// It holds; what it depends on.
    Holds(Option<Cause>),
    /// It does not.
    Fails,
    /// It may have more than one solution.
    Many,
}

/// The values of an expression, where there is one at most.
enum Only {
    None,
    One(V, Option<Cause>),
    Many,
}

impl<'p> Machine<'p> {
    /// Each solution of a body.
    pub(super) fn query(&mut self, query: &'p Query, next: Next<'_, 'p>) -> Told {
        self.statements(&query.statements, next)
    }

    /// Goes through statements: on the spot as long as each has one solution at most, deeper only where one may have more.
    fn statements(&mut self, all: &'p [Statement], next: Next<'_, 'p>) -> Told {
        let (mark, ambient) = (self.trail.len(), self.maybe.clone());
        let told = self.in_turn(all, next);
        if told.is_ok() {
            for slot in self.trail.drain(mark..) {
                self.frame[slot] = None;
            }
            self.maybe = ambient;
        }
        told
    }

    fn in_turn(&mut self, all: &'p [Statement], next: Next<'_, 'p>) -> Told {
        for (at, statement) in all.iter().enumerate() {
            match self.on_the_spot(statement)? {
                Spot::Holds(cause) => self.maybe = self.maybe.take().or(cause),
                Spot::Fails => return Ok(()),
                Spot::Many => {
                    let rest = &all[at + 1..];
                    self.deeper()?;
                    let told = match statement.with.is_empty() {
                        true => self.literal(&statement.literal, &mut |m| m.statements(rest, next)),
                        false => self.with(statement, &mut |m| m.statements(rest, next)),
                    };
                    self.depth = self.depth.saturating_sub(1);
                    return told;
                }
            }
        }
        next(self)
    }

    /// A statement that has one solution at most, which binds one variable at most.
    fn on_the_spot(&mut self, statement: &'p Statement) -> Result<Spot, Stop> {
        if !statement.with.is_empty() {
            return Ok(Spot::Many);
        }
        match &statement.literal {
            Literal::Holds(expr) => Ok(match self.only(expr)? {
                Only::Many => Spot::Many,
                Only::None => Spot::Fails,
                Only::One(value, cause) => match value.truth() {
                    Answer::Yes => Spot::Holds(cause),
                    Answer::No => Spot::Fails,
                    Answer::Maybe(own) => Spot::Holds(cause.or(Some(own))),
                },
            }),
            Literal::Not(query) => Ok(match self.there(query)? {
                There::Yes => Spot::Fails,
                There::No => Spot::Holds(None),
                There::Maybe(cause) => Spot::Holds(Some(cause)),
            }),
            Literal::Unify(a, b) => {
                let (slot, value) = match (a, b) {
                    (Expr::Local(slot), value) if self.frame[*slot].is_none() => (*slot, value),
                    (value, Expr::Local(slot)) if self.frame[*slot].is_none() => (*slot, value),
                    _ => return Ok(Spot::Many),
                };
                if !self.is_bound(value) {
                    return Ok(Spot::Many);
                }
                Ok(match self.only(value)? {
                    Only::Many => Spot::Many,
                    Only::None => Spot::Fails,
                    Only::One(value, cause) => {
                        self.frame[slot] = Some(value);
                        self.trail.push(slot);
                        Spot::Holds(cause)
                    }
                })
            }
            Literal::Member { .. } | Literal::Every { .. } | Literal::Walk { .. } => Ok(Spot::Many),
        }
    }

    /// The only value of an expression that binds nothing.
    fn only(&mut self, expr: &'p Expr) -> Result<Only, Stop> {
        let (mut only, mark) = (Only::None, self.trail.len());
        let told = self.apart(|m| {
            m.eval(expr, &mut |m, value| {
                only = match only {
                    Only::None if m.trail.len() == mark => Only::One(value, m.maybe.clone()),
                    _ => Only::Many,
                };
                if matches!(only, Only::Many) { Err(Stop::Enough) } else { Ok(()) }
            })
        });
        collected(told)?;
        Ok(only)
    }

    fn literal(&mut self, literal: &'p Literal, next: Next<'_, 'p>) -> Told {
        match literal {
            Literal::Holds(expr) => self.eval(expr, &mut |m, value| match value.truth() {
                Answer::Yes => next(m),
                Answer::No => Ok(()),
                Answer::Maybe(cause) => m.under(Some(cause), next),
            }),
            Literal::Not(query) => match self.there(query)? {
                There::Yes => Ok(()),
                There::No => next(self),
                There::Maybe(cause) => self.under(Some(cause), next),
            },
            Literal::Unify(a, b) => {
                let (value, pattern) = if self.is_bound(b) { (b, a) } else { (a, b) };
                self.eval(value, &mut |m, value| m.matches(pattern, &value, next))
            }
            Literal::Member { key, value, collection } => {
                self.eval(collection, &mut |m, collection| {
                    m.members(&collection, &mut |m, own, item, cause| {
                        m.under(cause, &mut |m| match key {
                            None => m.matches(value, &item, next),
                            Some(key) => {
                                m.matches(key, &own, &mut |m| m.matches(value, &item, next))
                            }
                        })
                    })
                })
            }
            Literal::Every { key, value, domain, query } => {
                self.eval(domain, &mut |m, domain| match m.every((*key, *value), &domain, query)? {
                    Answer::No => Ok(()),
                    Answer::Yes => next(m),
                    Answer::Maybe(cause) => m.under(Some(cause), next),
                })
            }
            Literal::Walk { document, pair } => {
                self.eval(document, &mut |m, document| m.walk(&document, pair, next))
            }
        }
    }

    fn every(
        &mut self,
        (key, value): (Option<Slot>, Slot),
        domain: &V,
        query: &'p Query,
    ) -> Result<Answer, Stop> {
        let mut answer = Answer::Yes;
        if matches!(domain, V::Null | V::Bool(_) | V::Num(_) | V::Str(_)) {
            return Ok(Answer::No);
        }
        let told = self.apart(|m| {
            m.members(domain, &mut |m, own, item, cause| {
                m.frame[value] = Some(item);
                if let Some(key) = key {
                    m.frame[key] = Some(own);
                }
                let there = m.there(query)?;
                answer = match (there, cause) {
                    (There::No, None) => Answer::No,
                    (There::No, Some(cause)) | (There::Maybe(cause), _) => Answer::Maybe(cause),
                    (There::Yes, _) => return Ok(()),
                };
                if answer == Answer::No { Err(Stop::Enough) } else { Ok(()) }
            })
        });
        self.frame[value] = None;
        if let Some(key) = key {
            self.frame[key] = None;
        }
        collected(told)?;
        Ok(answer)
    }

    /// Whether all variables of a pattern are bound.
    pub(super) fn is_bound(&self, pattern: &Expr) -> bool {
        match pattern {
            Expr::Local(slot) => self.frame[*slot].is_some(),
            Expr::Array(items) => items.iter().all(|one| self.is_bound(one)),
            Expr::Object(entries) => entries.iter().all(|(_, value)| self.is_bound(value)),
            _ => true,
        }
    }

    /// Takes a value apart by a pattern.
    pub(super) fn matches(&mut self, pattern: &'p Expr, value: &V, next: Next<'_, 'p>) -> Told {
        if let Expr::Local(slot) = pattern
            && self.frame[*slot].is_none()
        {
            return self.bind(*slot, value.clone(), next);
        }
        if self.is_bound(pattern) {
            return self.eval(pattern, &mut |m, own| match own.same(value) {
                Answer::Yes => next(m),
                Answer::No => Ok(()),
                Answer::Maybe(cause) => m.under(Some(cause), next),
            });
        }
        match pattern {
            Expr::Array(items) => match value {
                V::Array(members) if members.all.len() == items.len() => {
                    let members = Arc::clone(members);
                    self.match_all(items, &members.all, next)
                }
                V::Open(open) if open.kind == Kind::Array => {
                    self.match_any(items, open.cause(), next)
                }
                V::Unknown(unknown) => self.match_any(items, &unknown.cause, next),
                _ => Ok(()),
            },
            Expr::Object(entries) => self.match_entries(entries, value, entries.len(), next),
            _ => Ok(()),
        }
    }

    fn match_all(&mut self, items: &'p [Expr], values: &[V], next: Next<'_, 'p>) -> Told {
        match (items.split_first(), values.split_first()) {
            (Some((first, rest)), Some((value, values))) => {
                self.matches(first, value, &mut |m| m.match_all(rest, values, next))
            }
            _ => next(self),
        }
    }

    /// A pattern over a value that is not known: it may fit, and then its variables are not known.
    fn match_any(&mut self, items: &'p [Expr], cause: &Cause, next: Next<'_, 'p>) -> Told {
        let values = vec![V::computed(cause.clone()); items.len()];
        self.under(Some(cause.clone()), &mut |m| m.match_all(items, &values, next))
    }

    fn match_entries(
        &mut self,
        entries: &'p [(Expr, Expr)],
        value: &V,
        count: usize,
        next: Next<'_, 'p>,
    ) -> Told {
        match value {
            V::Object(members) if members.all.len() != count => return Ok(()),
            V::Object(_) | V::Open(_) | V::Unknown(_) => {}
            _ => return Ok(()),
        }
        let open = (!matches!(value, V::Object(_))).then(|| value.murk().cloned()).flatten();
        let Some(((key, pattern), rest)) = entries.split_first() else {
            return self.under(open, next);
        };
        self.eval(key, &mut |m, key| {
            let (found, cause) = match look(value, &key) {
                Found::Nothing => return Ok(()),
                Found::Value(found) => (found, None),
                Found::Maybe(found, cause) => (found, Some(cause)),
            };
            m.under(cause, &mut |m| {
                m.matches(pattern, &found, &mut |m| m.match_entries(rest, value, count, next))
            })
        })
    }

    /// Each place within a document, with its path.
    fn walk(&mut self, document: &V, pair: &'p Expr, next: Next<'_, 'p>) -> Told {
        let mut open: Vec<(Vec<V>, V, Option<Cause>)> = vec![(Vec::new(), document.clone(), None)];
        while let Some((path, value, cause)) = open.pop() {
            self.deeper()?;
            self.depth = self.depth.saturating_sub(1);
            let told = V::array(vec![V::array(path.clone()), value.clone()]);
            self.under(cause.clone(), &mut |m| m.matches(pair, &told, next))?;
            let is_computed = matches!(&value, V::Unknown(unknown) if !unknown.itself);
            if is_computed {
                // What is beneath it is beneath what it was computed from: told once.
                continue;
            }
            let first = open.len();
            self.members(&value, &mut |_, key, item, own| {
                let mut path = path.clone();
                path.push(key);
                open.push((path, item, cause.clone().or(own)));
                Ok(())
            })?;
            open[first..].reverse();
        }
        Ok(())
    }

    /// A statement with other inputs: gone through to its end with them, then gone on from without.
    fn with(&mut self, statement: &'p Statement, next: Next<'_, 'p>) -> Told {
        let kept = (self.input.clone(), self.data.clone(), self.replaced.clone());
        for with in &statement.with {
            let value = self.one(&with.value)?;
            let Some((value, _)) = value else { return Ok(()) };
            self.put(with, value);
        }
        let known = std::mem::take(&mut self.known);
        let mut solutions: Vec<(Vec<Option<V>>, Option<Cause>)> = Vec::new();
        let told = self.apart(|m| {
            m.literal(&statement.literal, &mut |m| {
                solutions.push((m.frame.clone(), m.maybe.clone()));
                Ok(())
            })
        });
        self.known = known;
        (self.input, self.data, self.replaced) = kept;
        told?;
        for (frame, cause) in solutions {
            let before = std::mem::replace(&mut self.frame, frame);
            let told = self.under(cause, next);
            self.frame = before;
            told?;
        }
        Ok(())
    }

    fn put(&mut self, with: &With, value: V) {
        match &with.target {
            Target::Input(path) => self.input = replaced(&self.input, path, value),
            Target::Data(path) => self.data = replaced(&self.data, path, value),
            Target::Rule(id) => self.replaced.push((*id, value)),
        }
    }
}

/// A document with another value at a path.
fn replaced(document: &V, path: &[Arc<str>], value: V) -> V {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut entries = match document {
        V::Object(members) => members.all.clone(),
        _ => Default::default(),
    };
    let key = V::Str(first.clone());
    let inner = entries.get(&key).cloned().unwrap_or(V::Null);
    entries.insert(key, replaced(&inner, rest, value));
    V::object(entries)
}
