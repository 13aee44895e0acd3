//! The state as it is after reading: what an apply starts from.
//!
//! Invariant: a row that is as it was stored is the very row that was stored.

use std::sync::Arc;

use addr::{ConfigResource, Mode, ProviderInstance};
use lang::graph::Object as Node;
use plan::{Action, CreateBeforeDestroy, Refresh};
use schema::ResourceSchema;
use state::{Object, ObjectAddr, Output, Row, Sensitivity, State, Status};
use value::Value;

use super::prior::{Prior, PriorId};
use super::replace::Old;
use super::{InstanceMode, Pass, Planner};
use crate::cells::InstanceId;
use crate::object::{Keeping, Live, encode};
use crate::wishes::Wishes;

impl Planner {
    /// The refreshed state.
    pub(super) fn refreshed_state(&mut self) -> State {
        let mut state = (*self.input.state).clone();
        for id in self.priors.ids() {
            if self.is_read(id) {
                self.refresh_row(&mut state, id);
            }
        }
        self.refresh_data(&mut state);
        for (at, old) in &self.stayed {
            let Some(row) = state.row(at) else { continue };
            state.remove(at);
            state.put(ObjectAddr { instance: old.clone(), deposed: at.deposed.clone() }, row);
        }
        state
    }

    fn refresh_row(&self, state: &mut State, id: PriorId) {
        let prior = self.priors.get(id);
        if !self.world.table.is_settled(prior.cell) || self.world.table.is_failed(prior.cell) {
            return;
        }
        let Some(live) = prior.seen() else {
            state.remove(&prior.at);
            return;
        };
        let object = encode(live, &self.keeping(prior), &prior.schema);
        let provider = self.stored_provider(prior);
        if object != *prior.row.object || provider != prior.row.provider {
            state.put(prior.at.clone(), Row { provider, object: Arc::new(object) });
        }
    }

    fn stored_provider(&self, prior: &Prior) -> ProviderInstance {
        self.providers.get(prior.provider).addr.clone()
    }

    /// What the state keeps of an object beside what its provider says.
    fn keeping(&self, prior: &Prior) -> Keeping {
        let object = &prior.row.object;
        let stored = Keeping {
            dependencies: object.dependencies.clone(),
            create_before_destroy: object.create_before_destroy,
            skip_destroy: object.skip_destroy,
        };
        let (Some(instance), Some((module, index))) = (prior.instance, prior.declared) else {
            return stored;
        };
        let configured = self.facts.dependencies(module, index);
        let change = self.works[instance.at()].change.as_deref();
        let planned = self.instance_mode() == InstanceMode::Plan;
        let no_op = planned && change.is_some_and(|change| change.action == Action::NoOp);
        let dependencies = if no_op {
            configured
        } else if self.input.options.refresh == Refresh::Yes {
            merged(&configured, &stored.dependencies)
        } else {
            stored.dependencies
        };
        let order = self.facts.replace_order(module, index);
        Keeping {
            dependencies,
            create_before_destroy: order == CreateBeforeDestroy::Yes,
            skip_destroy: self.works[instance.at()].wishes.unwrap_or(Wishes::NONE).old
                == Old::Forgotten,
        }
    }

    /// Data sources: those read now, those left for the apply taken out, and those that the configuration lost too.
    fn refresh_data(&self, state: &mut State) {
        if self.pass == Pass::Destroy && self.input.options.refresh == Refresh::No {
            return;
        }
        let stored: Vec<ObjectAddr> = state
            .rows()
            .map(|(at, _)| at)
            .filter(|at| at.instance.resource.mode == Mode::Data)
            .collect();
        for at in stored {
            let selected =
                match (&self.selection, self.input.config.find_resource(&at.instance.config())) {
                    (None, _) => true,
                    (Some(selection), Some((module, index))) => {
                        selection.contains(self.graph.node(Node::Resource(module, index)))
                    }
                    (Some(_), None) => false,
                };
            if selected {
                state.remove(&at);
            }
        }
        for (position, work) in self.works.iter().enumerate() {
            if let Some(value) = &work.read {
                self.put_data(state, InstanceId::new(position), value);
            }
        }
    }

    fn put_data(&self, state: &mut State, id: InstanceId, value: &Value) {
        let Some(site) = self.known_site(id) else { return };
        let at = ObjectAddr::current(self.world.instances[id.at()].addr.clone());
        let stored = self.input.state.row(&at);
        // Read only to destroy what stands on it: there is no op that would take it out again.
        if self.pass == Pass::Destroy && stored.is_none() && self.data_goes(&at.instance) {
            return;
        }
        let object = data_object(value, &site.schema);
        let provider = self.providers.get(site.provider).addr.clone();
        let same = stored.filter(|row| *row.object == object);
        let object = same.map_or_else(|| Arc::new(object), |row| row.object);
        state.put(at, Row { provider, object });
    }

    /// Root outputs as far as they are known, as the refreshed state has them.
    pub(super) fn refresh_outputs(&self, state: &mut State, told: &[plan::OutputChange]) {
        for one in told.iter().filter(|one| one.action != Action::Delete) {
            let (bare, _) = one.after.clone().unmark_deep();
            if !bare.is_wholly_known() {
                continue;
            }
            if bare.is_null() {
                state.outputs.remove(&one.name);
                continue;
            }
            let declared =
                self.input.config.root().def.outputs.iter().find(|it| it.name == one.name);
            let sensitivity = match declared.is_some_and(|it| it.sensitive) {
                true => Sensitivity::Sensitive,
                false => Sensitivity::Open,
            };
            let deprecated = declared.and_then(|it| it.deprecated.clone());
            if let Ok(output) = Output::new(&bare, sensitivity) {
                state.outputs.insert(one.name.clone(), Output { deprecated, ..output });
            }
        }
    }
}

/// A data source as the state keeps it.
pub(crate) fn data_object(value: &Value, schema: &ResourceSchema) -> Object {
    let live =
        Live { value: value.clone(), private: Arc::new([]), identity: None, status: Status::Ready };
    let keeping =
        Keeping { dependencies: Arc::new([]), create_before_destroy: false, skip_destroy: false };
    encode(&live, &keeping, schema)
}

/// Both lists, in the order of their texts, none twice.
pub(super) fn merged(
    one: &Arc<[ConfigResource]>,
    other: &Arc<[ConfigResource]>,
) -> Arc<[ConfigResource]> {
    if other.iter().all(|dependency| one.contains(dependency)) {
        return one.clone();
    }
    let mut all: Vec<ConfigResource> = one.iter().chain(other.iter()).cloned().collect();
    all.sort_by_cached_key(ToString::to_string);
    all.dedup();
    all.into()
}
