//! What is compared of a plan beside its items: head, inputs, outputs, conditions.
//!
//! Invariant: none of these rows looks at a resource.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use state::CheckStatus;
use value::{Marks, Path, Value};

use super::values::refines as value_refines;
use super::{Difference, Item, Row, Shown};
use crate::action::Action;
use crate::change::{OutputChange, Sensitive};
use crate::plan::{Plan, Variable};

/// Digests, options and inputs.
pub(super) fn compare(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let a = &approved.digests;
    let b = &later.digests;
    let rows: [(&str, String, String); 9] = [
        ("configuration", a.configuration.to_string(), b.configuration.to_string()),
        ("provider locks", a.locks.to_string(), b.locks.to_string()),
        ("policies", a.policies.to_string(), b.policies.to_string()),
        ("mode", text(&approved.options.mode), text(&later.options.mode)),
        ("refresh", text(&approved.options.refresh), text(&later.options.refresh)),
        ("targets", list(&approved.options.targets), list(&later.options.targets)),
        ("excludes", list(&approved.options.excludes), list(&later.options.excludes)),
        ("replace", list(&approved.options.replace), list(&later.options.replace)),
        ("drift", approved.options.drift.text(), later.options.drift.text()),
    ];
    if let Some((what, approved, now)) = rows.into_iter().find(|(_, a, b)| a != b) {
        out.push(Difference {
            item: Item::Head,
            path: Path::default(),
            row: Row::Head,
            approved: Shown::Text(format!("{what} {approved}")),
            now: Shown::Text(format!("{what} {now}")),
        });
    }
    compare_inputs(approved, later, out);
}

fn text(value: &impl Debug) -> String {
    format!("{value:?}")
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<String>>().join(", ")
}

fn compare_inputs(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let side = |plan: &Plan| -> BTreeMap<Arc<str>, Value> {
        let hidden = |one: &Variable| marked(&one.value, one.sensitive);
        plan.variables.iter().map(|one| (one.name.clone(), hidden(one))).collect()
    };
    compare_named(&side(approved), &side(later), Row::Input, Item::Variable, out);
}

/// Outputs refine, none appears, none vanishes but one that was to go, and none that was hidden is shown.
pub(super) fn compare_outputs(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let side = |plan: &Plan| -> BTreeMap<Arc<str>, Value> {
        let hidden = |one: &OutputChange| marked(&one.after, one.sensitive);
        plan.outputs.iter().map(|one| (one.name.clone(), hidden(one))).collect()
    };
    let (mut was, now) = (side(approved), side(later));
    let gone = approved.outputs.iter().filter(|one| one.action == Action::Delete);
    for one in gone.filter(|one| !now.contains_key(&one.name)) {
        was.remove(&one.name);
    }
    compare_named(&was, &now, Row::Output, Item::Output, out);
}

fn marked(value: &Value, sensitive: Sensitive) -> Value {
    value.clone().with_marks(match sensitive {
        Sensitive::Yes => Marks::SENSITIVE,
        Sensitive::No => Marks::NONE,
    })
}

fn compare_named(
    approved: &BTreeMap<Arc<str>, Value>,
    later: &BTreeMap<Arc<str>, Value>,
    row: Row,
    item: fn(Arc<str>) -> Item,
    out: &mut Vec<Difference>,
) {
    for (name, value) in approved {
        let Some(now) = later.get(name) else {
            out.push(Difference {
                item: item(name.clone()),
                path: Path::default(),
                row,
                approved: Shown::Value(value.clone()),
                now: Shown::Absent,
            });
            continue;
        };
        if let Err(mismatch) = value_refines(value, now) {
            out.push(mismatch.difference(item(name.clone()), row));
        }
    }
    for (name, now) in later.iter().filter(|(name, _)| !approved.contains_key(*name)) {
        out.push(Difference {
            item: item(name.clone()),
            path: Path::default(),
            row,
            approved: Shown::Absent,
            now: Shown::Value(now.clone()),
        });
    }
}

/// A condition that was unknown, or is new, may not fail now.
pub(super) fn compare_checks(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let before: BTreeMap<&Arc<str>, CheckStatus> = approved
        .checks
        .iter()
        .flat_map(|check| check.objects.iter().map(|object| (&object.address, object.status)))
        .collect();
    for object in later.checks.iter().flat_map(|check| &check.objects) {
        let was = before.get(&object.address).copied();
        let fails = matches!(object.status, CheckStatus::Fail | CheckStatus::Error);
        let failed = was.is_some_and(|was| matches!(was, CheckStatus::Fail | CheckStatus::Error));
        if fails && !failed {
            out.push(Difference {
                item: Item::Check(object.address.clone()),
                path: Path::default(),
                row: Row::Check,
                approved: was.map_or(Shown::Absent, |was| Shown::Text(text(&was))),
                now: Shown::Text(object.failures.join("; ")),
            });
        }
    }
}
