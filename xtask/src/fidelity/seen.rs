//! Taking the example through what is compared: from nothing, applied, edited.
//!
//! Invariant: real parts and rehearsal go through the same steps; only what lies between environments differs, where two
//! on one real cluster would meet.

use std::path::Path;

use super::observe::Observed;
use crate::e2e::acme::Lab;

/// Edits of `strata.hcl`: environment, name, what is there, what comes in its place.
const EDITS: [(&str, &str, &str, &str); 7] = [
    ("local", "replicas", "replicas         = 1", "replicas         = 2"),
    ("local", "domain", "acme.localhost", "acmf.localhost"),
    ("local", "names", "org            = estate.name", "org            = \"acmf\""),
    ("dev", "cidr", "\"10.1.0.0/16\"", "\"10.9.0.0/16\""),
    ("dev", "gateways", "nat            = \"one\"", "nat            = \"each\""),
    ("dev", "domain", "dev.acme.example", "dev.acmf.example"),
    ("dev", "names", "org            = estate.name", "org            = \"acmf\""),
];

/// On real parts; `None` where they are not on the machine.
pub(super) fn real(root: &Path) -> Result<Option<Observed>, String> {
    let Some(lab) = Lab::real(root)? else { return Ok(None) };
    let mut seen = Observed::default();
    through(&lab, "local", &mut seen)?;
    lab.destroyed("local")?;
    through(&lab, "dev", &mut seen)?;
    Ok(Some(seen))
}

/// Rehearsed.
pub(super) fn rehearsed(root: &Path) -> Result<Observed, String> {
    let mut seen = Observed::default();
    for environment in ["local", "dev"] {
        through(&Lab::rehearsed(root)?, environment, &mut seen)?;
    }
    Ok(seen)
}

fn through(lab: &Lab, environment: &str, seen: &mut Observed) -> Result<(), String> {
    // What stands in a cluster that is still to be made is planned from its schema alone, and says nothing of its provider.
    let counts = |stack: &str| environment == "local" || !Lab::in_cluster(stack);
    seen.plan(&lab.planned(environment, None)?, counts)?;
    lab.applied(environment)?;
    seen.state(&lab.states(environment)?)?;
    for (of, name, old, new) in EDITS {
        if of == environment {
            seen.edit(name, &lab.planned(environment, Some((old, new)))?)?;
        }
    }
    Ok(())
}
