//! The items: what is compared of each resource instance's object.
//!
//! Invariant: each item gives at most one difference, the first row that fails.

use std::collections::{BTreeMap, BTreeSet};

use addr::{DeposedKey, ResourceInstance};
use value::{Path, Value};

use super::action::{Verdict, verdict};
use super::deferred::Left;
use super::values::{Mismatch, refines as value_refines};
use super::{Difference, Ended, Item, Row, Shown, shown};
use crate::action::Action;
use crate::change::{Change, Provisional};
use crate::deferred::DeferredItem;
use crate::plan::Plan;

/// What an item is keyed by.
type Key<'a> = (&'a ResourceInstance, &'a Option<DeposedKey>);

/// Compares every item of both plans.
pub(super) fn compare(approved: &Plan, later: &Plan, ended: &Ended, out: &mut Vec<Difference>) {
    let before = by_key(approved);
    let now = by_key(later);
    let mut left = Left::of(approved, ended);
    let keys: BTreeSet<Key<'_>> = before.keys().chain(now.keys()).copied().collect();
    let still_left = later.deferred.iter().filter_map(|one| match &one.what {
        DeferredItem::Instance(instance) => Some(instance),
        DeferredItem::Pattern(_) => None,
    });
    let still_left: BTreeSet<&ResourceInstance> = still_left.collect();
    let first = out.len();
    for key in keys {
        if key.1.is_none() && !now.contains_key(&key) && still_left.contains(key.0) {
            continue;
        }
        let pair = Pair { key, approved: before.get(&key).copied(), now: now.get(&key).copied() };
        let found = match (pair.approved, pair.now) {
            (None, Some(change)) if change.action != Action::NoOp => left.appeared(&pair, change),
            _ => pair.compare(ended),
        };
        out.extend(found);
    }
    left.compare(later, out);
    out[first..].sort_by(|one, other| one.item.cmp(&other.item));
}

fn by_key(plan: &Plan) -> BTreeMap<Key<'_>, &Change> {
    plan.changes.iter().map(|change| ((&change.address, &change.deposed), change)).collect()
}

/// One item in both plans.
pub(super) struct Pair<'a> {
    pub(super) key: Key<'a>,
    approved: Option<&'a Change>,
    now: Option<&'a Change>,
}

impl Pair<'_> {
    pub(super) fn difference(&self, row: Row, approved: Shown, now: Shown) -> Difference {
        let item = Item::Object(self.key.0.clone(), self.key.1.clone());
        Difference { item, path: Path::default(), row, approved, now }
    }

    fn actions(&self) -> (Shown, Shown) {
        let shown = |change: Option<&Change>| {
            change.map_or(Shown::Absent, |change| Shown::Action(change.action))
        };
        (shown(self.approved), shown(self.now))
    }

    pub(super) fn stop(&self) -> Difference {
        let (approved, now) = self.actions();
        self.difference(Row::Action, approved, now)
    }

    /// The first row that fails, for an item that the approved plan has or that does nothing.
    fn compare(&self, ended: &Ended) -> Option<Difference> {
        let action = |change: Option<&Change>| change.map(|change| change.action);
        let destroyed = ended.destroyed.iter().any(|(address, deposed)| {
            address == self.key.0
                && (deposed == self.key.1
                    || self.approved.is_some_and(|change| change.deposes == *deposed))
        });
        match verdict(action(self.approved), action(self.now)) {
            Verdict::Allowed => self.same_identity(),
            Verdict::IfCreated if ended.created.contains(self.key.0) => None,
            Verdict::IfDestroyed if destroyed => self.planned(),
            Verdict::IfDestroyed if self.gone() => None,
            Verdict::Compare if self.is_done(ended) => self.planned(),
            Verdict::Compare => self
                .same_identity()
                .or_else(|| self.same_before(ended))
                .or_else(|| self.fewer_replace_paths())
                .or_else(|| self.planned()),
            Verdict::IfCreated | Verdict::IfDestroyed | Verdict::Stop => Some(self.stop()),
        }
    }

    /// Whether the approved change ended and nothing is left to do: the object is what came of it, and not the one
    /// that was shown before.
    fn is_done(&self, ended: &Ended) -> bool {
        self.now.is_some_and(|now| now.action == Action::NoOp)
            && self.key.1.is_none()
            && [&ended.created, &ended.updated, &ended.begun]
                .iter()
                .any(|made| made.contains(self.key.0))
    }

    /// Whether an object that was to go is gone, seen by a no-op that has nothing before and nothing after.
    fn gone(&self) -> bool {
        self.now.is_some_and(|now| now.before.is_null() && now.after.is_null())
    }

    /// The object that is updated, replaced, deleted or forgotten is the one that was shown.
    fn same_identity(&self) -> Option<Difference> {
        let (approved, now) = (self.approved?, self.now?);
        if matches!(approved.action, Action::NoOp | Action::Read | Action::Create) {
            return None;
        }
        let (one, other) = identities(approved, now);
        let (one, other) = (one?, other);
        let same = other.as_ref().is_some_and(|other| equal(&one, other));
        (!same).then(|| {
            let (approved, now) = shown::both(&one, other.as_ref());
            self.difference(Row::Identity, approved, now)
        })
    }

    /// What the reviewer saw as the value before still stands there.
    fn same_before(&self, ended: &Ended) -> Option<Difference> {
        // What began may have changed it already.
        if self.key.1.is_none() && ended.begun.contains(self.key.0) {
            return None;
        }
        let (approved, now) = (self.approved?, self.now?);
        if approved.before.is_null() {
            return None;
        }
        let path = shown::changed(&approved.before, &approved.after).into_iter().find(|path| {
            let (was, is) = (path.find(&approved.before), path.find(&now.before));
            was.is_some_and(|was| !is.is_some_and(|is| equal(was, is)))
        })?;
        let path = shown::open(&path, &[&approved.before, &now.before]);
        let was = path.find(&approved.before)?;
        let (was, is) = shown::both(was, path.find(&now.before));
        Some(Difference { path, ..self.difference(Row::Before, was, is) })
    }

    fn fewer_replace_paths(&self) -> Option<Difference> {
        let (approved, now) = (self.approved?, self.now?);
        let path = now.replace_paths.iter().find(|path| !approved.replace_paths.contains(path))?;
        let seen = [&approved.before, &approved.after, &now.before, &now.after];
        Some(Difference {
            path: shown::open(path, &seen),
            ..self.difference(Row::ReplacePaths, Shown::Absent, Shown::Text("replaces".to_owned()))
        })
    }

    /// The planned value refines; of a provisional one the configuration does.
    fn planned(&self) -> Option<Difference> {
        let (approved, now) = (self.approved?, self.now?);
        let compared = match approved.provisional {
            Provisional::No => value_refines(&approved.after, &now.after),
            Provisional::Yes => value_refines(&approved.configuration, &now.configuration),
        };
        compared.err().map(|mismatch| self.mismatch(*mismatch))
    }

    pub(super) fn mismatch(&self, mismatch: Mismatch) -> Difference {
        let item = Item::Object(self.key.0.clone(), self.key.1.clone());
        mismatch.difference(item, Row::Planned)
    }
}

/// The identities of an object in two plans: the protocol's where both have it, else its `id`.
fn identities(approved: &Change, now: &Change) -> (Option<Value>, Option<Value>) {
    if let (Some(one), Some(other)) = (&approved.prior_identity, &now.prior_identity) {
        return (Some(one.clone()), Some(other.clone()));
    }
    let id = |change: &Change| {
        let id = change.before.as_object().and_then(|_| change.before.attr("id"))?;
        Some(id.clone().with_marks(change.before.marks()))
    };
    (id(approved), id(now))
}

/// Whether two values are the same but for their marks.
fn equal(one: &Value, other: &Value) -> bool {
    one == other || one.clone().unmark_deep().0 == other.clone().unmark_deep().0
}
