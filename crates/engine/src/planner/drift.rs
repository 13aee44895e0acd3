//! Drift: what happened to objects outside, told by their state before and after reading, and whether the plan takes it in.
//!
//! An object whose drift is left is planned as the state has it. Does its own configuration change it all the same, then it is
//! planned again as it is: what a plan changes it shows whole. Orphans are always taken as they are.
//!
//! Invariant: only current objects of managed resources drift, and marks count; an object whose drift is left has the change
//! NoOp, and its row stays the one that was stored.

use lang::config::Ignore;
use plan::{Action, Cause, Change, CreateBeforeDestroy, Mode, Provisional, Reason, alike};
use value::{Path, Value};

use super::ignore::{ignored, settable};
use super::instance::Site;
use super::prior::{Prior, PriorId};
use super::{Pass, Planner};
use crate::object::unmarked;

/// Whether what happened to an object is held back from the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is as it was read.
    #[default]
    No,
    /// It is as the state has it, unless its configuration changes it.
    Tentatively,
    /// It is as the state has it.
    Yes,
}

impl Planner {
    /// An object was read: its drift is held back, unless it is to be taken in.
    pub(super) fn hold(&mut self, id: PriorId) {
        let prior = self.priors.get(id);
        let taken = self.input.options.mode == Mode::Destroy
            || self.input.options.drift.takes(&prior.at.instance)
            || self.input.in_doubt.iter().any(|one| one.begin.at == prior.at);
        if taken || self.drift_causes(prior).is_none() {
            return;
        }
        self.priors.get_mut(id).held = match self.pass {
            Pass::Plan => Held::Tentatively,
            Pass::RefreshOnly => Held::Yes,
            Pass::BeforeDestroy | Pass::Destroy => Held::No,
        };
    }

    /// Whether an object that is held back is to be planned anew, because its configuration changes it; it is no longer held
    /// back then. One that it leaves alone is held back for good.
    pub(super) fn lets_go(&mut self, site: &Site, action: Action) -> bool {
        let Some(prior) = site.prior.map(|id| self.priors.get_mut(id)) else { return false };
        if prior.held == Held::No {
            return false;
        }
        prior.held = if action == Action::NoOp { Held::Yes } else { Held::No };
        prior.held == Held::No
    }

    /// What happened to the objects of the state, in the order of their addresses.
    pub(super) fn drift(&self) -> Vec<Change> {
        self.priors.all.iter().filter_map(|prior| self.drift_of(prior)).collect()
    }

    fn drift_of(&self, prior: &Prior) -> Option<Change> {
        let before = prior.previous.as_ref()?;
        if prior.at.deposed.is_some() {
            return None;
        }
        let moved = self.moves.get(&prior.at.instance);
        let action = match &prior.now {
            None => Action::Delete,
            Some(now) if now.value != before.value => Action::Update,
            Some(_) if moved.is_some() => Action::NoOp,
            Some(_) => return None,
        };
        let null = Value::null(prior.schema.block.ty());
        Some(Change {
            address: prior.at.instance.clone(),
            previous_address: moved.cloned(),
            deposed: None,
            provider: prior.provider,
            action,
            reason: Reason::None,
            before: before.value.clone(),
            after: prior.now.as_ref().map_or_else(|| null.clone(), |now| now.value.clone()),
            configuration: null,
            replace_paths: Vec::new(),
            planned_private: std::sync::Arc::new([]),
            prior_identity: before.identity.clone(),
            planned_identity: prior.now.as_ref().and_then(|now| now.identity.clone()),
            deposes: None,
            create_before_destroy: CreateBeforeDestroy::No,
            provisional: Provisional::No,
            causes: self.drift_causes(prior).into_iter().collect(),
        })
    }

    /// What of an object's drift counts.
    fn drift_causes(&self, prior: &Prior) -> Option<Cause> {
        let block = prior
            .declared
            .map(|(module, index)| &self.input.config.module(module).def.resources[index.index()]);
        let ignore = block.map_or(&Ignore::Nothing, |block| &block.lifecycle.ignore_changes);
        counting(prior, ignore)
    }
}

/// What of an object's drift counts: that it is gone, or where it differs in what people set and do not ignore.
fn counting(prior: &Prior, ignore: &Ignore) -> Option<Cause> {
    let previous = prior.previous.as_ref().filter(|_| prior.at.deposed.is_none())?;
    let Some(now) = &prior.now else { return Some(Cause::Gone) };
    if now.value == previous.value {
        return None;
    }
    let block = &prior.schema.block;
    let (before, after) = (unmarked(&previous.value).0, unmarked(&now.value).0);
    let after = ignored(ignore, block, &before, &after);
    let (before, after) = (settable(block, &before), settable(block, &after));
    let (ty, was) = before.as_object()?;
    let (_, is) = after.as_object()?;
    let differ = ty.names().iter().zip(was.iter().zip(is)).filter(|(_, (was, is))| !alike(was, is));
    let paths: Vec<Path> = differ.map(|(name, _)| Path::new().attr(name.clone())).collect();
    (!paths.is_empty()).then_some(Cause::Drift { paths })
}
