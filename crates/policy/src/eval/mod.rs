//! The evaluator: three-valued, since a plan is.
//!
//! A body may hold for sure, not hold, or be open: hold or not by what a value turns out to be. The machine goes through all
//! solutions of a body, as Rego does, and carries along on what the solution at hand depends ([`Machine::maybe`]).
//! Invariants: what is told for sure is so in every world that the unknown values leave; what is told not to be is so in none.
//! It ends: steps and depth have limits.

mod collect;
mod literal;
mod look;
mod operators;
mod rule;

use std::collections::HashMap;

use crate::fault::{Fault, FaultKind};
use crate::ir::{Expr, Program, RuleId, Slot};
use crate::value::{Cause, V};

pub(crate) use rule::Outcome;

/// Most steps of one evaluation of a bundle over one plan.
const STEPS_MAX: u64 = 50_000_000;
/// Most expressions and statements within one another.
const DEPTH_MAX: usize = 400;

/// Why going through solutions ends early.
pub(crate) enum Stop {
    /// Whoever collects has enough.
    Enough,
    /// Something failed.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// What going on with a solution comes to.
pub(crate) type Told = Result<(), Stop>;

/// What going through solutions comes to for whoever collects them: that they had enough is no failure.
fn collected(told: Told) -> Told {
    match told {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

/// What is done with each value of an expression.
pub(crate) type Then<'t, 'p> = &'t mut dyn FnMut(&mut Machine<'p>, V) -> Told;
/// What is done with each combination of keys and values.
type ThenEntries<'t, 'p> = &'t mut dyn FnMut(&mut Machine<'p>, Vec<(V, V)>) -> Told;
/// What is done with each solution of statements.
pub(crate) type Next<'t, 'p> = &'t mut dyn FnMut(&mut Machine<'p>) -> Told;

/// An evaluation over one input.
pub(crate) struct Machine<'p> {
    program: &'p Program,
    input: V,
    data: V,
    frame: Vec<Option<V>>,
    trail: Vec<Slot>,
    /// On what the solution at hand depends; none where it holds for sure.
    maybe: Option<Cause>,
    known: HashMap<RuleId, Outcome>,
    replaced: Vec<(RuleId, V)>,
    running: Vec<RuleId>,
    steps: u64,
    depth: usize,
}

impl<'p> Machine<'p> {
    /// A machine over an input and base documents.
    pub(crate) fn new(program: &'p Program, input: V, data: V) -> Machine<'p> {
        Machine {
            program,
            input,
            data,
            frame: Vec::new(),
            trail: Vec::new(),
            maybe: None,
            known: HashMap::new(),
            replaced: Vec::new(),
            running: Vec::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// Goes on where this holds only perhaps.
    fn under(&mut self, cause: Option<Cause>, next: Next<'_, 'p>) -> Told {
        let Some(cause) = cause.filter(|_| self.maybe.is_none()) else { return next(self) };
        self.maybe = Some(cause);
        let told = next(self);
        self.maybe = None;
        told
    }

    fn bind(&mut self, slot: Slot, value: V, next: Next<'_, 'p>) -> Told {
        self.frame[slot] = Some(value);
        self.trail.push(slot);
        let told = next(self);
        if told.is_ok() {
            self.trail.pop();
            self.frame[slot] = None;
        }
        told
    }

    /// Goes through something on its own: what it binds is unbound afterwards, and what it depends on is its own.
    fn apart<T>(&mut self, work: impl FnOnce(&mut Machine<'p>) -> T) -> T {
        let (mark, ambient, depth) = (self.trail.len(), self.maybe.take(), self.depth);
        let out = work(self);
        for slot in self.trail.drain(mark..) {
            self.frame[slot] = None;
        }
        self.maybe = ambient;
        self.depth = depth;
        out
    }

    /// One step deeper; refused where it is too many or too deep.
    fn deeper(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        self.depth += 1;
        if self.steps > STEPS_MAX {
            return Err(self.failed("it takes more than 50 million steps"));
        }
        if self.depth > DEPTH_MAX {
            return Err(self.failed("it is nested more than 400 levels deep"));
        }
        Ok(())
    }

    fn failed(&self, text: &str) -> Fault {
        let rule = self.running.last().map(|id| self.program.rules[*id].path.to_string());
        Fault::new(FaultKind::Failed, format!("{}: {text}", rule.unwrap_or_default()))
    }

    /// Each value of an expression.
    pub(crate) fn eval(&mut self, expr: &'p Expr, then: Then<'_, 'p>) -> Told {
        match expr {
            Expr::Const(value) => return then(self, value.clone()),
            Expr::Local(slot) => {
                let value = self.frame[*slot].clone();
                return match value {
                    Some(value) => then(self, value),
                    None => Err(self.failed("a variable is not bound").into()),
                };
            }
            _ => {}
        }
        self.deeper()?;
        let told = self.eval_deep(expr, then);
        self.depth = self.depth.saturating_sub(1);
        told
    }

    fn eval_deep(&mut self, expr: &'p Expr, then: Then<'_, 'p>) -> Told {
        match expr {
            Expr::Const(_) | Expr::Local(_) => Ok(()),
            Expr::Input => then(self, self.input.clone()),
            Expr::Data => then(self, self.data.clone()),
            Expr::Rule(id) => {
                let outcome = self.rule(*id)?;
                self.outcome(outcome, then)
            }
            Expr::Array(items) => {
                self.list(items, Vec::new(), &mut |m, all| then(m, V::array(all)))
            }
            Expr::Set(items) => self
                .list(items, Vec::new(), &mut |m, all| then(m, V::set(all.into_iter().collect()))),
            Expr::Object(entries) => self.entries(entries, Vec::new(), &mut |m, all| {
                then(m, V::object(all.into_iter().collect()))
            }),
            Expr::Each(each) => {
                let value = self.each(each)?;
                then(self, value)
            }
            Expr::Builtin(builtin, args) => {
                self.list(args, Vec::new(), &mut |m, all| match builtin.call(&all) {
                    Some(value) => then(m, value),
                    None => Ok(()),
                })
            }
            Expr::Function(id, args) => self.list(args, Vec::new(), &mut |m, all| {
                let outcome = m.function(*id, &all)?;
                m.outcome(outcome, then)
            }),
            Expr::Ref(base, steps) => self.eval(base, &mut |m, value| m.steps(value, steps, then)),
            Expr::Binary(op, sides) => self.eval(&sides.0, &mut |m, a| {
                m.eval(&sides.1, &mut |m, b| match operators::binary(*op, &a, &b) {
                    Some(value) => then(m, value),
                    None => Ok(()),
                })
            }),
            Expr::Same(sides) => self.eval(&sides.0, &mut |m, a| {
                m.eval(&sides.1, &mut |m, b| then(m, a.same(&b).value()))
            }),
            Expr::In(parts) => self.is_in(parts, then),
            Expr::Negative(inner) => {
                self.eval(inner, &mut |m, value| match operators::negative(&value) {
                    Some(value) => then(m, value),
                    None => Ok(()),
                })
            }
        }
    }

    fn outcome(&mut self, outcome: Outcome, then: Then<'_, 'p>) -> Told {
        match outcome {
            Outcome::Undefined => Ok(()),
            Outcome::Is(value) => then(self, value),
            Outcome::Maybe(value, cause) => {
                self.under(Some(cause), &mut |m| then(m, value.clone()))
            }
        }
    }

    /// Each combination of values of several expressions.
    fn list(
        &mut self,
        exprs: &'p [Expr],
        so_far: Vec<V>,
        then: &mut dyn FnMut(&mut Machine<'p>, Vec<V>) -> Told,
    ) -> Told {
        let Some((first, rest)) = exprs.split_first() else { return then(self, so_far) };
        self.eval(first, &mut |m, value| {
            let mut all = so_far.clone();
            all.push(value);
            m.list(rest, all, then)
        })
    }

    fn entries(
        &mut self,
        entries: &'p [(Expr, Expr)],
        so_far: Vec<(V, V)>,
        then: ThenEntries<'_, 'p>,
    ) -> Told {
        let Some(((key, value), rest)) = entries.split_first() else { return then(self, so_far) };
        self.eval(key, &mut |m, key| {
            m.eval(value, &mut |m, value| {
                let mut all = so_far.clone();
                all.push((key.clone(), value));
                m.entries(rest, all, then)
            })
        })
    }
}
