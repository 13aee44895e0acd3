//! What has to hold before the first call of a run: nobody's objects break, and every base is where it was.
//!
//! Invariant: nothing is written here.

use diag::Diags;
use plan::Mode;
use store::Loaded;

use super::super::environment::{EnvironmentPlan, Run, StackPlan};
use super::super::{after, breaks};
use super::{Applying, tell};
use crate::stack;

/// Refuses a run that must not begin.
pub(super) fn check(
    run: Run<'_>,
    approved: &EnvironmentPlan,
    applying: &Applying,
) -> Result<(), Diags> {
    let mut diags = Diags::new();
    for one in &approved.breaks {
        if !applying.allow_breaks.contains(&one.address()) {
            diags.push(breaks::refused(one));
        }
    }
    after::check(run, approved, &mut diags);
    for stack in &approved.stacks {
        if let Err(diagnostic) = base(run, stack, applying) {
            diags.push(diagnostic);
        }
    }
    if diags.has_errors() { Err(diags) } else { Ok(()) }
}

/// Whether a stack's state is the one that was planned upon, or has moved by this run alone.
fn base(run: Run<'_>, stack: &StackPlan, applying: &Applying) -> Result<(), diag::Diagnostic> {
    if !stack.is_touched() {
        return Ok(());
    }
    let label = stack.address.to_string();
    let key = run.standing.key(&stack.address);
    let there = run.store.peek(&key).map_err(|error| crate::failure::load(&label, &error))?;
    let resumed = applying.resumed.as_ref().and_then(|progress| progress.0.get(&stack.address));
    let fits = match resumed {
        Some(came) => came.explains(there.state.serial) || is_gone(applying, stack, &there),
        None if is_gone(applying, stack, &there) => true,
        // A journal that is open moves the serial when it is folded: it is another run's.
        None => stack::base(&there) == stack.plan.base,
    };
    match fits {
        true => Ok(()),
        false if resumed.is_none() && is_known(run, applying) => {
            Err(tell::begun(&label, &applying.plan_id))
        }
        false => Err(tell::moved(&label)),
    }
}

/// Whether a run that is resumed has nothing to do in a stack that it destroys or forgets: nothing is left of it.
pub(super) fn is_gone(applying: &Applying, stack: &StackPlan, there: &Loaded) -> bool {
    applying.resumed.is_some()
        && stack.plan.options.mode == Mode::Destroy
        && there.state.object_count() == 0
        && there.in_doubt.is_empty()
}

/// Whether something of the run was done before.
fn is_known(run: Run<'_>, applying: &Applying) -> bool {
    matches!(run.store.run(&applying.plan_id), Ok(Some(_)))
}
