//! Which resources each object depends on, at any distance: the `dependencies` of the state.
//!
//! Sets are shared where an object adds nothing to what it depends on, and are lists while they are small, so that
//! ten thousand resources without references cost nothing.
//!
//! Invariant: computed once, in the graph's order, so each set is the union of finished ones.

use addr::ConfigResource;

use super::{BitSet, NodeId, Object, ResourceNo, StaticGraph, sorted};
use crate::config::{Config, ModuleId, ResIdx};

/// Most numbers that a set keeps as a list.
const SMALL_MAX: usize = 64;

#[derive(Debug)]
enum Set {
    Small(Vec<u32>),
    Bits(BitSet),
}

/// The resources behind each node.
#[derive(Debug)]
pub(super) struct Closures {
    sets: Vec<Set>,
    /// The set of each node.
    of: Vec<u32>,
}

impl Closures {
    fn compute(graph: &StaticGraph) -> Closures {
        let mut closures =
            Closures { sets: vec![Set::Small(Vec::new())], of: vec![0; graph.len()] };
        let mut parts = Vec::new();
        let mut own = Vec::new();
        for node in graph.order() {
            parts.clear();
            own.clear();
            for next in graph.depends_on(*node) {
                let set = closures.of[next.index()];
                if set != 0 && !parts.contains(&set) {
                    parts.push(set);
                }
                own.extend(graph.number_of(next).map(|number| number.0));
            }
            closures.of[node.index()] = closures.union(&parts, &own, graph.resource_count());
        }
        closures
    }

    /// The set of all in `parts` and `own`.
    fn union(&mut self, parts: &[u32], own: &[u32], bound: usize) -> u32 {
        match (parts, own) {
            ([], []) => return 0,
            ([only], []) => return *only,
            _ => {}
        }
        let small = |set: &u32| match &self.sets[*set as usize] {
            Set::Small(list) => Some(list),
            Set::Bits(_) => None,
        };
        let lists: Option<Vec<&Vec<u32>>> = parts.iter().map(small).collect();
        let merged = lists.and_then(|lists| {
            let mut all: Vec<u32> = own.to_vec();
            lists.into_iter().for_each(|list| all.extend(list));
            all.sort_unstable();
            all.dedup();
            (all.len() <= SMALL_MAX).then_some(Set::Small(all))
        });
        let set = merged.unwrap_or_else(|| Set::Bits(self.bits(parts, own, bound)));
        self.sets.push(set);
        (self.sets.len() - 1) as u32
    }

    fn bits(&self, parts: &[u32], own: &[u32], bound: usize) -> BitSet {
        let mut bits = BitSet::new(bound);
        own.iter().for_each(|number| {
            bits.insert(*number);
        });
        for part in parts {
            match &self.sets[*part as usize] {
                Set::Bits(other) => bits.union(other),
                Set::Small(list) => list.iter().for_each(|number| {
                    bits.insert(*number);
                }),
            }
        }
        bits
    }

    fn numbers(&self, node: NodeId) -> Vec<u32> {
        match &self.sets[self.of[node.index()] as usize] {
            Set::Small(list) => list.clone(),
            Set::Bits(bits) => bits.iter().collect(),
        }
    }

    fn contains(&self, node: NodeId, number: u32) -> bool {
        match &self.sets[self.of[node.index()] as usize] {
            Set::Small(list) => list.binary_search(&number).is_ok(),
            Set::Bits(bits) => bits.contains(number),
        }
    }

    fn is_empty(&self, node: NodeId) -> bool {
        match &self.sets[self.of[node.index()] as usize] {
            Set::Small(list) => list.is_empty(),
            Set::Bits(bits) => bits.is_empty(),
        }
    }
}

impl StaticGraph {
    fn closures(&self) -> &Closures {
        self.closures.get_or_init(|| Closures::compute(self))
    }

    /// The resources that a node depends on at any distance, in the order of their numbers.
    pub fn resources_behind(&self, node: NodeId) -> Vec<ResourceNo> {
        self.closures().numbers(node).into_iter().map(ResourceNo).collect()
    }

    pub(super) fn has_resource_behind(&self, node: NodeId) -> bool {
        !self.closures().is_empty(node)
    }

    /// Whether an object depends on a resource at any distance.
    pub fn is_behind(&self, node: NodeId, resource: ResourceNo) -> bool {
        self.closures().contains(node, resource.0)
    }

    /// What is written as `dependencies` into the state of a resource's instances: all resources, managed and data,
    /// that it depends on at any distance, also through local values, modules and provider configurations; sorted by
    /// their text (`transform_reference`).
    pub fn dependencies(
        &self,
        config: &Config,
        module: ModuleId,
        resource: ResIdx,
    ) -> Vec<ConfigResource> {
        let own = self.resource_no(module, resource);
        let node = self.node(Object::Resource(module, resource));
        let others = self.resources_behind(node).into_iter().filter(|it| *it != own);
        let addrs = others.map(|it| {
            let (module, resource) = self.resource(it);
            config.resource_addr(module, resource)
        });
        sorted(addrs.collect())
    }
}
