//! The language's `==`: true, false or unknown, marks united.
//!
//! The rules are those of OpenTofu's type system: a type difference is `false`; an unknown is
//! compared by what is known about it; a null where the other cannot be null is `false`; of ordered
//! parts the first that is not certainly equal decides.

use super::{Value, View};
use crate::{Marks, Refinement, Type};

/// The three answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Unknown,
}

impl Answer {
    fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Value {
    /// The result of `==`: a bool, or an unknown bool that is not null. The marks of both, at all
    /// depths, are on it.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Self {
        verdict(answer(self, other), self.deep_marks() | other.deep_marks())
    }

    /// Is `==` known to be true, marks aside?
    pub fn certainly_equals(&self, other: &Self) -> bool {
        answer(self, other) == Answer::Yes
    }
}

fn verdict(answer: Answer, marks: Marks) -> Value {
    let bare = match answer {
        Answer::Yes => Value::TRUE,
        Answer::No => Value::FALSE,
        Answer::Unknown => Value::unknown_not_null(Type::BOOL),
    };
    bare.with_marks(marks)
}

fn answer(a: &Value, b: &Value) -> Answer {
    match (a.is_known(), b.is_known()) {
        (true, true) => answer_known(a, b),
        (true, false) => answer_half(a, b),
        (false, true) => answer_half(b, a),
        (false, false) => Answer::Unknown,
    }
}

/// One is known, of the other only its range.
fn answer_half(known: &Value, unknown: &Value) -> Answer {
    if known.is_null() {
        return if unknown.is_certainly_not_null() { Answer::No } else { Answer::Unknown };
    }
    if excludes(unknown, known) {
        return Answer::No;
    }
    if !unknown.ty().has_dynamic() && known.ty() != unknown.ty() {
        return Answer::No;
    }
    Answer::Unknown
}

/// Does what is known about an unknown exclude this known value, which is not null?
fn excludes(unknown: &Value, known: &Value) -> bool {
    if !conforms(known.ty(), unknown.ty()) {
        return true;
    }
    let View::Unknown(Some(refinement)) = unknown.view() else { return false };
    match known.view() {
        View::String(text) => {
            refinement.string_prefix.as_ref().is_some_and(|prefix| !text.starts_with(&**prefix))
        }
        View::Number(number) => !refinement.admits_number(number),
        View::List(_) | View::Map(_) | View::Set(_) => excludes_length(refinement, known),
        _ => false,
    }
}

fn excludes_length(refinement: &Refinement, known: &Value) -> bool {
    let range = known.range();
    let too_short =
        range.length_max.zip(refinement.length_min).is_some_and(|(have, min)| have < min);
    let too_long = range.length_min.unwrap_or(0) > refinement.length_max.unwrap_or(u64::MAX);
    too_short || too_long
}

/// Could a value of the type satisfy the constraint, [`Type::DYNAMIC`] standing for anything?
pub(crate) fn conforms(ty: Type, constraint: Type) -> bool {
    use crate::Kind::{Dynamic, List, Map, Object, Set, Tuple};
    if ty == constraint {
        return true;
    }
    match (ty.kind(), constraint.kind()) {
        (_, Dynamic) => true,
        (List(a), List(b)) | (Set(a), Set(b)) | (Map(a), Map(b)) => conforms(a, b),
        (Tuple(a), Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| conforms(a, b))
        }
        (Object(a), Object(b)) => {
            a.names() == b.names() && a.types().iter().zip(b.types()).all(|(&a, &b)| conforms(a, b))
        }
        _ => false,
    }
}

fn answer_known(a: &Value, b: &Value) -> Answer {
    if a.is_null() || b.is_null() {
        return Answer::of(a.is_null() && b.is_null());
    }
    if a.ty() != b.ty() {
        // A null or an empty collection of no type is as known as any other; only an unknown leaves its type open.
        let open = |value: &Value| value.ty().has_dynamic() && !value.is_wholly_known();
        let undecided = open(a) || open(b);
        let possible = conforms(a.ty(), b.ty()) || conforms(b.ty(), a.ty());
        return if undecided && possible { Answer::Unknown } else { Answer::No };
    }
    match (a.view(), b.view()) {
        (View::Bool(a), View::Bool(b)) => Answer::of(a == b),
        (View::Number(a), View::Number(b)) => Answer::of(a == b),
        (View::String(a), View::String(b)) => Answer::of(a == b),
        (View::Set(p), View::Set(q)) => answer_sets(p, q),
        (View::List(p), View::List(q)) | (View::Tuple(p), View::Tuple(q)) => {
            if p.len() == q.len() {
                answer_in_order(p, q)
            } else {
                Answer::No
            }
        }
        (View::Object(_, p), View::Object(_, q)) => answer_named(p.iter().zip(q)),
        (View::Map(p), View::Map(q)) => {
            let same_keys = p.len() == q.len() && p.iter().zip(q).all(|(a, b)| a.0 == b.0);
            if !same_keys {
                return Answer::No;
            }
            answer_named(p.iter().zip(q).map(|(a, b)| (&a.1, &b.1)))
        }
        _ => Answer::No,
    }
}

/// The first part that is not certainly equal decides.
fn answer_in_order(p: &[Value], q: &[Value]) -> Answer {
    let mut answers = p.iter().zip(q).map(|(a, b)| answer(a, b));
    answers.find(|&answer| answer != Answer::Yes).unwrap_or(Answer::Yes)
}

/// Named parts have no order (in OpenTofu an arbitrary one decides): one that is certainly unequal
/// decides, wherever it stands.
fn answer_named<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Answer {
    let mut so_far = Answer::Yes;
    for (a, b) in pairs {
        match answer(a, b) {
            Answer::Yes => {}
            Answer::No => return Answer::No,
            Answer::Unknown => so_far = Answer::Unknown,
        }
    }
    so_far
}

/// Any unknown element leaves it open; else the sorted elements are compared pairwise. Elements
/// with unknowns inside are never found in the other set.
fn answer_sets(a: &[Value], b: &[Value]) -> Answer {
    if a.iter().chain(b).any(|element| !element.is_known()) {
        return Answer::Unknown;
    }
    if a.len() != b.len() {
        return Answer::No;
    }
    if a.iter().zip(b).all(|(a, b)| a.certainly_equals(b)) {
        return Answer::Yes;
    }
    // Elements that share a key may stand in another order.
    let found = |element: &Value, others: &[Value]| {
        others.iter().any(|other| element.certainly_equals(other))
    };
    Answer::of(a.iter().all(|e| found(e, b)) && b.iter().all(|e| found(e, a)))
}

#[cfg(test)]
mod tests {
    use crate::{Type, Value};

    #[test]
    fn what_has_no_type_but_is_known_is_decided() {
        let text = Value::tuple(vec![Value::string("a")]);
        let null = Value::tuple(vec![Value::null(Type::DYNAMIC)]);
        assert!(text.equals(&null).same(&Value::bool(false)));
        let empty = Value::set(Type::DYNAMIC, Vec::new());
        let one = Value::set(Type::STRING, vec![Value::string("x")]);
        assert!(empty.equals(&one).same(&Value::bool(false)));
        let open = Value::tuple(vec![Value::unknown(Type::DYNAMIC)]);
        assert!(!text.equals(&open).is_known());
    }
}
