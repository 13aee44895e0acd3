//! Looking into values: steps of references, members of collections.
//!
//! Invariant: what is asked of an unknown value may be there or not, and is unknown.

use std::sync::Arc;

use super::{Machine, Stop, Then, Told, collected};
use crate::ir::Expr;
use crate::value::{Answer, Cause, Kind, Num, V};

/// What is done with a key and a value, and on what it depends that they are there.
type Entry<'t, 'p> = &'t mut dyn FnMut(&mut Machine<'p>, V, V, Option<Cause>) -> Told;

/// What stands under a key of a value.
pub(super) enum Found {
    Nothing,
    Value(V),
    Maybe(V, Cause),
}

fn computed(cause: &Cause) -> Found {
    Found::Maybe(V::computed(cause.clone()), cause.clone())
}

/// What stands under a key.
pub(super) fn look(value: &V, key: &V) -> Found {
    match value {
        V::Null | V::Bool(_) | V::Num(_) | V::Str(_) => Found::Nothing,
        V::Unknown(unknown) => computed(&unknown.cause),
        V::Array(members) => match key {
            V::Num(Num::Int(at)) => {
                let found = usize::try_from(*at).ok().and_then(|at| members.all.get(at));
                found.cloned().map_or(Found::Nothing, Found::Value)
            }
            V::Unknown(unknown) if !members.all.is_empty() => computed(&unknown.cause),
            _ => Found::Nothing,
        },
        V::Object(members) => match key.murk() {
            None => members.all.get(key).cloned().map_or(Found::Nothing, Found::Value),
            Some(cause) if !members.all.is_empty() => computed(cause),
            Some(_) => Found::Nothing,
        },
        V::Set(members) if members.murk.is_none() && key.murk().is_none() => {
            if members.all.contains(key) { Found::Value(key.clone()) } else { Found::Nothing }
        }
        V::Set(members) => {
            let mut cause = None;
            for member in &members.all {
                match member.same(key) {
                    Answer::Yes => return Found::Value(key.clone()),
                    Answer::No => {}
                    Answer::Maybe(why) => cause = Some(why),
                }
            }
            cause.map_or(Found::Nothing, |cause| Found::Maybe(key.clone(), cause))
        }
        V::Open(open) => {
            if open.kind == Kind::Array {
                return computed(open.cause());
            }
            let mut perhaps = None;
            for (own, value) in &open.sure {
                match own.same(key) {
                    Answer::Yes => return Found::Value(value.clone()),
                    Answer::No => {}
                    Answer::Maybe(why) => perhaps = Some((value, why)),
                }
            }
            for (own, value, cause) in &open.maybe {
                match own.same(key) {
                    Answer::No => {}
                    Answer::Yes => perhaps = perhaps.or(Some((value, cause.clone()))),
                    // It may be another's: nothing is told of the value.
                    Answer::Maybe(_) => return computed(cause),
                }
            }
            match perhaps {
                None => Found::Nothing,
                Some((value, cause)) => Found::Maybe(value.clone(), cause),
            }
        }
    }
}

impl<'p> Machine<'p> {
    /// Each value that steps lead to.
    pub(super) fn steps(&mut self, value: V, steps: &'p [Expr], then: Then<'_, 'p>) -> Told {
        let Some((step, rest)) = steps.split_first() else { return then(self, value) };
        if let Expr::Const(key) = step {
            return self.found(look(&value, key), rest, then);
        }
        if self.is_bound(step) {
            return self.eval(step, &mut |m, key| m.found(look(&value, &key), rest, then));
        }
        self.members(&value, &mut |m, key, value, cause| {
            m.under(cause, &mut |m| {
                let value = value.clone();
                m.matches(step, &key, &mut |m| m.steps(value.clone(), rest, then))
            })
        })
    }

    fn found(&mut self, found: Found, rest: &'p [Expr], then: Then<'_, 'p>) -> Told {
        match found {
            Found::Nothing => Ok(()),
            Found::Value(value) => self.steps(value, rest, then),
            Found::Maybe(value, cause) => {
                self.under(Some(cause), &mut |m| m.steps(value.clone(), rest, then))
            }
        }
    }

    /// Each member of a value, with its key.
    pub(super) fn members(&mut self, value: &V, entry: Entry<'_, 'p>) -> Told {
        match value {
            V::Null | V::Bool(_) | V::Num(_) | V::Str(_) => Ok(()),
            V::Unknown(unknown) => {
                let any = V::computed(unknown.cause.clone());
                entry(self, any.clone(), any, Some(unknown.cause.clone()))
            }
            V::Array(members) => {
                let members = Arc::clone(members);
                for (at, item) in members.all.iter().enumerate() {
                    entry(self, V::int(at), item.clone(), None)?;
                }
                Ok(())
            }
            V::Object(members) => {
                let members = Arc::clone(members);
                for (key, value) in &members.all {
                    entry(self, key.clone(), value.clone(), None)?;
                }
                Ok(())
            }
            V::Set(members) => {
                let members = Arc::clone(members);
                for item in &members.all {
                    entry(self, item.clone(), item.clone(), None)?;
                }
                Ok(())
            }
            V::Open(open) => {
                let open = Arc::clone(open);
                let key_of = |key: &V| match open.kind {
                    Kind::Array => V::computed(open.cause().clone()),
                    _ => key.clone(),
                };
                for (key, value) in &open.sure {
                    entry(self, key_of(key), value.clone(), None)?;
                }
                for (key, value, cause) in &open.maybe {
                    entry(self, key_of(key), value.clone(), Some(cause.clone()))?;
                }
                Ok(())
            }
        }
    }

    /// `key, value in collection`, as a value.
    pub(super) fn is_in(
        &mut self,
        parts: &'p (Option<Expr>, Expr, Expr),
        then: Then<'_, 'p>,
    ) -> Told {
        let (key, value, collection) = parts;
        self.eval(collection, &mut |m, collection| {
            m.eval(value, &mut |m, value| match key {
                None => {
                    let answer = m.contains(&collection, None, &value)?;
                    then(m, answer.value())
                }
                Some(key) => m.eval(key, &mut |m, key| {
                    let answer = m.contains(&collection, Some(&key), &value)?;
                    then(m, answer.value())
                }),
            })
        })
    }

    fn contains(&mut self, collection: &V, key: Option<&V>, value: &V) -> Result<Answer, Stop> {
        let mut answer = Answer::No;
        let told = self.members(collection, &mut |_, own, item, cause| {
            let same = match (key.map(|key| own.same(key)), item.same(value)) {
                (Some(Answer::No), _) | (_, Answer::No) => Answer::No,
                (Some(Answer::Maybe(why)), _) | (_, Answer::Maybe(why)) => Answer::Maybe(why),
                (_, Answer::Yes) => cause.map_or(Answer::Yes, Answer::Maybe),
            };
            if same != Answer::No {
                answer = same;
            }
            if answer == Answer::Yes { Err(Stop::Enough) } else { Ok(()) }
        });
        collected(told)?;
        Ok(answer)
    }
}
