//! Planning the stacks of an environment, each with what those below it give out, known or not.
//!
//! Invariant: a stack is planned only after all that it reads; outputs of stacks outside of the run are the published
//! ones; what is not known is an unknown of the type that can be told, never a mock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::{Instance, InstanceIdx, StackGraph};
use plan::{Action, Completeness, Mode, Options, Plan};
use store::{EstateStore, LockRequest, StackKey, Store};
use tokio::task::JoinSet;
use value::{Marks, Type, Value};

use super::check::Checked;
use super::instance::{Purpose, open_stack, variables};
use super::open::EstateFile;
use crate::events::{Ended, Event, EventKind, Phase};
use crate::lease::Held;
use crate::providers::Providers;
use crate::stack::{self, Planning, Shared, Stack};

/// Outputs by name.
pub(super) type Outputs = BTreeMap<Arc<str>, Value>;

/// What planning and applying an environment need.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The estate file.
    pub file: &'a EstateFile,
    /// Its root modules.
    pub checked: &'a Checked,
    /// The environment's stacks.
    pub graph: &'a StackGraph,
    /// The store.
    pub store: &'a Arc<dyn EstateStore>,
    /// Processes, events, interrupts.
    pub shared: &'a Shared,
    /// Where providers come from.
    pub providers: &'a Providers,
    /// How a lease is asked for where planning needs one.
    pub request: &'a LockRequest,
}

/// A stack's plan, with what it takes to apply it.
#[derive(Clone)]
pub struct StackPlan {
    /// Which stack of the graph.
    pub index: InstanceIdx,
    /// Its address.
    pub address: StackAddr,
    /// The stack.
    pub stack: Stack,
    /// Its plan.
    pub plan: Arc<Plan>,
    /// Its inputs that are wired and not known yet.
    pub unknown_inputs: usize,
    /// Warnings.
    pub diags: Diags,
}

/// The plans of an environment's stacks.
#[derive(Default)]
pub struct EnvironmentPlan {
    /// In the order in which they are applied.
    pub stacks: Vec<StackPlan>,
    /// What went wrong; a stack that reads one that failed is not planned.
    pub diags: Diags,
}

impl EnvironmentPlan {
    /// Whether anything would change.
    pub fn has_changes(&self) -> bool {
        self.stacks.iter().any(|stack| stack.plan.has_changes())
    }
}

/// Plans the selected stacks, in the order in which they are applied.
pub async fn plan(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    let mut diags = Diags::new();
    let outputs = published(run, selected, &mut diags);
    if diags.has_errors() {
        return EnvironmentPlan { stacks: Vec::new(), diags };
    }
    let mut planned = plan_with(run, selected, outputs, options, time_s).await;
    if options.mode == Mode::Normal && !planned.diags.has_errors() {
        let mut diags = Diags::new();
        super::breaks::check(run, &planned, &mut diags);
        planned.diags.extend(diags);
    }
    planned
}

/// Plans the selected stacks; a stack waits for those that it reads and that `outputs` does not have yet.
pub(super) async fn plan_with(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    mut outputs: BTreeMap<StackAddr, Outputs>,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    let mut planned = EnvironmentPlan::default();
    let mut failed: BTreeSet<InstanceIdx> = BTreeSet::new();
    let mut waiting: BTreeSet<InstanceIdx> = selected.clone();
    let mut under_way = JoinSet::new();
    loop {
        while let Some(index) = ready(run, &waiting, &outputs, &failed) {
            waiting.remove(&index);
            let instance = run.graph.instance(index);
            if let Some(below) = instance.reads.iter().find(|read| failed.contains(read)) {
                planned.diags.push(blocked(instance, run.graph.instance(*below)));
                failed.insert(index);
                continue;
            }
            match prepare(run, index, &outputs, options, time_s).await {
                Ok(task) => {
                    let shared = run.shared.clone();
                    under_way.spawn(async move { (index, one(task, shared).await) });
                }
                Err(diags) => {
                    planned.diags.extend(diags);
                    failed.insert(index);
                }
            }
        }
        let Some(done) = under_way.join_next().await else { break };
        let (index, result) = done.expect("BUG: planning a stack panicked");
        match result {
            Ok(plan) => {
                let addr = run.graph.instance(index).addr.clone();
                outputs.entry(addr).or_insert_with(|| outputs_of(&plan.plan));
                planned.stacks.push(plan);
            }
            Err(diags) => {
                planned.diags.extend(diags);
                failed.insert(index);
            }
        }
    }
    assert!(waiting.is_empty(), "BUG: stacks wait for what will not come");
    planned.stacks.sort_by_key(|stack| stack.index);
    planned
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
}

async fn prepare(
    run: Run<'_>,
    index: InstanceIdx,
    outputs: &BTreeMap<StackAddr, Outputs>,
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
    let planning = Planning { variables, options: options.clone(), time_s };
    Ok(Task { index, address: instance.addr.clone(), stack, loaded, planning, unknown_inputs })
}

/// The state to plan upon. A journal that a run left open is folded first, under the lease: the plan then names a base
/// that stays. While the run still lives its journal is only looked into.
async fn state(run: Run<'_>, instance: &Instance) -> Result<store::Loaded, Diagnostic> {
    let key = StackKey::from(&instance.addr);
    let failed = |error: &store::LoadError| crate::failure::load(&instance.addr.to_string(), error);
    let loaded = run.store.peek(&key).map_err(|error| failed(&error))?;
    if loaded.recovered.is_none() {
        return Ok(loaded);
    }
    let store: Arc<dyn Store> = run.store.clone();
    match Held::take(store, &key, run.request.clone(), Duration::ZERO).await {
        Ok(held) => {
            let folded = run.store.load(held.lease());
            held.release().await;
            folded.map_err(|error| failed(&error))
        }
        Err(_) => Ok(loaded),
    }
}

async fn one(task: Task, shared: Shared) -> Result<StackPlan, Diags> {
    let label = task.stack.label.clone();
    let begun = std::time::Instant::now();
    shared.events.event(Event { stack: label.clone(), kind: EventKind::StackBegan(Phase::Plan) });
    let outcome = stack::plan(&task.stack, &shared, &task.loaded, task.planning).await;
    let outcome = outcome.map_err(|diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    });
    let result = outcome.and_then(|outcome| {
        let mut diags = Diags::new();
        for one in outcome.diags {
            let address = match &one.address {
                Some(own) => format!("{label}//{own}"),
                None => label.clone(),
            };
            diags.push(one.about(address));
        }
        if diags.has_errors() || outcome.plan.completeness == Completeness::Errored {
            return Err(diags);
        }
        Ok(StackPlan {
            index: task.index,
            address: task.address,
            stack: task.stack,
            plan: Arc::new(outcome.plan),
            unknown_inputs: task.unknown_inputs,
            diags,
        })
    });
    let ended = if result.is_ok() { Ended::Well } else { Ended::Badly };
    let kind = EventKind::StackEnded { phase: Phase::Plan, ended, took: begun.elapsed() };
    shared.events.event(Event { stack: label, kind });
    result
}

/// The outputs that a plan gives out.
pub(super) fn outputs_of(plan: &Plan) -> Outputs {
    let kept = plan.outputs.iter().filter(|change| change.action != Action::Delete);
    kept.map(|change| (change.name.clone(), change.after.clone())).collect()
}

/// The published outputs of every stack that is not in the run; of one that was never applied unknowns of the types
/// that can be told.
fn published(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    diags: &mut Diags,
) -> BTreeMap<StackAddr, Outputs> {
    let mut found = BTreeMap::new();
    let own = run.graph.indexes().filter(|index| !selected.contains(index));
    let own = own.map(|index| run.graph.instance(index));
    for instance in own.chain(&run.graph.outside) {
        match published_of(run, instance) {
            Ok(outputs) => {
                found.insert(instance.addr.clone(), outputs);
            }
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    found
}

/// The published outputs of one stack.
pub(super) fn published_of(run: Run<'_>, instance: &Instance) -> Result<Outputs, Diagnostic> {
    let label = instance.addr.to_string();
    let read = run.store.outputs(&StackKey::from(&instance.addr));
    let published = read.map_err(|error| crate::failure::load(&label, &error))?;
    let interface = &run.checked.module(instance).interface;
    let mut outputs: Outputs = interface
        .outputs
        .iter()
        .map(|(name, output)| (name.clone(), Value::unknown(output.value.ty())))
        .collect();
    for (name, one) in published {
        if one.stale {
            // Behind what its configuration says: not known until its stack is applied.
            continue;
        }
        let value = one.output.decode().unwrap_or_else(|_| Value::unknown(Type::DYNAMIC));
        let value = if one.output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value };
        outputs.insert(name, value);
    }
    Ok(outputs)
}

fn blocked(instance: &Instance, below: &Instance) -> Diagnostic {
    Diagnostic::error("stack-blocked", format!("`{}` was not planned", instance.addr))
        .detail(format!("It reads `{}`, whose plan failed.", below.addr))
        .remedy("Mend the stack below first.")
        .about(instance.addr.to_string())
}
