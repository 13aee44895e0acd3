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

/// Changes the world.
pub(crate) fn apply(world: &World, drifts: &[Drift]) -> Result<Vec<Drifted>, Diags> {
    let mut diags = Diags::new();
    let mut drifted = Vec::new();
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
            let Some(object) = world.object(&one.name) else { continue };
            match change(world, &one.name, &object, drift) {
                Ok(path) => drifted.push(Drifted { stack: one.stack, address: one.address, path }),
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
    }
    if diags.has_errors() { Err(diags) } else { Ok(drifted) }
}

fn change(
    world: &World,
    name: &Arc<str>,
    object: &Object,
    drift: &Drift,
) -> Result<Option<String>, Diagnostic> {
    let failed = |error: WorldError| {
        Diagnostic::error("rehearsal-unwritable", "The rehearsed cloud cannot be changed")
            .detail(format!("{error}."))
            .remedy("See that .strata/rehearsal.db can be written.")
    };
    let (path, value) = match &drift.change {
        Change::Gone => {
            world.remove(name).map_err(failed)?;
            return Ok(None);
        }
        Change::Set(path, value) => (path, value),
    };
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
    world.put(name, Object { value, ..object.clone() }).map_err(failed)?;
    Ok(Some(path.join(".")))
}
