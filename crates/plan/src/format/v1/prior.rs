//! The prior state.
//!
//! Objects, outputs and results of conditions have the form of crate `state`'s codec; lists of dependencies stand once
//! each, in a table, since the instances of a resource share them and so do they after reading.
//! Invariant: resources, instances and outputs are read in ascending order, none twice.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use addr::{AbsResource, ConfigResource};
use state::{CheckResult, Instance, Object, Output, Resource, State};

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer};

type Dependencies = Arc<[ConfigResource]>;

/// Each list of dependencies once, in the order in which objects name them.
#[derive(Default)]
struct Lists<'s> {
    by_place: HashMap<*const ConfigResource, usize>,
    by_content: HashMap<&'s [ConfigResource], usize>,
    order: Vec<&'s [ConfigResource]>,
}

impl<'s> Lists<'s> {
    fn number(&mut self, list: &'s Dependencies) -> usize {
        // A place of nothing is nobody's own.
        if list.is_empty() {
            return self.by_content(list);
        }
        if let Some(&number) = self.by_place.get(&list.as_ptr()) {
            return number;
        }
        let number = self.by_content(list);
        self.by_place.insert(list.as_ptr(), number);
        number
    }

    fn by_content(&mut self, list: &'s [ConfigResource]) -> usize {
        *self.by_content.entry(list).or_insert_with(|| {
            self.order.push(list);
            self.order.len() - 1
        })
    }
}

impl Wire for State {
    fn put(&self, to: &mut Writer) {
        self.lineage.put(to);
        self.serial.put(to);
        self.terraform_version.put(to);
        to.length(self.outputs.len());
        for (name, output) in &self.outputs {
            name.put(to);
            to.coded(output);
        }
        to.length(self.checks.len());
        self.checks.iter().for_each(|check| to.coded(check));
        put_resources(to, self);
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let mut state = State::new();
        state.lineage = Wire::take(from)?;
        state.serial = Wire::take(from)?;
        state.terraform_version = Wire::take(from)?;
        state.outputs = take_outputs(from)?;
        state.checks = from.sequence(Reader::coded::<CheckResult>)?;
        take_resources(from, &mut state)?;
        Ok(state)
    }
}

fn take_outputs(from: &mut Reader<'_>) -> Taken<BTreeMap<Arc<str>, Output>> {
    let start = from.offset();
    let outputs: Vec<(Arc<str>, Output)> =
        from.sequence(|from| Ok((Wire::take(from)?, from.coded()?)))?;
    if !outputs.is_sorted_by(|a, b| a.0 < b.0) {
        return Err(from.fault_at(start, PlanFileFault::Order));
    }
    Ok(outputs.into_iter().collect())
}

fn put_resources(to: &mut Writer, state: &State) {
    let mut lists = Lists::default();
    let instances = state.resources().flat_map(|(_, resource)| resource.instances());
    let numbers: Vec<usize> =
        instances.map(|instance| lists.number(&instance.object.dependencies)).collect();
    to.length(lists.order.len());
    for list in lists.order {
        to.length(list.len());
        list.iter().for_each(|resource| to.shown(resource));
    }
    let none: Dependencies = Arc::new([]);
    let mut numbers = numbers.into_iter();
    to.length(state.resources().count());
    for (address, resource) in state.resources() {
        address.put(to);
        resource.provider.put(to);
        to.length(resource.instances().len());
        for (instance, list) in resource.instances().iter().zip(&mut numbers) {
            put_instance(to, instance, &none);
            to.length(list);
        }
    }
}

fn put_instance(to: &mut Writer, instance: &Instance, none: &Dependencies) {
    let Instance { key, deposed, provider_key, object } = instance;
    key.put(to);
    deposed.put(to);
    provider_key.put(to);
    to.coded(&Object { dependencies: none.clone(), ..Object::clone(object) });
}

fn take_resources(from: &mut Reader<'_>, state: &mut State) -> Taken<()> {
    let lists: Vec<Dependencies> =
        from.sequence(|from| from.sequence(Reader::address).map(Arc::from))?;
    let mut last: Option<AbsResource> = None;
    for _ in 0..from.length()? {
        let start = from.offset();
        let address = AbsResource::take(from)?;
        if last.as_ref().is_some_and(|last| *last >= address) {
            return Err(from.fault_at(start, PlanFileFault::Order));
        }
        let resource = take_resource(from, &lists)?;
        state.put_resource(address.clone(), resource);
        last = Some(address);
    }
    Ok(())
}

fn take_resource(from: &mut Reader<'_>, lists: &[Dependencies]) -> Taken<Resource> {
    let mut resource = Resource::empty(Wire::take(from)?);
    for _ in 0..from.length()? {
        let start = from.offset();
        let (key, deposed) = (Wire::take(from)?, Wire::take(from)?);
        let last = resource.instances().last();
        if last.is_some_and(|last| (&last.key, &last.deposed) >= (&key, &deposed)) {
            return Err(from.fault_at(start, PlanFileFault::Order));
        }
        let provider_key = Wire::take(from)?;
        let mut object: Object = from.coded()?;
        object.dependencies = lists[from.index(lists.len())?].clone();
        resource.put(Instance { key, deposed, provider_key, object: Arc::new(object) });
    }
    Ok(resource)
}
