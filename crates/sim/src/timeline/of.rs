//! The sketch of a run: from the plans of its stacks, their graph, and what the simulated cloud was asked.
//!
//! Steps and their order are the plans'; how long a step takes stands in the log, by address and verb, for the ops of a
//! plan made again at apply are numbered anew. Invariant: every call of an apply is in the sketch once; one of which no
//! plan knew (what was deferred) stands in its stack's lead and follows nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use engine::{Earlier, Half, Wired, halves};
use estate::{InstanceIdx, StackGraph};
use plan::{Action, Mode, OpKind, Plan};
use run::estate::{EnvironmentPlan, Run, StackPlan};

use super::{Sketch, SketchStack, Step, Until};
use crate::log::{Done, Verb};

/// What the calls of an apply took, by stack, address and verb, in milliseconds.
type Took = HashMap<(Arc<str>, Arc<str>, Verb), u64>;

/// The sketch of a run that was applied. `log` is that of the apply; what was asked while planning does not count.
pub fn sketch(run: Run<'_>, planned: &EnvironmentPlan, log: &[Done], calls_max: usize) -> Sketch {
    let graph = run.graph;
    let mut took = Took::new();
    for done in log.iter().filter(|done| done.op.is_some()) {
        let key = (done.stack.clone(), done.address.clone(), done.verb);
        *took.entry(key).or_default() += done.duration_ms;
    }
    let mut plans: Vec<&StackPlan> = planned.stacks.iter().collect();
    plans.sort_by_key(|one| one.index);
    let places: BTreeMap<InstanceIdx, usize> =
        plans.iter().enumerate().map(|(at, one)| (one.index, at)).collect();
    let mut stacks: Vec<SketchStack> =
        plans.iter().map(|one| stack(run, one, &wired(one, &plans, graph), &mut took)).collect();
    for (at, one) in plans.iter().enumerate() {
        let reads = &graph.instance(one.index).reads;
        for below in reads.iter().filter_map(|read| places.get(read).copied()) {
            match one.plan.options.mode {
                Mode::Destroy => stacks[below].begins_after.push((at, Until::End)),
                Mode::Normal | Mode::RefreshOnly => {
                    stacks[at].begins_after.push((below, Until::LeadOver));
                    stacks[below].trails_after.push(at);
                }
            }
        }
    }
    left(&mut stacks, took);
    Sketch { stacks, parallelism: run.shared.parallelism, calls_max }
}

/// The outputs of a stack that others of the run read.
fn wired(one: &StackPlan, plans: &[&StackPlan], graph: &StackGraph) -> Wired {
    let mut outputs = BTreeSet::new();
    for other in plans {
        let wires = graph.instance(other.index).wires.iter();
        outputs.extend(wires.filter(|w| w.from == one.address).map(|w| w.output.clone()));
    }
    Wired { outputs: outputs.into_iter().collect(), earlier: Earlier::Whole }
}

fn stack(run: Run<'_>, one: &StackPlan, wired: &Wired, took: &mut Took) -> SketchStack {
    let name: Arc<str> = one.address.to_string().into();
    let config = &one.stack.loaded.config;
    let graph = &run.checked.module(run.graph.instance(one.index)).graph;
    let halves = match one.plan.options.mode {
        Mode::Destroy => vec![Half::Lead; one.plan.ops.len()],
        Mode::Normal | Mode::RefreshOnly => halves(config, graph, &one.plan, wired).halves,
    };
    let ops = one.plan.ops.iter().zip(halves);
    let step = |(op, half): (&plan::Op, Half)| {
        let call = called(&one.plan, &op.kind);
        let duration_ms = call
            .as_ref()
            .and_then(|(address, verb)| took.remove(&(name.clone(), address.clone(), *verb)));
        let what = call.map_or_else(|| "".into(), |(address, verb)| said(&address, verb));
        let after = op.after.iter().map(|before| before.0 as usize).collect();
        Step { what, after, duration_ms: duration_ms.unwrap_or(0), half }
    };
    let steps = ops.map(step).collect();
    SketchStack { name, begins_after: Vec::new(), trails_after: Vec::new(), steps }
}

/// The call that an op makes.
fn called(plan: &Plan, kind: &OpKind) -> Option<(Arc<str>, Verb)> {
    let verb = |action: Action| match kind {
        OpKind::Read(_) => Some(Verb::Data),
        OpKind::Destroy(_) => Some(Verb::Delete),
        OpKind::Change(_) if action == Action::Update => Some(Verb::Update),
        OpKind::Change(_) => Some(Verb::Create),
        _ => None,
    };
    let change = plan.change(kind.change()?);
    Some((change.address.to_string().into(), verb(change.action)?))
}

fn said(address: &str, verb: Verb) -> Arc<str> {
    let verb = match verb {
        Verb::Data | Verb::Read => "read",
        Verb::Import => "import",
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Delete => "delete",
    };
    format!("{address} {verb}").into()
}

/// What no plan knew of.
fn left(stacks: &mut [SketchStack], took: Took) {
    let mut rest: Vec<_> = took.into_iter().collect();
    rest.sort();
    for ((stack, address, verb), duration_ms) in rest {
        if let Some(own) = stacks.iter_mut().find(|own| own.name == stack) {
            let what = said(&address, verb);
            own.steps.push(Step { what, after: Vec::new(), duration_ms, half: Half::Lead });
        }
    }
}
