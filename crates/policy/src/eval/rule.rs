//! Rules: what their definitions come to together.
//!
//! Invariant: a rule is evaluated once for an input; it does not depend on where it is asked from.

use super::collect::Gathered;
use super::{Machine, Next, Stop, Told, collected};
use crate::ir::{Body, Definition, Expr, RuleId, RuleKind};
use crate::value::{Answer, Cause, Kind, V};

/// What a rule comes to.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It is not there.
    Undefined,
    /// It is this.
    Is(V),
    /// It is this, or not there.
    Maybe(V, Cause),
}

/// Values of a rule that has one, with what each depends on.
type Values = Vec<(V, Option<Cause>)>;

impl<'p> Machine<'p> {
    /// What a rule comes to.
    pub(crate) fn rule(&mut self, id: RuleId) -> Result<Outcome, Stop> {
        if let Some((_, value)) = self.replaced.iter().rev().find(|(rule, _)| *rule == id) {
            return Ok(Outcome::Is(value.clone()));
        }
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let outcome = self.within(id, |m| m.defined(id))?;
        self.known.insert(id, outcome.clone());
        Ok(outcome)
    }

    /// What a function comes to.
    pub(super) fn function(&mut self, id: RuleId, args: &[V]) -> Result<Outcome, Stop> {
        self.within(id, |m| {
            let mut values = Values::new();
            for definition in &m.program.rules[id].definitions {
                m.values(definition, Some(args), &mut values)?;
            }
            m.together(values, None)
        })
    }

    /// Runs a rule in a frame of its own.
    fn within(
        &mut self,
        id: RuleId,
        work: impl FnOnce(&mut Machine<'p>) -> Result<Outcome, Stop>,
    ) -> Result<Outcome, Stop> {
        if self.running.contains(&id) {
            return Err(self
                .failed(&format!("`{}` is made of itself", self.program.rules[id].path))
                .into());
        }
        self.running.push(id);
        let (frame, trail) = (std::mem::take(&mut self.frame), std::mem::take(&mut self.trail));
        let outcome = self.apart(work);
        (self.frame, self.trail) = (frame, trail);
        if outcome.is_ok() {
            self.running.pop();
        }
        outcome
    }

    fn defined(&mut self, id: RuleId) -> Result<Outcome, Stop> {
        let rule = &self.program.rules[id];
        let kind = match rule.kind {
            RuleKind::Set => Kind::Set,
            RuleKind::Object => Kind::Object,
            RuleKind::Complete | RuleKind::Function => {
                let mut values = Values::new();
                for definition in &rule.definitions {
                    self.values(definition, None, &mut values)?;
                }
                let default = match &rule.default {
                    Some(expr) => self.one(expr)?.map(|(value, _)| value),
                    None => None,
                };
                return self.together(values, default);
            }
        };
        let mut gathered = Gathered::default();
        for definition in &rule.definitions {
            self.frame = vec![None; definition.slots];
            for body in &definition.bodies {
                self.gather(body, &mut gathered)?;
            }
        }
        Ok(Outcome::Is(self.gathered(gathered, kind)?))
    }

    fn gather(&mut self, body: &'p Body, gathered: &mut Gathered) -> Result<(), Stop> {
        let key = body.key.as_ref().expect("BUG: a rule of many values has a key");
        self.apart(|m| {
            m.query(&body.query, &mut |m| {
                m.eval(key, &mut |m, key| {
                    m.eval(&body.value, &mut |m, value| {
                        gathered.add(key.clone(), value, m.maybe.clone());
                        Ok(())
                    })
                })
            })
        })
    }

    /// The values of a definition: of its bodies, each `else` only where those before did not hold.
    fn values(
        &mut self,
        definition: &'p Definition,
        args: Option<&[V]>,
        values: &mut Values,
    ) -> Result<(), Stop> {
        let mut chain = Values::new();
        let mut fits: Option<Cause> = None;
        for body in &definition.bodies {
            if !body.is_else {
                values.append(&mut chain);
                fits = None;
            }
            let is_decided = body.is_else && chain.iter().any(|(_, cause)| cause.is_none());
            if is_decided {
                continue;
            }
            let mut own = Values::new();
            self.frame = vec![None; definition.slots];
            self.body(definition, body, args, &mut own)?;
            // An else below something open holds only where that does not: then neither is sure, and which it is, is not known.
            if body.is_else && !chain.is_empty() {
                let cause = fits.clone().or_else(|| chain[0].1.clone());
                let cause = cause.expect("BUG: what is not sure depends on something");
                own = either(std::mem::take(&mut chain), own, &cause);
            }
            fits = own.first().and_then(|(_, cause)| cause.clone());
            chain = own;
        }
        values.append(&mut chain);
        Ok(())
    }

    fn body(
        &mut self,
        definition: &'p Definition,
        body: &'p Body,
        args: Option<&[V]>,
        own: &mut Values,
    ) -> Result<(), Stop> {
        let is_fixed = matches!(body.value, Expr::Const(_));
        let told = self.apart(|m| {
            m.arguments(&definition.arguments, args.unwrap_or_default(), &mut |m| {
                m.query(&body.query, &mut |m| {
                    m.eval(&body.value, &mut |m, value| {
                        own.push((value, m.maybe.clone()));
                        // One sure solution says all where each says the same.
                        match is_fixed && m.maybe.is_none() {
                            true => Err(Stop::Enough),
                            false => Ok(()),
                        }
                    })
                })
            })
        });
        collected(told)
    }

    fn arguments(&mut self, patterns: &'p [Expr], args: &[V], next: Next<'_, 'p>) -> Told {
        match (patterns.split_first(), args.split_first()) {
            (Some((first, patterns)), Some((value, args))) => {
                self.matches(first, value, &mut |m| m.arguments(patterns, args, next))
            }
            _ => next(self),
        }
    }

    /// What values come to together, and a default.
    fn together(&self, values: Values, default: Option<V>) -> Result<Outcome, Stop> {
        let mut sure: Option<V> = None;
        let mut maybe: Option<(V, Cause)> = None;
        for (value, cause) in values {
            match (cause, &sure, &mut maybe) {
                (None, None, _) => sure = Some(value),
                (None, Some(known), _) => {
                    if known.same(&value) == Answer::No {
                        let text =
                            format!("two values at once, {} and {}", known.shown(), value.shown());
                        return Err(self.failed(&text).into());
                    }
                }
                (Some(cause), _, None) => maybe = Some((value, cause)),
                (Some(_), _, Some((known, cause))) => {
                    if known.same(&value) != Answer::Yes {
                        *known = V::computed(cause.clone());
                    }
                }
            }
        }
        Ok(match (sure, maybe, default) {
            // Where the other held too, it would have to be the same.
            (Some(value), _, _) => Outcome::Is(value),
            (None, None, None) => Outcome::Undefined,
            (None, None, Some(default)) => Outcome::Is(default),
            (None, Some((value, cause)), None) => Outcome::Maybe(value, cause),
            (None, Some((value, cause)), Some(default)) => match value.same(&default) {
                Answer::Yes => Outcome::Is(default),
                _ => Outcome::Is(V::computed(cause)),
            },
        })
    }
}

/// Either what was open, or what holds where it does not.
fn either(first: Values, second: Values, cause: &Cause) -> Values {
    let Some((value, _)) = first.first() else { return second };
    let all = first.iter().chain(&second);
    let same = all.clone().all(|(other, _)| other.same(value) == Answer::Yes);
    let told = if same { value.clone() } else { V::computed(cause.clone()) };
    let is_sure = second.iter().any(|(_, cause)| cause.is_none());
    vec![(told, if is_sure { None } else { Some(cause.clone()) })]
}
