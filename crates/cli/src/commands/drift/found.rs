//! What drifted in the stacks that were looked at, and what of it is ignored.
//!
//! Invariant: drift that a `drift` block covers in part is found with the rest of its attributes.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::{ConfigResource, ResourceInstance, StackAddr};
use estate::{Day, Estate, IgnoredDrift, InstanceIdx};
use guard::{DriftMeaning, Sibling, drift_meaning, is_sibling};
use plan::{Cause, Change, DriftChoice, Mode, Options, Plan};
use render::{DriftIgnored, FindingPlace};
use run::estate::{EnvironmentPlan, StackPlan};
use value::Step;

use crate::commands::estate::Opened;
use crate::rehearsal;
use crate::session::Session;

/// An object that drifted.
pub(super) struct Found<'a> {
    /// The stack's plan, which only looks.
    pub(super) stack: &'a StackPlan,
    /// What happened.
    pub(super) change: &'a Change,
    /// The attributes that count and are not ignored; none where it is gone.
    pub(super) attributes: Vec<String>,
    /// What it means.
    pub(super) meaning: DriftMeaning,
    /// The last day of a block about it that has run out.
    pub(super) ended: Option<Day>,
}

impl Found<'_> {
    /// Which stack.
    pub(super) fn index(&self) -> InstanceIdx {
        self.stack.index
    }

    /// Which resource instance.
    pub(super) fn instance(&self) -> &ResourceInstance {
        &self.change.address
    }

    /// `ENV/STACK//ADDRESS`.
    pub(super) fn address(&self) -> String {
        full(&self.stack.address, self.change)
    }
}

fn full(stack: &StackAddr, change: &Change) -> String {
    format!("{stack}//{}", change.address)
}

/// Reads all objects of the selected stacks; what went wrong with a stack is in the session, the others are looked at.
pub(super) async fn looked(session: &mut Session<'_>, opened: &Opened) -> EnvironmentPlan {
    let options =
        Options { mode: Mode::RefreshOnly, drift: DriftChoice::Left, ..Options::default() };
    let time_s = session.now_s();
    let mut planned =
        run::estate::plan(opened.run(session), &opened.selected, &options, time_s).await;
    session.diags.extend(std::mem::take(&mut planned.diags));
    for stack in &mut planned.stacks {
        session.diags.extend(std::mem::take(&mut stack.diags));
    }
    rehearsal::meet(session, &planned);
    planned
}

/// What drifted, and what is ignored today.
pub(super) fn found<'a>(
    opened: &Opened,
    planned: &'a EnvironmentPlan,
    today: Day,
) -> (Vec<Found<'a>>, Vec<DriftIgnored>) {
    let plans = planned.stacks.iter().map(|stack| &*stack.plan);
    let siblings = siblings(plans);
    let (mut all, mut ignored) = (Vec::new(), Vec::new());
    for stack in &planned.stacks {
        for change in &stack.plan.drift {
            let Some(meaning) = drift_meaning(opened.policies.catalogue(), change, &siblings)
            else {
                continue;
            };
            let judged = judged(&opened.file.estate, &stack.address, change, today);
            match judged {
                Judged::Ignored(by) => ignored.push(told(&stack.address, change, by)),
                Judged::Counts { attributes, ended } => {
                    all.push(Found { stack, change, attributes, meaning, ended });
                }
            }
        }
    }
    (all, ignored)
}

/// How many objects of a plan drifted and are left, of those that count for anything.
pub(crate) fn left(opened: &Opened, plan: &Plan, siblings: &[Sibling], stack: &StackAddr) -> usize {
    let today = Day::of_seconds(plan.time_s);
    let changes = |drifted: &Change| {
        let own = |change: &&Change| change.address == drifted.address && change.deposed.is_none();
        let found = plan.changes.iter().find(own);
        found.is_some_and(|change| change.action != plan::Action::NoOp)
    };
    let counts = |drifted: &&Change| {
        drift_meaning(opened.policies.catalogue(), drifted, siblings).is_some()
            && matches!(judged(&opened.file.estate, stack, drifted, today), Judged::Counts { .. })
    };
    plan.drift.iter().filter(|one| !changes(one)).filter(counts).count()
}

/// The objects of these stacks that show at others.
pub(crate) fn siblings<'p>(plans: impl Iterator<Item = &'p Plan>) -> Vec<Sibling> {
    let mut all = Vec::new();
    for plan in plans {
        for (at, row) in plan.prior.rows() {
            let type_name = &at.instance.resource.type_name;
            if !is_sibling(type_name) {
                continue;
            }
            let json = row.object.attributes.as_json();
            let object = json.and_then(|text| value::json::decode_implied(text).ok());
            all.extend(object.map(|object| Sibling { type_name: type_name.clone(), object }));
        }
        // As they are, too: what was changed at them is told of them.
        for drifted in plan.drift.iter().filter(|one| !one.after.is_null()) {
            let type_name = &drifted.address.resource.type_name;
            if is_sibling(type_name) {
                let object = drifted.after.clone().unmark_deep().0;
                all.push(Sibling { type_name: type_name.clone(), object });
            }
        }
    }
    all
}

enum Judged<'e> {
    Ignored(&'e IgnoredDrift),
    Counts { attributes: Vec<String>, ended: Option<Day> },
}

/// Whether `drift` blocks cover all of what happened.
fn judged<'e>(estate: &'e Estate, stack: &StackAddr, change: &Change, today: Day) -> Judged<'e> {
    let about = || estate.ignored_drift.iter().filter(|one| one.names(stack, &change.address));
    let holding: Vec<&IgnoredDrift> = about().filter(|one| one.holds_on(today)).collect();
    let names = attributes(change);
    let whole = holding.iter().find(|one| one.attributes.is_empty());
    let left: Vec<String> = names
        .iter()
        .filter(|name| !holding.iter().any(|one| one.covers(name)))
        .map(ToString::to_string)
        .collect();
    match (whole, holding.first()) {
        (Some(by), _) => Judged::Ignored(by),
        (None, Some(by)) if !names.is_empty() && left.is_empty() => Judged::Ignored(by),
        _ => {
            let ended =
                about().filter(|one| !one.holds_on(today)).filter_map(|one| one.until).max();
            Judged::Counts { attributes: left, ended }
        }
    }
}

/// The names of the attributes that count; none where the object is gone.
fn attributes(change: &Change) -> BTreeSet<Arc<str>> {
    let paths = change.causes.iter().flat_map(|cause| match cause {
        Cause::Drift { paths } => paths.as_slice(),
        _ => &[],
    });
    let first = |path: &value::Path| match path.steps().first() {
        Some(Step::Attr(name)) => Some(name.clone()),
        _ => None,
    };
    paths.filter_map(first).collect()
}

fn told(stack: &StackAddr, change: &Change, by: &IgnoredDrift) -> DriftIgnored {
    DriftIgnored {
        address: full(stack, change),
        reason: by.reason.to_string(),
        date: by.date.to_string(),
        until: by.until.map(|day| day.to_string()),
    }
}

/// Where the block of a resource stands.
pub(super) fn place(session: &Session<'_>, found: &Found<'_>) -> Option<FindingPlace> {
    let config = &found.stack.stack.loaded.config;
    let resource = ConfigResource {
        module: found.change.address.module.path(),
        resource: found.change.address.resource.clone(),
    };
    let (module, resource) = config.find_resource(&resource)?;
    let span = config.module(module).def.resources[resource.index()].span;
    let file = session.sources.file(span.file);
    let at = file.position(span.start);
    Some(FindingPlace { file: file.name().to_string(), line: at.line, column: at.column })
}
