//! Create-before-destroy: where it is said, and where it is forced because something depends on what says it.
//!
//! OpenTofu decides this twice (`transform_destroy_cbd`). At plan by resources: what a resource with
//! `create_before_destroy` depends on is created first too. At apply, for what is written into the state of objects
//! that change, by instances: only changes force, and a reference with a literal key forces only the instance that it
//! names.
//!
//! Invariant: what is forced at apply is forced at plan.

use std::collections::{HashMap, HashSet};

use addr::InstanceKey;

use super::{BitSet, NodeId, ResourceNo, StaticGraph};
use crate::config::Config;

/// A change of one instance that is applied and is no deletion: of its current object, anything but a no-op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedChange {
    /// The resource.
    pub resource: ResourceNo,
    /// The instance's key, whatever the module instance.
    pub key: InstanceKey,
    /// Whether the plan replaces it by creating first.
    pub creates_first: bool,
}

/// The instances, of those that change, whose state says that they are created first.
#[derive(Clone, Debug, Default)]
pub struct CreateFirst {
    whole: HashSet<ResourceNo>,
    keyed: HashMap<ResourceNo, HashSet<InstanceKey>>,
}

impl CreateFirst {
    /// Whether it is said or forced for an instance.
    pub fn contains(&self, resource: ResourceNo, key: &InstanceKey) -> bool {
        self.whole.contains(&resource)
            || self.keyed.get(&resource).is_some_and(|keys| keys.contains(key))
    }

    fn insert(&mut self, resource: ResourceNo, key: &InstanceKey) {
        self.keyed.entry(resource).or_default().insert(key.clone());
    }
}

impl StaticGraph {
    /// The resources whose objects are created before the ones they replace are destroyed: those that say so, and
    /// those on which one of them depends at any distance. Only what is selected counts.
    pub fn create_before_destroy(&self, config: &Config, selected: Option<&BitSet>) -> BitSet {
        let counts = |node: NodeId| selected.is_none_or(|set| set.contains(node.0));
        let mut reached = BitSet::new(self.len());
        let mut first = BitSet::new(self.resource_count());
        for node in self.order.iter().rev().filter(|node| counts(**node)) {
            let own = self.number_of(*node).filter(|number| self.says_so(config, *number));
            if own.is_none() && !reached.contains(node.0) {
                continue;
            }
            self.depends_on(*node).for_each(|next| {
                reached.insert(next.0);
            });
            if let Some(number) = self.number_of(*node) {
                first.insert(number.0);
            }
        }
        first
    }

    fn says_so(&self, config: &Config, number: ResourceNo) -> bool {
        let (module, resource) = self.resource(number);
        let resource = &config.module(module).def.resources[resource.index()];
        resource.lifecycle.create_before_destroy == Some(true)
    }

    /// What is written into the state of the instances that change in one apply.
    pub fn create_before_destroy_applied(
        &self,
        config: &Config,
        changes: &[AppliedChange],
    ) -> CreateFirst {
        let mut of: HashMap<ResourceNo, Vec<&AppliedChange>> = HashMap::new();
        changes.iter().for_each(|change| of.entry(change.resource).or_default().push(change));
        let mut first = CreateFirst::default();
        let mut reached = BitSet::new(self.len());
        for node in self.order.iter().rev().copied() {
            if let Some(number) = self.number_of(node) {
                let changed = of.get(&number).map_or(&[][..], Vec::as_slice);
                let said = self.says_so(config, number);
                for change in changed.iter().filter(|it| said || it.creates_first) {
                    first.insert(number, &change.key);
                }
                if changed.iter().any(|it| first.contains(number, &it.key)) {
                    reached.insert(node.0);
                }
            }
            if reached.contains(node.0) {
                self.force(node, &of, &mut first, &mut reached);
            }
        }
        first
    }

    /// Passes on to what a node depends on that it was reached.
    fn force(
        &self,
        node: NodeId,
        changes: &HashMap<ResourceNo, Vec<&AppliedChange>>,
        first: &mut CreateFirst,
        reached: &mut BitSet,
    ) {
        for next in self.depends_on(node) {
            let Some(number) = self.number_of(next) else {
                reached.insert(next.0);
                continue;
            };
            let changing = |key: &&InstanceKey| {
                changes.get(&number).is_some_and(|list| list.iter().any(|it| it.key == **key))
            };
            match self.keyed.get(&(node, next)) {
                // An instance that does not change stands for its whole resource.
                Some(keys) if keys.iter().all(|key| changing(&key)) => {
                    keys.iter().for_each(|key| first.insert(number, key));
                }
                _ => {
                    first.whole.insert(number);
                    reached.insert(next.0);
                }
            }
        }
    }
}
