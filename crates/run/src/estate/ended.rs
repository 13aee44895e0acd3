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
use state::journal::{self, InDoubt};
use state::{Object, ObjectAddr, State};

/// What has ended under `approved`, given the state now and what its run has left in doubt.
pub(super) fn ended(approved: &Plan, now: &State, in_doubt: &[InDoubt]) -> Ended {
    let mut ended = Ended::default();
    for doubt in in_doubt {
        let at = doubt.begin.at.clone();
        match doubt.begin.action {
            // What was to be made stays in doubt: nothing is planned for it.
            journal::Action::Create => {}
            journal::Action::Update => drop(ended.begun.insert(at.instance)),
            // Whether it is gone the later plan sees by itself.
            journal::Action::Delete => drop(ended.destroyed.insert((at.instance, at.deposed))),
        }
    }
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

#[cfg(test)]
mod tests {
    use addr::{DeposedKey, ResourceInstance};
    use plan::ProviderIndex;
    use state::{Row, Status};
    use value::{Type, Value};

    use super::*;

    fn address(name: &str) -> ResourceInstance {
        format!("terraform_data.{name}").parse().expect("an address")
    }

    fn key() -> DeposedKey {
        DeposedKey::from_bits(0xaaaa_aaaa)
    }

    fn row(text: &str) -> Row {
        let json = format!("{{\"id\":\"{text}\"}}");
        let provider = "provider[\"terraform.io/builtin/terraform\"]".parse().expect("a provider");
        let mut object = Object::new(json.into_bytes(), 0);
        object.status = Status::Ready;
        Row { provider, object: Arc::new(object) }
    }

    /// A state of objects, each `NAME` or `NAME/DEPOSED` with its id.
    fn state(objects: &[(&str, &str)]) -> State {
        let mut state = State::new();
        for (place, id) in objects {
            let (name, deposed) =
                place.split_once('/').map_or((*place, None), |(n, d)| (n, Some(d)));
            let deposed = deposed.map(|_| key());
            state.put(ObjectAddr { instance: address(name), deposed }, row(id));
        }
        state
    }

    fn check(action: Action, before: &[(&str, &str)], after: &[(&str, &str)], expect: [usize; 3]) {
        let change = Change {
            address: address("a"),
            previous_address: None,
            deposed: None,
            provider: ProviderIndex(0),
            action,
            reason: plan::Reason::None,
            before: Value::null(Type::DYNAMIC),
            after: Value::null(Type::DYNAMIC),
            configuration: Value::null(Type::DYNAMIC),
            replace_paths: Vec::new(),
            planned_private: Arc::from(&[][..]),
            prior_identity: None,
            planned_identity: None,
            deposes: (action == Action::CreateThenDelete).then(key),
            create_before_destroy: plan::CreateBeforeDestroy::No,
            provisional: plan::Provisional::No,
            causes: Vec::new(),
        };
        let loaded = store::Loaded {
            state: state(before),
            digest: state::Digest::default(),
            in_doubt: Vec::new(),
            stale: Default::default(),
            recovered: None,
        };
        let approved = Plan {
            changes: vec![change],
            ..super::super::forget::plan(&loaded, Default::default(), 0)
        };
        let ended = ended(&approved, &state(after), &[]);
        let found = [ended.created.len(), ended.updated.len(), ended.destroyed.len()];
        assert_eq!(found, expect, "{action:?} {before:?} {after:?}");
    }

    #[test]
    fn what_differs_from_the_base_has_ended_and_nothing_else() {
        check(Action::Create, &[], &[], [0, 0, 0]);
        check(Action::Create, &[], &[("a", "1")], [1, 0, 0]);
        check(Action::Update, &[("a", "1")], &[("a", "1")], [0, 0, 0]);
        check(Action::Update, &[("a", "1")], &[("a", "2")], [0, 1, 0]);
        check(Action::Delete, &[("a", "1")], &[("a", "1")], [0, 0, 0]);
        check(Action::Delete, &[("a", "1")], &[], [0, 0, 1]);
        check(Action::DeleteThenCreate, &[("a", "1")], &[], [0, 0, 1]);
        check(Action::DeleteThenCreate, &[("a", "1")], &[("a", "2")], [1, 0, 1]);
        let aside = [("a", "2"), ("a/aaaaaaaa", "1")];
        check(Action::CreateThenDelete, &[("a", "1")], &aside, [1, 0, 0]);
        check(Action::CreateThenDelete, &[("a", "1")], &[("a", "2")], [1, 0, 1]);
        check(Action::NoOp, &[("a", "1")], &[("a", "2")], [0, 0, 0]);
    }
}
