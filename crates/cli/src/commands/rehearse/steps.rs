//! The steps of a rehearsal: plan, approvals, apply, each as its command does it.
//!
//! Invariant: a plan is kept before it is approved, and approved before it is applied, as in production.

use addr::StackAddr;
use plan::{Counts, Digest, Plan};
use run::estate::{EnvironmentPlan, EstateApplied, PlanName, encode, new_plan_id};
use serde_json::json;
use sim::Done;
use sim::timeline::{self, Timeline};

use super::environments::Order;
use super::story::{Story, counted, many};
use crate::args::{ChoiceArgs, PlanningArgs};
use crate::commands::apply::Wanted;
use crate::commands::estate::apply::{Going, carry_out};
use crate::commands::estate::plan::{keep, plan};
use crate::commands::estate::{Opened, open, open_to_destroy};
use crate::rehearsal::{self, Given};
use crate::session::Session;

/// A plan that is kept, with all that it takes to apply it.
pub(super) struct Planned {
    pub(super) opened: Opened,
    pub(super) plan: EnvironmentPlan,
    pub(super) id: String,
    digest: Digest,
}

impl Planned {
    /// The stacks' plans.
    pub(super) fn plans(&self) -> Vec<(StackAddr, &Plan)> {
        self.plan.stacks.iter().map(|stack| (stack.address.clone(), &*stack.plan)).collect()
    }

    /// What they come to.
    pub(super) fn counts(&self) -> Counts {
        counted(self.plan.stacks.iter().map(|stack| stack.plan.counts()))
    }

    /// How approvals name it.
    pub(super) fn name(&self) -> PlanName {
        PlanName { id: self.id.as_str().into(), digest: Some(self.digest) }
    }
}

/// How the steps plan: as the commands do where nothing else is asked for.
pub(super) fn planning() -> PlanningArgs {
    PlanningArgs {
        refresh: true,
        parallelism: super::PARALLELISM as u32,
        calls_max: crate::session::CALLS_MAX as u32,
        lock_timeout: "0s".to_owned(),
        lock: true,
        ..PlanningArgs::default()
    }
}

/// What becomes of the stacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// What the configuration says.
    Kept,
    /// They go.
    Destroyed,
}

/// Plans stacks of an environment, all where none is named, and keeps the plan; errors are in the session.
pub(super) async fn planned(
    session: &mut Session<'_>,
    environment: &str,
    addresses: &[String],
    aim: Aim,
) -> Option<Planned> {
    let choice = ChoiceArgs::of_environment(environment);
    let destroy = aim == Aim::Destroyed;
    let opened = if destroy {
        open_to_destroy(session, addresses, &choice)?
    } else {
        open(session, addresses, &choice)?
    };
    planned_in(session, opened, aim).await
}

/// Plans the stacks for which an estate was opened, and keeps the plan; errors are in the session.
pub(super) async fn planned_in(
    session: &mut Session<'_>,
    opened: Opened,
    aim: Aim,
) -> Option<Planned> {
    let planning = PlanningArgs { parallelism: session.shared.parallelism as u32, ..planning() };
    let plan = plan(session, &opened, &planning, aim == Aim::Destroyed).await?;
    // Warnings of a plan are the plan's; what stands in the way is told by the steps.
    session.diags = Default::default();
    let id = new_plan_id(session.random_bits());
    let bytes = encode(&id, session.now_ms(), &opened.file, opened.graph(), &plan);
    let kept = keep(session, &opened, &id, &bytes, None);
    session.heed(kept)?;
    Some(Planned { opened, plan, id, digest: Digest::of(&bytes) })
}

/// Gives the approvals that a plan needs; errors are in the session.
pub(super) fn approved(session: &mut Session<'_>, planned: &Planned) -> Option<Given> {
    let given = rehearsal::approve(session, &planned.opened, &planned.plans(), &planned.name());
    session.heed(given)
}

/// Applies a kept plan; errors are in the session.
pub(super) async fn applied(session: &mut Session<'_>, planned: &Planned) -> Option<EstateApplied> {
    applied_past(session, planned, None).await
}

/// The same past limits and approvals, where a reason is given.
pub(super) async fn applied_past(
    session: &mut Session<'_>,
    planned: &Planned,
    break_glass: Option<&str>,
) -> Option<EstateApplied> {
    let planning = planning();
    let wanted = Wanted {
        targets: &[],
        destroy: false,
        auto_approve: true,
        allow_break: &[],
        break_glass,
        planning: &planning,
    };
    let going = Going { id: &planned.id, digest: Some(planned.digest), resumed: None };
    let mut applied = carry_out(session, &wanted, &planned.opened, &planned.plan, going).await?;
    let warnings = std::mem::take(&mut applied.diags);
    session.diags = Default::default();
    warnings.into_iter().filter(diag::Diagnostic::is_error).for_each(|one| session.diags.push(one));
    Some(applied)
}

/// When what would have begun and ended, by the durations that the cloud claims.
fn timeline(session: &Session<'_>, planned: &Planned, log: &[Done]) -> Timeline {
    let run = planned.opened.run(session);
    let calls_max = crate::session::CALLS_MAX;
    timeline::timeline(&timeline::sketch(run, &planned.plan, log, calls_max))
}

/// Makes an environment from what is there; tells whether it came to its end.
pub(super) async fn build(
    session: &mut Session<'_>,
    environment: &str,
    story: &mut Story,
) -> Option<bool> {
    let planned = planned(session, environment, &[], Aim::Kept).await?;
    let given = approved(session, &planned)?;
    let (stacks, counts) = (planned.plan.stacks.len(), planned.counts());
    let cloud = session.rehearsal.as_ref()?.cloud.clone();
    drop(cloud.take_log()); // what was asked while planning
    let applied = applied(session, &planned).await?;
    story.lasted(&timeline(session, &planned, &cloud.take_log()));
    let done = counted(applied.stacks.iter().map(|stack| stack.done));
    let groups: Vec<&str> = given.keys().map(String::as_str).collect();
    let said = match groups.is_empty() {
        true => "needs no approval".to_owned(),
        false => format!("approved as {}", many(groups.len(), "group")),
    };
    let (planned_text, done_text) = (many(stacks, "stack"), many(done.add, "object"));
    let end = if applied.complete { "" } else { ", not to its end" };
    story.approved(&given);
    story.line(format!(
        "  {environment:<8} plan {}: {planned_text}, {} to add; {said}; applied: {done_text} added{end}",
        planned.id, counts.add
    ));
    story.fact(
        "environments",
        json!({
            "environment": environment,
            "plan": planned.id,
            "stacks": stacks,
            "to_add": counts.add,
            "approved_as": groups,
            "added": done.add,
            "complete": applied.complete,
        }),
    );
    if !applied.complete {
        story.fails();
    }
    Some(applied.complete)
}

/// Whether somebody changed the cloud behind the estate's back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drifts {
    /// Nobody did.
    None,
    /// The options asked for it.
    Some,
}

/// Changes the cloud as the options ask; errors are in the session.
pub(super) fn drifted(session: &mut Session<'_>, story: &mut Story) -> Option<Drifts> {
    let drifted = session.rehearsal.as_ref()?.cloud.drift();
    let mut drifted = drifted.map_err(|said| session.diags.extend(said)).ok()?;
    drifted.sort_by(|a, b| (&a.stack, &a.address, &a.path).cmp(&(&b.stack, &b.address, &b.path)));
    for one in &drifted {
        story.line(format!(
            "  drift    {}//{}{}",
            one.stack,
            one.address,
            one.path.as_ref().map_or_else(
                || ": it is gone".to_owned(),
                |path| format!(": {path} changed by hand")
            )
        ));
    }
    Some(if drifted.is_empty() { Drifts::None } else { Drifts::Some })
}

/// Plans all again: nothing would change, but where the cloud drifted.
pub(super) async fn again(
    session: &mut Session<'_>,
    order: &Order,
    drifts: Drifts,
    story: &mut Story,
) -> Option<()> {
    let mut changed = Vec::new();
    let mut stacks = 0;
    for environment in &order.all {
        let planned = planned(session, environment, &[], Aim::Kept).await?;
        stacks += planned.plan.stacks.len();
        let changes = planned.plan.stacks.iter().filter(|stack| stack.plan.has_changes());
        changed.extend(changes.map(|stack| stack.address.to_string()));
    }
    story.line(match changed.is_empty() {
        true => format!("  second plan of {}: no changes", many(stacks, "stack")),
        false => format!("  second plan: changes in {}", changed.join(", ")),
    });
    story.fact("second_plan", json!({ "stacks": stacks, "changed": changed }));
    if !changed.is_empty() && drifts == Drifts::None {
        story.fails();
    }
    Some(())
}
