//! The environment `local`: the upper layers on a cluster that is there already. Needs no AWS.

use super::estate::Estate;
use super::objects;
use super::world::World;
use super::{expect, say};

/// `strata init` where only what `local` needs can be found.
pub(super) fn initialised(estate: &Estate) -> Result<(), String> {
    estate.init_for(&["-env", "local"])
}

/// From nothing to nothing left.
pub(super) fn whole(estate: &Estate, world: &World) -> Result<(), String> {
    let plan = estate.run(&["plan", "-env", "local", "-detailed-exitcode"], 2)?.printed;
    for stack in super::world::IN_CLUSTER {
        expect(plan.contains(stack), &format!("the plan of local names {stack}"))?;
    }
    estate.run(&["apply", "-env", "local", "-auto-approve"], 0)?;
    objects::cluster_objects_exist(world)?;
    estate.run(&["plan", "-env", "local", "-detailed-exitcode"], 0)?;
    super::destroy(estate, "local")?;
    objects::cluster_gone(world)?;
    say("local: the upper layers alone, planned, applied, unchanged, destroyed");
    Ok(())
}
