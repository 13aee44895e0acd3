//! `after` between environments: what is to be applied here was applied, as it is, there before.
//!
//! Compared are the module files of each stack that changes; what differs between environments (values, provider settings,
//! credentials) is none of it.
//!
//! Invariant: nothing is refused of a stack that the other environment does not have.

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use plan::Mode;
use store::StackKey;

use super::environment::{EnvironmentPlan, Run, StackPlan};
use super::snapshot;

/// Refuses stacks whose configuration has not been applied where it has to be first.
pub(super) fn check(run: Run<'_>, approved: &EnvironmentPlan, diags: &mut Diags) {
    let estate = &run.file.estate;
    for before in &estate[run.graph.environment].after {
        let name = &estate[*before].name.node;
        let changing = approved
            .stacks
            .iter()
            .filter(|stack| stack.plan.has_changes() && stack.plan.options.mode == Mode::Normal);
        for stack in changing {
            if !estate.has(*before, run.graph.instance(stack.index).stack) {
                continue;
            }
            let there = StackAddr { environment: name.clone(), ..stack.address.clone() };
            match applied(run, stack, &there) {
                Ok(true) => {}
                Ok(false) => diags.push(refused(stack, &there)),
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
    }
}

fn applied(run: Run<'_>, stack: &StackPlan, there: &StackAddr) -> Result<bool, Diagnostic> {
    let head = snapshot::head(&**run.store, &StackKey::from(there))?;
    let now = snapshot::modules(&stack.stack.loaded);
    Ok(head.is_some_and(|head| head.whole && head.modules == now))
}

fn refused(stack: &StackPlan, there: &StackAddr) -> Diagnostic {
    Diagnostic::error("after-not-applied", format!("`{}` has to go after `{there}`", stack.address))
        .detail(format!(
            "strata.hcl says that `{}` comes after `{}`, and the configuration that is to be applied here was not applied whole there.",
            stack.address.environment, there.environment
        ))
        .remedy(format!("Apply it there first: strata apply {there}"))
        .about(stack.address.to_string())
}
