//! Which outputs have changes pending: what reads them sees another world once the plan is applied.
//!
//! Invariant: from syntax and the plan's actions alone, so that it does not depend on values.

use std::collections::BTreeSet;
use std::sync::Arc;

use lang::config::{ModuleId, OutputIdx, VarIdx};
use lang::graph::Object;
use plan::{Action, Plan};

use super::modules::Module;

/// The outputs of a stack of which an object in their static closure changes, or an input that is pending itself.
pub(super) fn outputs(
    module: &Module,
    plan: &Plan,
    inputs: &BTreeSet<Arc<str>>,
) -> BTreeSet<Arc<str>> {
    let (config, graph) = (&module.loaded.config, &module.graph);
    let root = &config.root().def;
    let changing: BTreeSet<u32> = plan
        .changes
        .iter()
        .filter(|change| change.action != Action::NoOp)
        .filter_map(|change| {
            let resource = change.address.resource.clone().in_module(change.address.module.path());
            let (module, resource) = config.find_resource(&resource)?;
            Some(graph.node(Object::Resource(module, resource)).0)
        })
        .collect();
    let wired: BTreeSet<u32> = inputs
        .iter()
        .filter_map(|name| {
            let index: VarIdx = root.names.variable(name)?;
            Some(graph.node(Object::Variable(ModuleId::ROOT, index)).0)
        })
        .collect();
    let changes = |name: &str| {
        plan.outputs.iter().any(|output| &*output.name == name && output.action != Action::NoOp)
    };
    let pending = |name: &Arc<str>| {
        let Some(index): Option<OutputIdx> = root.names.output(name) else { return false };
        let closure = graph.closure(graph.node(Object::Output(ModuleId::ROOT, index)));
        changes(name) || changing.iter().chain(&wired).any(|node| closure.contains(*node))
    };
    root.outputs.iter().map(|output| output.name.clone()).filter(pending).collect()
}
