//! What is left for a later plan, and why (ENGINE §7).
//!
//! A cause is an instance's own (unknown keys, a provider that cannot plan what is there, the provider's own word), told
//! while it is planned. At the end, everything in whose static closure something is left follows: what would be made or
//! changed after it, and what would be taken away under an object that is kept.
//!
//! Invariant: what is left has no change; nothing is destroyed on which an object depends that is kept; the result follows
//! from the static graph and the changes, not from the order of answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use addr::{ConfigResource, ModuleInstance, ResourceInstance};
use diag::Diagnostic;
use lang::config::{ModuleId, Repeat, ResIdx};
use lang::expr::{ExprId, Exprs};
use lang::graph::{BitSet, Object};
use plan::{Action, Change, CreateBeforeDestroy, Deferred, DeferredItem, DeferredReason, Origin};
use state::ObjectAddr;
use state::journal::Action as Begun;
use value::Value;

use super::cause::Changing;
use super::prior::PriorId;
use super::{Pass, Planner};
use crate::cells::{FrameId, InstanceId};

/// Why an instance is left for later, where the cause is its own.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(super) reason: DeferredReason,
    /// What its body evaluated to, as a plan keeps it.
    pub(super) configuration: Value,
}

/// A resource block.
type Block = (ModuleId, ResIdx);

/// Something that is left.
struct Left {
    block: Option<Block>,
    /// The module instance; of instances that cannot be named yet the one that stands for theirs.
    module: Within,
    deferred: Deferred,
    /// Objects that stay as they are meanwhile.
    kept: Vec<PriorId>,
    /// What an object that may exist stands on, of which only the journal knows.
    stands_on: Arc<[ConfigResource]>,
}

/// In which module instance something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Within {
    Frame(FrameId),
    Instance(ModuleInstance),
}

impl Planner {
    /// Whether things may be left for later in what is being planned now.
    pub(super) fn may_defer(&self) -> bool {
        self.pass == Pass::Plan && self.input.deferral.is_allowed()
    }

    /// What is left for later, in the order of its text. Changes that are left are taken away.
    pub(super) fn defer(&mut self) -> Vec<Deferred> {
        if !self.may_defer() && (self.pass != Pass::Plan || self.input.in_doubt.is_empty()) {
            return Vec::new();
        }
        let mut all = BTreeMap::new();
        let mut front = self.left_of_their_own();
        front.extend(self.doubts_of_nothing(&front));
        front.extend(self.doubts_not_read());
        while !front.is_empty() {
            let next = self.follow(&front);
            front.into_iter().for_each(|left| take_in(&mut all, left));
            front = next;
        }
        self.leave_moves_of(all.values());
        all.into_values().map(|left| left.deferred).collect()
    }

    fn left_of_their_own(&mut self) -> Vec<Left> {
        let owns: Vec<(InstanceId, Own)> = self
            .works
            .iter_mut()
            .enumerate()
            .filter_map(|(at, work)| Some((InstanceId::new(at), work.deferred.take()?)))
            .collect();
        if owns.is_empty() {
            return Vec::new();
        }
        let mut changing = self.changing(self.works.iter().filter_map(|one| one.change.as_deref()));
        for (id, _) in &owns {
            let instance = &self.world.instances[id.at()];
            if let Some(block) = self.input.config.find_resource(&instance.addr.config()) {
                changing.entry(block).or_default().push(instance.addr.clone());
            }
        }
        owns.into_iter().map(|(id, own)| self.left_of_its_own(id, own, &changing)).collect()
    }

    fn left_of_its_own(&self, id: InstanceId, own: Own, changing: &Changing) -> Left {
        let instance = &self.world.instances[id.at()];
        let frame = self.world.resources[instance.resource.at()].frame;
        let block = self.input.config.find_resource(&instance.addr.config());
        let (what, creates_max) = match &instance.stands_for {
            Some(one) => (DeferredItem::Pattern(one.pattern.clone()), one.at_most),
            None => (DeferredItem::Instance(instance.addr.clone()), None),
        };
        let kept = match &what {
            DeferredItem::Instance(address) if own.reason == DeferredReason::InDoubt => {
                self.of_address(address)
            }
            DeferredItem::Instance(address) => self.priors.current(address).into_iter().collect(),
            DeferredItem::Pattern(_) => self.kept_of(block, &what),
        };
        let waits_for = self.waits_of(id, own.reason, changing);
        let (reason, configuration) = (own.reason, own.configuration);
        Left {
            block,
            module: Within::Frame(frame),
            deferred: Deferred { what, reason, waits_for, configuration, creates_max },
            kept,
            stands_on: self.doubts.get(&instance.addr).cloned().unwrap_or_default(),
        }
    }

    /// What is in doubt and is no instance that was planned: an orphan, or left out.
    fn doubts_of_nothing(&self, planned: &[Left]) -> Vec<Left> {
        let open = self
            .doubts
            .iter()
            .filter(|(address, _)| !planned.iter().any(|left| left.deferred.what.covers(address)));
        let left = |(address, stands_on): (&ResourceInstance, &Arc<[ConfigResource]>)| Left {
            block: self.input.config.find_resource(&address.config()),
            module: Within::Instance(address.module.clone()),
            deferred: Deferred {
                what: DeferredItem::Instance(address.clone()),
                reason: DeferredReason::InDoubt,
                waits_for: vec![address.to_string().into()],
                configuration: Value::null(value::Type::DYNAMIC),
                creates_max: None,
            },
            kept: self.of_address(address),
            stands_on: stands_on.clone(),
        };
        open.map(left).collect()
    }

    /// Changes and deletes in doubt of objects that this plan did not read: only a look tells what came of them.
    fn doubts_not_read(&mut self) -> Vec<Left> {
        let input = Arc::clone(&self.input.state);
        let changed = self.input.in_doubt.iter().filter(|one| one.begin.action != Begun::Create);
        let changed: Vec<ObjectAddr> = changed
            .map(|one| one.begin.at.clone())
            .filter(|at| input.object(at).is_some())
            .collect();
        let mut found = Vec::new();
        for at in changed {
            let own = |id: &PriorId| self.priors.get(*id).at == at;
            let Some(id) = self.priors.ids().find(own) else { continue };
            if !self.priors.get(id).unread && self.is_read(id) {
                continue;
            }
            let waits_for = vec![at.instance.to_string().into()];
            let (block, within) =
                (self.priors.get(id).declared, Within::Instance(at.instance.module.clone()));
            let planned = self.priors.get_mut(id).change.take().or_else(|| {
                let instance = self.priors.get(id).instance.filter(|_| at.deposed.is_none())?;
                self.works[instance.at()].change.take()
            });
            let configuration =
                planned.map_or(Value::null(value::Type::DYNAMIC), |change| change.configuration);
            let deferred = Deferred {
                what: DeferredItem::Instance(at.instance),
                reason: DeferredReason::InDoubt,
                waits_for,
                configuration,
                creates_max: None,
            };
            let stands_on: Arc<[ConfigResource]> = Arc::new([]);
            found.push(Left { block, module: within, deferred, kept: vec![id], stands_on });
        }
        found
    }

    /// All objects of an address, deposed ones too.
    fn of_address(&self, address: &ResourceInstance) -> Vec<PriorId> {
        self.priors.ids().filter(|id| self.priors.get(*id).at.instance == *address).collect()
    }

    /// Objects whose keys may still be those of the pattern.
    fn kept_of(&self, block: Option<Block>, what: &DeferredItem) -> Vec<PriorId> {
        let Some((module, index)) = block else { return Vec::new() };
        let of_block = self.priors.of_block(module, index).iter().copied();
        of_block
            .filter(|id| {
                let prior = self.priors.get(*id);
                prior.kept && what.covers(&prior.at.instance)
            })
            .collect()
    }

    /// The addresses and inputs whose values are waited for.
    fn waits_of(
        &self,
        id: InstanceId,
        reason: DeferredReason,
        changing: &Changing,
    ) -> Vec<Arc<str>> {
        let Some(site) = self.known_site(id) else { return Vec::new() };
        let module = self.module_of(&site);
        let origins = match reason {
            DeferredReason::InDoubt => {
                vec![Origin::Instance(self.world.instances[id.at()].addr.clone())]
            }
            DeferredReason::KeysUnknown => self.origins_of_keys(id, changing),
            DeferredReason::ProviderConfigUnknown => {
                self.origins_of_provider(site.provider, changing)
            }
            DeferredReason::Provider | DeferredReason::Upstream => {
                let exprs = site.block().body.expressions();
                self.origins(module, &site.def.exprs, &exprs, changing)
            }
        };
        let mut names: Vec<Arc<str>> = origins
            .iter()
            .filter(|origin| self.is_open(origin))
            .map(|origin| super::cause::text(origin).into())
            .collect();
        if names.is_empty() {
            names.push(self.providers.get(site.provider).addr.to_string().into());
        }
        names
    }

    /// Inputs that are known are waited for by nobody.
    pub(super) fn is_open(&self, origin: &Origin) -> bool {
        let Origin::Input(name) = origin else { return true };
        let given = self.input.variables.iter().find(|one| one.name == *name);
        given.is_some_and(|one| !one.value.is_wholly_known())
    }

    /// What the keys of the instance, or of a module around it, derive from.
    fn origins_of_keys(&self, id: InstanceId, changing: &Changing) -> Vec<Origin> {
        let resource = &self.world.resources[self.world.instances[id.at()].resource.at()];
        let mut frame = &self.world.frames[resource.frame.at()];
        let mut found = Vec::new();
        let mut add = |module: ModuleId, exprs: &Exprs, repeat: Repeat| {
            if let Repeat::Count(expr) | Repeat::ForEach(expr) = repeat {
                let exprs_of: &[ExprId] = &[expr];
                found.extend(self.origins(module, exprs, exprs_of, changing));
            }
        };
        if resource.is_undecided() {
            let block = &frame.def.resources[resource.index.index()];
            add(frame.module, &frame.def.exprs, block.repeat);
        }
        while let Some((call, _)) = frame.parent {
            let call = &self.world.calls[call.at()];
            frame = &self.world.frames[call.frame.at()];
            if call.is_undecided() {
                let block = &frame.def.calls[call.index.index()];
                add(frame.module, &frame.def.exprs, block.repeat);
            }
        }
        found.sort_by_key(super::cause::text);
        found.dedup();
        found
    }

    /// What follows these: taken out of the changes.
    fn follow(&mut self, front: &[Left]) -> Vec<Left> {
        let mut behind = Behind::default();
        for (module, index) in front.iter().filter_map(|left| left.block) {
            let node = self.graph.node(Object::Resource(module, index));
            let closure = || self.graph.dependent_closure(node);
            behind.0.entry((module, index)).or_insert_with(closure);
        }
        let held = self.held_by(front);
        let mut found = self.makers_behind(front, &behind, &held);
        found.extend(self.takers_behind(front, &behind, &held));
        found
    }

    /// Instances that would be made or changed after what is left, or replaced under what is kept.
    fn makers_behind(&mut self, front: &[Left], behind: &Behind, held: &Held) -> Vec<Left> {
        let mut found = Vec::new();
        let mut circles = Vec::new();
        for at in 0..self.works.len() {
            let id = InstanceId::new(at);
            let Some(change) = self.works[at].change.as_deref() else { continue };
            let config = change.address.config();
            let Some(block) = self.input.config.find_resource(&config) else { continue };
            let resource = self.world.instances[at].resource;
            let within = Within::Frame(self.world.resources[resource.at()].frame);
            let mut after = self.after(front, behind, block, &within);
            match change.action {
                Action::NoOp => after.retain(|left| self.is_triggered_by(id, left)),
                // What takes its place is made; the old object stays until what stands on it has moved over.
                Action::CreateThenDelete if after.is_empty() => {
                    let holds = !held.by(front, &config, &change.address.module).is_empty();
                    self.works[at].leaves_old |= holds;
                    continue;
                }
                action if action.destroys() => {
                    let holding = held.by(front, &config, &change.address.module);
                    circles.extend(self.circle(&holding, block, &change.address));
                    after.extend(holding);
                }
                _ => {}
            }
            let Some(why) = reason(&after) else { continue };
            let change = self.works[at].change.take().expect("BUG: a change that was looked at");
            let kept = self.priors.current(&change.address).into_iter().collect();
            found.push(upstream(Some(block), within, *change, kept, why));
        }
        circles.into_iter().for_each(|one| self.diags.push(one));
        found
    }

    /// A replacement that waits for objects whose keys wait for the replacement: no round ever comes further.
    fn circle(
        &self,
        holding: &[&Left],
        block: Block,
        address: &ResourceInstance,
    ) -> Option<Diagnostic> {
        let behind =
            self.graph.dependent_closure(self.graph.node(Object::Resource(block.0, block.1)));
        let waits = |left: &&&Left| {
            left.block.is_some_and(|(module, index)| {
                behind.contains(self.graph.node(Object::Resource(module, index)).0)
            })
        };
        let left = holding.iter().find(waits)?;
        Some(
            Diagnostic::warning("deferral-circle", "A replacement and what stands on it wait for each other")
                .detail(format!(
                    "{address} is replaced by destroying it first, and objects of {} stand on it, whose keys are known only \
                     after that. So both are left, in this plan and in all later ones.",
                    left.deferred.what
                ))
                .remedy("Say create_before_destroy = true for what is replaced, or choose keys that do not depend on it.")
                .about(address.to_string()),
        )
    }

    /// Objects that would go under one that is kept, or after what is left.
    fn takers_behind(&mut self, front: &[Left], behind: &Behind, held: &Held) -> Vec<Left> {
        let mut found = Vec::new();
        for id in self.priors.ids() {
            let prior = self.priors.get(id);
            let change = prior.change.as_deref().filter(|one| one.action == Action::Delete);
            let Some(change) = change else { continue };
            let block = prior.declared;
            let within = Within::Instance(change.address.module.clone());
            let last = change.deposed.is_some()
                || change.create_before_destroy == CreateBeforeDestroy::Yes;
            let mut after = held.by(front, &change.address.config(), &change.address.module);
            let own = |left: &&Left| {
                left.deferred.reason == DeferredReason::InDoubt
                    && left.deferred.what.covers(&change.address)
            };
            after.extend(front.iter().filter(own));
            if let Some(block) = block.filter(|_| last) {
                after.extend(self.after(front, behind, block, &within));
            }
            let Some(why) = reason(&after) else { continue };
            let change = self.priors.get_mut(id).change.take();
            let change = change.expect("BUG: a change that was looked at");
            found.push(upstream(block, within, *change, vec![id], why));
        }
        found
    }

    /// What of the front an instance of a block follows by the static graph.
    fn after<'f>(
        &self,
        front: &'f [Left],
        behind: &Behind,
        block: Block,
        within: &Within,
    ) -> Vec<&'f Left> {
        let node = self.graph.node(Object::Resource(block.0, block.1));
        if !behind.0.values().any(|closure| closure.contains(node.0)) {
            return Vec::new();
        }
        let follows = |left: &&Left| {
            let closure = left.block.and_then(|block| behind.0.get(&block));
            closure.is_some_and(|closure| closure.contains(node.0))
                && left.block != Some(block)
                && self.is_near(left, block.0, within)
        };
        front.iter().filter(follows).collect()
    }

    /// Whether what stands in one module instance can follow what is left: within one module only in the same instance.
    fn is_near(&self, left: &Left, module: ModuleId, within: &Within) -> bool {
        if left.block.is_some_and(|(of, _)| of != module) {
            return true;
        }
        let instance = |within: &Within| match within {
            Within::Frame(frame) => {
                let frame = &self.world.frames[frame.at()];
                frame.stands_for.is_none().then(|| frame.addr.clone())
            }
            Within::Instance(instance) => Some(instance.clone()),
        };
        left.module == *within || {
            let (one, other) = (instance(&left.module), instance(within));
            one.is_some() && one == other
        }
    }

    /// Whether an instance is replaced when something changes that is left.
    fn is_triggered_by(&self, id: InstanceId, left: &Left) -> bool {
        let (Some(site), Some((_, index))) = (self.known_site(id), left.block) else {
            return false;
        };
        site.block().lifecycle.replace_triggered_by.iter().any(|one| one.resource == index)
    }

    /// What the objects that stay depend on.
    fn held_by(&self, front: &[Left]) -> Held {
        let mut held = Held::default();
        for (at, left) in front.iter().enumerate() {
            for on in left.stands_on.iter() {
                let DeferredItem::Instance(user) = &left.deferred.what else { continue };
                held.0.entry(on.clone()).or_default().insert((at, user.module.clone()));
            }
            for id in &left.kept {
                let prior = self.priors.get(*id);
                let module = &prior.at.instance.module;
                let stored = prior.row.object.dependencies.iter().cloned();
                let configured = prior
                    .declared
                    .map(|(module, index)| self.facts.dependencies(module, index))
                    .unwrap_or_default();
                for on in stored.chain(configured.iter().cloned()) {
                    held.0.entry(on).or_default().insert((at, module.clone()));
                }
            }
        }
        held
    }

    /// Moves of objects that may still turn out to be others: they stay where they were.
    fn leave_moves_of<'l>(&mut self, all: impl Iterator<Item = &'l Left>) {
        for id in all.flat_map(|left| &left.kept) {
            let prior = self.priors.get(*id);
            if !prior.kept {
                continue;
            }
            if let Some(old) = self.moves.remove(&prior.at.instance) {
                self.stayed.insert(prior.at.clone(), old);
            }
        }
    }
}

/// What depends on each block.
#[derive(Default)]
struct Behind(HashMap<Block, BitSet>);

/// What kept objects depend on: of which part of the front they are, and in which module instances.
#[derive(Default)]
struct Held(HashMap<ConfigResource, BTreeSet<(usize, ModuleInstance)>>);

impl Held {
    /// What of the front keeps objects that may depend on an object of a block: within one module, on one of the same
    /// instance only.
    fn by<'f>(
        &self,
        front: &'f [Left],
        block: &ConfigResource,
        module: &ModuleInstance,
    ) -> Vec<&'f Left> {
        let users = self.0.get(block).into_iter().flatten();
        users
            .filter(|(_, user)| user.path() != module.path() || user == module)
            .map(|(at, _)| &front[*at])
            .collect()
    }
}

/// Why something is left that follows these, and their names, each once; `None` of none.
fn reason(several: &[&Left]) -> Option<(DeferredReason, Vec<Arc<str>>)> {
    let names: BTreeSet<Arc<str>> =
        several.iter().map(|left| left.deferred.what.to_string().into()).collect();
    let doubt = several.iter().any(|left| left.deferred.reason == DeferredReason::InDoubt);
    let reason = if doubt { DeferredReason::InDoubt } else { DeferredReason::Upstream };
    (!names.is_empty()).then(|| (reason, names.into_iter().collect()))
}

/// A change that is left because of something else.
fn upstream(
    block: Option<Block>,
    module: Within,
    change: Change,
    kept: Vec<PriorId>,
    (reason, waits_for): (DeferredReason, Vec<Arc<str>>),
) -> Left {
    let deferred = Deferred {
        what: DeferredItem::Instance(change.address),
        reason,
        waits_for,
        configuration: change.configuration,
        creates_max: None,
    };
    Left { block, module, deferred, kept, stands_on: Arc::new([]) }
}

/// Takes in what is left; the current and the deposed objects of one address are left as one.
fn take_in(all: &mut BTreeMap<String, Left>, left: Left) {
    let text = left.deferred.what.to_string();
    match all.get_mut(&text) {
        Some(same) => {
            same.kept.extend(left.kept);
            if left.deferred.reason == DeferredReason::InDoubt {
                same.deferred.reason = left.deferred.reason;
                same.deferred.waits_for = left.deferred.waits_for;
            }
        }
        None => drop(all.insert(text, left)),
    }
}
