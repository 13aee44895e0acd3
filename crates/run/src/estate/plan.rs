//! Planning the stacks of an environment, each with what those below it give out, known or not.
//!
//! Invariant: a stack is planned only after all that it reads; outputs of stacks outside of the run are the published
//! ones; what is not known is an unknown of the type that can be told, never a mock.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::{Instance, InstanceIdx};
use plan::{Completeness, DriftChoice, Mode, Options};
use store::Store;
use tokio::task::JoinSet;

use super::environment::{
    EnvironmentPlan, Leaving, MovedInstance, Run, Selected, StackPlan, WIDTH,
};
use super::instance::{Purpose, ask_ahead, open_stack, variables};
use super::published::{Outputs, all_published, outputs_of, published, published_of};
use super::{breaks, cut_off, forget, pending, snapshot};
use crate::bounds;
use crate::events::{Ended, Event, EventKind, Phase};
use crate::lease::Held;
use crate::mask::Mask;
use crate::stack::{self, Planning, Shared, Stack};

/// Plans the selected stacks, in the order in which they are applied.
pub async fn plan(
    run: Run<'_>,
    selected: &Selected,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    told(run, &selected.instances, async {
        let mut diags = Diags::new();
        // What only looks gives nothing out: no stack waits for another, and one that fails keeps none from being looked at.
        let looks = options.mode == Mode::RefreshOnly && options.drift == DriftChoice::Left;
        let outputs = match looks {
            true => all_published(run, &mut diags),
            false => published(run, &selected.instances, &mut diags),
        };
        if diags.has_errors() {
            return EnvironmentPlan { diags, ..EnvironmentPlan::default() };
        }
        let mut planned = plan_with(run, selected, outputs, options, time_s).await;
        if !planned.diags.has_errors() {
            planned.breaks = breaks::find(run, &planned.stacks);
            planned.breaks.iter().for_each(|one| planned.diags.push(breaks::warned(one)));
        }
        if options.mode == Mode::Normal && selected.instances.len() == run.graph.order.len() {
            match forget::removed(run, time_s) {
                Ok(forgotten) => planned.forgotten = forgotten,
                Err(diagnostic) => planned.diags.push(diagnostic),
            }
        }
        planned
    })
    .await
}

/// Tells that planning begins and that it is over, whatever comes of it.
pub(super) async fn told<T>(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    planning: impl Future<Output = T>,
) -> T {
    let tell = |kind| run.shared.events.event(Event { stack: String::new(), kind });
    let stacks = selected.iter().map(|index| run.member(*index)).collect();
    tell(EventKind::RunBegan { phase: Phase::Plan, stacks });
    let planned = planning.await;
    tell(EventKind::RunEnded);
    planned
}

/// The plans so far, and what those above read of them.
struct Planned<'r> {
    run: Run<'r>,
    outputs: BTreeMap<StackAddr, Outputs>,
    /// Outputs with pending changes, by the stacks that were planned.
    pending: BTreeMap<StackAddr, BTreeSet<Arc<str>>>,
    failed: BTreeSet<InstanceIdx>,
    plan: EnvironmentPlan,
}

/// Plans the selected stacks; a stack waits for those that it reads and that `outputs` does not have yet.
pub(super) async fn plan_with(
    run: Run<'_>,
    selected: &Selected,
    outputs: BTreeMap<StackAddr, Outputs>,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    let (pending, failed) = (BTreeMap::new(), BTreeSet::new());
    let mut planned = Planned { run, outputs, pending, failed, plan: EnvironmentPlan::default() };
    let mut waiting: BTreeSet<InstanceIdx> = selected.instances.clone();
    let mut under_way = JoinSet::new();
    ask_ahead(run, selected.instances.iter().copied());
    loop {
        while under_way.len() < WIDTH
            && let Some(index) = ready(run, &waiting, &planned.outputs, &planned.failed)
        {
            waiting.remove(&index);
            let rippled = selected.rippled.contains(&index);
            if let Some(task) =
                planned.begin(index, rippled, &selected.options(index, options), time_s).await
            {
                let shared = run.shared.clone();
                under_way.spawn(async move { (index, one(task, shared).await) });
            }
        }
        let Some(done) = under_way.join_next().await else { break };
        let (index, result) = done.expect("BUG: planning a stack panicked");
        planned.ended(index, result);
    }
    assert!(waiting.is_empty(), "BUG: stacks wait for what will not come");
    let mut planned = planned.plan;
    planned.stacks.sort_by_key(|stack| stack.index);
    planned.orphans = run.standing.settled.orphans.iter().cloned().collect();
    let moved =
        |from: &StackAddr, to: &StackAddr| MovedInstance { from: from.clone(), to: to.clone() };
    let there = |to: &StackAddr| planned.stacks.iter().any(|stack| stack.address == *to);
    let settled = run.standing.settled.moved.iter();
    planned.moved = settled.filter(|(_, to)| there(to)).map(|(from, to)| moved(from, to)).collect();
    planned
}

impl Planned<'_> {
    /// A stack of which everything below is known; `None` where it is not to be planned.
    async fn begin(
        &mut self,
        index: InstanceIdx,
        rippled: bool,
        options: &Options,
        time_s: i64,
    ) -> Option<Task> {
        let run = self.run;
        let instance = run.graph.instance(index);
        let lacks = |read: &&InstanceIdx| {
            self.failed.contains(read)
                && !self.outputs.contains_key(&run.graph.instance(**read).addr)
        };
        if let Some(below) = instance.reads.iter().find(lacks) {
            self.plan.diags.push(blocked(instance, run.graph.instance(*below)));
            self.failed.insert(index);
            return None;
        }
        if rippled {
            match cut_off::is_cut_off(run, instance, &self.outputs) {
                Ok(false) => {}
                Ok(true) => return self.cut_off(index),
                Err(diags) => return self.fails(index, diags),
            }
        }
        let wires = instance.wires.iter();
        let pending = wires
            .filter(|wire| {
                self.pending.get(&wire.from).is_some_and(|below| below.contains(&wire.output))
            })
            .map(|wire| wire.input.clone())
            .collect();
        match prepare(run, index, &self.outputs, pending, options, time_s).await {
            Ok(task) => Some(task),
            Err(diags) => self.fails(index, diags),
        }
    }

    /// A stack whose inputs stay as they are gives out what it has published.
    fn cut_off(&mut self, index: InstanceIdx) -> Option<Task> {
        let instance = self.run.graph.instance(index);
        match published_of(self.run, instance) {
            Ok(outputs) => {
                self.outputs.insert(instance.addr.clone(), outputs);
                self.plan.cut_off.push(instance.addr.clone());
                None
            }
            Err(diagnostic) => {
                let mut diags = Diags::new();
                diags.push(diagnostic);
                self.fails(index, diags)
            }
        }
    }

    fn fails(&mut self, index: InstanceIdx, diags: Diags) -> Option<Task> {
        let instance = self.run.graph.instance(index);
        let overlay = self.run.checked.module(instance).overlay.clone();
        for one in diags {
            // What is about no stack, such as a provider that is not locked, is told once for all.
            if one.address.is_none() && self.plan.diags.iter().any(|known| *known == one) {
                continue;
            }
            self.plan.diags.push(match &overlay {
                Some(overlay) => overlay.explain(&self.run.file.estate, instance, one),
                None => one,
            });
        }
        self.failed.insert(index);
        None
    }

    fn ended(&mut self, index: InstanceIdx, result: Result<(StackPlan, Pending), Diags>) {
        match result {
            Ok((plan, inputs)) => {
                let instance = self.run.graph.instance(index);
                let module = self.run.checked.module(instance);
                let pending = pending::outputs(module, &plan.plan, &inputs);
                self.pending.insert(instance.addr.clone(), pending);
                let outputs = || outputs_of(&plan.plan);
                self.outputs.entry(instance.addr.clone()).or_insert_with(outputs);
                self.plan.stacks.push(plan);
            }
            Err(diags) => drop(self.fails(index, diags)),
        }
    }
}

/// A waiting stack of which everything that it reads is there or has failed.
fn ready(
    run: Run<'_>,
    waiting: &BTreeSet<InstanceIdx>,
    outputs: &BTreeMap<StackAddr, Outputs>,
    failed: &BTreeSet<InstanceIdx>,
) -> Option<InstanceIdx> {
    let there = |read: &InstanceIdx| {
        failed.contains(read) || outputs.contains_key(&run.graph.instance(*read).addr)
    };
    waiting.iter().copied().find(|index| run.graph.instance(*index).reads.iter().all(there))
}

/// A stack that is ready to be planned.
struct Task {
    index: InstanceIdx,
    address: StackAddr,
    stack: Stack,
    loaded: store::Loaded,
    planning: Planning,
    unknown_inputs: usize,
    /// How many objects a deferral without bound may come to.
    max_deferred: u64,
}

/// Inputs that are wired from outputs with pending changes.
type Pending = BTreeSet<Arc<str>>;

async fn prepare(
    run: Run<'_>,
    index: InstanceIdx,
    outputs: &BTreeMap<StackAddr, Outputs>,
    pending: Pending,
    options: &Options,
    time_s: i64,
) -> Result<Task, Diags> {
    let instance = run.graph.instance(index);
    let mut diags = Diags::new();
    let loaded = match state(run, instance).await {
        Ok(loaded) => loaded,
        Err(diagnostic) => {
            diags.push(diagnostic);
            return Err(diags);
        }
    };
    let stack = open_stack(run, instance, &loaded, Purpose::Plan).await?;
    let Some(variables) = variables(run, instance, outputs, &mut diags) else { return Err(diags) };
    let wired = |name: &Arc<str>| instance.wires.iter().any(|wire| wire.input == *name);
    let unknown_inputs = variables
        .iter()
        .filter(|given| wired(&given.name) && !given.value.is_wholly_known())
        .count();
    let planning = Planning {
        variables,
        options: options.clone(),
        time_s,
        deferral: run.deferral(instance, &stack, &loaded)?,
        pending,
    };
    Ok(Task {
        index,
        address: instance.addr.clone(),
        stack,
        loaded,
        planning,
        unknown_inputs,
        max_deferred: run.max_deferred(instance),
    })
}

/// The state to plan upon. A journal that a run left open is folded first, under the lease: the plan then names a base
/// that stays. While the run still lives its journal is only looked into.
async fn state(run: Run<'_>, instance: &Instance) -> Result<store::Loaded, Diagnostic> {
    let key = run.standing.key(&instance.addr);
    let failed = |error: &store::LoadError| crate::failure::load(&instance.addr.to_string(), error);
    let loaded = run.store.peek(&key).map_err(|error| failed(&error))?;
    if run.shared.cloud.is_none()
        && let Some(diagnostic) = crate::adopted::not_taken(&run.file.estate, instance, &loaded)
    {
        return Err(diagnostic);
    }
    if loaded.recovered.is_none() {
        return Ok(loaded);
    }
    let store: Arc<dyn Store> = run.store.clone();
    match Held::take(store, &key, run.request.clone(), Duration::ZERO).await {
        Ok(held) => {
            let folded = run.store.load(held.lease()).map_err(|error| failed(&error));
            let marked = snapshot::mark_left(&**run.store, held.lease());
            held.release().await;
            marked.and(folded)
        }
        Err(_) => Ok(loaded),
    }
}

async fn one(task: Task, shared: Shared) -> Result<(StackPlan, Pending), Diags> {
    let pending = task.planning.pending.clone();
    let mut mask = Mask::of_variables(&task.planning.variables);
    let label = task.stack.label.clone();
    let begun = std::time::Instant::now();
    shared.events.event(Event { stack: label.clone(), kind: EventKind::StackBegan(Phase::Plan) });
    let outcome = stack::plan(&task.stack, &shared, &task.loaded, task.planning).await;
    let outcome = outcome.map_err(|diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    });
    let result = outcome.and_then(|mut outcome| {
        let mut diags = Diags::new();
        if !outcome.diags.is_empty() {
            mask.add_state(&task.loaded.state, &task.stack.schemas);
            mask.add_state(&outcome.plan.prior, &task.stack.schemas);
            mask.add_plan(&outcome.plan);
            outcome.diags = mask.over(std::mem::take(&mut outcome.diags));
        }
        task.stack.absent.iter().for_each(|absent| diags.push(absent.told(&label)));
        for one in outcome.diags {
            let address = address(&label, one.address.as_deref());
            diags.push(bounds::told(one.about(address)));
        }
        if diags.has_errors() || outcome.plan.completeness == Completeness::Errored {
            return Err(diags);
        }
        let mut plan = outcome.plan;
        plan.bound_deferred(task.max_deferred);
        let plan = StackPlan {
            index: task.index,
            address: task.address,
            stack: task.stack,
            plan: Arc::new(plan),
            unknown_inputs: task.unknown_inputs,
            leaving: Leaving::Itself,
            diags,
        };
        Ok((plan, pending))
    });
    let ended = if result.is_ok() { Ended::Well } else { Ended::Badly };
    let kind = EventKind::StackEnded { phase: Phase::Plan, ended, took: begun.elapsed() };
    shared.events.event(Event { stack: label, kind });
    result
}

/// What a stack's diagnostic is about: the stack, or something in it.
fn address(label: &str, own: Option<&str>) -> String {
    match own {
        Some(own) if own != label => format!("{label}//{own}"),
        _ => label.to_owned(),
    }
}

fn blocked(instance: &Instance, below: &Instance) -> Diagnostic {
    Diagnostic::error("stack-blocked", format!("`{}` was not planned", instance.addr))
        .detail(format!("It reads `{}`, whose plan failed.", below.addr))
        .remedy("Mend the stack below first.")
        .about(instance.addr.to_string())
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_diagnostic_names_its_stack_once() {
        let check = |own, expect| assert_eq!(address("dev/net", own), expect);
        check(None, "dev/net");
        check(Some("dev/net"), "dev/net");
        check(Some("random_pet.it"), "dev/net//random_pet.it");
    }
}
