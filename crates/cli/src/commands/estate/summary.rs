//! What came of a run, told at its end: what was done, what was not and why, what took longest, what to do next.
//!
//! Filled here, printed by `render`. Invariant: a stack that did not come to its end is named.

use engine::run::StackEnd;
use plan::Mode;
use render::{Came, RunDone, StackDone, run_done, run_done_json};
use run::estate::{EnvironmentPlan, EstateApplied, StackApplied};
use store::{StackKey, StoreKind};

use super::Opened;
use crate::report::Format;
use crate::session::Session;

/// Prints the summary of a run over these plans; nothing where nothing was begun.
pub(super) fn tell(
    session: &Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    id: &str,
    applied: &EstateApplied,
) {
    if applied.stacks.is_empty() {
        return;
    }
    let times = session.progress.times();
    let destroys = planned.stacks.iter().any(|stack| stack.plan.options.mode == Mode::Destroy);
    let run = RunDone {
        verb: if destroys { "Destroyed" } else { "Applied" },
        id: id.to_owned(),
        stacks: applied.stacks.iter().map(|stack| done(opened, applied, stack)).collect(),
        slow: times.slow,
        took: times.took,
        next: next(opened, id, applied),
    };
    let context = session.context;
    context.out(&match context.format {
        Format::Json => run_done_json(&run),
        Format::Text => format!("\n{}", run_done(&run, context.paint)),
    });
}

fn done(opened: &Opened, applied: &EstateApplied, stack: &StackApplied) -> StackDone {
    // A run's stacks stand in the order by which the machine numbers them.
    let name = |id: engine::run::StackId| applied.stacks[id.at()].address.clone();
    let came = match stack.end {
        StackEnd::Whole => Came::Well,
        StackEnd::Deferred { on } => Came::Deferred { on: on.map(name) },
        StackEnd::TrailUndone { by } => Came::TrailUndone { by: name(by) },
        StackEnd::Failed => Came::Failed,
        StackEnd::Refused => Came::Refused,
        StackEnd::Blocked { by } => Came::Blocked { by: name(by) },
        StackEnd::Stopped => Came::Stopped,
    };
    let stale = if came == Came::Well { Vec::new() } else { stale(opened, &stack.address) };
    StackDone {
        address: stack.address.clone(),
        done: stack.done,
        came,
        stale,
        deferred: stack.deferred.clone(),
        took: stack.took,
    }
}

/// The outputs of a stack that are behind what its configuration says.
fn stale(opened: &Opened, address: &str) -> Vec<String> {
    let Ok(address) = address.parse::<addr::StackAddr>() else { return Vec::new() };
    let outputs = opened.store.outputs(&StackKey::from(&address)).unwrap_or_default();
    outputs.iter().filter(|(_, one)| one.stale).map(|(name, _)| name.to_string()).collect()
}

/// What to type next: go on with what is left; plan what was deferred.
fn next(opened: &Opened, id: &str, applied: &EstateApplied) -> Option<String> {
    let rehearse = match opened.store.kind() {
        StoreKind::Real => "",
        StoreKind::Rehearsal => " --rehearse",
    };
    if !applied.complete {
        return Some(format!("strata resume {id}{rehearse}"));
    }
    let environment = &opened.file.estate[opened.environment].name.node;
    let waits = |stack: &StackApplied| matches!(stack.end, StackEnd::Deferred { .. });
    applied.stacks.iter().any(waits).then(|| format!("strata plan -env {environment}{rehearse}"))
}
