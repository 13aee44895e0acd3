//! What of a configuration an apply evaluates again for its own sake: conditions of variables and outputs; and what follows
//! from that for the state.
//!
//! An apply looks again at the validations of variables, at outputs of the root module, and at all that leads to these or
//! to an object with an op. The output of a module that leads to nothing of the kind is not looked at, and the result of
//! its conditions stays unknown. Behaviour of OpenTofu's `pruneUnusedNodesTransformer`; ops themselves stand in the plan.
//!
//! Invariant: what is alive is selected by the plan.

use std::collections::BTreeSet;

use lang::config::{Config, ModuleId, OutputIdx, ResIdx, VarIdx};
use lang::graph::{
    AppliedChange, BitSet, CreateFirst, NodeId, Object, ResourceNo, Selection, StaticGraph,
};
use plan::{Action, Change, OpKind, Plan};

use super::Applier;
use super::site::Site;

/// The nodes that are evaluated again.
pub(super) fn alive(
    config: &Config,
    graph: &StaticGraph,
    plan: &Plan,
    selection: Option<&Selection>,
) -> BitSet {
    let selected = |node: NodeId| selection.is_none_or(|part| part.contains(node));
    let mut alive = BitSet::new(graph.len());
    let mut open = wanted(config, graph, plan, selection.is_some());
    while let Some(node) = open.pop() {
        if !selected(node) || !alive.insert(node.0) {
            continue;
        }
        match graph.object(node) {
            // Whoever waits for a whole module reads its outputs.
            Object::Close(module) => {
                let outputs = config.module(module).def.outputs.len();
                let outputs = (0..outputs).map(|at| Object::Output(module, OutputIdx::new(at)));
                open.extend(outputs.map(|object| graph.node(object)));
            }
            _ => open.extend(graph.depends_on(node)),
        }
    }
    alive
}

/// What is evaluated by itself: outputs of the root module, variables with validations, objects with ops.
fn wanted(config: &Config, graph: &StaticGraph, plan: &Plan, partial: bool) -> Vec<NodeId> {
    let outputs = (0..config.root().def.outputs.len())
        .map(|at| Object::Output(ModuleId::ROOT, OutputIdx::new(at)));
    let variables = config.modules.iter().flat_map(|module| {
        let variables = module.def.variables.iter().enumerate();
        let variables = variables.filter(|(_, one)| !one.validations.is_empty());
        variables.map(|(at, _)| Object::Variable(module.id, VarIdx::new(at)))
    });
    let blocks: BTreeSet<ResourceNo> = evaluated(config, plan)
        .map(|(_, (module, resource))| graph.resource_no(module, resource))
        .collect();
    let values = outputs.chain(variables).map(|object| graph.node(object));
    let values = values.filter(|node| !partial || leads_to_resources(graph, *node, &blocks));
    let objects = blocks.iter().map(|number| {
        let (module, resource) = graph.resource(*number);
        graph.node(Object::Resource(module, resource))
    });
    values.chain(objects).collect()
}

/// Whether a value keeps its place in an apply of a part: it derives from a resource with ops, or by way of something else
/// from any. Where a resource without ops is only referred to directly, OpenTofu has pruned it before it looks.
fn leads_to_resources(graph: &StaticGraph, node: NodeId, blocks: &BTreeSet<ResourceNo>) -> bool {
    let direct = |next: NodeId| matches!(graph.object(next), Object::Resource(..));
    graph.resources_behind(node).iter().any(|number| blocks.contains(number))
        || graph
            .depends_on(node)
            .any(|next| !direct(next) && !graph.resources_behind(next).is_empty())
}

/// The changes whose objects are evaluated again, with their blocks.
fn evaluated<'a>(
    config: &'a Config,
    plan: &'a Plan,
) -> impl Iterator<Item = (&'a Change, (ModuleId, ResIdx))> + 'a {
    plan.ops.iter().filter_map(|op| match &op.kind {
        OpKind::Read(change)
        | OpKind::Change(change)
        | OpKind::Record(change)
        | OpKind::Check(change) => {
            let change = plan.change(*change);
            Some((change, config.find_resource(&change.address.config())?))
        }
        _ => None,
    })
}

/// The objects of which the state will say that they are created before the ones they replace are destroyed.
pub(super) fn created_first(config: &Config, graph: &StaticGraph, plan: &Plan) -> CreateFirst {
    let changes: Vec<AppliedChange> = evaluated(config, plan)
        .map(|(change, (module, resource))| AppliedChange {
            resource: graph.resource_no(module, resource),
            key: change.address.key.clone(),
            creates_first: change.action == Action::CreateThenDelete,
        })
        .collect();
    graph.create_before_destroy_applied(config, &changes)
}

impl Applier {
    /// Whether the state says of the object of a change that it is created first.
    pub(super) fn creates_first(&self, change: &Change, site: &Site) -> bool {
        let number = self.facts.number(site.module, site.index);
        self.first.contains(number, &change.address.key)
    }
}
