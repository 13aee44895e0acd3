//! What was left for later when it was approved: what a later plan may make of it, and that it leaves nothing else.
//!
//! Nobody saw what the provider would plan for it. So what binds is its configuration, that it is made or changed and never
//! taken away, and for instances that could not be named how many there are at most.
//!
//! Invariant: an item that is left, or was, is covered by exactly one deferral of the approved plan.

use std::collections::BTreeSet;

use addr::ResourceInstance;
use state::ObjectAddr;
use value::Path;

use super::item::Pair;
use super::values::refines as value_refines;
use super::{Difference, Ended, Item, Row, Shown};
use crate::action::Action;
use crate::change::Change;
use crate::deferred::{Deferred, DeferredItem, DeferredReason};
use crate::pattern;
use crate::plan::Plan;

/// What an approved plan left for later, with the creates counted that came of it.
pub(super) struct Left<'p> {
    approved: &'p Plan,
    creates: Vec<u64>,
}

/// Whether something is covered by what was left.
enum Covered {
    /// By exactly this.
    By(usize),
    /// By several: which of them was approved cannot be told.
    BySeveral,
    Not,
}

impl<'p> Left<'p> {
    /// Of an approved plan; what was made under the approval already counts.
    pub(super) fn of(approved: &'p Plan, ended: &Ended) -> Left<'p> {
        let mut left = Left { approved, creates: vec![0; approved.deferred.len()] };
        let named: BTreeSet<&ResourceInstance> =
            approved.changes.iter().map(|change| &change.address).collect();
        for made in ended.created.iter().filter(|one| !named.contains(one)) {
            if let Covered::By(index) = left.covered(|what| what.covers(made)) {
                left.creates[index] += 1;
            }
        }
        left
    }

    fn covered(&self, covers: impl Fn(&DeferredItem) -> bool) -> Covered {
        // Nothing is approved of what is in doubt.
        let approves = |one: &&Deferred| one.reason != DeferredReason::InDoubt;
        let all = self.approved.deferred.iter().enumerate();
        let all = all.filter(|(_, one)| approves(one));
        let mut found = all.filter(|(_, one)| covers(&one.what)).map(|(index, _)| index);
        match (found.next(), found.next()) {
            (Some(index), None) => Covered::By(index),
            (Some(_), Some(_)) => Covered::BySeveral,
            (None, _) => Covered::Not,
        }
    }

    /// Whether the approved plan knew of an object at the address, or where it moved from.
    fn was_there(&self, address: &ResourceInstance, previous: Option<&ResourceInstance>) -> bool {
        let there = |at: &ResourceInstance| {
            self.approved.prior.object(&ObjectAddr::current(at.clone())).is_some()
        };
        there(address) || previous.is_some_and(there)
    }

    /// An item that the approved plan does not have: a deposed object of an approved replace, a deferred instance, or one
    /// that a pattern stands for; all else is a new change.
    pub(super) fn appeared(&mut self, pair: &Pair<'_>, change: &Change) -> Option<Difference> {
        if change.action == Action::Read || self.is_set_aside(change) {
            return None;
        }
        let index = match self.covered(|what| what.covers(&change.address)) {
            Covered::By(index) if change.deposed.is_none() => index,
            Covered::BySeveral => {
                return Some(pair.difference(
                    Row::Pattern,
                    Shown::Absent,
                    Shown::Action(change.action),
                ));
            }
            Covered::By(_) | Covered::Not => return Some(pair.stop()),
        };
        let expected = match self.was_there(&change.address, change.previous_address.as_ref()) {
            true => Action::Update,
            false => Action::Create,
        };
        if change.action != expected {
            return Some(pair.stop());
        }
        let deferred = &self.approved.deferred[index];
        if let Err(mismatch) = value_refines(&deferred.configuration, &change.configuration) {
            return Some(pair.mismatch(*mismatch));
        }
        let made = u64::from(expected == Action::Create);
        self.count(index, made).map(|(max, now)| pair.difference(Row::Bound, max, now))
    }

    /// Whether a change deletes the object that an approved replace set aside.
    fn is_set_aside(&self, change: &Change) -> bool {
        change.deposed.is_some()
            && change.action == Action::Delete
            && self.approved.changes.iter().any(|one| {
                one.address == change.address
                    && one.deposed.is_none()
                    && one.deposes == change.deposed
            })
    }

    /// So many more are made of one deferral: both sides, if that is more than was approved.
    fn count(&mut self, index: usize, more: u64) -> Option<(Shown, Shown)> {
        self.creates[index] = self.creates[index].saturating_add(more);
        let now = self.creates[index];
        let max = self.approved.deferred[index].creates_max.filter(|max| now > *max)?;
        let now = match now {
            u64::MAX => "any number of creates".to_owned(),
            now => format!("{now} creates"),
        };
        Some((Shown::Text(format!("at most {max} creates")), Shown::Text(now)))
    }

    /// What the later plan still leaves was left before, and no less is known of it.
    pub(super) fn compare(mut self, later: &Plan, out: &mut Vec<Difference>) {
        // Of what is in doubt nothing will be done before a plan after this one says so.
        for one in later.deferred.iter().filter(|one| one.reason != DeferredReason::InDoubt) {
            out.extend(self.still_left(one));
        }
    }

    fn still_left(&mut self, one: &Deferred) -> Option<Difference> {
        let covered = match &one.what {
            DeferredItem::Instance(instance) => self.covered(|what| what.covers(instance)),
            DeferredItem::Pattern(text) => self.covered(|what| match what {
                DeferredItem::Instance(_) => false,
                DeferredItem::Pattern(approved) => pattern::matches(approved, text),
            }),
        };
        let difference = |row, approved, now| Difference {
            item: item_of(&one.what),
            path: Path::default(),
            row,
            approved,
            now,
        };
        let word = || Shown::Text("deferred".to_owned());
        let index = match covered {
            Covered::By(index) => index,
            Covered::BySeveral => return Some(difference(Row::Pattern, word(), word())),
            Covered::Not => return Some(difference(Row::Deferred, self.shown(&one.what), word())),
        };
        let approved = &self.approved.deferred[index];
        if one.configuration.is_null() {
            // An object that would go is left: whether it may go is asked when a plan says so.
            return None;
        }
        if let Err(mismatch) = value_refines(&approved.configuration, &one.configuration) {
            return Some(mismatch.difference(item_of(&one.what), Row::Planned));
        }
        let more = match &one.what {
            DeferredItem::Instance(instance) => u64::from(!self.was_there(instance, None)),
            DeferredItem::Pattern(_) => one.creates_max.unwrap_or(u64::MAX),
        };
        self.count(index, more).map(|(max, now)| difference(Row::Bound, max, now))
    }

    /// What the approved plan said of something that it did not leave.
    fn shown(&self, what: &DeferredItem) -> Shown {
        let changes = self.approved.changes.iter().filter(|change| change.deposed.is_none());
        let found =
            changes.filter(|change| what.covers(&change.address)).map(|one| one.action).next();
        found.map_or(Shown::Absent, Shown::Action)
    }
}

fn item_of(what: &DeferredItem) -> Item {
    match what {
        DeferredItem::Instance(instance) => Item::Object(instance.clone(), None),
        DeferredItem::Pattern(pattern) => Item::Pattern(pattern.clone()),
    }
}
