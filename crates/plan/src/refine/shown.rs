//! What a reviewer saw of a change, and what a reader sees of a difference.
//!
//! Invariants: a path outside the shown change never makes a difference; no path leads into what is sensitive, and
//! where one side of a difference is sensitive the other is hidden with it.

use value::{Marks, Path, Step, Value, View};

use super::Shown;

/// Both sides of a difference, hidden if one of them has anything sensitive.
pub(super) fn both(approved: &Value, now: Option<&Value>) -> (Shown, Shown) {
    let marks = now.map_or(Marks::NONE, Value::deep_marks).union(approved.deep_marks());
    let hidden = if marks.is_sensitive() { Marks::SENSITIVE } else { Marks::NONE };
    let side = |value: &Value| Shown::Value(value.clone().with_marks(hidden));
    (side(approved), now.map_or(Shown::Absent, side))
}

/// A path as far as no part on its way is sensitive in one of these values: it ends with the first that is.
pub(super) fn open(path: &Path, values: &[&Value]) -> Path {
    let mut told = Path::new();
    let closed = |told: &Path| {
        values.iter().any(|value| told.find(value).is_some_and(|part| part.marks().is_sensitive()))
    };
    for step in path.steps() {
        if closed(&told) {
            break;
        }
        told.push(step.clone());
    }
    told
}

/// The paths at which `before` and `after` differ, at the finest: into objects, and into maps, lists and tuples of the
/// same keys or length; sets and everything else whole.
pub(super) fn changed(before: &Value, after: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    walk(before, after, &mut Vec::new(), &mut found);
    found
}

fn walk(before: &Value, after: &Value, steps: &mut Vec<Step>, found: &mut Vec<Path>) {
    if before == after {
        return;
    }
    match (before.view(), after.view()) {
        (View::Object(a_type, a), View::Object(b_type, b)) if a_type.names() == b_type.names() => {
            for ((name, one), other) in a_type.names().iter().zip(a).zip(b) {
                step(Step::Attr(name.clone()), one, other, steps, found);
            }
        }
        (View::List(a), View::List(b)) | (View::Tuple(a), View::Tuple(b)) if a.len() == b.len() => {
            for (index, (one, other)) in a.iter().zip(b).enumerate() {
                let index = i64::try_from(index).expect("BUG: length beyond i64");
                step(Step::Index(Value::int(index)), one, other, steps, found);
            }
        }
        (View::Map(a), View::Map(b))
            if a.len() == b.len() && a.iter().zip(b).all(|(one, other)| one.0 == other.0) =>
        {
            for ((key, one), (_, other)) in a.iter().zip(b) {
                step(Step::Index(Value::string(key.clone())), one, other, steps, found);
            }
        }
        _ => found.push(Path::from(steps.clone())),
    }
}

fn step(last: Step, before: &Value, after: &Value, steps: &mut Vec<Step>, found: &mut Vec<Path>) {
    steps.push(last);
    walk(before, after, steps, found);
    steps.pop();
}
