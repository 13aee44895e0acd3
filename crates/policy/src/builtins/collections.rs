//! Functions of arrays, sets and objects.
//!
//! Invariant: of a collection whose members are told, what does not depend on those that are unknown is known: its length, a
//! member by its key.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builtin, itself, whole};
use crate::value::{Num, V};

pub(super) const TABLE: &[Builtin] = &[
    itself("count", 1, |args| count(&args[0])),
    whole("sum", 1, |args| fold(&args[0], 0, i128::checked_add, |a, b| a + b)),
    whole("product", 1, |args| fold(&args[0], 1, i128::checked_mul, |a, b| a * b)),
    whole("max", 1, |args| items(&args[0])?.into_iter().max()),
    whole("min", 1, |args| items(&args[0])?.into_iter().min()),
    whole("sort", 1, |args| {
        let mut all = items(&args[0])?;
        all.sort();
        Some(V::array(all))
    }),
    whole("any", 1, |args| Some(V::Bool(items(&args[0])?.contains(&V::Bool(true))))),
    whole("all", 1, |args| Some(V::Bool(items(&args[0])?.iter().all(|one| *one == V::Bool(true))))),
    itself("array.concat", 2, |args| match (&args[0], &args[1]) {
        (V::Array(a), V::Array(b)) => Some(V::array(a.all.iter().chain(&b.all).cloned().collect())),
        _ => args.iter().find_map(V::murk).map(|cause| V::computed(cause.clone())),
    }),
    itself("array.reverse", 1, |args| match &args[0] {
        V::Array(members) => Some(V::array(members.all.iter().rev().cloned().collect())),
        other => other.murk().map(|cause| V::computed(cause.clone())),
    }),
    whole("array.slice", 3, |args| {
        let V::Array(members) = &args[0] else { return None };
        let bound = |value: &V| match value {
            V::Num(Num::Int(at)) => {
                Some(usize::try_from((*at).max(0)).ok()?.min(members.all.len()))
            }
            _ => None,
        };
        let (from, to) = (bound(&args[1])?, bound(&args[2])?);
        Some(V::array(members.all.get(from..to).unwrap_or_default().to_vec()))
    }),
    itself("object.get", 3, object_get),
    itself("object.keys", 1, |args| match &args[0] {
        V::Object(members) => Some(V::set(members.all.keys().cloned().collect())),
        other => other.murk().map(|cause| V::computed(cause.clone())),
    }),
    whole("object.remove", 2, |args| select(&args[0], &args[1], |is_named| !is_named)),
    whole("object.filter", 2, |args| select(&args[0], &args[1], |is_named| is_named)),
    itself("object.union", 2, |args| match (&args[0], &args[1]) {
        (V::Object(_), V::Object(_)) => Some(merged(&args[0], &args[1])),
        _ => args.iter().find_map(V::murk).map(|cause| V::computed(cause.clone())),
    }),
    whole("object.union_n", 1, |args| {
        let all = items(&args[0])?;
        let is_object = all.iter().all(|one| matches!(one, V::Object(_)));
        is_object.then(|| all.iter().fold(V::object(BTreeMap::new()), |a, b| merged(&a, b)))
    }),
    whole("union", 1, |args| {
        let mut out = BTreeSet::new();
        for one in items(&args[0])? {
            let V::Set(members) = one else { return None };
            out.extend(members.all.iter().cloned());
        }
        Some(V::set(out))
    }),
    whole("intersection", 1, |args| {
        let mut out: Option<BTreeSet<V>> = None;
        for one in items(&args[0])? {
            let V::Set(members) = one else { return None };
            out = Some(match out {
                None => members.all.clone(),
                Some(so_far) => so_far.intersection(&members.all).cloned().collect(),
            });
        }
        Some(V::set(out.unwrap_or_default()))
    }),
    whole("set_diff", 2, |args| match (&args[0], &args[1]) {
        (V::Set(a), V::Set(b)) => Some(V::set(a.all.difference(&b.all).cloned().collect())),
        _ => None,
    }),
];

fn count(value: &V) -> Option<V> {
    match value {
        V::Str(text) => Some(V::int(text.chars().count())),
        V::Array(members) => Some(V::int(members.all.len())),
        V::Object(members) => Some(V::int(members.all.len())),
        // Two of its members may turn out to be one.
        V::Set(members) => match &members.murk {
            Some(cause) if members.all.len() > 1 => Some(V::computed(cause.clone())),
            _ => Some(V::int(members.all.len())),
        },
        other => other.murk().map(|cause| V::computed(cause.clone())),
    }
}

/// The members of an array or a set.
fn items(value: &V) -> Option<Vec<V>> {
    match value {
        V::Array(members) => Some(members.all.clone()),
        V::Set(members) => Some(members.all.iter().cloned().collect()),
        _ => None,
    }
}

fn fold(
    value: &V,
    start: i128,
    exact: fn(i128, i128) -> Option<i128>,
    float: fn(f64, f64) -> f64,
) -> Option<V> {
    let mut so_far = Num::Int(start);
    for one in items(value)? {
        let V::Num(number) = one else { return None };
        so_far = match (so_far, number) {
            (Num::Int(a), Num::Int(b)) => Num::Int(exact(a, b)?),
            (a, b) => Num::of(float(a.float(), b.float()))?,
        };
    }
    Some(V::Num(so_far))
}

fn object_get(args: &[V]) -> Option<V> {
    let unknown = || {
        let cause = args[0].murk().or(args[1].murk());
        cause.map(|cause| V::computed(cause.clone()))
    };
    let path: Vec<V> = match &args[1] {
        V::Array(members) => members.all.clone(),
        key => vec![key.clone()],
    };
    let mut at = &args[0];
    for key in &path {
        at = match at {
            V::Object(members) if key.murk().is_none() => match members.all.get(key) {
                Some(value) => value,
                None => return Some(args[2].clone()),
            },
            V::Array(members) => {
                let V::Num(Num::Int(index)) = key else {
                    return unknown().or_else(|| Some(args[2].clone()));
                };
                match usize::try_from(*index).ok().and_then(|index| members.all.get(index)) {
                    Some(value) => value,
                    None => return Some(args[2].clone()),
                }
            }
            V::Object(_) | V::Open(_) | V::Unknown(_) => return unknown(),
            _ if std::ptr::eq(at, &args[0]) => return None,
            _ => return Some(args[2].clone()),
        };
    }
    Some(at.clone())
}

fn select(object: &V, keys: &V, keeps: fn(bool) -> bool) -> Option<V> {
    let V::Object(members) = object else { return None };
    let named: BTreeSet<V> = match keys {
        V::Array(members) => members.all.iter().cloned().collect(),
        V::Set(members) => members.all.clone(),
        V::Object(members) => members.all.keys().cloned().collect(),
        _ => return None,
    };
    let kept = members.all.iter().filter(|(key, _)| keeps(named.contains(key)));
    Some(V::object(kept.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

/// The second laid over the first, objects within them too.
fn merged(first: &V, second: &V) -> V {
    let (V::Object(a), V::Object(b)) = (first, second) else { return second.clone() };
    let mut all = a.all.clone();
    for (key, value) in &b.all {
        let merged = match all.get(key) {
            Some(own) => match (own.murk(), own) {
                // Whether it is an object to be laid over is not known.
                (Some(cause), V::Unknown(_)) if matches!(value, V::Object(_)) => {
                    V::computed(cause.clone())
                }
                _ => merged(own, value),
            },
            None => value.clone(),
        };
        all.insert(key.clone(), merged);
    }
    V::object(all)
}
