//! Operators of two values.
//!
//! Invariant: what is computed from something that is not known is not known; none is what Rego leaves undefined.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::ir::Op;
use crate::value::{Answer, Num, V};

/// The value of an operator; none where it has none.
pub(super) fn binary(op: Op, a: &V, b: &V) -> Option<V> {
    match op {
        Op::Eq => Some(a.same(b).value()),
        Op::Ne => Some(a.same(b).negated().value()),
        Op::Lt => Some(ordered(a, b, Ordering::is_lt)),
        Op::Le => Some(ordered(a, b, Ordering::is_le)),
        Op::Gt => Some(ordered(a, b, Ordering::is_gt)),
        Op::Ge => Some(ordered(a, b, Ordering::is_ge)),
        Op::Or => union(a, b),
        Op::Sub if !matches!((a, b), (V::Num(_), V::Num(_))) => {
            sets(a, b, |a, b| a.difference(b).cloned().collect())
        }
        Op::And => sets(a, b, |a, b| a.intersection(b).cloned().collect()),
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem => arithmetic(op, a, b),
    }
}

fn ordered(a: &V, b: &V, is: fn(Ordering) -> bool) -> V {
    match a.order(b) {
        Ok(order) => Answer::of(is(order)).value(),
        Err(cause) => V::computed(cause),
    }
}

fn union(a: &V, b: &V) -> Option<V> {
    match (a, b) {
        (V::Set(a), V::Set(b)) => Some(V::set(a.all.union(&b.all).cloned().collect())),
        _ => sets(a, b, |a, b| a.union(b).cloned().collect()),
    }
}

fn sets(a: &V, b: &V, with: impl FnOnce(&BTreeSet<V>, &BTreeSet<V>) -> BTreeSet<V>) -> Option<V> {
    if let Some(cause) = a.murk().or(b.murk()) {
        return Some(V::computed(cause.clone()));
    }
    match (a, b) {
        (V::Set(a), V::Set(b)) => Some(V::set(with(&a.all, &b.all))),
        _ => None,
    }
}

fn arithmetic(op: Op, a: &V, b: &V) -> Option<V> {
    if let Some(cause) = a.murk().or(b.murk()) {
        return Some(V::computed(cause.clone()));
    }
    let (V::Num(a), V::Num(b)) = (a, b) else { return None };
    calculate(op, *a, *b).map(V::Num)
}

fn calculate(op: Op, a: Num, b: Num) -> Option<Num> {
    if let (Num::Int(a), Num::Int(b)) = (a, b) {
        let exact = match op {
            Op::Add => a.checked_add(b),
            Op::Sub => a.checked_sub(b),
            Op::Mul => a.checked_mul(b),
            Op::Div if b != 0 && a.checked_rem(b) == Some(0) => a.checked_div(b),
            Op::Rem => return a.checked_rem(b).map(Num::Int),
            _ => None,
        };
        if exact.is_some() {
            return exact.map(Num::Int);
        }
    }
    let (a, b) = (a.float(), b.float());
    match op {
        Op::Add => Num::of(a + b),
        Op::Sub => Num::of(a - b),
        Op::Mul => Num::of(a * b),
        Op::Div if b != 0.0 => Num::of(a / b),
        _ => None,
    }
}

/// `-x`.
pub(super) fn negative(value: &V) -> Option<V> {
    arithmetic(Op::Sub, &V::Num(Num::Int(0)), value)
}
