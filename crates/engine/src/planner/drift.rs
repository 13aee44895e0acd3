//! Drift: what happened to objects outside, told by their state before and after reading, and whether the plan takes it in.
//!
//! An object whose drift counts and is left is planned as the state has it. Does its own configuration change it all the same,
//! then it is planned again as it is: what a plan changes it shows whole. Any other object that differs is planned as it is, and
//! again as the state has it where the difference alone would change it. Orphans are always taken as they are.
//!
//! Invariant: only current objects of managed resources drift, and marks count; an object whose drift is left has the change
//! NoOp, and its row stays the one that was stored; no change of a plan that leaves drift is made for drift alone.

use lang::body::BlockItem;
use lang::config::{Ignore, Resource};
use plan::{
    Action, Cause, Change, CreateBeforeDestroy, Mode, Provisional, Reason, alike, alike_but_unset,
};
use value::{Path, Value};

use super::ignore::{ignored, settable};
use super::instance::Site;
use super::prior::{Prior, PriorId};
use super::{Pass, Planner};
use crate::object::unmarked;

/// Attributes that only their providers set where people leave them out, and that show what others did to the object.
const SHOWING: &[(&str, &str)] = &[
    ("aws_default_security_group", "egress"),
    ("aws_default_security_group", "ingress"),
    ("aws_iam_role", "inline_policy"),
    ("aws_iam_role", "managed_policy_arns"),
    ("aws_security_group", "egress"),
    ("aws_security_group", "ingress"),
    ("kubectl_manifest", "live_manifest_incluster"),
    ("kubernetes_manifest", "object"),
];

/// Blocks that show what objects of other types say of the same thing.
const SHOWN_ELSEWHERE: &[(&str, &str)] = &[
    ("aws_s3_bucket", "cors_rule"),
    ("aws_s3_bucket", "grant"),
    ("aws_s3_bucket", "lifecycle_rule"),
    ("aws_s3_bucket", "logging"),
    ("aws_s3_bucket", "object_lock_configuration"),
    ("aws_s3_bucket", "replication_configuration"),
    ("aws_s3_bucket", "server_side_encryption_configuration"),
    ("aws_s3_bucket", "versioning"),
    ("aws_s3_bucket", "website"),
];

/// Whether what happened to an object is held back from the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is as it was read.
    #[default]
    No,
    /// It is as it was read, unless that alone would change it.
    Noticed,
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
        if taken || prior.at.deposed.is_some() || !differs(prior) {
            return;
        }
        let counts = self.drift_cause(prior).is_some();
        self.priors.get_mut(id).held = match (self.pass, counts) {
            (Pass::Plan, true) => Held::Tentatively,
            (Pass::Plan, false) => Held::Noticed,
            (Pass::RefreshOnly, true) => Held::Yes,
            (Pass::RefreshOnly, false) | (Pass::BeforeDestroy | Pass::Destroy, _) => Held::No,
        };
    }

    /// Whether an instance with this action is to be planned anew, upon the other of its two objects: as it is, as the state
    /// has it.
    pub(super) fn turns_over(&mut self, site: &Site, action: Action) -> bool {
        let Some(prior) = site.prior.map(|id| self.priors.get_mut(id)) else { return false };
        let (held, again) = match (prior.held, action) {
            (Held::No | Held::Noticed, Action::NoOp) | (Held::No, _) => (Held::No, false),
            (Held::Noticed, _) => (Held::Tentatively, true),
            (Held::Tentatively | Held::Yes, Action::NoOp) => (Held::Yes, false),
            (Held::Tentatively | Held::Yes, _) => (Held::No, true),
        };
        prior.held = held;
        again
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
            causes: self.drift_cause(prior).into_iter().collect(),
        })
    }

    /// What of an object's drift counts.
    fn drift_cause(&self, prior: &Prior) -> Option<Cause> {
        let previous = prior.previous.as_ref().filter(|_| prior.at.deposed.is_none())?;
        let Some(now) = &prior.now else { return Some(Cause::Gone) };
        if now.value == previous.value {
            return None;
        }
        let block = prior
            .declared
            .map(|(module, index)| &self.input.config.module(module).def.resources[index.index()]);
        let ignore = block.map_or(&Ignore::Nothing, |block| &block.lifecycle.ignore_changes);
        if matches!(ignore, Ignore::All) {
            return None;
        }
        let (before, after) = (unmarked(&previous.value).0, unmarked(&now.value).0);
        let after = ignored(ignore, &prior.schema.block, &before, &after);
        let mut paths = differing(prior, block, &before, &after);
        if paths.is_empty() && prior.held == Held::Yes {
            // A plan would have undone it, so it counts whatever it is.
            let names = prior.schema.block.slots().map(|slot| slot.name());
            let differ = names.filter(|name| differ_at(&before, &after, name));
            paths = differ.map(|name| Path::new().attr(name.clone())).collect();
        }
        (!paths.is_empty()).then_some(Cause::Drift { paths })
    }
}

/// Whether an object is another one than the state has, and not only in how nothing is written.
fn differs(prior: &Prior) -> bool {
    match (&prior.previous, &prior.now) {
        (Some(before), Some(now)) => before.value != now.value && !alike(&before.value, &now.value),
        (before, now) => before.is_some() != now.is_some(),
    }
}

/// The attributes that differ, of those that count.
fn differing(
    prior: &Prior,
    resource: Option<&Resource>,
    before: &Value,
    after: &Value,
) -> Vec<Path> {
    let block = &prior.schema.block;
    let (given_before, given_after) = (settable(block, before), settable(block, after));
    let type_name = &*prior.at.instance.resource.type_name;
    let names = block.slots().map(|slot| slot.name());
    let differ = names.filter(|name| {
        let all = SHOWING.contains(&(type_name, name));
        let (one, other) = if all { (before, after) } else { (&given_before, &given_after) };
        differ_at(one, other, name) && counts(prior, resource, before, name)
    });
    differ.map(|name| Path::new().attr(name.clone())).collect()
}

fn differ_at(before: &Value, after: &Value, name: &str) -> bool {
    let sides = before.attr(name).zip(after.attr(name));
    sides.is_some_and(|(before, after)| !alike_but_unset(before, after))
}

/// Whether a difference at an attribute counts: people set it, or it shows what others did.
fn counts(prior: &Prior, block: Option<&Resource>, before: &Value, name: &str) -> bool {
    let at = (&*prior.at.instance.resource.type_name, name);
    if SHOWING.contains(&at) || block.is_some_and(|block| writes(block, name)) {
        return true;
    }
    match prior.schema.block.attr(name) {
        Some(attr) => !attr.computed,
        // A block that is there though nobody wrote it is the provider's own.
        None => {
            let own =
                before.attr(name).is_some_and(|value| !alike(value, &Value::null(value.ty())));
            !own && !SHOWN_ELSEWHERE.contains(&at)
        }
    }
}

/// Whether a resource's block has an argument or a block of this name.
fn writes(block: &Resource, name: &str) -> bool {
    let has = |own: &str| own == name;
    block.body.attrs.iter().chain(&block.body.members).any(|attr| has(&attr.name))
        || block.body.blocks.iter().any(|item| match item {
            BlockItem::Static(block) => has(&block.kind),
            BlockItem::Dynamic(block) => has(&block.kind),
        })
}

#[cfg(test)]
mod tests {
    use super::{SHOWING, SHOWN_ELSEWHERE};

    #[test]
    fn the_tables_are_in_order() {
        assert!(SHOWING.is_sorted() && SHOWN_ELSEWHERE.is_sorted());
    }
}
