//! Which paths of a change its reviewer saw, and whether what was before still stands there.
//!
//! Invariant: a path outside the shown change never makes a difference.

use value::{Path, Step, Value, View};

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
