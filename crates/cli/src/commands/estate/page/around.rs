//! Stacks of a plan that have no plan of their own, or another way to go: cut off, moved, forgotten, not plannable, gone
//! with their host, orphans.
//!
//! Invariant: a stack stands on the page once.

use addr::StackAddr;
use plan::Action;
use render::{Changes, EstatePage, HostedForget, StackPart, Standing, Wires};
use run::estate::{EnvironmentPlan, Leaving, StackPlan};

use super::{Source, name, verdict};

/// Puts them on the page.
pub(super) fn add<'a>(source: &Source<'a>, page: &mut EstatePage<'a>) {
    for part in &mut page.stacks {
        if source.opened.graph().find(&part.address).is_none() {
            part.standing = Standing::Forgotten;
        }
    }
    let Some(fresh) = source.fresh else { return };
    let planned = fresh.planned;
    for moved in &planned.moved {
        if let Some(part) = page.stacks.iter_mut().find(|part| part.address == moved.to) {
            part.was = Some(moved.from.clone());
            part.changes = Changes::Some;
            if part.causes.is_empty() {
                part.causes.push("moved".to_owned());
            }
        }
    }
    for stack in &planned.stacks {
        forgets(planned, stack, page);
    }
    for forgotten in &planned.forgotten {
        let wires = Wires::default();
        let part = StackPart::of_plan(&forgotten.address, "", &forgotten.plan, &wires, 0);
        let needs = verdict::needs(source.verdict, &forgotten.address);
        page.stacks.push(StackPart { standing: Standing::Forgotten, needs, ..part });
    }
    let alone =
        |address: &StackAddr, standing| StackPart { standing, ..StackPart::new(address.clone()) };
    for cut in &planned.cut_off {
        page.stacks.push(alone(cut, Standing::CutOff));
    }
    for waiting in &planned.not_plannable {
        let waits_for = unknown_wires(source, &waiting.address);
        page.stacks.push(alone(&waiting.address, Standing::NotPlannable { waits_for }));
    }
    for orphan in &planned.orphans {
        // One that is destroyed by name has a plan of its own.
        if page.stacks.iter().any(|part| part.address == *orphan) {
            continue;
        }
        page.stacks.push(alone(orphan, Standing::Orphan));
    }
}

/// The objects of a stack that go with their host and are only forgotten.
fn forgets(planned: &EnvironmentPlan, stack: &StackPlan, page: &mut EstatePage<'_>) {
    let Leaving::WithHost(host) = stack.leaving else { return };
    let Some(host) = planned.stacks.iter().find(|one| one.index == host) else { return };
    let Some(part) = page.stacks.iter_mut().find(|part| part.address == stack.address) else {
        return;
    };
    let goes = |action| matches!(action, Action::Forget | Action::Delete);
    let objects = stack.plan.changes.iter().filter(|change| goes(change.action));
    part.forgets = objects
        .map(|change| HostedForget {
            address: change.address.to_string(),
            host: host.address.clone(),
        })
        .collect();
}

/// What a stack reads of others: one of these is not known yet.
fn unknown_wires(source: &Source<'_>, address: &StackAddr) -> Vec<String> {
    let graph = source.opened.graph();
    let Some(index) = graph.find(address) else { return Vec::new() };
    let wires = graph.instance(index).wires.iter();
    let mut read: Vec<String> =
        wires.map(|wire| format!("{}.{}", name(&wire.from), wire.output)).collect();
    read.sort();
    read.dedup();
    if read.len() > 1 {
        let rest = read.len() - 1;
        return vec![format!("{} or {rest} more", read[0])];
    }
    read
}
