//! `strata apply` and `destroy` of an estate: in dependency order, each stack planned again with real values first.

use ::plan::Mode;
use addr::StackAddr;
use diag::Diagnostic;
use run::estate::{
    Applying, EnvironmentPlan, EstateApplied, Kept, PlanName, Progress, StackApplied, encode,
    new_plan_id,
};
use run::events::Ended;

use super::gate::{self, Asked};
use super::plan::{Markdown, keep, plan, show};
use super::{Opened, open, open_store, open_to_destroy, open_with, read_file, summary};
use crate::args::ChoiceArgs;
use crate::commands::apply::{Wanted, approved, stopped};
use crate::exit::Exit;
use crate::rehearsal;
use crate::report::Format;
use crate::session::Session;
use crate::settings;

/// Runs the command.
pub(crate) async fn run(mut session: Session<'_>, wanted: &Wanted<'_>) -> Exit {
    session.bound_calls(wanted.planning.calls_max);
    if rehearsal::begin_where_asked(&mut session, &wanted.planning.rehearsal).is_none() {
        return session.end(Exit::Failed);
    }
    let done = match wanted.targets {
        [one] if names_a_plan(&session, one) => apply_kept(&mut session, wanted, one).await,
        addresses => plan_and_apply(&mut session, wanted, addresses).await,
    };
    ended(session, done)
}

/// Tells what came of an apply, and ends the command.
pub(crate) fn ended(mut session: Session<'_>, done: Option<EstateApplied>) -> Exit {
    let Some(done) = done else { return session.end(Exit::Failed) };
    if let Some(op) = session.rehearsal.as_ref().and_then(|rehearsal| rehearsal.kill_at.clone()) {
        session.diags.push(rehearsal::not_reached(&op));
    }
    let interrupted = session.shared.interrupts.asked();
    session.diags.extend(done.diags);
    if interrupted {
        session.diags.push(stopped());
    }
    session.end(if done.complete { Exit::Done } else { Exit::Failed })
}

/// Whether an argument names a kept plan or a plan file, rather than stacks.
fn names_a_plan(session: &Session<'_>, text: &str) -> bool {
    let context = session.context;
    text.starts_with("p-")
        || !text.contains('/')
        || context.host.files.exists(&context.dir.join(text))
}

async fn plan_and_apply(
    session: &mut Session<'_>,
    wanted: &Wanted<'_>,
    addresses: &[String],
) -> Option<EstateApplied> {
    let opened = if wanted.destroy {
        open_to_destroy(session, addresses, &wanted.planning.choice)?
    } else {
        open(session, addresses, &wanted.planning.choice)?
    };
    let planned = plan(session, &opened, wanted.planning, wanted.destroy).await?;
    rehearsal::faults_name_something(session)?;
    session.report();
    let id = new_plan_id(session.random_bits());
    if session.context.format == Format::Text {
        show(session, &opened, &planned, &id, Markdown::No, None);
    }
    let asked = Asked { id: &id, digest: None, break_glass: wanted.break_glass };
    // A rehearsal gives the approvals itself, once the plan is kept.
    let refuses = session.rehearsal.is_none() && gate::refuses(session, &opened, &planned, &asked);
    let asks = planned.has_changes() && !refuses;
    if asks && !approved(session, wanted, "this plan") {
        return None;
    }
    // Kept, so that the run can be resumed.
    let bytes = encode(&id, session.now_ms(), &opened.file, opened.graph(), &planned);
    if planned.has_changes() {
        let kept = keep(session, &opened, &id, &bytes, None);
        session.heed(kept)?;
    }
    let digest = planned.has_changes().then(|| ::plan::Digest::of(&bytes));
    let going = Going { id: &id, digest, resumed: None };
    carry_out(session, wanted, &opened, &planned, going).await
}

/// Applies a plan that is kept in the store or in a file.
async fn apply_kept(
    session: &mut Session<'_>,
    wanted: &Wanted<'_>,
    name: &str,
) -> Option<EstateApplied> {
    let file = read_file(session)?;
    let found = find(session, &file, name);
    let kept = session.heed(found)?;
    let (opened, planned) = restored(session, &kept).await?;
    let going = Going { id: &kept.id, digest: Some(kept.digest), resumed: None };
    carry_out(session, wanted, &opened, &planned, going).await
}

/// The estate opened for a kept plan, and its plans with what it takes to apply them.
pub(super) async fn restored(
    session: &mut Session<'_>,
    kept: &Kept,
) -> Option<(Opened, EnvironmentPlan)> {
    let environment = ChoiceArgs::of_environment(&kept.environment);
    // Orphans are taken in only to be destroyed.
    let destroyed = kept.plans.iter().filter(|(_, plan)| plan.options.mode == Mode::Destroy);
    let stacks: Vec<StackAddr> = destroyed.filter_map(|(name, _)| name.parse().ok()).collect();
    let opened = open_with(session, &[], &environment, &stacks)?;
    match run::estate::restore(opened.run(session), kept).await {
        Ok(planned) => Some((opened, planned)),
        Err(diags) => {
            session.diags.extend(diags);
            None
        }
    }
}

/// A plan that is kept in the store, or in a file.
pub(crate) fn find(
    session: &Session<'_>,
    file: &run::estate::EstateFile,
    name: &str,
) -> Result<Kept, Diagnostic> {
    let context = session.context;
    let path = context.dir.join(name);
    if context.host.files.exists(&path) {
        let bytes = context.host.files.read(&path).map_err(|error| {
            Diagnostic::error("plan-unreadable", "The plan cannot be read")
                .detail(format!("{error}."))
                .remedy("Name a file that `strata plan -out` wrote, or a plan's id.")
        })?;
        let store = open_store(session, file)?;
        let plain = store.open_file(&bytes).map_err(|fault| {
            Diagnostic::error("plan-unreadable", format!("{name} is no plan of this estate"))
                .detail(format!("{fault}."))
                .remedy("Name a file that `strata plan -out` wrote here, or a plan's id.")
        })?;
        return run::estate::decode(&plain, file);
    }
    let store = open_store(session, file)?;
    let kept = store.plan(name).map_err(|error| run::failure::load("", &error))?;
    let kept = kept.ok_or_else(|| {
        Diagnostic::error("plan-unknown", format!("No plan is called `{name}`"))
            .detail("The store has no plan under this id, and there is no file of this name.")
            .remedy("Name the id that `strata plan` printed; or stacks as ENV/STACK.")
    })?;
    run::estate::decode(&kept.file, file)
}

/// In a rehearsal, gives the approvals that are needed, and says so.
fn approve_rehearsed(
    session: &mut Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    name: PlanName,
) -> Option<()> {
    if name.digest.is_none() {
        return Some(()); // nothing would change
    }
    let plans = planned.stacks.iter().map(|stack| (stack.address.clone(), &*stack.plan));
    let forgotten = planned.forgotten.iter().map(|stack| (stack.address.clone(), &*stack.plan));
    let plans: Vec<(StackAddr, &::plan::Plan)> = plans.chain(forgotten).collect();
    let given = rehearsal::approve(session, opened, &plans, &name);
    let given = session.heed(given)?;
    if session.context.format == Format::Text && session.tells_steps() && !given.is_empty() {
        let groups: Vec<&str> = given.keys().map(String::as_str).collect();
        session.context.out(&format!(
            "\nApproved as {}, by the rehearsal: it counts nowhere else.\n",
            groups.join(", ")
        ));
    }
    Some(())
}

/// Under which name plans are carried out.
pub(crate) struct Going<'a> {
    /// The plan's id, which is the run's.
    pub(crate) id: &'a str,
    /// The digest of its file, where it is kept.
    pub(crate) digest: Option<::plan::Digest>,
    /// How far an earlier command came with it.
    pub(crate) resumed: Option<Progress>,
}

/// Carries plans out, where the gate lets them through; errors are in the session.
pub(crate) async fn carry_out(
    session: &mut Session<'_>,
    wanted: &Wanted<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    going: Going<'_>,
) -> Option<EstateApplied> {
    let patience = settings::patience(&wanted.planning.lock_timeout, &mut session.diags);
    if session.failed() {
        return None;
    }
    let Going { id, digest, resumed } = going;
    approve_rehearsed(session, opened, planned, PlanName { id: id.into(), digest })?;
    let asked = Asked { id, digest, break_glass: wanted.break_glass };
    let gate = gate::pass(session, opened, planned, &asked)?;
    let allowed = gate::allowed(session, opened, planned, id, wanted.allow_break);
    session.heed(allowed)?;
    let applying = Applying {
        plan_id: id.to_owned(),
        request: run::lease::request(session.context.host, "apply"),
        patience,
        now_ms: session.clock_ms(),
        again: gate::again(session, opened, gate, id),
        allow_breaks: wanted.allow_break.iter().cloned().collect(),
        resumed,
    };
    let begun = gate::record(session, opened, "apply-begin", id, began(planned, &applying));
    session.heed(begun)?;
    let applied = run::estate::apply(opened.run(session), planned, &applying).await;
    let recorded = gate::record(session, opened, "apply-end", id, came(&applied));
    session.heed(recorded);
    if session.tells_steps() {
        summary::tell(session, opened, planned, id, &applied);
    }
    Some(applied)
}

/// What an apply sets out to do, for the audit.
fn began(planned: &EnvironmentPlan, applying: &Applying) -> String {
    let stacks = planned.stacks.iter().filter(|stack| stack.is_touched()).count();
    let how = if applying.resumed.is_some() { "resumed, " } else { "" };
    format!("{how}{stacks} stacks")
}

/// What came of an apply, for the audit: those stacks by name that did not end well.
fn came(applied: &EstateApplied) -> String {
    let is_well = |stack: &StackApplied| stack.ended == Ended::Well;
    let others = applied.stacks.iter().filter(|stack| !is_well(stack));
    let others: Vec<&str> = others.map(|stack| stack.address.as_str()).collect();
    let (all, how) = (applied.stacks.len(), if applied.complete { "" } else { "not " });
    match others.len() {
        0 => format!("{how}complete: {all} stacks"),
        bad => format!("{how}complete: {} of {all} stacks; not {}", all - bad, others.join(", ")),
    }
}
