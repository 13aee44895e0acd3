//! Planning one managed resource instance: from its body and its prior object to a change.
//!
//! A pipeline of at most three calls (validate, plan, plan again for a replacement), each made when all that it needs is
//! there. What the answers come to is decided in `replace`, `ignore` and `judge`.
//!
//! Invariant: the instance's value is settled once, together with its change.

use std::sync::Arc;

use diag::Span;
use lang::body::eval_body;
use lang::config::{ModuleDef, ResIdx, Resource};
use lang::eval::{Cell, Eval};
use plan::{Action, Change, CreateBeforeDestroy, DeferredReason, ProviderIndex, Provisional};
use schema::ResourceSchema;
use schema::protocol::{Answer, Call, Private, ReplyBody};
use state::Status;
use value::{Marks, Path, Value};

use super::deferral::Own;
use super::ignore::{ignored, ignored_in_plan};
use super::prior::PriorId;
use super::replace::{Decision, Forced, Planned, decide};
use super::{InstanceMode, Pending, Planner};
use crate::cells::{InstanceId, View, When, conditions};
use crate::judge::{self, Rule, Sdk, Weight, weight};
use crate::object::{Live, decode, equally_sensitive, kept, marked_as, unmarked};
use crate::request::About;
use crate::say::{Subject, call_failed, provider_says};
use crate::wishes::{Wishes, allows, wishes};

/// The work on one instance.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(super) stage: Stage,
    pub(super) reply: Option<Answer>,
    /// Why it is left for later, where the cause is its own; then it has no change.
    pub(super) deferred: Option<Own>,
    /// Whether the object that it replaces stays for now, set aside.
    pub(super) leaves_old: bool,
    /// Its change, once planned.
    pub(crate) change: Option<Box<Change>>,
    /// Of a data source: the object that was read.
    pub(crate) read: Option<Value>,
    /// What its `lifecycle` block says of destroying.
    pub(crate) wishes: Option<Wishes>,
    /// Whether its preconditions hold, once they could be looked at.
    allowed: Option<bool>,
}

/// How far the work is.
#[derive(Debug, Default)]
pub(super) enum Stage {
    /// Nothing asked yet.
    #[default]
    Beginning,
    /// The provider looks at the configuration.
    Validating(Box<Draft>),
    /// The provider plans.
    Planning(Box<Draft>),
    /// The provider plans the object that takes the old one's place.
    Replanning(Box<Draft>, Decision),
    /// A data source is read.
    Reading(Box<Draft>),
    /// The value is there, postconditions are left.
    Concluding(Value),
}

/// What is carried through the pipeline.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The body, with marks.
    pub(super) config: Value,
    /// The same, with what is ignored as it was before; without marks, and where they were.
    pub(super) effective: Value,
    pub(super) marks: Vec<(Path, Marks)>,
    /// Who wants it replaced.
    pub(super) forced: Forced,
    /// What its `lifecycle` block says of destroying.
    pub(super) wishes: Wishes,
    /// The provider's words of the first plan.
    pub(super) private: Private,
}

impl Draft {
    /// One that is only looked at or read: nobody wants it replaced, and no provider has said anything yet.
    pub(super) fn bare(config: Value, effective: Value, marks: Vec<(Path, Marks)>) -> Draft {
        let (forced, wishes) = (Forced::No, Wishes::NONE);
        Draft { config, effective, marks, forced, wishes, private: Arc::new([]) }
    }
}

/// The block of an instance, and what goes with it.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) def: Arc<ModuleDef>,
    pub(super) index: ResIdx,
    pub(super) schema: Arc<ResourceSchema>,
    pub(super) provider: ProviderIndex,
    pub(super) prior: Option<PriorId>,
}

impl Site {
    pub(super) fn block(&self) -> &Resource {
        &self.def.resources[self.index.index()]
    }
}

impl Planner {
    /// The block and the prior object of an instance; `None` after a diagnostic.
    pub(super) fn site(&mut self, id: InstanceId) -> Option<Site> {
        let site = self.known_site(id);
        if site.is_none() {
            self.no_such_type(id);
        }
        site
    }

    /// The block and the prior object of an instance; `None` where there is no schema.
    pub(super) fn known_site(&self, id: InstanceId) -> Option<Site> {
        let instance = &self.world.instances[id.at()];
        let resource = &self.world.resources[instance.resource.at()];
        let frame = &self.world.frames[resource.frame.at()];
        let module = self.world.config.module(frame.module);
        let config = module.resource_providers.get(resource.index.index()).copied().flatten()?;
        let provider = self.providers.of_config(config);
        let addr = &self.providers.get(provider).addr.config.provider;
        let block = &frame.def.resources[resource.index.index()];
        let schema = self.world.schemas.of(addr, &block.addr)?.clone();
        let prior = self.priors.current(&instance.addr);
        Some(Site { def: Arc::clone(&frame.def), index: resource.index, schema, provider, prior })
    }

    fn no_such_type(&mut self, id: InstanceId) {
        let instance = &self.world.instances[id.at()];
        let resource = &self.world.resources[instance.resource.at()];
        let frame = &self.world.frames[resource.frame.at()];
        let block = &frame.def.resources[resource.index.index()];
        let what = match block.addr.mode {
            addr::Mode::Data => "data source",
            addr::Mode::Managed | addr::Mode::Ephemeral => "resource type",
        };
        let diagnostic = diag::Diagnostic::error(
            "resource-type-unknown",
            format!("The provider has no such {what}"),
        )
        .detail(format!("{} has no {what} {:?}.", block.provider, block.addr.type_name))
        .remedy("Correct the type, or use a version of the provider that has it.")
        .at(block.type_span)
        .about(block.addr.to_string());
        self.complain_once(diagnostic);
    }

    /// Goes on with the work on an instance.
    pub(super) fn run_instance(&mut self, cell: Cell, id: InstanceId) {
        let Some(site) = self.site(id) else { return self.fail_instance(cell, id) };
        let data = site.block().addr.mode == addr::Mode::Data;
        let stage = std::mem::take(&mut self.works[id.at()].stage);
        let reply = self.works[id.at()].reply.take();
        let stands_in = self.world.instances[id.at()].stands_for.is_some();
        match (stage, reply) {
            (Stage::Beginning, _) if stands_in => self.begin_stand_in(cell, id, &site),
            (Stage::Beginning, _) if data => self.begin_data(cell, id, &site),
            (Stage::Beginning, _) => self.begin_managed(cell, id, &site),
            (Stage::Validating(draft), Some(answer)) => match self.heard(id, &site, answer) {
                Some(_) if stands_in => self.stand_in(cell, id, &site, &draft),
                Some(_) if data => self.ask_data(cell, id, &site, draft),
                Some(_) => self.ask_plan(cell, id, &site, draft),
                None => self.fail_instance(cell, id),
            },
            (Stage::Planning(draft) | Stage::Replanning(draft, _), Some(answer))
                if self.cannot_plan(&site, &answer) =>
            {
                self.plan_from_schema(cell, id, &site, &draft)
            }
            (Stage::Planning(draft), Some(answer)) => match self.heard(id, &site, answer) {
                Some(body) => self.planned(cell, id, &site, draft, body),
                None => self.fail_instance(cell, id),
            },
            (Stage::Replanning(draft, decision), Some(answer)) => {
                match self.heard(id, &site, answer) {
                    Some(body) => self.replanned(cell, id, &site, &draft, decision, body),
                    None => self.fail_instance(cell, id),
                }
            }
            (Stage::Reading(draft), Some(answer)) => match self.heard(id, &site, answer) {
                Some(body) => self.data_read(cell, id, &site, &draft, body),
                None => self.fail_instance(cell, id),
            },
            (Stage::Concluding(value), _) => self.conclude(cell, id, value),
            _ => panic!("BUG: an instance is woken without an answer"),
        }
    }

    /// The instance cannot be planned; its readers fail silently.
    pub(super) fn fail_instance(&mut self, cell: Cell, id: InstanceId) {
        let value = self.world.instances[id.at()].cell;
        if !self.world.table.is_settled(value) {
            self.world.table.fail(value);
        }
        self.world.table.fail(cell);
    }

    fn begin_managed(&mut self, cell: Cell, id: InstanceId, site: &Site) {
        if let Some(prior) = site.prior {
            let over = self.world.table.over(self.priors.get(prior).cell);
            if !self.ready(cell, id, over) {
                return;
            }
        }
        if self.instance_mode() == InstanceMode::Prior || !self.is_selected(id) {
            return self.stay(cell, id, site);
        }
        let configured = self.providers.configured(&self.world, site.provider);
        let triggered = self.triggered(cell, id, site);
        let conditions = self.preconditions(cell, id);
        let waits = super::unite([configured, triggered.clone().map(|_| ()), conditions]);
        if !self.ready(cell, id, waits) {
            return;
        }
        let frame = Some(self.world.place(id).0);
        let address = self.world.instances[id.at()].addr.clone();
        let at = (frame, &*site.def, site.index);
        let wishes = match wishes(&self.world, &mut self.diags, cell, at, &address) {
            Eval::Value(wishes) => wishes,
            other => {
                self.ready(cell, id, other.map(|_| ()));
                return;
            }
        };
        self.works[id.at()].wishes = Some(wishes);
        let config = match self.body(cell, id, site) {
            Eval::Value(config) => config,
            other => {
                self.ready(cell, id, other.map(|_| ()));
                return;
            }
        };
        let forced = match triggered {
            Eval::Value(true) => Forced::ByTrigger,
            _ if self.is_replaced_by_request(id) => Forced::ByRequest,
            _ => Forced::No,
        };
        let prior = self.comparable_prior(site);
        let ignore = &site.block().lifecycle.ignore_changes;
        let effective = ignored(ignore, &site.schema.block, &prior, &config);
        let (effective, marks) = unmarked(&effective);
        let call = Call::ValidateResource {
            type_name: site.block().addr.type_name.clone(),
            config: config.clone().unmark_deep().0,
        };
        let draft = Draft { config, effective, marks, forced, wishes, private: Arc::new([]) };
        self.works[id.at()].stage = Stage::Validating(Box::new(draft));
        self.ask_of_instance(cell, id, site, call);
    }

    /// Preconditions, looked at once: those that do not hold fail the instance.
    pub(super) fn preconditions(&mut self, cell: Cell, id: InstanceId) -> Eval<()> {
        let allowed = match self.works[id.at()].allowed {
            Some(allowed) => allowed,
            None => match self.conditions(cell, id, When::Before, None) {
                Eval::Value(allowed) => {
                    self.works[id.at()].allowed = Some(allowed);
                    allowed
                }
                other => return other.map(|_| ()),
            },
        };
        if allowed { Eval::Value(()) } else { Eval::Failed }
    }

    /// Whether all is there; else the work waits, or fails.
    pub(super) fn ready(&mut self, cell: Cell, id: InstanceId, waits: Eval<()>) -> bool {
        match waits {
            Eval::Value(()) => true,
            Eval::Blocked(on) => {
                self.world.table.wait(cell, &on);
                false
            }
            Eval::Failed => {
                self.fail_instance(cell, id);
                false
            }
        }
    }

    /// The value of the body.
    pub(super) fn body(&mut self, cell: Cell, id: InstanceId, site: &Site) -> Eval {
        let (frame, here) = self.world.place(id);
        let view = View::new(&self.world, frame, here, cell);
        eval_body(&site.def.exprs, &site.block().body, &site.schema.block, &view, &mut self.diags)
    }

    /// The object before as the provider is asked to change it: null where there is none, or where it is tainted.
    fn comparable_prior(&self, site: &Site) -> Value {
        match self.live(site) {
            Some(live) if live.status == Status::Ready => live.value.clone(),
            _ => Value::null(site.schema.block.ty()),
        }
    }

    /// The object as the plan sees it.
    pub(super) fn live(&self, site: &Site) -> Option<&Live> {
        self.priors.get(site.prior?).seen()
    }

    fn ask_plan(&mut self, cell: Cell, id: InstanceId, site: &Site, draft: Box<Draft>) {
        if self.is_blind(site.provider) {
            return self.plan_from_schema(cell, id, site, &draft);
        }
        let prior = self.comparable_prior(site).unmark_deep().0;
        let ready = self.live(site).filter(|live| live.status == Status::Ready);
        let call = Call::Plan {
            type_name: site.block().addr.type_name.clone(),
            proposed: site.schema.block.proposed_new(&prior, &draft.effective),
            prior,
            config: draft.effective.clone(),
            prior_private: ready
                .map_or_else(|| Arc::new([]) as Private, |live| live.private.clone()),
            prior_identity: ready.and_then(|live| live.identity.clone()),
            deferral: self.providers.capability(),
        };
        self.works[id.at()].stage = Stage::Planning(draft);
        self.ask_of_instance(cell, id, site, call);
    }

    fn planned(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        mut draft: Box<Draft>,
        body: ReplyBody,
    ) {
        let ReplyBody::Planned {
            planned,
            private,
            requires_replace,
            legacy_type_system,
            identity,
            deferred,
        } = body
        else {
            panic!("BUG: an answer to another call")
        };
        if let Some(deferred) = deferred.filter(|_| self.input.deferral.is_allowed()) {
            return self.put_off(cell, id, site, &draft, &planned, deferred);
        }
        let sdk = Sdk::of(legacy_type_system);
        let prior = self.comparable_prior(site);
        let bare_prior = prior.clone().unmark_deep().0;
        let block = &site.schema.block;
        if let Some((rule, breach)) = judge::shape(block, &planned) {
            self.blame(id, site, rule, &breach);
            return self.fail_instance(cell, id);
        }
        let breaches = judge::invalidities(block, &bare_prior, &draft.effective, &planned);
        if !breaches.is_empty() && weight(Rule::PlanValid, sdk) == Weight::Error {
            breaches.iter().for_each(|breach| self.blame(id, site, Rule::PlanValid, breach));
            return self.fail_instance(cell, id);
        }
        let planned = match sdk {
            Sdk::Legacy => {
                ignored_in_plan(&site.block().lifecycle.ignore_changes, &bare_prior, &planned)
            }
            Sdk::Current => planned,
        };
        let tainted = self.live(site).is_some_and(|live| live.status == Status::Tainted);
        let decision = decide(&Planned {
            block,
            prior: &bare_prior,
            planned: &planned,
            requires_replace: &requires_replace,
            forced: draft.forced,
            tainted,
            order: self.replace_order(id),
            old: draft.wishes.old,
        });
        let decision = match decision {
            Ok(decision) => decision,
            Err((rule, breach)) => {
                self.blame(id, site, rule, &breach);
                return self.fail_instance(cell, id);
            }
        };
        if self.turns_over(site, decision.action) {
            return self.begin_managed(cell, id, site);
        }
        draft.private = private.clone();
        let plans_again =
            decision.action != Action::Create && decision.action.creates() && !bare_prior.is_null();
        if plans_again {
            return self.ask_plan_again(cell, id, site, draft, decision);
        }
        self.settle(cell, id, site, &draft, decision, planned, private, identity);
    }

    /// The plan of the object that takes the old one's place: without a prior, and with nothing ignored.
    fn ask_plan_again(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: Box<Draft>,
        decision: Decision,
    ) {
        let block = &site.schema.block;
        let prior = Value::null(block.ty());
        let config = draft.config.clone().unmark_deep().0;
        let call = Call::Plan {
            type_name: site.block().addr.type_name.clone(),
            proposed: block.proposed_new(&prior, &config),
            prior,
            config,
            prior_private: draft.private.clone(),
            prior_identity: None,
            deferral: self.providers.capability(),
        };
        self.works[id.at()].stage = Stage::Replanning(draft, decision);
        self.ask_of_instance(cell, id, site, call);
    }

    fn replanned(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: &Draft,
        decision: Decision,
        body: ReplyBody,
    ) {
        let ReplyBody::Planned { planned, private, identity, .. } = body else {
            panic!("BUG: an answer to another call")
        };
        if let Some((rule, breach)) = judge::shape(&site.schema.block, &planned) {
            self.blame(id, site, rule, &breach);
            return self.fail_instance(cell, id);
        }
        self.settle(cell, id, site, draft, decision, planned, private, identity);
    }

    /// The change is decided: keeps it, and lets readers see the value.
    #[expect(clippy::too_many_arguments, reason = "the parts of a plan's answer, each used once")]
    fn settle(
        &mut self,
        cell: Cell,
        id: InstanceId,
        site: &Site,
        draft: &Draft,
        decision: Decision,
        planned: Value,
        private: Private,
        identity: Option<Value>,
    ) {
        let planned = marked_as(&planned, &draft.marks, &site.schema);
        if self.doubts.contains_key(&self.world.instances[id.at()].addr) {
            let configuration = kept(&draft.config, &site.schema.block);
            let own = Own { reason: DeferredReason::InDoubt, configuration };
            return self.leave(cell, id, own, planned);
        }
        let live = self.live(site);
        let prior_identity = live.and_then(|live| live.identity.clone());
        let before = match live {
            Some(live) => live.value.clone(),
            None => Value::null(site.schema.block.ty()),
        };
        let action = match decision.action {
            Action::NoOp if !equally_sensitive(&before, &planned) => Action::Update,
            action => action,
        };
        if self.turns_over(site, action) {
            return self.begin_managed(cell, id, site);
        }
        let order = self.replace_order(id);
        let address = self.world.instances[id.at()].addr.clone();
        let deposes =
            (action == Action::CreateThenDelete).then(|| self.fresh_deposed_key(&address));
        let change = Change {
            previous_address: self.moves.get(&address).cloned(),
            address,
            deposed: None,
            provider: site.provider,
            action,
            reason: decision.reason,
            before,
            after: planned.clone(),
            configuration: kept(&draft.config, &site.schema.block),
            replace_paths: decision.paths,
            planned_private: private,
            prior_identity,
            planned_identity: identity,
            deposes,
            create_before_destroy: order,
            provisional: Provisional::No,
            causes: Vec::new(),
        };
        let allowed = allows(&draft.wishes, site.block(), &change.address, action, &mut self.diags);
        self.works[id.at()].change = Some(Box::new(change));
        if !allowed {
            return self.fail_instance(cell, id);
        }
        self.reveal(id, planned.clone());
        self.conclude(cell, id, planned);
    }

    /// Lets readers see the value of an instance.
    pub(super) fn reveal(&mut self, id: InstanceId, value: Value) {
        let cell = self.world.instances[id.at()].cell;
        self.world.table.set(cell, value);
    }

    /// Postconditions, and the end of the work.
    pub(super) fn conclude(&mut self, cell: Cell, id: InstanceId, value: Value) {
        match self.conditions(cell, id, When::After, Some(&value)) {
            Eval::Value(true) => self.world.table.done(cell),
            Eval::Value(false) | Eval::Failed => self.world.table.fail(cell),
            Eval::Blocked(on) => {
                self.works[id.at()].stage = Stage::Concluding(value);
                self.world.table.wait(cell, &on);
            }
        }
    }

    /// The instance stays as it is: nothing is planned for it in this mode, or it is not selected.
    fn stay(&mut self, cell: Cell, id: InstanceId, site: &Site) {
        let judged = self.evaluates_conditions() && self.is_selected(id);
        if judged {
            let before = self.preconditions(cell, id);
            if !self.ready(cell, id, before) {
                return;
            }
        }
        let value = match self.standing_value(site) {
            Some(value) => {
                self.reveal(id, value.clone());
                value
            }
            None => self.reveal_absent(id, site),
        };
        match judged {
            true => self.conclude(cell, id, value),
            false => self.world.table.done(cell),
        }
    }

    /// Settles the value of an instance that has no object and gets none; what conditions see of it.
    pub(super) fn reveal_absent(&mut self, id: InstanceId, site: &Site) -> Value {
        let address = &self.world.instances[id.at()].addr;
        let of_block = self.input.state.resource(&address.abs_resource()).is_some();
        let ty = site.schema.block.ty();
        self.world.reveal_absent(id, ty, of_block);
        Value::unknown(ty)
    }

    /// The value of an instance that stays: as it was read, else as it is stored.
    fn standing_value(&self, site: &Site) -> Option<Value> {
        let prior = site.prior.map(|id| self.priors.get(id));
        let read = prior.and_then(|prior| prior.seen()).map(|live| live.value.clone());
        let stored = || {
            let prior = prior.filter(|prior| prior.previous.is_none())?;
            let value = decode(&prior.row.object, &site.schema)?;
            Some(marked_as(&value, &[], &site.schema))
        };
        read.or_else(stored)
    }

    /// Pre- or postconditions of an instance: whether it may go on.
    pub(super) fn conditions(
        &mut self,
        cell: Cell,
        id: InstanceId,
        when: When,
        own: Option<&Value>,
    ) -> Eval<bool> {
        if !self.evaluates_conditions() {
            return Eval::Value(true);
        }
        conditions(&self.world, cell, id, when, own, &mut self.diags)
    }

    pub(super) fn ask_of_instance(&mut self, cell: Cell, id: InstanceId, site: &Site, call: Call) {
        self.world.table.pend(cell);
        let address = self.world.instances[id.at()].addr.clone();
        let about = About::Instance { address, deposed: None, op: None };
        self.ask(site.provider, about, call, Pending::Instance(id));
    }

    /// Passes on what the provider says of an instance; its answer, unless it failed.
    fn heard(&mut self, id: InstanceId, site: &Site, answer: Answer) -> Option<ReplyBody> {
        let address = self.world.instances[id.at()].addr.to_string();
        let name = self.providers.get(site.provider).name();
        let block = site.block();
        let span: Option<Span> = Some(block.span);
        let subject = Subject { address: &address, provider: &name, body: Some(&block.body), span };
        match answer {
            Ok(reply) => {
                provider_says(&reply.diagnostics, subject, &mut self.diags);
                (!reply.has_errors()).then_some(reply.body)
            }
            Err(failure) => {
                call_failed(&failure, subject, &mut self.diags);
                None
            }
        }
    }

    pub(super) fn blame(
        &mut self,
        id: InstanceId,
        site: &Site,
        rule: Rule,
        breach: &judge::Breach,
    ) {
        let address = self.world.instances[id.at()].addr.to_string();
        let provider = self.providers.get(site.provider).name();
        self.diags.push(breach.diagnostic(rule, &address, &provider));
    }

    /// In which order the instance is replaced.
    pub(super) fn replace_order(&self, id: InstanceId) -> CreateBeforeDestroy {
        let instance = &self.world.instances[id.at()];
        let resource = &self.world.resources[instance.resource.at()];
        let module = self.world.frames[resource.frame.at()].module;
        self.facts.replace_order(module, resource.index)
    }
}
