//! What of an approved plan has ended, told by the state that its own run has left.
//!
//! A state that moved only by one run differs from that run's base in what that run did and in nothing else; that it moved by
//! that run alone is for the caller to know (the record of the run tells it).
//!
//! Invariant: an item is told as ended only where the plan approved it.

use std::sync::Arc;

use addr::ResourceInstance;
use plan::refine::Ended;
use plan::{Action, Change, Plan};
use state::{Object, ObjectAddr, State};

/// What has ended under `approved`, given the state now.
pub(super) fn ended(approved: &Plan, now: &State) -> Ended {
    let mut ended = Ended::default();
    for change in &approved.changes {
        let at = place(change);
        let (before, after) = (approved.prior.object(&at), now.object(&at));
        let other = differs(before, after);
        match change.action {
            Action::Update if after.is_some() && other => {
                ended.updated.insert(change.address.clone());
            }
            Action::Delete | Action::Forget if after.is_none() => {
                ended.destroyed.insert((change.address.clone(), change.deposed.clone()));
            }
            Action::Create | Action::ForgetThenCreate if after.is_some() && other => {
                ended.created.insert(change.address.clone());
            }
            Action::DeleteThenCreate if other => {
                ended.destroyed.insert((change.address.clone(), None));
                if after.is_some() {
                    ended.created.insert(change.address.clone());
                }
            }
            Action::CreateThenDelete if after.is_some() && other => {
                ended.created.insert(change.address.clone());
                let set_aside = change
                    .deposes
                    .clone()
                    .map(|key| ObjectAddr { instance: change.address.clone(), deposed: Some(key) });
                if set_aside.is_none_or(|at| now.object(&at).is_none()) {
                    ended.destroyed.insert((change.address.clone(), change.deposes.clone()));
                }
            }
            _ => {}
        }
    }
    ended.created.extend(made_of_what_was_left(approved, now));
    ended
}

/// Instances that earlier rounds made of what the plan left for later: they count against its bounds.
fn made_of_what_was_left<'p>(
    approved: &'p Plan,
    now: &'p State,
) -> impl Iterator<Item = ResourceInstance> + 'p {
    let current = now.rows().map(|(at, _)| at).filter(|at| at.deposed.is_none());
    let new = current.filter(|at| approved.prior.object(at).is_none());
    let of_left =
        new.filter(|at| approved.deferred.iter().any(|one| one.what.covers(&at.instance)));
    of_left.map(|at| at.instance)
}

fn place(change: &Change) -> ObjectAddr {
    ObjectAddr { instance: change.address.clone(), deposed: change.deposed.clone() }
}

fn differs(before: Option<&Arc<Object>>, after: Option<&Arc<Object>>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => !Arc::ptr_eq(before, after) && before != after,
        (None, None) => false,
        _ => true,
    }
}
