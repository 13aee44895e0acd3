//! Changes of the world that nobody planned.
//!
//! Invariant: a drift changes every object that it means, and only at its path; one that means none is an error.

use std::sync::Arc;

use addr::ResourceInstance;
use diag::{Diagnostic, Diags};
use serde_json::Value as Json;
use value::{Value, json};

use crate::fault::{Change, Drift};
use crate::world::{Object, World, WorldError};

/// An object that drifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    /// The stack that made it.
    pub stack: Arc<str>,
    /// Its address.
    pub address: Arc<str>,
    /// The attribute, as written; none where the object is gone.
    pub path: Option<String>,
}

/// What becomes of one object.
struct Becomes {
    drifted: Drifted,
    name: Arc<str>,
    /// None where it goes.
    object: Option<Object>,
}

/// Changes the world; not at all where a drift is wrong.
pub(crate) fn apply(world: &World, drifts: &[Drift]) -> Result<Vec<Drifted>, Diags> {
    let mut diags = Diags::new();
    let mut all: Vec<Becomes> = Vec::new();
    for drift in drifts {
        let meant: Vec<_> = world
            .existing()
            .into_iter()
            .filter(|one| {
                let address: Option<ResourceInstance> = one.address.parse().ok();
                address.is_some_and(|address| drift.whom.means(&one.stack, &address))
            })
            .collect();
        if meant.is_empty() {
            diags.push(drift.names_nothing("no object that exists is like it"));
        }
        for one in meant {
            // Several drifts of one object add up.
            let before = all.iter().rev().find(|earlier| earlier.name == one.name);
            let before = match before {
                Some(earlier) => earlier.object.clone(),
                None => world.object(&one.name).map(|object| (*object).clone()),
            };
            let Some(before) = before else { continue };
            match changed(&before, drift) {
                Ok((path, object)) => {
                    let drifted = Drifted { stack: one.stack, address: one.address, path };
                    all.push(Becomes { drifted, name: one.name, object });
                }
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
    }
    if diags.has_errors() {
        return Err(diags);
    }
    let mut drifted = Vec::with_capacity(all.len());
    for one in all {
        let written = match one.object {
            Some(object) => world.put(&one.name, object),
            None => world.remove(&one.name),
        };
        match written {
            Ok(()) => drifted.push(one.drifted),
            Err(error) => diags.push(unwritable(&error)),
        }
    }
    if diags.has_errors() { Err(diags) } else { Ok(drifted) }
}

fn unwritable(error: &WorldError) -> Diagnostic {
    Diagnostic::error("rehearsal-unwritable", "The rehearsed cloud cannot be changed")
        .detail(format!("{error}."))
        .remedy("See that .strata/rehearsal.db can be written.")
}

/// The path at which an object drifts, and what it becomes; none where it goes.
fn changed(object: &Object, drift: &Drift) -> Result<(Option<String>, Option<Object>), Diagnostic> {
    let Change::Set(path, value) = &drift.change else { return Ok((None, None)) };
    let mut json = object.json();
    let missing =
        || drift.names_nothing(&format!("{} has no attribute {}", object.address, path.join(".")));
    let place = path.iter().try_fold(&mut json, |at, step| match at {
        Json::Object(entries) => entries.get_mut(step),
        Json::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    });
    let place = place.ok_or_else(missing)?;
    *place = match (&*place, value) {
        (Json::String(_), Json::Number(_) | Json::Bool(_)) => value.to_string().into(),
        _ => value.clone(),
    };
    let value: Value = json::decode_implied(json.to_string().as_bytes()).map_err(|_| missing())?;
    Ok((Some(path.join(".")), Some(Object { value, ..object.clone() })))
}
