//! `strata resume`: goes on with a run that was stopped, failed or killed.
//!
//! What is left is planned anew, stack by stack, and has to refine what was approved; so no further approval is needed.
//! Invariant: a state that moved by somebody else is not touched.

use diag::{Diagnostic, Diags};
use run::estate::{EstateApplied, EstateFile, Progress};
use store::{EstateStore, StoredRun};

use super::apply::{Going, carry_out, ended, find, restored};
use super::{open_store, read_file};
use crate::args::ResumeArgs;
use crate::commands::Context;
use crate::commands::apply::Wanted;
use crate::exit::Exit;
use crate::pull_request;
use crate::rehearsal;
use crate::session::{self, Session};
use crate::settings;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ResumeArgs) -> Exit {
    let mut diags = Diags::new();
    let parallelism = settings::parallelism(&args.planning, &mut diags);
    if !context.is_estate() {
        diags.push(
            Diagnostic::error("resume-estate", "There are no runs of a plain root module")
                .detail("This folder has no strata.hcl.")
                .remedy("Apply again: what is done stays done."),
        );
    }
    if diags.has_errors() {
        context.report(&diags);
        return Exit::Failed;
    }
    session::run(context, parallelism, |session| resume(session, args))
}

async fn resume(mut session: Session<'_>, args: &ResumeArgs) -> Exit {
    session.bound_calls(args.planning.calls_max);
    if pull_request::rules_where_asked(&mut session, &args.rules).is_none()
        || rehearsal::begin_where_asked(&mut session, &args.planning.rehearsal).is_none()
    {
        return session.end(Exit::Failed);
    }
    let done = go_on(&mut session, args).await;
    ended(session, done)
}

async fn go_on(session: &mut Session<'_>, args: &ResumeArgs) -> Option<EstateApplied> {
    let file = read_file(session)?;
    let progress = record(session, &file, &args.run);
    let progress = session.heed(progress)?;
    let found = find(session, &file, &args.run);
    let kept = session.heed(found)?;
    let (opened, planned) = restored(session, &kept).await?;
    let wanted = Wanted {
        targets: &[],
        destroy: false,
        auto_approve: args.auto_approve,
        allow_break: &args.allow_break,
        break_glass: args.break_glass.as_deref(),
        planning: &args.planning,
    };
    let going = Going { id: &kept.id, digest: Some(kept.digest), resumed: Some(progress) };
    carry_out(session, &wanted, &opened, &planned, going).await
}

/// How far the run came.
fn record(session: &Session<'_>, file: &EstateFile, id: &str) -> Result<Progress, Diagnostic> {
    let store = open_store(session, file)?;
    let kept = store.run(id).map_err(|error| run::failure::load("", &error))?;
    let kept = kept.ok_or_else(|| {
        Diagnostic::error("run-unknown", format!("No run is called `{id}`"))
            .detail("A run has the id of its plan, and is known from the first stack that it began.")
            .remedy("Name the id that `strata apply` told; a plan of which nothing was done is applied: strata apply PLAN.")
    })?;
    let progress = Progress::parse(&kept.body).ok_or_else(|| {
        Diagnostic::error("run-unreadable", format!("The record of `{id}` cannot be read"))
            .detail("The store keeps it in a form that this version does not know.")
            .remedy("Plan again, look at the new plan, and apply that.")
    })?;
    with_events(&*store, progress, &kept)
}

/// Events read at once.
const EVENTS_AT_ONCE: usize = 1_000;

/// What people resolved since the run began belongs to it; what else was done meanwhile does not.
fn with_events(
    store: &dyn EstateStore,
    mut progress: Progress,
    run: &StoredRun,
) -> Result<Progress, Diagnostic> {
    let mut from = 1;
    loop {
        let events = store.events(from, EVENTS_AT_ONCE);
        let events = events.map_err(|error| run::failure::port("", &error))?;
        let Some(last) = events.last() else { return Ok(progress) };
        from = last.number + 1;
        let later = events.iter().filter(|record| record.event.at_ms >= run.at_ms);
        later.for_each(|record| progress.heard(&run.id, &record.event));
    }
}
