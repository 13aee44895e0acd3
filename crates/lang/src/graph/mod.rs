//! The static graph: what every object of a configuration refers to, by syntax alone.
//!
//! Evaluation tells when something is ready; this graph tells what OpenTofu takes from syntax: circles, the
//! `dependencies` in state, forced create-before-destroy, data reads that wait, targets, and the order in which
//! things are destroyed. Its nodes are objects of the module tree without instance keys; an edge leads from an
//! object to what it depends on.
//!
//! A module has two nodes of its own: its *expansion*, which everything in it depends on and which depends on the
//! call's `count`, `for_each` and `depends_on`; and its *close*, which depends on everything in it and is what
//! `depends_on = [module.x]` waits for.
//!
//! Invariant: a graph that was built without an error has no circle. Built once for each configuration; the cost is
//! linear in objects and references, but for closures, which are computed when first asked for.

mod build;
mod closure;
mod create_first;
mod cycle;
mod order;
mod select;
mod set;
mod waits;

use std::collections::HashMap;
use std::sync::OnceLock;

use addr::{ConfigResource, InstanceKey};
use diag::{Diags, Span};

use crate::config::{
    CallIdx, Config, LocalIdx, ModuleId, OutputIdx, ProviderConfigId, ResIdx, VarIdx,
};
use closure::Closures;

pub use create_first::{AppliedChange, CreateFirst};
pub use select::Selection;
pub use set::BitSet;

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A resource of the module tree by one number: in the order of modules, and within each of its declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceNo(pub u32);

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// How many instances a module has.
    Expansion(ModuleId),
    /// All of a module, with the modules it calls.
    Close(ModuleId),
    /// A variable, with its validations.
    Variable(ModuleId, VarIdx),
    /// A local value.
    Local(ModuleId, LocalIdx),
    /// An output.
    Output(ModuleId, OutputIdx),
    /// A managed or data resource.
    Resource(ModuleId, ResIdx),
    /// A provider configuration.
    Provider(ProviderConfigId),
}

/// The nodes of a module, in this order: expansion, close, variables, local values, outputs, resources.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: u32,
    locals: u32,
    outputs: u32,
    resources: u32,
    first_resource: u32,
}

/// An edge, and where it is written.
#[derive(Clone, Copy, Debug)]
struct Edge {
    to: NodeId,
    span: Option<Span>,
}

/// The graph.
#[derive(Debug)]
pub struct StaticGraph {
    objects: Vec<Object>,
    blocks: Vec<Block>,
    first_provider: u32,
    /// Where the edges of each node begin; one more than there are nodes.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// Edges all of whose references name single instances of a resource by literal keys: those keys.
    keyed: HashMap<(NodeId, NodeId), Vec<InstanceKey>>,
    /// The same edges backwards.
    back_starts: Vec<u32>,
    back_edges: Vec<NodeId>,
    /// All nodes, each after what it depends on.
    order: Vec<NodeId>,
    resources: Vec<(ModuleId, ResIdx)>,
    closures: OnceLock<Closures>,
}

impl StaticGraph {
    /// Builds the graph of a configuration. Circles, references of an object to itself and references to outputs
    /// that a module does not have are errors.
    pub fn build(config: &Config, diags: &mut Diags) -> StaticGraph {
        let mut graph = build::build(config, diags);
        graph.settle();
        graph.report_cycles(config, diags);
        graph
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// What a node stands for.
    pub fn object(&self, node: NodeId) -> Object {
        self.objects[node.index()]
    }

    /// The node of an object.
    pub fn node(&self, object: Object) -> NodeId {
        let block = |module: ModuleId| self.blocks[module.index()];
        NodeId(match object {
            Object::Expansion(module) => block(module).first,
            Object::Close(module) => block(module).first + 1,
            Object::Variable(module, index) => block(module).first + 2 + index.0,
            Object::Local(module, index) => block(module).locals + index.0,
            Object::Output(module, index) => block(module).outputs + index.0,
            Object::Resource(module, index) => block(module).resources + index.0,
            Object::Provider(id) => self.first_provider + id.0,
        })
    }

    /// All nodes, each after what it depends on. The order does not depend on chance.
    pub fn order(&self) -> &[NodeId] {
        &self.order
    }

    /// What a node depends on directly; repetitions are left out.
    pub fn depends_on(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.edges_of(node).iter().map(|edge| edge.to)
    }

    /// What depends on a node directly.
    pub fn dependents(&self, node: NodeId) -> &[NodeId] {
        let at = node.index();
        &self.back_edges[self.back_starts[at] as usize..self.back_starts[at + 1] as usize]
    }

    fn edges_of(&self, node: NodeId) -> &[Edge] {
        let at = node.index();
        &self.edges[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Number of resources.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// The number of a resource.
    pub fn resource_no(&self, module: ModuleId, resource: ResIdx) -> ResourceNo {
        ResourceNo(self.blocks[module.index()].first_resource + resource.0)
    }

    /// The resource of a number.
    pub fn resource(&self, number: ResourceNo) -> (ModuleId, ResIdx) {
        self.resources[number.0 as usize]
    }

    /// The number of the resource that a node is, if it is one.
    fn number_of(&self, node: NodeId) -> Option<ResourceNo> {
        match self.object(node) {
            Object::Resource(module, resource) => Some(self.resource_no(module, resource)),
            _ => None,
        }
    }

    fn node_of(&self, number: ResourceNo) -> NodeId {
        let (module, resource) = self.resource(number);
        self.node(Object::Resource(module, resource))
    }

    /// All nodes that can be reached from these against the edges or along them, themselves included.
    fn reach(&self, from: impl IntoIterator<Item = NodeId>, towards: Towards) -> BitSet {
        let mut seen = BitSet::new(self.len());
        let mut stack: Vec<NodeId> = Vec::new();
        let mut visit = |node: NodeId, stack: &mut Vec<NodeId>| {
            if seen.insert(node.0) {
                stack.push(node);
            }
        };
        from.into_iter().for_each(|node| visit(node, &mut stack));
        while let Some(node) = stack.pop() {
            match towards {
                Towards::Dependencies => {
                    self.depends_on(node).for_each(|next| visit(next, &mut stack));
                }
                Towards::Dependents => {
                    self.dependents(node).iter().for_each(|next| visit(*next, &mut stack));
                }
            }
        }
        seen
    }

    /// A node and all that it depends on, at any distance.
    pub fn closure(&self, node: NodeId) -> BitSet {
        self.reach([node], Towards::Dependencies)
    }

    /// A node and all that depends on it, at any distance.
    pub fn dependent_closure(&self, node: NodeId) -> BitSet {
        self.reach([node], Towards::Dependents)
    }

    /// Whether something that must exist first stands behind a provider configuration: a resource on which its
    /// arguments depend at any distance.
    pub fn provider_waits(&self, provider: ProviderConfigId) -> bool {
        self.has_resource_behind(self.node(Object::Provider(provider)))
    }

    /// The address of what a node stands for, for people.
    pub fn describe(&self, config: &Config, node: NodeId) -> String {
        describe(config, self.object(node))
    }
}

/// Which way edges are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Towards {
    Dependencies,
    Dependents,
}

fn describe(config: &Config, object: Object) -> String {
    let within = |module: ModuleId, text: String| {
        let path = &config.module(module).path;
        if path.is_root() { text } else { format!("{path}.{text}") }
    };
    match object {
        Object::Expansion(module) => format!("{} (expand)", config.module(module).display()),
        Object::Close(module) => config.module(module).display(),
        Object::Variable(module, index) => {
            let name = &config.module(module).def.variables[index.index()].name;
            within(module, format!("var.{name}"))
        }
        Object::Local(module, index) => {
            let name = &config.module(module).def.locals[index.index()].name;
            within(module, format!("local.{name}"))
        }
        Object::Output(module, index) => {
            let name = &config.module(module).def.outputs[index.index()].name;
            within(module, format!("output.{name}"))
        }
        Object::Resource(module, index) => config.resource_addr(module, index).to_string(),
        Object::Provider(id) => config.provider_config(id).addr.to_string(),
    }
}

/// The address of a call's module, which `module.x` names.
fn called(config: &Config, module: ModuleId, call: CallIdx) -> Option<ModuleId> {
    config.module(module).child(call)
}

/// The addresses of resources in the order of their texts, as state documents have them.
fn sorted(mut list: Vec<ConfigResource>) -> Vec<ConfigResource> {
    list.sort_by_cached_key(ToString::to_string);
    list
}
