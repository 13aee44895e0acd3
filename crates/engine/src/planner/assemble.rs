//! The end of planning: changes, drift, outputs, checks and ops put together in canonical order.
//!
//! Invariant: the plan holds no trace of who answered first.

use std::sync::Arc;

use addr::{ConfigResource, Mode as ResourceMode};
use diag::Diagnostic;
use lang::config::OutputIdx;
use plan::{
    Action, Change, Completeness, CreateBeforeDestroy, Deferred, Impure, Mode, Plan, Provisional,
    Reason, Sensitive, Variable,
};
use state::{ObjectAddr, State};
use value::{Marks, Type, Value};

use super::order::{self, Steps};
use super::outputs::{self, Told};
use super::{Pass, Planner, root_variable};
use crate::cells::InstanceId;

impl Planner {
    /// The plan.
    pub(super) fn assemble(&mut self) -> Plan {
        let deferred = self.defer();
        self.tell_unread();
        let changes = self.changes();
        let mut outputs = self.output_changes();
        self.publish_again(&mut outputs, &deferred);
        let mut prior = self.refreshed_state();
        self.refresh_outputs(&mut prior, &outputs);
        let drift = self.drift();
        let ops = if self.diags.has_errors() {
            Vec::new()
        } else {
            self.ops(&changes, &prior, &outputs, &deferred)
        };
        let completeness = match (self.diags.has_errors(), &self.selection) {
            (true, _) => Completeness::Errored,
            (false, None) if deferred.is_empty() => Completeness::Whole,
            (false, _) => Completeness::Partial,
        };
        self.declare_nothing();
        let checks = match self.input.options.mode {
            Mode::Destroy => Vec::new(),
            Mode::Normal | Mode::RefreshOnly => self.world.checks.borrow().results(),
        };
        Plan {
            options: self.input.options.clone(),
            completeness,
            base: self.input.base.clone(),
            digests: self.input.digests.clone(),
            time_s: self.input.time_s,
            variables: self.variables(),
            providers: self.providers.addresses().to_vec(),
            changes,
            drift,
            outputs,
            checks,
            deferred,
            ops,
            prior: Arc::new(prior),
            relevant: Vec::new(),
            impure: self.impure(),
        }
    }

    /// Tells the checks of modules without instances, as far as they are selected.
    fn declare_nothing(&mut self) {
        let (selection, graph) = (&self.selection, &self.graph);
        self.world.declare_nothing(&|object| {
            selection.as_ref().is_none_or(|part| part.contains(graph.node(object)))
        });
    }

    /// All changes, in the order of addresses, the current object before deposed ones.
    fn changes(&mut self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        let of_works: Vec<(InstanceId, Change)> = self
            .works
            .iter()
            .enumerate()
            .filter_map(|(at, work)| Some((InstanceId::new(at), work.change.as_deref()?.clone())))
            .collect();
        let of_priors: Vec<Change> =
            self.priors.all.iter().filter_map(|prior| prior.change.as_deref().cloned()).collect();
        let changing = self.changing(of_works.iter().map(|(_, change)| change).chain(&of_priors));
        for (id, mut change) in of_works {
            change.causes = self.causes(id, &change, &changing);
            changes.push(change);
        }
        changes.extend(of_priors);
        if self.pass == Pass::Destroy {
            changes.extend(self.data_removals());
        }
        changes.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        changes
    }

    /// When all is destroyed, data sources leave the state.
    fn data_removals(&self) -> Vec<Change> {
        let rows = self.input.state.rows();
        rows.filter(|(at, _)| {
            at.instance.resource.mode == ResourceMode::Data && self.data_goes(&at.instance)
        })
        .filter_map(|(at, row)| {
            let provider = self.providers.of_state(&row.provider.config).ok()?;
            let null = Value::null(Type::DYNAMIC);
            Some(Change {
                address: at.instance,
                previous_address: None,
                deposed: None,
                provider,
                action: Action::Delete,
                reason: Reason::None,
                before: null.clone(),
                after: null.clone(),
                configuration: null,
                replace_paths: Vec::new(),
                planned_private: Arc::new([]),
                prior_identity: None,
                planned_identity: None,
                deposes: None,
                create_before_destroy: CreateBeforeDestroy::No,
                provisional: Provisional::No,
                causes: vec![plan::Cause::Destroy],
            })
        })
        .collect()
    }

    /// What the outputs are before everything is destroyed: as they were just computed, where they are known.
    pub(super) fn keep_outputs(&mut self) {
        let told = self.output_changes();
        if told.iter().any(|one| !matches!(one.action, Action::NoOp | Action::Delete)) {
            let mut state = (*self.input.state).clone();
            self.refresh_outputs(&mut state, &told);
            self.input.state = Arc::new(state);
        }
    }

    /// Outputs that are behind are told again once they can be, though their value may be what it was.
    fn publish_again(&self, outputs: &mut [plan::OutputChange], deferred: &[Deferred]) {
        if self.input.stale.is_empty() || self.pass != Pass::Plan {
            return;
        }
        let waiting = crate::facts::waiting_outputs(&self.input.config, &self.graph, deferred);
        let behind = |one: &&mut plan::OutputChange| {
            self.input.stale.contains(&one.name)
                && !waiting.contains(&one.name)
                && self.input.state.outputs.contains_key(&one.name)
        };
        let same = outputs.iter_mut().filter(|one| one.action == Action::NoOp);
        same.filter(behind).for_each(|one| one.action = Action::Update);
    }

    fn output_changes(&self) -> Vec<plan::OutputChange> {
        match (self.pass, &self.going) {
            (Pass::Destroy, Some(_)) => return Vec::new(),
            (Pass::Destroy, None) => return outputs::removals(&self.input.state),
            _ => {}
        }
        let frame = &self.world.frames[0];
        let declared: Vec<Arc<str>> =
            frame.def.outputs.iter().map(|one| one.name.clone()).collect();
        let told = frame.def.outputs.iter().enumerate().filter_map(|(at, output)| {
            let value = self.world.table.value(frame.output(OutputIdx::new(at)))?.clone();
            Some(Told {
                name: output.name.clone(),
                value,
                sensitive: output.sensitive,
                deprecated: output.deprecated.clone(),
            })
        });
        let told: Vec<Told> = told.collect();
        match self.selection {
            None => outputs::changes(told, &declared, &self.input.state),
            Some(_) => {
                let all: Vec<Arc<str>> =
                    declared.into_iter().chain(self.input.state.outputs.keys().cloned()).collect();
                outputs::changes(told, &all, &self.input.state)
            }
        }
    }

    /// The values of the root module's variables, with their marks: those that the caller gave, and that of the block.
    fn variables(&self) -> Vec<Variable> {
        let def = &self.world.frames[0].def;
        let mut variables: Vec<Variable> = def
            .variables
            .iter()
            .enumerate()
            .filter_map(|(at, variable)| {
                let given = self.input.variables.iter().find(|one| one.name == variable.name);
                let value = root_variable(&self.world, at)
                    .or_else(|| given.map(|one| one.value.clone()))
                    .or_else(|| variable.default.clone())?;
                let marks = if variable.sensitive { Marks::SENSITIVE } else { Marks::NONE };
                Some(Variable {
                    name: variable.name.clone(),
                    value: value.with_marks(marks),
                    sensitive: if variable.sensitive { Sensitive::Yes } else { Sensitive::No },
                    set_by_caller: given.is_some(),
                })
            })
            .collect();
        variables.sort_by(|a, b| a.name.cmp(&b.name));
        variables
    }

    fn impure(&self) -> Vec<Impure> {
        let mut all: Vec<Impure> = self
            .world
            .questions
            .borrow()
            .world()
            .map(|(request, answer)| Impure { request: request.clone(), answer: answer.clone() })
            .collect();
        all.sort_by_cached_key(|one| format!("{:?}", one.request));
        all
    }

    fn ops(
        &mut self,
        changes: &[Change],
        prior: &State,
        outputs: &[plan::OutputChange],
        deferred: &[Deferred],
    ) -> Vec<plan::Op> {
        let steps = Steps {
            config: &self.input.config,
            graph: &self.graph,
            changes,
            dependencies: changes
                .iter()
                .map(|change| self.dependencies_of(change, prior))
                .collect(),
            checked: changes.iter().map(|change| self.has_conditions(change)).collect(),
            leaves_old: self.leaves_old(changes),
            providers: (0..self.providers.addresses().len())
                .map(|at| {
                    let index =
                        plan::ProviderIndex(u32::try_from(at).expect("BUG: too many providers"));
                    self.providers.get(index).config
                })
                .collect(),
            outputs: self.evaluated_outputs(outputs, deferred),
            all_goes: self.pass == Pass::Destroy,
        };
        match order::ops(&steps) {
            Ok(ops) => ops,
            Err(stuck) => {
                let names: Vec<String> =
                    stuck.iter().map(|at| changes[at.0 as usize].address.to_string()).collect();
                self.diags.push(
                    Diagnostic::error("order-circle", "The changes cannot be put in any order")
                        .detail(format!("Each of these has to be done before another of them: {}.", names.join(", ")))
                        .remedy("Apply in two steps: first without the references that close the circle."),
                );
                Vec::new()
            }
        }
    }

    /// For each change whether the object that it sets aside stays for now.
    fn leaves_old(&self, changes: &[Change]) -> Vec<bool> {
        let left = self.works.iter().filter(|work| work.leaves_old);
        let left: Vec<&Change> = left.filter_map(|work| work.change.as_deref()).collect();
        let is_left = |change: &Change| {
            change.deposed.is_none() && left.iter().any(|one| one.address == change.address)
        };
        changes.iter().map(is_left).collect()
    }

    /// Outputs whose values an apply computes.
    fn evaluated_outputs(
        &self,
        changes: &[plan::OutputChange],
        deferred: &[Deferred],
    ) -> Vec<OutputIdx> {
        if self.pass == Pass::Destroy {
            return Vec::new();
        }
        let def = &self.input.config.root().def;
        let waiting = crate::facts::waiting_outputs(&self.input.config, &self.graph, deferred);
        changes
            .iter()
            .filter(|change| change.action != Action::Delete && !waiting.contains(&change.name))
            .filter_map(|change| def.names.output(&change.name))
            .collect()
    }

    /// What an object depends on: as stored, and by the static graph.
    fn dependencies_of(&self, change: &Change, prior: &State) -> Vec<ConfigResource> {
        // Deposed objects go by the dependencies of the current one, and by none where there is no current one: what was
        // put in its place may already be what they would wait for. As OpenTofu's `StateDependencies`.
        let at = ObjectAddr::current(change.address.clone());
        let stored = prior.object(&at).map(|object| object.dependencies.clone());
        if change.deposed.is_some() && stored.is_none() {
            return Vec::new();
        }
        let block = self.input.config.find_resource(&change.address.config());
        let configured = block.map(|(module, index)| self.facts.dependencies(module, index));
        match (stored, configured) {
            (Some(stored), Some(configured)) => super::rows::merged(&configured, &stored).to_vec(),
            (Some(one), None) | (None, Some(one)) => one.to_vec(),
            (None, None) => Vec::new(),
        }
    }

    fn has_conditions(&self, change: &Change) -> bool {
        let Some((module, index)) = self.input.config.find_resource(&change.address.config())
        else {
            return false;
        };
        let block = &self.input.config.module(module).def.resources[index.index()];
        change.deposed.is_none()
            && self.pass != Pass::Destroy
            && !(block.preconditions.is_empty() && block.postconditions.is_empty())
    }
}
