//! Drift: what happened to objects outside, told by their state before and after reading.
//!
//! Invariant: only current objects of managed resources drift, and marks count.

use plan::{Action, Change, CreateBeforeDestroy, Provisional, Reason};
use value::Value;

use super::moved::Moves;
use super::prior::Prior;

/// What happened to an object, if anything.
pub(super) fn drift(prior: &Prior, moves: &Moves) -> Option<Change> {
    let before = prior.previous.as_ref()?;
    if prior.at.deposed.is_some() {
        return None;
    }
    let moved = moves.get(&prior.at.instance);
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
        causes: Vec::new(),
    })
}
