//! `after` between environments: what is to be applied here was applied, as it is, there before.
//!
//! Compared are the module files of each stack that changes; what differs between environments (values, provider settings,
//! credentials) is none of it. An instance whose key the other environment does not have goes after all instances that
//! the same stack has there: a region that is only in production is no region that nothing may ever go to.
//!
//! Invariant: nothing is refused of a stack that the other environment does not have.

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use estate::{Instance, StackGraph};
use plan::Mode;
use store::StackKey;

use super::environment::{EnvironmentPlan, Run, StackPlan};
use super::snapshot;

/// Refuses stacks whose configuration has not been applied where it has to be first.
pub(super) fn check(run: Run<'_>, approved: &EnvironmentPlan, diags: &mut Diags) {
    let estate = &run.file.estate;
    let here = &estate[run.graph.environment];
    for before in &here.after {
        let Some(graph) = StackGraph::new(estate, *before, diags) else { continue };
        let changing = approved
            .stacks
            .iter()
            .filter(|stack| stack.plan.has_changes() && stack.plan.options.mode == Mode::Normal);
        for stack in changing {
            for there in counterparts(run.graph.instance(stack.index), &graph) {
                match applied(run, stack, there) {
                    Ok(true) => {}
                    Ok(false) => diags.push(refused(stack, there, here.name.span)),
                    Err(diagnostic) => diags.push(diagnostic),
                }
            }
        }
    }
}

/// The instances of another environment that an instance goes after: the one of its key, else all of its stack.
fn counterparts<'a>(instance: &Instance, there: &'a StackGraph) -> Vec<&'a StackAddr> {
    let all = there.instances_of(instance.stack).map(|index| &there.instance(index).addr);
    let all: Vec<&StackAddr> = all.collect();
    match all.iter().find(|addr| addr.key == instance.addr.key) {
        Some(own) => vec![*own],
        None => all,
    }
}

fn applied(run: Run<'_>, stack: &StackPlan, there: &StackAddr) -> Result<bool, Diagnostic> {
    let head = snapshot::head(&**run.store, &StackKey::from(there))?;
    let now = snapshot::modules(&stack.stack.loaded);
    Ok(head.is_some_and(|head| head.whole && head.modules == now))
}

fn refused(stack: &StackPlan, there: &StackAddr, at: Span) -> Diagnostic {
    Diagnostic::error("after-not-applied", format!("`{}` has to go after `{there}`", stack.address))
        .detail(format!(
            "strata.hcl says that `{}` comes after `{}`, and the configuration that is to be applied here was not applied whole there. Nothing was touched.",
            stack.address.environment, there.environment
        ))
        .remedy(format!("Apply it there first: strata apply {there}"))
        .at(at)
        .about(stack.address.to_string())
}
