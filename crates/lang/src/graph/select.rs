//! `-target` and `-exclude`: which part of a configuration a plan is about.
//!
//! A target brings with it everything that it depends on; what is excluded takes with it everything that depends on
//! it. An output of the root module, or a variable with validations, belongs to the part if it depends on
//! resources and all of them do (`transform_targets`). Instances within a resource are chosen by the engine: here a target with a key selects its
//! whole resource, and an excluded one excludes what depends on the resource but not the resource itself.
//!
//! Invariant: what is selected is closed: with a node it holds everything that the node depends on.

use addr::{InstanceKey, Target};

use super::{BitSet, NodeId, Object, StaticGraph, Towards};
use crate::config::{Config, ModuleId, OutputIdx, VarIdx};

/// A part of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    nodes: BitSet,
}

impl Selection {
    /// Whether a node belongs to it.
    pub fn contains(&self, node: NodeId) -> bool {
        self.nodes.contains(node.0)
    }

    /// Its nodes by number.
    pub fn nodes(&self) -> &BitSet {
        &self.nodes
    }
}

impl StaticGraph {
    /// What `-target` selects.
    pub fn target(&self, config: &Config, targets: &[Target]) -> Selection {
        let chosen = self.resource_nodes().filter(|node| {
            let addr = self.addr(config, *node);
            targets.iter().any(|target| target.reaches(&addr))
        });
        let nodes = self.reach(chosen, Towards::Dependencies);
        self.with_outputs(config, nodes)
    }

    /// What `-exclude` leaves.
    pub fn exclude(&self, config: &Config, excludes: &[Target]) -> Selection {
        let mut excluded = BitSet::new(self.len());
        for node in self.resource_nodes() {
            let addr = self.addr(config, node);
            let reaching = || excludes.iter().filter(|target| target.reaches(&addr));
            if reaching().next().is_none() {
                continue;
            }
            let mut behind = self.reach([node], Towards::Dependents);
            if !reaching().any(is_whole) {
                behind.remove(node.0);
            }
            excluded.union(&behind);
        }
        let kept = self.resource_nodes().filter(|node| !excluded.contains(node.0));
        let nodes = self.reach(kept, Towards::Dependencies);
        self.with_outputs(config, nodes)
    }

    fn resource_nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.resources.iter().map(|(module, index)| self.node(Object::Resource(*module, *index)))
    }

    fn addr(&self, config: &Config, node: NodeId) -> addr::ConfigResource {
        match self.object(node) {
            Object::Resource(module, index) => config.resource_addr(module, index),
            other => unreachable!("BUG: {other:?} is no resource"),
        }
    }

    /// Adds what depends on selected resources only and matters by itself: outputs of the root module, and variables
    /// with validations.
    fn with_outputs(&self, config: &Config, mut nodes: BitSet) -> Selection {
        let outputs = config.root().def.outputs.len();
        let outputs = (0..outputs).map(|at| Object::Output(ModuleId::ROOT, OutputIdx::new(at)));
        let validated = config.modules.iter().flat_map(|module| {
            let variables = module.def.variables.iter().enumerate();
            variables
                .filter(|(_, one)| !one.validations.is_empty())
                .map(|(at, _)| Object::Variable(module.id, VarIdx::new(at)))
        });
        let chosen: Vec<NodeId> = outputs
            .chain(validated)
            .map(|object| self.node(object))
            .filter(|node| {
                let behind = self.resources_behind(*node);
                let selected = |it: &super::ResourceNo| nodes.contains(self.node_of(*it).0);
                !behind.is_empty() && behind.iter().all(selected)
            })
            .collect();
        nodes.union(&self.reach(chosen, Towards::Dependencies));
        Selection { nodes }
    }
}

/// Whether a target names no instance key, so that it covers every instance.
fn is_whole(target: &Target) -> bool {
    let keyless = target.module().steps().iter().all(|step| step.key == InstanceKey::None);
    match target {
        Target::Module(_) | Target::Resource(_) => keyless,
        Target::Instance(instance) => keyless && instance.key == InstanceKey::None,
    }
}
