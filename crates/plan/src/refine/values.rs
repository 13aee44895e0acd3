//! The table of values: when one value refines another.
//!
//! Values only, with their marks; what a value is for (planned, output, input) is the caller's.
//! Invariant: reflexive and transitive; an unknown only becomes more known, a mark is never lost. What lies in a
//! sensitive value is told as that value, so that neither a key nor a part of it is seen.

use std::cmp::Ordering;
use std::sync::Arc;

use value::{Bound, Kind, Marks, Path, Refinement, Step, Type, Value, View};

use super::shown::both;
use super::{Difference, Item, Row, Shown};

/// Where and why a value does not refine: the steps down to it and both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The steps from the value to the place, innermost first.
    pub steps: Vec<Step>,
    /// What was approved there.
    pub approved: Value,
    /// What is there now.
    pub now: Option<Value>,
}

impl Mismatch {
    /// As the difference of an item.
    pub(super) fn difference(self, item: Item, row: Row) -> Difference {
        let mut steps = self.steps;
        steps.reverse();
        let (approved, now) = match &self.now {
            Some(now) if lost(&self.approved, now).is_sensitive() => {
                let word = |text: &str| Shown::Text(text.to_owned());
                (word("sensitive"), word("not sensitive"))
            }
            now => both(&self.approved, now.as_ref()),
        };
        Difference { item, path: Path::from(steps), row, approved, now }
    }
}

/// Whether `now` refines `approved`: equal where that is known, within its type and range where it is not.
pub fn refines(approved: &Value, now: &Value) -> Result<(), Box<Mismatch>> {
    if approved == now {
        return Ok(());
    }
    if !lost(approved, now).is_empty() {
        return stop(approved, Some(now));
    }
    let found = parts(approved, now);
    if found.is_err() && approved.marks().union(now.marks()).is_sensitive() {
        return stop(approved, Some(now));
    }
    found
}

/// The marks of the approved value that are not there now.
fn lost(approved: &Value, now: &Value) -> Marks {
    approved.marks().without(now.marks())
}

/// Whether `now` refines `approved`, their own marks aside.
fn parts(approved: &Value, now: &Value) -> Result<(), Box<Mismatch>> {
    match (approved.view(), now.view()) {
        (View::Unknown(range), _) => within(approved, range, now),
        (View::Null, View::Null) if narrower(approved.ty(), now.ty()) => Ok(()),
        (View::Bool(a), View::Bool(b)) if a == b => Ok(()),
        (View::Number(a), View::Number(b)) if a == b => Ok(()),
        (View::String(a), View::String(b)) if a == b => Ok(()),
        (View::Tuple(a), View::Tuple(b)) => sequences(approved, a, now, b),
        (View::List(a), View::List(b)) if narrower(approved.ty(), now.ty()) => {
            sequences(approved, a, now, b)
        }
        (View::Set(a), View::Set(b)) if narrower(approved.ty(), now.ty()) => {
            sets(approved, a, now, b)
        }
        (View::Map(a), View::Map(b)) if narrower(approved.ty(), now.ty()) => {
            maps(approved, a, now, b)
        }
        (View::Object(a_type, a), View::Object(b_type, b)) if a_type.names() == b_type.names() => {
            for (index, (one, other)) in a.iter().zip(b).enumerate() {
                let name = || Step::Attr(a_type.names()[index].clone());
                refines(one, other).map_err(|mismatch| below(mismatch, name()))?;
            }
            Ok(())
        }
        _ => stop(approved, Some(now)),
    }
}

fn stop(approved: &Value, now: Option<&Value>) -> Result<(), Box<Mismatch>> {
    Err(Box::new(Mismatch { steps: Vec::new(), approved: approved.clone(), now: now.cloned() }))
}

fn below(mut mismatch: Box<Mismatch>, step: Step) -> Box<Mismatch> {
    mismatch.steps.push(step);
    mismatch
}

fn sequences(approved: &Value, a: &[Value], now: &Value, b: &[Value]) -> Result<(), Box<Mismatch>> {
    if a.len() != b.len() {
        return stop(approved, Some(now));
    }
    for (index, (one, other)) in a.iter().zip(b).enumerate() {
        let step =
            || Step::Index(Value::int(i64::try_from(index).expect("BUG: length beyond i64")));
        refines(one, other).map_err(|mismatch| below(mismatch, step()))?;
    }
    Ok(())
}

fn maps(
    approved: &Value,
    a: &[(Arc<str>, Value)],
    now: &Value,
    b: &[(Arc<str>, Value)],
) -> Result<(), Box<Mismatch>> {
    if a.len() != b.len() || a.iter().zip(b).any(|((one, _), (other, _))| one != other) {
        return stop(approved, Some(now));
    }
    for ((key, one), (_, other)) in a.iter().zip(b) {
        let step = || Step::Index(Value::string(key.clone()));
        refines(one, other).map_err(|mismatch| below(mismatch, step()))?;
    }
    Ok(())
}

/// Each element of the approved set is refined by one that is there, each that is there refines one that was
/// approved, and there are not more of them.
fn sets(approved: &Value, a: &[Value], now: &Value, b: &[Value]) -> Result<(), Box<Mismatch>> {
    let each_way = b.len() <= a.len()
        && a.iter().all(|one| b.iter().any(|other| refines(one, other).is_ok()))
        && b.iter().all(|other| a.iter().any(|one| refines(one, other).is_ok()));
    if each_way { Ok(()) } else { stop(approved, Some(now)) }
}

/// Whether `now` is of the unknown's type and inside its range.
fn within(approved: &Value, range: Option<&Refinement>, now: &Value) -> Result<(), Box<Mismatch>> {
    let fits = narrower(approved.ty(), now.ty())
        && match now.view() {
            View::Null => !range.is_some_and(|range| range.not_null),
            View::Unknown(inner) => range.is_none_or(|outer| range_inside(outer, inner)),
            _ => range.is_none_or(|range| known_inside(range, now)),
        };
    if fits { Ok(()) } else { stop(approved, Some(now)) }
}

/// Whether each value of type `inner` is also one of `outer`.
fn narrower(outer: Type, inner: Type) -> bool {
    if outer == inner {
        return true;
    }
    match (outer.kind(), inner.kind()) {
        (Kind::Dynamic, _) => true,
        (Kind::List(a), Kind::List(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Map(a), Kind::Map(b)) => narrower(a, b),
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(one, other)| narrower(*one, *other))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            a.names() == b.names()
                && a.types().iter().zip(b.types()).all(|(one, other)| narrower(*one, *other))
        }
        _ => false,
    }
}

/// Whether all that `inner` allows is allowed by `outer`.
fn range_inside(outer: &Refinement, inner: Option<&Refinement>) -> bool {
    let Some(inner) = inner else {
        return outer.is_none();
    };
    let prefix = match (&outer.string_prefix, &inner.string_prefix) {
        (None, _) => true,
        (Some(outer), Some(inner)) => inner.starts_with(outer.as_ref()),
        (Some(_), None) => false,
    };
    let shortest = inner.length_min.unwrap_or(0) >= outer.length_min.unwrap_or(0);
    let longest = inner.length_max.unwrap_or(u64::MAX) <= outer.length_max.unwrap_or(u64::MAX);
    (inner.not_null || !outer.not_null)
        && prefix
        && bound_inside(&outer.number_min, &inner.number_min, Ordering::Greater)
        && bound_inside(&outer.number_max, &inner.number_max, Ordering::Less)
        && shortest
        && longest
}

/// Whether the inner bound leaves no more room than the outer one; `inward` is how an inner value compares.
fn bound_inside(outer: &Option<Bound>, inner: &Option<Bound>, inward: Ordering) -> bool {
    match (outer, inner) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => match inner.value.compare(&outer.value) {
            Ordering::Equal => outer.inclusive || !inner.inclusive,
            order => order == inward,
        },
    }
}

/// Whether a known value lies in the range.
fn known_inside(range: &Refinement, now: &Value) -> bool {
    let length = |n: usize| range.admits_length(u64::try_from(n).expect("BUG: length beyond u64"));
    match now.view() {
        View::String(text) => {
            range.string_prefix.as_ref().is_none_or(|prefix| text.starts_with(prefix.as_ref()))
        }
        View::Number(number) => range.admits_number(number),
        View::List(items) => length(items.len()),
        // Unknown elements of a set may turn out equal to others of it: each length that it may come to is to fit.
        View::Set(items) => {
            let distinct = items.iter().filter(|item| item.is_wholly_known()).count();
            let least = if now.is_wholly_known() { items.len() } else { distinct.max(1) };
            length(least) && length(items.len())
        }
        View::Map(items) => length(items.len()),
        View::Null | View::Unknown(_) | View::Bool(_) | View::Tuple(_) | View::Object(..) => true,
    }
}
