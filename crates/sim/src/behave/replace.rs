//! What makes a new object of it: the paths of an overlay's `replaces` at which prior and planned differ.
//!
//! Invariant: each path exists in the prior or in the planned object; `timeouts` is never among them.

use std::sync::Arc;

use schema::{Block, Slot};
use value::{Path, Step, Value, View};

use crate::overlay::{Along, Choice, Pattern, PatternStep};

/// The paths, in the order of the schema.
pub(super) fn paths(block: &Block, choice: &Choice, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    for slot in block.slots() {
        let name = slot.name();
        let argument = match slot {
            Slot::Attr(attr) => (attr.required || attr.optional) && !attr.write_only,
            Slot::Block(_) => true,
        };
        let (Some(before), Some(after)) = (prior.attr(name), planned.attr(name)) else { continue };
        if !argument || &**name == "timeouts" || before.same(after) {
            continue;
        }
        let exempt =
            |pattern: &Pattern| pattern.along(std::slice::from_ref(name)) == Some(Along::There);
        if choice.all && !choice.but.iter().any(exempt) {
            found.push(Path::new().attr(name.clone()));
            continue;
        }
        for pattern in choice.these.iter().filter(|pattern| pattern.root() == &**name) {
            let path = Path::new().attr(name.clone());
            differences(&pattern.steps()[1..], before, after, path, &mut found);
        }
    }
    found.dedup();
    found
}

fn differences(
    steps: &[PatternStep],
    before: &Value,
    after: &Value,
    path: Path,
    found: &mut Vec<Path>,
) {
    if before.same(after) {
        return;
    }
    let Some((first, rest)) = steps.split_first() else { return found.push(path) };
    match (before.view(), after.view()) {
        (View::Object(..), View::Object(..)) => {
            let PatternStep::Name(name) = first else { return };
            if let (Some(before), Some(after)) = (before.attr(name), after.attr(name)) {
                differences(rest, before, after, path.attr(name.clone()), found);
            }
        }
        (View::List(one), View::List(other)) if one.len() == other.len() => {
            for (index, (before, after)) in one.iter().zip(other).enumerate() {
                let meant = match first {
                    PatternStep::Every => true,
                    PatternStep::Name(name) => name.parse() == Ok(index),
                };
                if meant {
                    let key = Value::int(i64::try_from(index).unwrap_or(i64::MAX));
                    differences(rest, before, after, path.clone().index(key), found);
                }
            }
        }
        (View::Map(one), View::Map(_)) => {
            for (key, before) in one {
                let meant =
                    matches!(first, PatternStep::Every) || *first == PatternStep::Name(key.clone());
                if let (true, Some(after)) = (meant, after.entry(key)) {
                    let mut path = path.clone();
                    path.push(Step::Index(Value::string(key.clone())));
                    differences(rest, before, after, path, found);
                }
            }
        }
        (View::Set(_), View::Set(_)) => {
            let pattern_of = |value: &Value| -> Vec<Value> { below(value, steps) };
            let (one, other) = (pattern_of(before), pattern_of(after));
            let same = one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a.same(b));
            if !same {
                found.push(path);
            }
        }
        // Another number of elements, or not known: the whole of it.
        _ => found.push(path),
    }
}

fn below(value: &Value, steps: &[PatternStep]) -> Vec<Value> {
    let text: Vec<Arc<str>> = steps
        .iter()
        .map(|step| match step {
            PatternStep::Name(name) => name.clone(),
            PatternStep::Every => "*".into(),
        })
        .collect();
    let pattern = Pattern::parse(&text.join(".")).expect("BUG: a pattern's steps");
    crate::make::at(value, &pattern).into_iter().cloned().collect()
}
