//! The steps while calls are recorded: plan, apply, a second plan, destroy.
//!
//! Invariant: what was made is destroyed again, also where a step failed.

use access::derive::{Phase, Window};
use addr::StackAddr;
use diag::Diagnostic;
use plan::{Digest, Plan};
use run::estate::{EnvironmentPlan, PlanName, approve_rehearsal, encode, new_plan_id};

use super::audit::{moment, until_now};
use crate::args::{ChoiceArgs, PlanningArgs};
use crate::commands::apply::Wanted;
use crate::commands::estate::apply::{Going, carry_out};
use crate::commands::estate::plan::{keep, plan};
use crate::commands::estate::{Opened, gate, open, open_to_destroy};
use crate::report::Format;
use crate::session::Session;

/// What becomes of the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    Made,
    Destroyed,
}

/// Plays all of it; how many objects were made. Errors are in the session.
/// `windows` takes in when what was going on.
pub(super) async fn played(
    session: &mut Session<'_>,
    address: &StackAddr,
    windows: &mut Vec<Window>,
) -> Option<usize> {
    let made = made(session, address, windows).await;
    let before = std::mem::take(&mut session.diags);
    let destroyed = destroyed(session, address, windows).await;
    let after = std::mem::replace(&mut session.diags, before);
    session.diags.extend(after);
    destroyed?;
    made
}

async fn made(
    session: &mut Session<'_>,
    address: &StackAddr,
    windows: &mut Vec<Window>,
) -> Option<usize> {
    let planned = planned(session, address, Aim::Made, windows).await?;
    let count = planned.changes();
    say(session, &format!("planned {address}: {count} changes"));
    applied(session, &planned, windows).await?;
    say(session, "applied");
    let again = self::planned(session, address, Aim::Made, windows).await?;
    say(session, &format!("planned again: {} changes", again.changes()));
    if again.plan.has_changes() {
        session.diags.push(
            Diagnostic::warning("derive-second-plan", "The second plan has changes")
                .detail(format!(
                    "After its apply, `{address}` would change again: what that takes is not learned."
                ))
                .remedy("Mend the stack so that a plan after an apply is empty, and derive again."),
        );
    }
    Some(count)
}

/// Destroys the stack; errors are in the session.
pub(super) async fn destroyed(
    session: &mut Session<'_>,
    address: &StackAddr,
    windows: &mut Vec<Window>,
) -> Option<()> {
    let planned = planned(session, address, Aim::Destroyed, windows).await?;
    applied(session, &planned, windows).await?;
    say(session, "destroyed");
    Some(())
}

struct Planned {
    opened: Opened,
    plan: EnvironmentPlan,
    id: String,
    digest: Digest,
}

impl Planned {
    fn changes(&self) -> usize {
        let counts = self.plan.stacks.iter().map(|stack| stack.plan.counts());
        counts.map(|counts| counts.add + counts.change + counts.destroy).sum()
    }
}

async fn planned(
    session: &mut Session<'_>,
    address: &StackAddr,
    aim: Aim,
    windows: &mut Vec<Window>,
) -> Option<Planned> {
    let from = moment(session.context.host.clock.now());
    let (addresses, choice) = ([address.to_string()], ChoiceArgs::default());
    let destroy = aim == Aim::Destroyed;
    let opened = if destroy {
        open_to_destroy(session, &addresses, &choice)?
    } else {
        open(session, &addresses, &choice)?
    };
    let plan = plan(session, &opened, &planning(), destroy).await?;
    windows.push(until_now(session.context, Phase::Plan, from));
    session.diags = diag::Diags::new(); // warnings of the stack are its own plans' to tell
    let id = new_plan_id(session.random_bits());
    let bytes = encode(&id, session.now_ms(), &opened.file, opened.graph(), &plan);
    let kept = keep(session, &opened, &id, &bytes, None);
    session.heed(kept)?;
    Some(Planned { opened, plan, id, digest: Digest::of(&bytes) })
}

async fn applied(
    session: &mut Session<'_>,
    planned: &Planned,
    windows: &mut Vec<Window>,
) -> Option<()> {
    let approved = approved(session, planned);
    session.heed(approved)?;
    let planning = planning();
    let wanted = Wanted {
        targets: &[],
        destroy: false,
        auto_approve: true,
        allow_break: &[],
        break_glass: None,
        planning: &planning,
    };
    let going = Going { id: &planned.id, digest: Some(planned.digest), resumed: None };
    let from = moment(session.context.host.clock.now());
    let applied = carry_out(session, &wanted, &planned.opened, &planned.plan, going).await;
    windows.push(until_now(session.context, Phase::Apply, from));
    let mut applied = applied?;
    let said = std::mem::take(&mut applied.diags);
    session.diags = diag::Diags::new();
    said.into_iter().filter(Diagnostic::is_error).for_each(|one| session.diags.push(one));
    (applied.complete && !session.failed()).then_some(())
}

/// Gives the approvals that the plan needs, in the store of the derivation; the data that may go is what it made itself.
fn approved(session: &Session<'_>, planned: &Planned) -> Result<(), Diagnostic> {
    let plans: Vec<(StackAddr, &Plan)> =
        planned.plan.stacks.iter().map(|one| (one.address.clone(), &*one.plan)).collect();
    let name = PlanName { id: planned.id.as_str().into(), digest: Some(planned.digest) };
    let verdict = gate::verdict(session, &planned.opened, &plans, name.clone())?;
    let data = verdict.data.iter().map(|loss| format!("{}//{}", loss.stack, loss.address));
    let data = data.collect();
    let estate = &planned.opened.file.estate;
    for group in &estate.groups {
        let people = verdict.needs.iter().map(|need| need.of).max().unwrap_or(1).max(1);
        let store = &*planned.opened.store;
        approve_rehearsal(store, &name, &group.name.node, people, &data, session.now_ms())?;
    }
    Ok(())
}

/// How the steps plan: as the commands do where nothing else is asked for.
fn planning() -> PlanningArgs {
    PlanningArgs {
        refresh: true,
        parallelism: super::PARALLELISM as u32,
        calls_max: crate::session::CALLS_MAX as u32,
        lock_timeout: "0s".to_owned(),
        lock: true,
        ..PlanningArgs::default()
    }
}

fn say(session: &Session<'_>, text: &str) {
    if session.context.format == Format::Text {
        session.context.out(&format!("  {text}\n"));
    }
}
