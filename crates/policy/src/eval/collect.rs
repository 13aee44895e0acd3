//! Solutions gathered: whether there is one, comprehensions, one value.
//!
//! Invariant: a member that is there only perhaps makes its collection open; it is never dropped and never counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Machine, Stop, collected};
use crate::ir::{Each, Expr, Query};
use crate::value::{Cause, Kind, Open, V};

/// Whether a body has a solution.
pub(super) enum There {
    Yes,
    No,
    Maybe(Cause),
}

/// Members gathered so far.
#[derive(Default)]
pub(super) struct Gathered {
    sure: Vec<(V, V)>,
    maybe: Vec<(V, V, Cause)>,
}

impl Gathered {
    pub(super) fn add(&mut self, key: V, value: V, cause: Option<Cause>) {
        match cause {
            None => self.sure.push((key, value)),
            Some(cause) => self.maybe.push((key, value, cause)),
        }
    }

    /// The collection; the key of which two values were told, in an object.
    fn into_value(self, kind: Kind) -> Result<V, V> {
        let Gathered { mut sure, mut maybe } = self;
        match kind {
            Kind::Array => {}
            Kind::Set => {
                let all: BTreeSet<V> = sure.into_iter().map(|(value, _)| value).collect();
                maybe.retain(|(value, _, _)| !all.contains(value));
                let mut seen = BTreeSet::new();
                maybe.retain(|(value, _, _)| seen.insert(value.clone()));
                maybe.iter_mut().for_each(|(key, value, _)| value.clone_from(key));
                if maybe.is_empty() {
                    return Ok(V::set(all));
                }
                sure = all.into_iter().map(|value| (value.clone(), value)).collect();
            }
            Kind::Object => {
                let mut all: BTreeMap<V, V> = BTreeMap::new();
                for (key, value) in sure {
                    match all.get(&key) {
                        Some(known) if known.same(&value) == crate::value::Answer::No => {
                            return Err(key);
                        }
                        Some(_) => {}
                        None => drop(all.insert(key, value)),
                    }
                }
                maybe.retain(|(key, _, _)| !all.contains_key(key));
                if maybe.is_empty() {
                    return Ok(V::object(all));
                }
                sure = all.into_iter().collect();
            }
        }
        if maybe.is_empty() {
            return Ok(V::array(sure.into_iter().map(|(_, value)| value).collect()));
        }
        Ok(V::Open(Arc::new(Open { kind, sure, maybe })))
    }
}

impl<'p> Machine<'p> {
    /// Whether a body has a solution.
    pub(super) fn there(&mut self, query: &'p Query) -> Result<There, Stop> {
        let mut there = There::No;
        let told = self.apart(|m| {
            m.query(query, &mut |m| match &m.maybe {
                None => {
                    there = There::Yes;
                    Err(Stop::Enough)
                }
                Some(cause) => {
                    there = There::Maybe(cause.clone());
                    Ok(())
                }
            })
        });
        collected(told)?;
        Ok(there)
    }

    /// A comprehension.
    pub(super) fn each(&mut self, each: &'p Each) -> Result<V, Stop> {
        let mut gathered = Gathered::default();
        self.apart(|m| {
            m.query(&each.query, &mut |m| {
                m.eval(&each.value, &mut |m, value| match &each.key {
                    None => {
                        gathered.add(value.clone(), value, m.maybe.clone());
                        Ok(())
                    }
                    Some(key) => m.eval(key, &mut |m, key| {
                        gathered.add(key, value.clone(), m.maybe.clone());
                        Ok(())
                    }),
                })
            })
        })?;
        self.gathered(gathered, each.kind)
    }

    /// The collection of what was gathered.
    pub(super) fn gathered(&self, gathered: Gathered, kind: Kind) -> Result<V, Stop> {
        gathered
            .into_value(kind)
            .map_err(|key| self.failed(&format!("two values of one key, {}", key.shown())).into())
    }

    /// The first value of an expression.
    pub(super) fn one(&mut self, expr: &'p Expr) -> Result<Option<(V, Option<Cause>)>, Stop> {
        let mut found = None;
        let told = self.apart(|m| {
            m.eval(expr, &mut |m, value| {
                found = Some((value, m.maybe.clone()));
                Err(Stop::Enough)
            })
        });
        collected(told)?;
        Ok(found)
    }
}
