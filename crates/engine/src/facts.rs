//! What the static graph says of each resource block, looked up once.
//!
//! Invariant: nothing here depends on values.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use addr::ConfigResource;
use lang::config::{Config, ModuleId, OutputIdx, ResIdx};
use lang::graph::{BitSet, NodeId, Object, ResourceNo, StaticGraph};
use plan::{CreateBeforeDestroy, Deferred};

/// What the state keeps as the dependencies of a block's objects.
type Dependencies = Arc<[ConfigResource]>;

/// Facts of a configuration.
#[derive(Debug)]
pub(crate) struct Facts {
    config: Arc<Config>,
    graph: Arc<StaticGraph>,
    first: BitSet,
    orders: Vec<Vec<NodeId>>,
    dependencies: RefCell<HashMap<(ModuleId, ResIdx), Dependencies>>,
}

impl Facts {
    /// Of this configuration; only what is selected forces an order.
    pub(crate) fn new(
        config: Arc<Config>,
        graph: Arc<StaticGraph>,
        selected: Option<&BitSet>,
    ) -> Facts {
        let first = graph.create_before_destroy(&config, selected);
        let orders = orders(&config, &graph);
        Facts { config, graph, first, orders, dependencies: RefCell::default() }
    }

    /// The objects of a module, each after what it refers to; a call is an object of the module that calls.
    pub(crate) fn order_of(&self, module: ModuleId) -> &[NodeId] {
        &self.orders[module.index()]
    }

    /// The node of an object of the configuration.
    pub(crate) fn node(&self, object: Object) -> NodeId {
        self.graph.node(object)
    }

    /// The number of a resource block.
    pub(crate) fn number(&self, module: ModuleId, resource: ResIdx) -> ResourceNo {
        self.graph.resource_no(module, resource)
    }

    /// In which order instances of the block are replaced.
    pub(crate) fn replace_order(&self, module: ModuleId, resource: ResIdx) -> CreateBeforeDestroy {
        match self.first.contains(self.graph.resource_no(module, resource).0) {
            true => CreateBeforeDestroy::Yes,
            false => CreateBeforeDestroy::No,
        }
    }

    /// What the state keeps as the block's dependencies; shared by its instances.
    pub(crate) fn dependencies(&self, module: ModuleId, resource: ResIdx) -> Dependencies {
        let mut kept = self.dependencies.borrow_mut();
        let found = kept
            .entry((module, resource))
            .or_insert_with(|| self.graph.dependencies(&self.config, module, resource).into());
        Arc::clone(found)
    }

    /// The managed resources that a data source waits for.
    pub(crate) fn read_waits_for(
        &self,
        module: ModuleId,
        resource: ResIdx,
    ) -> Vec<(ModuleId, ResIdx)> {
        let numbers = self.graph.read_waits_for(&self.config, module, resource);
        numbers.into_iter().map(|number| self.graph.resource(number)).collect()
    }
}

/// Outputs of the root module in whose static closure something is left for later: they are not published.
pub fn waiting_outputs(
    config: &Config,
    graph: &StaticGraph,
    deferred: &[Deferred],
) -> BTreeSet<Arc<str>> {
    let mut blocks: Vec<NodeId> = deferred
        .iter()
        .filter_map(|one| {
            let (module, index) = config.find_resource(&one.what.block()?)?;
            Some(graph.node(Object::Resource(module, index)))
        })
        .collect();
    blocks.sort_unstable();
    blocks.dedup();
    let mut behind = BitSet::new(graph.len());
    blocks.into_iter().for_each(|node| behind.union(&graph.dependent_closure(node)));
    let outputs = config.root().def.outputs.iter().enumerate();
    let node = |at| graph.node(Object::Output(ModuleId::ROOT, OutputIdx::new(at)));
    outputs
        .filter(|(at, _)| behind.contains(node(*at).0))
        .map(|(_, output)| output.name.clone())
        .collect()
}

fn orders(config: &Config, graph: &StaticGraph) -> Vec<Vec<NodeId>> {
    let mut orders = vec![Vec::new(); config.modules.len()];
    for node in graph.order() {
        let module = match graph.object(*node) {
            Object::Variable(module, _)
            | Object::Local(module, _)
            | Object::Output(module, _)
            | Object::Resource(module, _) => module,
            Object::Expansion(called) => match config.module(called).parent {
                Some((parent, _)) => parent,
                None => continue,
            },
            Object::Close(_) | Object::Provider(_) => continue,
        };
        orders[module.index()].push(*node);
    }
    orders
}
