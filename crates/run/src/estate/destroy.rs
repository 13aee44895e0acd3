//! Planning the destruction of an environment's stacks: with the outputs that are published now.
//!
//! Upper stacks go first when it is applied, so every provider configuration that comes from below is still there. A stack
//! whose host goes in the same run is forgotten with it: no provider is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use estate::InstanceIdx;
use plan::{Action, Mode, Options, Plan};

use super::environment::{EnvironmentPlan, Leaving, Run, Selected, StackPlan};
use super::instance::bare;
use super::plan::{plan_with, told};
use super::published::{self, Behind};
use super::{breaks, forget, snapshot};
use crate::stack;

/// Plans to destroy the selected stacks; in the order of destruction, upper first.
pub async fn plan_destroy(
    run: Run<'_>,
    selected: &BTreeSet<InstanceIdx>,
    options: &Options,
    time_s: i64,
) -> EnvironmentPlan {
    told(run, selected, async {
        let options = Options { mode: Mode::Destroy, ..options.clone() };
        let mut diags = Diags::new();
        let mut outputs = BTreeMap::new();
        for instance in run.graph.order.iter().chain(&run.graph.outside) {
            match published::outputs(run, instance, Behind::AsPublished) {
                Ok(own) => drop(outputs.insert(instance.addr.clone(), own)),
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
        let (hosted, own) =
            selected.iter().partition(|index| goes_with_host(run, selected, **index));
        if diags.has_errors() {
            return EnvironmentPlan { diags, ..EnvironmentPlan::default() };
        }
        let own: BTreeSet<InstanceIdx> = own;
        let mut planned = plan_with(run, &Selected::from(own), outputs, &options, time_s).await;
        add_hosted(run, &hosted, selected, time_s, &mut planned);
        planned.stacks.sort_by_key(|stack| std::cmp::Reverse(stack.index));
        planned.breaks = breaks::find(run, &planned.stacks);
        planned.breaks.iter().for_each(|one| planned.diags.push(breaks::warned(one)));
        planned
    })
    .await
}

/// How a stack leaves where these are destroyed, by its plan.
pub fn leaving(
    run: Run<'_>,
    destroyed: &BTreeSet<InstanceIdx>,
    index: InstanceIdx,
    plan: &Plan,
) -> Leaving {
    let is_forgotten = plan.changes.iter().all(|change| change.action == Action::Forget);
    let host = host(run, destroyed, index).filter(|_| is_forgotten);
    host.map_or(Leaving::Itself, Leaving::WithHost)
}

/// Whether a stack is gone with its host: a host of which nothing is there takes nothing along, unless an earlier command
/// has destroyed it under what stood on it.
fn goes_with_host(run: Run<'_>, destroyed: &BTreeSet<InstanceIdx>, index: InstanceIdx) -> bool {
    let mut at = index;
    while let Some(host) = host(run, destroyed, at) {
        at = host;
    }
    let key = |index| run.standing.key(&run.graph.instance(index).addr);
    let Ok(there) = run.store.peek(&key(at)) else { return false };
    let stood_on = || snapshot::head(&**run.store, &key(index)).ok().flatten()?.host;
    at != index
        && (there.state.object_count() > 0 || there.state.serial > 0 && stood_on().is_some())
}

/// The host of a stack, where it goes too.
fn host(
    run: Run<'_>,
    destroyed: &BTreeSet<InstanceIdx>,
    index: InstanceIdx,
) -> Option<InstanceIdx> {
    run.graph.instance(index).hosted_by.filter(|host| destroyed.contains(host))
}

/// The plans of those that are forgotten with their hosts.
fn add_hosted(
    run: Run<'_>,
    hosted: &BTreeSet<InstanceIdx>,
    selected: &BTreeSet<InstanceIdx>,
    time_s: i64,
    planned: &mut EnvironmentPlan,
) {
    for index in hosted {
        match forgotten(run, *index, selected, time_s) {
            Ok(plan) => planned.stacks.push(plan),
            Err(diagnostic) => planned.diags.push(diagnostic),
        }
    }
}

fn forgotten(
    run: Run<'_>,
    index: InstanceIdx,
    destroyed: &BTreeSet<InstanceIdx>,
    time_s: i64,
) -> Result<StackPlan, Diagnostic> {
    let instance = run.graph.instance(index);
    let loaded = run.store.peek(&run.standing.key(&instance.addr));
    let loaded =
        loaded.map_err(|error| crate::failure::load(&instance.addr.to_string(), &error))?;
    let stack = bare(run, instance);
    let plan = forget::plan(&loaded, stack::digests(&stack), time_s);
    Ok(StackPlan {
        index,
        address: instance.addr.clone(),
        leaving: leaving(run, destroyed, index, &plan),
        stack,
        plan: Arc::new(plan),
        unknown_inputs: 0,
        diags: Diags::new(),
    })
}
