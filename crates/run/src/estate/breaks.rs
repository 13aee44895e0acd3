//! What a run would take away under the stacks that still use it.
//!
//! A run has a lead and a trail, so most of what goes does so after its readers moved over. Left are objects that are
//! deleted before their successor exists, and objects whose readers take no part in the run ([`outside`](super::outside)). Both are refused unless they
//! are allowed by name.
//!
//! Invariant: nothing is refused that no stack reads.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::{ResourceInstance, StackAddr};
use diag::{Diagnostic, Span};
use engine::{Earlier, Wired, halves};
use estate::InstanceIdx;
use lang::config::{ModuleId, OutputIdx};
use lang::graph::Object;
use plan::{Action, Mode, Plan};

use super::environment::{Run, StackPlan};
use super::outside::{Outside, standing_on};
use super::snapshot;

/// An object that goes under a stack that uses it.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The stack that has the object.
    pub stack: StackAddr,
    /// The object; `None` where the whole stack goes.
    pub object: Option<ResourceInstance>,
    /// What happens to it.
    pub action: Action,
    /// The output that derives from it; empty for a host, which nothing need read.
    pub output: Arc<str>,
    /// The stack that reads the output.
    pub reader: StackAddr,
    /// Where that is written.
    pub span: Span,
    /// Whether the reader takes part in the run.
    pub in_run: bool,
}

impl Broken {
    /// How it is allowed by name: `ENV/STACK//ADDRESS`, or `ENV/STACK` for a whole stack.
    pub fn address(&self) -> String {
        match &self.object {
            Some(object) => format!("{}//{object}", self.stack),
            None => self.stack.to_string(),
        }
    }
}

/// Everything that the plans would take away under a reader.
pub(super) fn find(run: Run<'_>, plans: &[StackPlan]) -> Vec<Broken> {
    let mut found = Vec::new();
    for stack in plans.iter().filter(|stack| stack.plan.options.mode == Mode::Normal) {
        let outputs = wired_within(run, stack, plans);
        let wired = Wired { outputs, earlier: earlier(run, &stack.address) };
        found.extend(of_stack(run, stack.index, &stack.plan, &wired));
    }
    let goes = |change: &plan::Change| change.action.destroys();
    let going: Vec<&StackPlan> =
        plans.iter().filter(|stack| stack.plan.changes.iter().any(goes)).collect();
    if going.is_empty() {
        return found;
    }
    let inside = plans.iter().map(|stack| stack.address.clone()).collect();
    for (reader, outside) in &standing_on(run, &inside) {
        found.extend(
            going.iter().filter_map(|stack| under_one_outside(run, stack, reader, outside)),
        );
    }
    found
}

/// The outputs of a stack that others of the run read.
fn wired_within(run: Run<'_>, stack: &StackPlan, plans: &[StackPlan]) -> Vec<Arc<str>> {
    let instance = run.graph.instance(stack.index);
    let in_run: BTreeSet<InstanceIdx> = plans.iter().map(|stack| stack.index).collect();
    let readers = instance.readers.iter().filter(|reader| in_run.contains(reader));
    let outputs: BTreeSet<Arc<str>> =
        readers.flat_map(|reader| outputs_read(run, *reader, &instance.addr)).collect();
    outputs.into_iter().collect()
}

/// What a plan's lead takes away under the readers that take part in the run.
pub(super) fn of_stack(
    run: Run<'_>,
    index: InstanceIdx,
    plan: &Plan,
    wired: &Wired,
) -> Vec<Broken> {
    let instance = run.graph.instance(index);
    let module = run.checked.module(instance);
    let split = halves(&module.loaded.config, &module.graph, plan, wired);
    let broken = |one: engine::Break| {
        let mut readers = instance.readers.iter().map(|reader| run.graph.instance(*reader));
        let (reader, wire) = readers.find_map(|reader| {
            let mut wires = reader.wires.iter();
            let wire = wires.find(|w| w.from == instance.addr && w.output == one.output)?;
            Some((reader.addr.clone(), wire))
        })?;
        Some(Broken {
            stack: instance.addr.clone(),
            object: Some(one.address),
            action: one.action,
            output: one.output,
            reader,
            span: wire.span,
            in_run: true,
        })
    };
    split.breaks.into_iter().filter_map(broken).collect()
}

/// The outputs of a stack that another one reads.
fn outputs_read(run: Run<'_>, reader: InstanceIdx, from: &StackAddr) -> Vec<Arc<str>> {
    let wires = run.graph.instance(reader).wires.iter();
    wires.filter(|wire| wire.from == *from).map(|wire| wire.output.clone()).collect()
}

/// What goes under a stack that takes no part in the run and so does not move over.
fn under_one_outside(
    run: Run<'_>,
    stack: &StackPlan,
    reader: &StackAddr,
    outside: &Outside,
) -> Option<Broken> {
    let own = run.file.estate[run.graph.instance(stack.index).stack].name.span;
    let broken = |object, action, output: &str, span: Option<Span>| Broken {
        stack: stack.address.clone(),
        object,
        action,
        output: output.into(),
        reader: reader.clone(),
        span: span.unwrap_or(own),
        in_run: false,
    };
    let reads = outside.reads.get(&stack.address);
    match stack.plan.options.mode {
        Mode::Normal => reads?.iter().find_map(|(output, span)| {
            let (object, action) = goes(run, stack, output)?;
            Some(broken(Some(object), action, output, *span))
        }),
        Mode::Destroy => match reads.and_then(|reads| reads.iter().next()) {
            Some((output, span)) => Some(broken(None, Action::Delete, output, *span)),
            None => outside
                .hosts
                .contains(&stack.address)
                .then(|| broken(None, Action::Delete, "", None)),
        },
        Mode::RefreshOnly => None,
    }
}

/// The first object that the plan destroys and the output derives from, or may have derived from: what an output that
/// changes or is gone derived from is kept nowhere.
fn goes(run: Run<'_>, stack: &StackPlan, output: &str) -> Option<(ResourceInstance, Action)> {
    let module = run.checked.module(run.graph.instance(stack.index));
    let (config, graph) = (&module.loaded.config, &module.graph);
    let index: Option<OutputIdx> = config.root().def.names.output(output);
    let moves = |one: &plan::OutputChange| {
        &*one.name == output && matches!(one.action, Action::Update | Action::Delete)
    };
    let any = index.is_none()
        || stack.plan.outputs.iter().any(moves)
        || earlier(run, &stack.address) == Earlier::Undone;
    let closure =
        index.map(|index| graph.closure(graph.node(Object::Output(ModuleId::ROOT, index))));
    let derives = |change: &&plan::Change| {
        let resource = change.address.resource.clone().in_module(change.address.module.path());
        config.find_resource(&resource).is_some_and(|(module, resource)| {
            let node = graph.node(Object::Resource(module, resource)).0;
            closure.as_ref().is_some_and(|closure| closure.contains(node))
        })
    };
    let mut destroys = stack.plan.changes.iter().filter(|change| change.action.destroys());
    destroys.find(|change| any || derives(change)).map(|one| (one.address.clone(), one.action))
}

/// How a stack's last apply came out: where it left something undone, that may be what an output derived from before it.
pub(super) fn earlier(run: Run<'_>, stack: &StackAddr) -> Earlier {
    match snapshot::head(&**run.store, &run.standing.key(stack)) {
        Ok(Some(head)) if !head.whole => Earlier::Undone,
        Ok(_) => Earlier::Whole,
        Err(_) => Earlier::Undone,
    }
}

/// What is said where a run is refused.
pub(super) fn refused(broken: &Broken) -> Diagnostic {
    said(broken, Diagnostic::error)
}

/// What is said where it is only planned.
pub(super) fn warned(broken: &Broken) -> Diagnostic {
    said(broken, Diagnostic::warning)
}

fn said(broken: &Broken, make: fn(&'static str, String) -> Diagnostic) -> Diagnostic {
    let Broken { stack, output, reader, .. } = broken;
    let allowed = format!("-allow-break {}", broken.address());
    let (detail, remedy) = match &broken.object {
        None if output.is_empty() => (
            format!("{stack} is to be destroyed, and `{reader}`, which stands on it, is not."),
            format!(
                "Take `{reader}` into the run: it is forgotten with its host. Where it may break: {allowed}."
            ),
        ),
        None => (
            format!(
                "{stack} is to be destroyed, and `{reader}`, which is not, stands on its output `{output}`."
            ),
            format!(
                "Destroy `{reader}` in the same run, or take the wire out and apply first. Where it may break: {allowed}."
            ),
        ),
        Some(object) if broken.in_run => (
            format!(
                "{object} of {stack} is {} before the stacks that use it have moved over: its output `{output}` may derive from it.",
                words(broken.action)
            ),
            format!(
                "Give it `lifecycle {{ create_before_destroy = true }}`. Where it may break: {allowed}."
            ),
        ),
        Some(object) => (
            format!(
                "{object} of {stack} is {}, its output `{output}` may derive from it, and `{reader}` takes no part in this run.",
                words(broken.action)
            ),
            format!(
                "Take `{reader}` into the run (-with-dependents), or apply or destroy it first. Where it may break: {allowed}."
            ),
        ),
    };
    make("run-breaks-reader", format!("`{reader}` still uses what this run destroys"))
        .detail(detail)
        .remedy(remedy)
        .at(broken.span)
        .about(broken.address())
}

fn words(action: Action) -> &'static str {
    match action {
        Action::DeleteThenCreate => "deleted, then created anew,",
        Action::CreateThenDelete => "replaced",
        _ => "deleted",
    }
}
