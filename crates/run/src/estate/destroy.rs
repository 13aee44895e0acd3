//! Planning the destruction of an environment's stacks: with the outputs that are published now.
//!
//! Upper stacks go first when it is applied, so every provider configuration that comes from below is still there.

use std::collections::{BTreeMap, BTreeSet};

use estate::InstanceIdx;
use plan::{Mode, Options};

use super::plan::{EnvironmentPlan, Run, plan_with, published_of};

/// Plans to destroy the selected stacks; in the order of destruction, upper first.
pub async fn plan_destroy(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    let options = Options { mode: Mode::Destroy, ..options.clone() };
    let mut planned = EnvironmentPlan::default();
    let mut outputs = BTreeMap::new();
    for instance in run.graph.order.iter().chain(&run.graph.outside) {
        match published_of(run, instance) {
            Ok(own) => {
                outputs.insert(instance.addr.clone(), own);
            }
            Err(diagnostic) => planned.diags.push(diagnostic),
        }
    }
    if planned.diags.has_errors() {
        return planned;
    }
    let mut planned = plan_with(run, selected, outputs, &options, time_s).await;
    planned.stacks.reverse();
    planned
}
