//! What is compared of a plan beside its items: head, inputs, outputs, conditions.
//!
//! Invariant: none of these rows looks at a resource.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use state::CheckStatus;
use value::{Path, Value};

use super::values::refines as value_refines;
use super::{Difference, Item, Row, Shown};
use crate::change::Sensitive;
use crate::plan::Plan;

/// Digests, options and inputs.
pub(super) fn compare(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let a = &approved.digests;
    let b = &later.digests;
    let rows: [(&str, String, String); 8] = [
        ("configuration", a.configuration.to_string(), b.configuration.to_string()),
        ("provider locks", a.locks.to_string(), b.locks.to_string()),
        ("policies", a.policies.to_string(), b.policies.to_string()),
        ("mode", text(&approved.options.mode), text(&later.options.mode)),
        ("refresh", text(&approved.options.refresh), text(&later.options.refresh)),
        ("targets", text(&approved.options.targets), text(&later.options.targets)),
        ("excludes", text(&approved.options.excludes), text(&later.options.excludes)),
        ("replace", text(&approved.options.replace), text(&later.options.replace)),
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

fn compare_inputs(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let side = |plan: &Plan| -> BTreeMap<Arc<str>, Value> {
        plan.variables.iter().map(|one| (one.name.clone(), one.value.clone())).collect()
    };
    compare_named(&side(approved), &side(later), Row::Input, Item::Variable, out);
}

/// Outputs refine, none appears, none vanishes, and none that was hidden is shown.
pub(super) fn compare_outputs(approved: &Plan, later: &Plan, out: &mut Vec<Difference>) {
    let side = |plan: &Plan| -> BTreeMap<Arc<str>, Value> {
        plan.outputs.iter().map(|one| (one.name.clone(), one.after.clone())).collect()
    };
    compare_named(&side(approved), &side(later), Row::Output, Item::Output, out);
    for one in &approved.outputs {
        let shown_now = later
            .outputs
            .iter()
            .any(|other| other.name == one.name && other.sensitive == Sensitive::No);
        if one.sensitive == Sensitive::Yes && shown_now {
            out.push(Difference {
                item: Item::Output(one.name.clone()),
                path: Path::default(),
                row: Row::Output,
                approved: Shown::Text("sensitive".to_owned()),
                now: Shown::Text("not sensitive".to_owned()),
            });
        }
    }
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
