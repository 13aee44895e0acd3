//! The state of one stack: its objects, its outputs, and what came of its conditions.
//!
//! A value: cloning it shares every object. It knows no file and no store.
//! Invariants: a resource's instances are sorted by (instance key, deposed key), none twice; a resource whose last
//! object goes is gone itself (one read without objects stays, as the file had it).

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::{
    AbsResource, DeposedKey, InstanceKey, ProviderConfig, ProviderInstance, ResourceInstance,
};

use crate::checks::CheckResult;
use crate::object::Object;
use crate::output::Output;
use crate::place::ObjectAddr;

/// An object and its provider: what stands at one [`ObjectAddr`].
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The provider configuration that it was last managed with.
    pub provider: ProviderInstance,
    /// The object.
    pub object: Arc<Object>,
}

/// One object of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Which instance.
    pub key: InstanceKey,
    /// Which of its objects; `None` for the current one.
    pub deposed: Option<DeposedKey>,
    /// The key of the provider configuration, where its block has `for_each`.
    pub provider_key: InstanceKey,
    /// The object.
    pub object: Arc<Object>,
}

/// All objects of one resource of one module instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The provider configuration of all its instances.
    pub provider: ProviderConfig,
    instances: Vec<Instance>,
}

impl Resource {
    /// A resource without objects.
    pub fn empty(provider: ProviderConfig) -> Resource {
        Resource { provider, instances: Vec::new() }
    }

    /// Its objects, by instance key, current before deposed.
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    fn find(&self, key: &InstanceKey, deposed: Option<&DeposedKey>) -> Result<usize, usize> {
        self.instances.binary_search_by(|i| (&i.key, i.deposed.as_ref()).cmp(&(key, deposed)))
    }

    /// Keeps only some of its objects.
    pub fn retain(&mut self, keep: impl FnMut(&Instance) -> bool) {
        self.instances.retain(keep);
    }

    /// Changes its objects, not their keys.
    pub(crate) fn change(&mut self, change: impl FnMut(&mut Instance)) {
        self.instances.iter_mut().for_each(change);
    }

    /// Puts an object in its place; tells the one that stood there.
    pub fn put(&mut self, instance: Instance) -> Option<Instance> {
        match self.find(&instance.key, instance.deposed.as_ref()) {
            Ok(at) => Some(std::mem::replace(&mut self.instances[at], instance)),
            Err(at) => {
                self.instances.insert(at, instance);
                None
            }
        }
    }
}

/// The state of one stack.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    /// The name of this state's history, given once; empty only in a state that was never written.
    pub lineage: Arc<str>,
    /// Counts the states of the history.
    pub serial: u64,
    /// The version that wrote it; empty if the file did not say.
    pub terraform_version: Arc<str>,
    /// Output values of the root module.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// What came of the conditions.
    pub checks: Vec<CheckResult>,
    resources: BTreeMap<AbsResource, Resource>,
}

impl State {
    /// An empty state.
    pub fn new() -> State {
        State::default()
    }

    /// Whether it holds no objects and no outputs.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty()
    }

    /// Its resources, in the order of their addresses.
    pub fn resources(&self) -> impl Iterator<Item = (&AbsResource, &Resource)> {
        self.resources.iter()
    }

    /// One resource.
    pub fn resource(&self, resource: &AbsResource) -> Option<&Resource> {
        self.resources.get(resource)
    }

    /// Puts a whole resource in its place.
    pub fn put_resource(&mut self, address: AbsResource, resource: Resource) {
        self.resources.insert(address, resource);
    }

    /// Takes a whole resource out.
    pub fn remove_resource(&mut self, address: &AbsResource) -> Option<Resource> {
        self.resources.remove(address)
    }

    /// Every object with its address, in the order of addresses.
    pub fn rows(&self) -> impl Iterator<Item = (ObjectAddr, Row)> + '_ {
        self.resources.iter().flat_map(|(address, resource)| {
            resource
                .instances
                .iter()
                .map(move |instance| (object_addr(address, instance), row(resource, instance)))
        })
    }

    /// Number of objects.
    pub fn object_count(&self) -> usize {
        self.resources.values().map(|resource| resource.instances.len()).sum()
    }

    /// The object at an address.
    pub fn object(&self, at: &ObjectAddr) -> Option<&Arc<Object>> {
        let resource = self.resources.get(&at.instance.abs_resource())?;
        let found = resource.find(&at.instance.key, at.deposed.as_ref()).ok()?;
        Some(&resource.instances[found].object)
    }

    /// The object at an address and its provider.
    pub fn row(&self, at: &ObjectAddr) -> Option<Row> {
        let resource = self.resources.get(&at.instance.abs_resource())?;
        let found = resource.find(&at.instance.key, at.deposed.as_ref()).ok()?;
        Some(row(resource, &resource.instances[found]))
    }

    /// Puts an object at an address; the resource's provider becomes the row's. Tells the object that stood there.
    pub fn put(&mut self, at: ObjectAddr, row: Row) -> Option<Arc<Object>> {
        let ResourceInstance { module, resource, key } = at.instance;
        let resource = self
            .resources
            .entry(AbsResource { module, resource })
            .or_insert_with(|| Resource::empty(row.provider.config.clone()));
        resource.provider = row.provider.config;
        let instance = Instance {
            key,
            deposed: at.deposed,
            provider_key: row.provider.key,
            object: row.object,
        };
        resource.put(instance).map(|before| before.object)
    }

    /// Takes the object at an address out, and its resource with the last one.
    pub fn remove(&mut self, at: &ObjectAddr) -> Option<Row> {
        let address = at.instance.abs_resource();
        let resource = self.resources.get_mut(&address)?;
        let found = resource.find(&at.instance.key, at.deposed.as_ref()).ok()?;
        let instance = resource.instances.remove(found);
        let row = row(resource, &instance);
        if resource.instances.is_empty() {
            self.resources.remove(&address);
        }
        Some(row)
    }
}

fn object_addr(address: &AbsResource, instance: &Instance) -> ObjectAddr {
    ObjectAddr {
        instance: address.instance(instance.key.clone()),
        deposed: instance.deposed.clone(),
    }
}

fn row(resource: &Resource, instance: &Instance) -> Row {
    Row {
        provider: resource.provider.clone().instance(instance.provider_key.clone()),
        object: instance.object.clone(),
    }
}
