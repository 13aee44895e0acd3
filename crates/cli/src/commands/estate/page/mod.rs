//! The page of an environment's plan, filled from plans, wiring, the guard's verdict and the configuration.
//!
//! It prints nothing (`render`) and judges nothing (`guard`). Invariant: the page of a plan that was just made and that of
//! the same plan taken from the store are made here alike; the second has not what the store does not keep: the commit,
//! stacks that were not planned, what would break.

mod around;
mod commit;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{ConfigResource, StackAddr};
use diag::SourceMap;
use guard::{Approved, DataLoss, Verdict};
use host::Host;
use plan::{Change, Plan};
use render::{
    Changes, EstatePage, Foot, Force, Loss, LossApproval, Need, Refused, StackPart, Widening, Wires,
};
use run::estate::EnvironmentPlan;
use store::StoreKind;

use super::Opened;
use crate::commands::drift::found;

/// What a page is made of.
pub(crate) struct Source<'a> {
    /// The estate.
    pub(crate) opened: &'a Opened,
    /// The texts of its root modules, for places.
    pub(crate) sources: &'a SourceMap,
    /// The plans, in the order in which they are applied.
    pub(crate) plans: Vec<(StackAddr, &'a Plan)>,
    /// What the guard says of them.
    pub(crate) verdict: &'a Verdict,
    /// The id under which the plan is kept.
    pub(crate) plan_id: &'a str,
    /// What was made just now, and where; none of a plan that was kept.
    pub(crate) fresh: Option<Fresh<'a>>,
}

/// A plan that was made just now.
#[derive(Clone, Copy)]
pub(crate) struct Fresh<'a> {
    /// All that planning found.
    pub(crate) planned: &'a EnvironmentPlan,
    /// The world, to ask version control.
    pub(crate) host: &'a Host,
}

impl Source<'_> {
    /// Whether the plan of a stack would take something away under another.
    fn breaks(&self, stack: &StackAddr) -> bool {
        self.fresh.is_some_and(|fresh| fresh.planned.breaks.iter().any(|one| one.stack == *stack))
    }
}

/// The page.
pub(crate) fn page<'a>(source: &Source<'a>) -> EstatePage<'a> {
    let opened = source.opened;
    let estate = &opened.file.estate;
    let readers = readers(opened);
    let parts = source.plans.iter().map(|(address, plan)| part(source, &readers, address, plan));
    let losses = source.verdict.data.iter();
    let commits = commit::of(source);
    let broken = source.fresh.iter().flat_map(|fresh| &fresh.planned.breaks).map(verdict::broken);
    let refusals = broken.chain(verdict::refusals(source.verdict, source.plan_id));
    let mut page = EstatePage {
        estate: estate.name.node.to_string(),
        environment: estate[opened.environment].name.node.to_string(),
        stacks: parts.collect(),
        losses: losses
            .filter_map(|loss| of_loss(source, &readers, loss, commits.head.as_deref()))
            .collect(),
        refusals: refusals.collect(),
        policies: verdict::policies(source.verdict),
        foot: Foot::default(),
    };
    drift(source, &mut page);
    around::add(source, &mut page);
    page.foot = foot(source, &page, commits);
    page
}

/// How many objects of each stack drifted and are left as they are.
fn drift(source: &Source<'_>, page: &mut EstatePage<'_>) {
    let siblings = found::siblings(source.plans.iter().map(|(_, plan)| *plan));
    for part in &mut page.stacks {
        let Some(plan) = part.plan else { continue };
        part.drift = found::left(source.opened, plan, &siblings, &part.address);
    }
}

/// Who reads which output, of all stacks of the environment: names as the page has them, in the order of the graph.
type Readers = BTreeMap<StackAddr, BTreeMap<Arc<str>, Vec<String>>>;

fn readers(opened: &Opened) -> Readers {
    let mut readers = Readers::new();
    for instance in &opened.graph().order {
        let name = name(&instance.addr);
        for wire in &instance.wires {
            let of_output = readers.entry(wire.from.clone()).or_default();
            let all = of_output.entry(wire.output.clone()).or_default();
            if all.last() != Some(&name) {
                all.push(name.clone());
            }
        }
    }
    readers
}

/// The address of a stack within its environment.
fn name(address: &StackAddr) -> String {
    match &address.key {
        Some(key) => format!("{}:{key}", address.stack),
        None => address.stack.to_string(),
    }
}

/// The wiring around one stack.
fn wires(opened: &Opened, readers: &Readers, address: &StackAddr) -> Wires {
    let mut inputs: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
    let graph = opened.graph();
    let own = graph.find(address).map(|index| graph.instance(index).wires.as_slice());
    for wire in own.unwrap_or_default() {
        let from = match wire.from.environment == address.environment {
            true => name(&wire.from),
            false => wire.from.to_string(),
        };
        inputs.entry(wire.input.clone()).or_default().push(format!("{from}.{}", wire.output));
    }
    Wires { inputs, readers: readers.get(address).cloned().unwrap_or_default() }
}

fn part<'a>(
    source: &Source<'a>,
    readers: &Readers,
    address: &StackAddr,
    plan: &'a Plan,
) -> StackPart<'a> {
    let (opened, said) = (source.opened, source.verdict);
    let estate = &opened.file.estate;
    let wires = wires(opened, readers, address);
    let layer = opened.graph().find(address).map(|index| {
        let stack = opened.graph().instance(index).stack;
        &estate[estate[stack].layer]
    });
    let deferred_max = layer.map_or(0, |layer| layer.max_deferred);
    let layer = layer.map_or("", |layer| &layer.name.node);
    let mut part = StackPart::of_plan(address, layer, plan, &wires, deferred_max);
    let unknown = plan.variables.iter().filter(|variable| {
        wires.inputs.contains_key(&variable.name) && !variable.value.is_wholly_known()
    });
    part.unknown_inputs = unknown.count();
    part.needs = verdict::needs(said, address);
    let is_refused = verdict::is_refused(said, address) || source.breaks(address);
    part.refused = if is_refused { Refused::Yes } else { Refused::No };
    let widens = said.widens.iter().filter(|one| one.stack == *address);
    part.widens = widens
        .map(|one| Widening { address: one.address.to_string(), what: one.what.clone() })
        .collect();
    part
}

/// A loss with all that the plan, the wiring and the configuration say of it.
fn of_loss(
    source: &Source<'_>,
    readers: &Readers,
    loss: &DataLoss,
    commit: Option<&str>,
) -> Option<Loss> {
    let (_, plan) = source.plans.iter().find(|(address, _)| *address == loss.stack)?;
    let change = plan
        .changes
        .iter()
        .find(|change| change.address == loss.address && change.deposed == loss.deposed)?;
    let wires = wires(source.opened, readers, &loss.stack);
    let told = Loss::of_change(&loss.stack, change, plan, &wires);
    let origin = told.origin.iter().map(|text| match (text.as_str(), commit) {
        ("this change", Some(commit)) => format!("this change ({commit})"),
        _ => text.clone(),
    });
    Some(Loss {
        origin: origin.collect(),
        name: loss.name.clone(),
        place: place(source, &loss.stack, plan, change),
        guards: loss.guards.clone(),
        approval: match loss.approved {
            Approved::No => LossApproval::Missing,
            Approved::By(_) => LossApproval::Given,
        },
        ..told
    })
}

/// Where the block of a resource stands, as `FILE:LINE`; none where the configuration is no longer the plan's.
fn place(source: &Source<'_>, stack: &StackAddr, plan: &Plan, change: &Change) -> Option<String> {
    let graph = source.opened.graph();
    let module = source.opened.checked.module(graph.instance(graph.find(stack)?));
    if module.loaded.digest != plan.digests.configuration {
        return None;
    }
    let config = &module.loaded.config;
    let resource = ConfigResource {
        module: change.address.module.path(),
        resource: change.address.resource.clone(),
    };
    let (module, resource) = config.find_resource(&resource)?;
    let span = config.module(module).def.resources[resource.index()].span;
    let place = source.sources.place(span);
    Some(place.rsplit_once(',').map_or(place.clone(), |(line, _)| line.to_owned()))
}

fn foot(source: &Source<'_>, page: &EstatePage<'_>, commits: commit::Commits) -> Foot {
    let id = source.plan_id;
    let changing = page.stacks.iter().filter(|stack| stack.changes == Changes::Some);
    Foot {
        plan_id: Some(id.to_owned()),
        commit: commits.shown(),
        onto: commits.onto,
        serials: changing.count(),
        drift_command: Some(drift_command(page, source.opened.store.kind())),
        next: next(page, id, &how(source)),
    }
}

fn drift_command(page: &EstatePage<'_>, kind: StoreKind) -> String {
    let rehearse = match kind {
        StoreKind::Real => "",
        StoreKind::Rehearsal => " --rehearse",
    };
    format!("strata drift -env {}{rehearse}", page.environment)
}

/// How what is next has to be typed.
struct How {
    options: String,
    kind: StoreKind,
}

fn how(source: &Source<'_>) -> How {
    let kind = source.opened.store.kind();
    let options = match (kind, &source.opened.file.base) {
        (StoreKind::Rehearsal, _) => " --rehearse".to_owned(),
        (StoreKind::Real, Some(base)) => format!(" -base {}", base.short_id()),
        (StoreKind::Real, None) => String::new(),
    };
    How { options, kind }
}

/// What to type next: look at what is refused, else approve what has to be, else apply. A rehearsal approves by itself.
fn next(page: &EstatePage<'_>, id: &str, how: &How) -> Option<String> {
    let How { options, kind } = how;
    let missing = page.losses.iter().find(|loss| loss.approval == LossApproval::Missing);
    let refused = page.stacks.iter().find(|stack| stack.refused == Refused::Yes);
    if let Some(stack) = missing.map(|loss| &loss.stack).or(refused.map(|stack| &stack.address)) {
        return Some(format!("strata show {id} {stack}{options}"));
    }
    let waits = |need: &Need| need.force == Force::Refuses && !need.is_satisfied();
    if page.refusals.iter().any(|one| one.force == Force::Refuses) {
        return None;
    }
    if *kind == StoreKind::Real && page.stacks.iter().any(|stack| stack.needs.iter().any(waits)) {
        return Some(format!("strata approve {id}{options}"));
    }
    let changes = page.stacks.iter().any(|stack| stack.changes == Changes::Some);
    changes.then(|| format!("strata apply {id}{options}"))
}
