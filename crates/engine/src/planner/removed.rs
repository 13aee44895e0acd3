//! Objects that the configuration does not have: deposed ones, orphans of keys, resources and modules, and in the end
//! everything when all is destroyed.
//!
//! An orphan is only one when the expansions of its resource and of every module above say so.
//! Invariant: an object that exists gets exactly one change here, or belongs to an instance.

use std::sync::Arc;

use addr::InstanceKey;
use diag::Diagnostic;
use lang::config::Repeat;
use lang::eval::{Cell, Eval};
use plan::{Action, Cause, Change, CreateBeforeDestroy, Provisional, Reason};
use schema::protocol::{Call, Deferral, ReplyBody};
use value::Value;

use super::drift::Held;
use super::prior::PriorId;
use super::replace::Old;
use super::{Pass, Pending, Planner};
use crate::cells::FrameId;
use crate::judge::{Breach, Rule};
use crate::object::Live;
use crate::request::About;
use crate::say::{Subject, call_failed, provider_says};
use crate::wishes::{Wishes, allows, wishes};

/// Where an object of the state belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belongs {
    /// To an instance of the configuration.
    Here,
    /// Nowhere, for this reason.
    Nowhere(Reason),
    /// It cannot be told before keys are known: it is kept until then.
    Open,
}

impl Planner {
    /// Goes on with what becomes of an object.
    pub(super) fn run_fate(&mut self, cell: Cell, id: PriorId) {
        let prior = self.priors.get(id);
        if prior.asked_to_destroy {
            return self.destroy_planned(cell, id);
        }
        match self.world.table.over(prior.cell) {
            Eval::Value(()) => {}
            other => return self.world.conclude_plain(cell, other),
        }
        let belongs = match self.belongs(id) {
            Eval::Value(belongs) => belongs,
            other => return self.world.conclude_plain(cell, other.map(|_| ())),
        };
        match belongs {
            Belongs::Here if self.pass != Pass::Destroy => self.world.table.done(cell),
            Belongs::Open => {
                self.priors.get_mut(id).kept = true;
                self.world.table.done(cell);
            }
            Belongs::Here => self.remove(cell, id, Reason::None),
            Belongs::Nowhere(reason) => {
                let reason = if self.pass == Pass::Destroy { Reason::None } else { reason };
                self.remove(cell, id, reason);
            }
        }
    }

    /// Whether the configuration has the instance that the object is of.
    fn belongs(&mut self, id: PriorId) -> Eval<Belongs> {
        let prior = self.priors.get(id);
        if prior.at.deposed.is_some() {
            return Eval::Value(Belongs::Nowhere(Reason::None));
        }
        if self.pass == Pass::Destroy {
            return Eval::Value(Belongs::Here);
        }
        let Some((_, index)) = prior.declared else {
            return Eval::Value(Belongs::Nowhere(Reason::DeleteBecauseNoResourceConfig));
        };
        let key = prior.at.instance.key.clone();
        let frame = match self.world.frame_of(&prior.at.instance.module) {
            Eval::Value(Some(frame)) => frame,
            Eval::Value(None) if self.world.is_undecided(&prior.at.instance.module) => {
                return Eval::Value(Belongs::Open);
            }
            Eval::Value(None) => {
                return Eval::Value(Belongs::Nowhere(Reason::DeleteBecauseNoModule));
            }
            other => return other.map(|_| Belongs::Here),
        };
        let frame = &self.world.frames[frame.at()];
        let resource = &self.world.resources[frame.resource(index).at()];
        self.world.want(resource.cell);
        match self.world.table.over(resource.cell) {
            Eval::Value(()) => {}
            other => return other.map(|()| Belongs::Here),
        }
        if resource.is_undecided() {
            return Eval::Value(Belongs::Open);
        }
        if let Some(instance) = resource.instance(&key) {
            self.priors.get_mut(id).instance = Some(instance);
            return Eval::Value(Belongs::Here);
        }
        let repeat = frame.def.resources[index.index()].repeat;
        Eval::Value(Belongs::Nowhere(match (key, repeat) {
            (InstanceKey::Int(_), Repeat::Count(_)) => Reason::DeleteBecauseCountIndex,
            (InstanceKey::Str(_), Repeat::ForEach(_)) => Reason::DeleteBecauseEachKey,
            _ => Reason::DeleteBecauseWrongRepetition,
        }))
    }

    /// Plans that an object goes, or is forgotten.
    fn remove(&mut self, cell: Cell, id: PriorId, reason: Reason) {
        if self.pass == Pass::RefreshOnly || !self.is_touched(id) {
            return self.world.table.done(cell);
        }
        self.priors.get_mut(id).held = Held::No;
        let prior = self.priors.get(id);
        let Some(live) = prior.now.clone() else {
            if prior.at.deposed.is_some() {
                self.keep_nothing(id);
            }
            return self.world.table.done(cell);
        };
        let wishes = match self.wishes_of_object(cell, id) {
            Eval::Value(wishes) => wishes,
            other => return self.world.conclude_plain(cell, other.map(|_| ())),
        };
        let stored = self.priors.get(id).row.object.skip_destroy;
        let forgets = match (wishes.old, stored) {
            (Old::Forgotten, _) => Some(Reason::ForgotBecauseLifecycleDestroyInConfig),
            (Old::Destroyed, true) => Some(Reason::ForgotBecauseLifecycleDestroyInState),
            (Old::Destroyed, false) => None,
        };
        if let Some(reason) = forgets {
            self.warn_of_forgetting(id);
            self.keep(id, Action::Forget, reason, live, None);
            return self.world.table.done(cell);
        }
        self.keep(id, Action::Delete, reason, live.clone(), None);
        if !self.destruction_is_allowed(id, &wishes) {
            return self.world.table.fail(cell);
        }
        self.ask_to_destroy(cell, id, &live);
    }

    /// The change of an object that goes.
    fn keep(
        &mut self,
        id: PriorId,
        action: Action,
        reason: Reason,
        live: Live,
        planned: Option<Value>,
    ) {
        let cause = match self.pass {
            Pass::Destroy => Cause::Destroy,
            _ if self.priors.get(id).at.deposed.is_some() => Cause::Deposed,
            _ => Cause::Removed,
        };
        let moved = self.moves.get(&self.priors.get(id).at.instance).cloned();
        let prior = self.priors.get_mut(id);
        let null = Value::null(prior.schema.block.ty());
        prior.change = Some(Box::new(Change {
            address: prior.at.instance.clone(),
            previous_address: moved,
            deposed: prior.at.deposed.clone(),
            provider: prior.provider,
            action,
            reason,
            before: live.value,
            after: null.clone(),
            configuration: null,
            replace_paths: Vec::new(),
            planned_private: live.private,
            prior_identity: live.identity,
            planned_identity: planned,
            deposes: None,
            create_before_destroy: match prior.row.object.create_before_destroy {
                true => CreateBeforeDestroy::Yes,
                false => CreateBeforeDestroy::No,
            },
            provisional: Provisional::No,
            causes: vec![cause],
        }));
    }

    /// A deposed object that is gone already: said, so that it is seen to have been looked at.
    fn keep_nothing(&mut self, id: PriorId) {
        let ty = self.priors.get(id).schema.block.ty();
        let live = Live {
            value: Value::null(ty),
            private: Arc::new([]),
            identity: None,
            status: state::Status::Ready,
        };
        self.keep(id, Action::NoOp, Reason::None, live, None);
    }

    /// Lets the provider look at the destruction, if it wants to.
    fn ask_to_destroy(&mut self, cell: Cell, id: PriorId, live: &Live) {
        let prior = self.priors.get(id);
        let provider = self.providers.get(prior.provider);
        let wants = provider
            .schema(&self.world.schemas)
            .is_some_and(|schema| schema.capabilities.plan_destroy);
        if !wants || self.is_blind(prior.provider) {
            return self.world.table.done(cell);
        }
        match self.providers.configured(&self.world, prior.provider) {
            Eval::Value(()) => {}
            other => return self.world.conclude_plain(cell, other),
        }
        // Asked again, since only now it is known whether it took its configuration.
        if self.is_blind(prior.provider) {
            return self.world.table.done(cell);
        }
        let null = Value::null(prior.schema.block.ty());
        let call = Call::Plan {
            type_name: prior.at.instance.resource.type_name.clone(),
            prior: live.value.clone().unmark_deep().0,
            proposed: null.clone(),
            config: null,
            prior_private: live.private.clone(),
            prior_identity: live.identity.clone(),
            deferral: Deferral::Refused,
        };
        let about = About::Instance {
            address: prior.at.instance.clone(),
            deposed: prior.at.deposed.clone(),
            op: None,
        };
        let provider = prior.provider;
        self.priors.get_mut(id).asked_to_destroy = true;
        self.world.table.pend(cell);
        self.ask(provider, about, call, Pending::Fate(id));
    }

    fn destroy_planned(&mut self, cell: Cell, id: PriorId) {
        let prior = self.priors.get_mut(id);
        prior.asked_to_destroy = false;
        let answer = prior.reply.take().expect("BUG: an object is woken without an answer");
        let prior = self.priors.get(id);
        let (address, name) = (prior.at.to_string(), self.providers.get(prior.provider).name());
        let block = prior
            .declared
            .map(|(module, index)| &self.world.config.module(module).def.resources[index.index()]);
        let subject = Subject {
            address: &address,
            provider: &name,
            body: block.map(|block| &block.body),
            span: block.map(|block| block.span),
        };
        let reply = match answer {
            Ok(reply) => reply,
            Err(failure) => {
                call_failed(&failure, subject, &mut self.diags);
                return self.world.table.fail(cell);
            }
        };
        provider_says(&reply.diagnostics, subject, &mut self.diags);
        if reply.has_errors() {
            return self.world.table.fail(cell);
        }
        let ReplyBody::Planned { planned, private, identity, .. } = reply.body else {
            panic!("BUG: an answer to another call")
        };
        if !planned.is_null() {
            let message = "its destruction is planned to leave an object".to_owned();
            let breach = Breach { path: value::Path::new(), message };
            self.diags.push(breach.diagnostic(Rule::DestroyPlanNull, &address, &name));
            return self.world.table.fail(cell);
        }
        let change = self.priors.get_mut(id).change.as_mut();
        let change = change.expect("BUG: an object whose destruction is planned has a change");
        change.planned_private = private;
        change.planned_identity = identity;
        self.world.table.done(cell);
    }

    /// What the object's block says of destroying, where it is still there.
    fn wishes_of_object(&mut self, cell: Cell, id: PriorId) -> Eval<Wishes> {
        let prior = self.priors.get(id);
        let Some((module, index)) = prior.declared else { return Eval::Value(Wishes::NONE) };
        let def = Arc::clone(self.world.def(module));
        let address = prior.at.instance.clone();
        let frame: Option<FrameId> = match self.world.frame_of(&address.module) {
            Eval::Value(frame) => frame,
            other => return other.map(|_| Wishes::NONE),
        };
        wishes(&self.world, &mut self.diags, cell, (frame, &def, index), &address)
    }

    fn destruction_is_allowed(&mut self, id: PriorId, wishes: &Wishes) -> bool {
        let prior = self.priors.get(id);
        if prior.at.deposed.is_some() {
            return true;
        }
        let Some((module, index)) = prior.declared else { return true };
        let def = Arc::clone(self.world.def(module));
        let address = prior.at.instance.clone();
        allows(wishes, &def.resources[index.index()], &address, Action::Delete, &mut self.diags)
    }

    fn warn_of_forgetting(&mut self, id: PriorId) {
        let address = self.priors.get(id).at.to_string();
        self.diags.push(
            Diagnostic::warning("object-forgotten", "An object will not be managed any more")
                .detail(format!(
                    "{address} stays as it is, and leaves the state when this plan is applied."
                ))
                .remedy("To manage it again, import it.")
                .about(address),
        );
    }
}
