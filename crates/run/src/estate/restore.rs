//! A kept plan made ready to be applied: its stacks with their providers, its moves, and what it forgets.
//!
//! Invariant: a plan is restored whole or not at all; one that the estate file or a stack's configuration has left behind is
//! stale.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::InstanceIdx;
use plan::{Mode, Plan};
use store::StackKey;

use super::environment::{EnvironmentPlan, ForgottenStack, Leaving, MovedInstance, Run, StackPlan};
use super::instance::{Purpose, bare, open_stack};
use super::kept::Kept;
use super::{breaks, destroy};

/// The plans of a kept plan with what it takes to apply them.
///
/// # Errors
/// Where the plan is stale, or a stack's providers cannot be had; nothing was touched.
pub async fn restore(run: Run<'_>, kept: &Kept) -> Result<EnvironmentPlan, Diags> {
    let mut planned = EnvironmentPlan::default();
    let mut left: BTreeSet<&Arc<str>> = kept.plans.keys().collect();
    let destroyed = destroyed(run, kept);
    for index in run.graph.indexes() {
        let address = run.graph.instance(index).addr.to_string();
        let Some((name, plan)) = kept.plans.get_key_value(&*address) else { continue };
        left.remove(name);
        match stack(run, index, plan, &destroyed).await {
            Ok(stack) => planned.stacks.push(stack),
            Err(diags) => planned.diags.extend(diags),
        }
    }
    let nobodys = run.policies.digest_of_nobodys(&run.file.estate, run.graph.environment);
    for name in left {
        match forgotten(run, name, &kept.plans[name]) {
            Some(stack) if stack.plan.digests.policies != nobodys => {
                planned.diags.push(other_policies(name));
            }
            Some(stack) => planned.forgotten.push(stack),
            None if is_gone(run, name, &kept.plans[name]) => {}
            None => planned.diags.push(gone(name)),
        }
    }
    for (from, to) in &run.standing.settled.moved {
        if planned.stacks.iter().any(|stack| stack.address == *to) {
            planned.moved.push(MovedInstance { from: from.clone(), to: to.clone() });
        }
    }
    if planned.diags.has_errors() {
        return Err(planned.diags);
    }
    planned.breaks = breaks::find(run, &planned.stacks);
    Ok(planned)
}

/// The stacks that the plan destroys.
fn destroyed(run: Run<'_>, kept: &Kept) -> BTreeSet<InstanceIdx> {
    let goes = |index: &InstanceIdx| {
        let plan = kept.plans.get(&*run.graph.instance(*index).addr.to_string());
        plan.is_some_and(|plan| plan.options.mode == Mode::Destroy)
    };
    run.graph.indexes().filter(goes).collect()
}

async fn stack(
    run: Run<'_>,
    index: InstanceIdx,
    plan: &Arc<Plan>,
    destroyed: &BTreeSet<InstanceIdx>,
) -> Result<StackPlan, Diags> {
    let instance = run.graph.instance(index);
    let one = |diagnostic: Diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    };
    let address = instance.addr.to_string();
    if plan.digests.configuration != run.checked.module(instance).loaded.digest {
        return Err(one(moved_on(&address)));
    }
    let policies = run.policies.digest(&run.file.estate, instance.environment, instance.stack);
    if plan.digests.policies != policies {
        return Err(one(other_policies(&address)));
    }
    let leaving = match plan.options.mode {
        Mode::Destroy => destroy::leaving(run, destroyed, index, plan),
        Mode::Normal | Mode::RefreshOnly => Leaving::Itself,
    };
    let stack = match leaving {
        Leaving::WithHost(_) => bare(run, instance),
        Leaving::Itself => {
            let loaded = run.store.peek(&run.standing.key(&instance.addr));
            let loaded = loaded.map_err(|error| one(crate::failure::load(&address, &error)))?;
            open_stack(run, instance, &loaded, Purpose::Plan).await?
        }
    };
    let unknown = plan.variables.iter().filter(|variable| !variable.value.is_wholly_known());
    Ok(StackPlan {
        index,
        address: instance.addr.clone(),
        stack,
        plan: plan.clone(),
        unknown_inputs: unknown.count(),
        leaving,
        diags: Diags::new(),
    })
}

/// A stack that the file no longer names and a `removed` block forgets.
fn forgotten(run: Run<'_>, name: &str, plan: &Arc<Plan>) -> Option<ForgottenStack> {
    let address: StackAddr = name.parse().ok()?;
    let removed = run.standing.settled.removed.contains(&address);
    removed.then(|| ForgottenStack { address, plan: plan.clone() })
}

/// Whether nothing is left of a stack that was to go: an earlier command of the run has done that.
fn is_gone(run: Run<'_>, name: &str, plan: &Plan) -> bool {
    let there = run.store.peek(&StackKey::from(name));
    let is_empty =
        |there: store::Loaded| there.state.object_count() == 0 && there.in_doubt.is_empty();
    plan.options.mode == Mode::Destroy && there.is_ok_and(is_empty)
}

fn moved_on(address: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail(
            "The stack's configuration has changed since the plan was made. Nothing was touched.",
        )
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(address.to_owned())
}

fn other_policies(address: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail(
            "Owners, signers, limits or the catalogue have changed since it was made. Nothing was touched.",
        )
        .remedy("Plan again, and approve the new plan.")
        .about(address.to_owned())
}

fn gone(address: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail("It has a stack that the estate file no longer names. Nothing was touched.")
        .remedy("Plan again.")
        .about(address.to_owned())
}
