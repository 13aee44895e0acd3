//! Planning one instance of a data source: read now, or left for the apply.
//!
//! It is left for the apply when its configuration is not known, or when something changes that it has to wait for
//! (`depends_on`, and all behind it where it has conditions).
//!
//! Invariant: what is left for the apply has a `Read` change, and a value with unknowns for its readers.

use std::sync::Arc;

use addr::ResourceInstance;
use lang::config::{ModuleId, ResIdx};
use lang::eval::{Cell, Eval};
use lang::graph::Object;
use plan::{
    Action, Cause, Change, CreateBeforeDestroy, DeferredReason, Origin, Provisional, Reason,
};
use schema::protocol::{Call, ReplyBody};
use value::Value;

use super::deferral::Own;
use super::instance::{Draft, Site, Stage};
use super::{InstanceMode, Pass, Planner};
use crate::cells::{InstanceId, all_over};
use crate::judge::{self, Breach, Rule};
use crate::object::{kept, known, marked_as, unmarked};

impl Planner {
    pub(super) fn begin_data(&mut self, cell: Cell, id: InstanceId, site: &Site) {
        if !self.is_selected(id) || self.reads_nothing() {
            return self.stay_data(cell, id, site);
        }
        let configured = self.providers.configured(&self.world, site.provider);
        let conditions = self.preconditions(cell, id);
        let pending = self.pending_changes(id);
        let waits = super::unite([configured, conditions, pending.clone().map(|_| ())]);
        if !self.ready(cell, id, waits) {
            return;
        }
        let config = match self.body(cell, id, site) {
            Eval::Value(config) => config,
            other => {
                self.ready(cell, id, other.map(|_| ()));
                return;
            }
        };
        let Eval::Value(mut pending) = pending else { panic!("BUG: what is united is there") };
        pending.extend(self.pending_inputs(site));
        if self.providers.is_open(site.provider) {
            pending.extend(self.open_inputs(site.provider));
        }
        let (effective, marks) = unmarked(&config);
        let reason = match (effective.is_wholly_known(), pending.is_empty()) {
            (false, _) => Some(Reason::ReadBecauseConfigUnknown),
            (true, false) => Some(Reason::ReadBecauseDependencyPending),
            (true, true) => None,
        };
        if let Some(reason) = reason {
            return self.leave_data(cell, id, site, config, reason, pending);
        }
        let call = Call::ValidateData {
            type_name: site.block().addr.type_name.clone(),
            config: effective.clone(),
        };
        let draft = Draft::bare(config, effective, marks);
        self.works[id.at()].stage = Stage::Validating(Box::new(draft));
        self.ask_of_instance(cell, id, site, call);
    }

    /// Whether data sources are not read at all: before destroying without a refresh.
    fn reads_nothing(&self) -> bool {
        self.instance_mode() == InstanceMode::Prior && !self.evaluates_conditions()
    }

    pub(super) fn ask_data(&mut self, cell: Cell, id: InstanceId, site: &Site, draft: Box<Draft>) {
        let call = Call::ReadData {
            type_name: site.block().addr.type_name.clone(),
            config: draft.effective.clone(),
            deferral: self.providers.capability(),
        };
        self.works[id.at()].stage = Stage::Reading(draft);
        self.ask_of_instance(cell, id, site, call);
    }

    pub(super) fn data_read(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: &Draft,
        body: ReplyBody,
    ) {
        let ReplyBody::DataRead { state, deferred } = body else {
            panic!("BUG: an answer to another call")
        };
        if deferred.is_some() && self.input.deferral.is_allowed() {
            let value = marked_as(
                &site.schema.block.planned_unknown(&draft.effective),
                &draft.marks,
                &site.schema,
            );
            let configuration = kept(&draft.config, &site.schema.block);
            let own = Own { reason: DeferredReason::Provider, configuration };
            return self.leave(cell, id, own, value);
        }
        for (rule, breach) in faults(site, &state) {
            self.blame(id, site, rule, &breach);
        }
        if !faults(site, &state).is_empty() {
            return self.fail_instance(cell, id);
        }
        let value = marked_as(&known(&state), &draft.marks, &site.schema);
        self.works[id.at()].read = Some(value.clone());
        self.reveal(id, value.clone());
        self.conclude(cell, id, value);
    }

    /// Leaves the read for the apply; while only refreshing nothing is planned, and the value is null.
    fn leave_data(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        config: Value,
        reason: Reason,
        pending: Vec<Origin>,
    ) {
        if self.instance_mode() == InstanceMode::Prior {
            let unknown = self.reveal_absent(id, site);
            return self.conclude(cell, id, unknown);
        }
        let null = Value::null(site.schema.block.ty());
        let (bare, marks) = unmarked(&config);
        let value = marked_as(&site.schema.block.planned_unknown(&bare), &marks, &site.schema);
        let causes = match reason {
            Reason::ReadBecauseDependencyPending => vec![Cause::Pending(pending)],
            _ => Vec::new(),
        };
        self.works[id.at()].change = Some(Box::new(Change {
            address: self.world.instances[id.at()].addr.clone(),
            previous_address: None,
            deposed: None,
            provider: site.provider,
            action: Action::Read,
            reason,
            before: null,
            after: value.clone(),
            configuration: kept(&config, &site.schema.block),
            replace_paths: Vec::new(),
            planned_private: Arc::new([]),
            prior_identity: None,
            planned_identity: None,
            deposes: None,
            create_before_destroy: CreateBeforeDestroy::No,
            provisional: Provisional::No,
            causes,
        }));
        self.reveal(id, value.clone());
        self.conclude(cell, id, value);
    }

    /// The data source stays as the state has it.
    fn stay_data(&mut self, cell: Cell, id: InstanceId, site: &Site) {
        let at = state::ObjectAddr::current(self.world.instances[id.at()].addr.clone());
        let stored = self.input.state.object(&at);
        let value = stored.and_then(|object| crate::object::decode(object, &site.schema));
        match value {
            Some(value) => self.reveal(id, value),
            None => drop(self.reveal_absent(id, site)),
        }
        self.world.table.done(cell);
    }

    /// Inputs at any distance whose values are about to change in another stack.
    fn pending_inputs(&self, site: &Site) -> Vec<Origin> {
        if self.input.pending.is_empty() || self.pass == Pass::Destroy {
            return Vec::new();
        }
        let node = self.graph.node(Object::Resource(self.module_of(site), site.index));
        let closure = self.graph.closure(node);
        let root = &self.input.config.root().def;
        let is_behind = |name: &&Arc<str>| {
            root.names.variable(name).is_some_and(|index| {
                closure.contains(self.graph.node(Object::Variable(ModuleId::ROOT, index)).0)
            })
        };
        self.input.pending.iter().filter(is_behind).cloned().map(Origin::Input).collect()
    }

    /// What changes that the data source has to wait for.
    fn pending_changes(&mut self, id: InstanceId) -> Eval<Vec<Origin>> {
        let instance = &self.world.instances[id.at()];
        let resource = &self.world.resources[instance.resource.at()];
        let (frame, index) = (resource.frame, resource.index);
        let module = self.world.frames[frame.at()].module;
        let own = instance.addr.module.clone();
        let mut waits = Vec::new();
        let mut changing = Vec::new();
        for block in self.facts.read_waits_for(module, index) {
            match self.changes_of(block) {
                // Within one module only changes of the same module instance can be meant.
                Eval::Value(changes) => {
                    let near =
                        |address: &ResourceInstance| block.0 != module || address.module == own;
                    let near = changes.into_iter().filter(near);
                    changing.extend(near.map(Origin::Instance));
                    if self.is_undecided_somewhere(block) {
                        let address = self.input.config.resource_addr(block.0, block.1);
                        changing.push(Origin::Resource(address.to_string().into()));
                    }
                }
                Eval::Blocked(on) => waits.extend_from_slice(on.cells()),
                Eval::Failed => return Eval::Failed,
            }
        }
        if waits.is_empty() {
            Eval::Value(changing)
        } else {
            Eval::Blocked(lang::eval::Blocked::on(waits))
        }
    }

    /// Whether instances of a block, in some module instance, cannot be named yet. Its expansions are over.
    fn is_undecided_somewhere(&self, block: (ModuleId, ResIdx)) -> bool {
        if !self.may_defer() {
            return false;
        }
        self.world.instances.iter().any(|instance| {
            let resource = &self.world.resources[instance.resource.at()];
            instance.stands_for.is_some()
                && resource.index == block.1
                && self.world.frames[resource.frame.at()].module == block.0
        })
    }

    /// The instances of a block, in all module instances, that change or go. Deposed objects do not count.
    fn changes_of(&mut self, block: (ModuleId, ResIdx)) -> Eval<Vec<ResourceInstance>> {
        let instances = match self.everywhere(block.0, block.1) {
            Eval::Value(instances) => instances,
            other => return other.map(|_| Vec::new()),
        };
        let cells = instances.iter().map(|one| self.world.instances[one.at()].cell);
        let priors = self.priors.of_block(block.0, block.1).iter();
        let priors: Vec<_> = priors
            .map(|id| self.priors.get(*id))
            .filter(|prior| prior.at.deposed.is_none())
            .collect();
        let fates = priors.iter().map(|prior| prior.fate);
        match all_over(&self.world, cells.chain(fates)) {
            Eval::Value(()) => {}
            other => return other.map(|()| Vec::new()),
        }
        let acts =
            |change: Option<&Change>| change.is_some_and(|change| change.action != Action::NoOp);
        let of_instances = instances
            .iter()
            .filter(|one| {
                let work = &self.works[one.at()];
                work.deferred.is_some() || acts(work.change.as_deref())
            })
            .map(|one| self.world.instances[one.at()].addr.clone());
        let of_fates = priors
            .iter()
            .filter(|prior| acts(prior.change.as_deref()))
            .map(|prior| prior.at.instance.clone());
        Eval::Value(of_instances.chain(of_fates).collect())
    }
}

/// What is wrong with the answer of a data source.
pub(super) fn faults(site: &Site, answer: &Value) -> Vec<(Rule, Breach)> {
    if let Some(fault) = judge::shape(&site.schema.block, answer) {
        return vec![fault];
    }
    if answer.is_null() {
        let message = "nothing was read, and no error was told".to_owned();
        return vec![(Rule::DataPresent, Breach { path: value::Path::new(), message })];
    }
    judge::unknowns(answer).into_iter().map(|breach| (Rule::ResultKnown, breach)).collect()
}
