//! `strata plan` of an estate: all stacks of an environment in one command.

use addr::StackAddr;
use diag::Diagnostic;
use plan::{Digest, DriftChoice, Mode};
use run::estate::{EnvironmentPlan, PlanName, encode, new_plan_id};
use store::{PlanHead, StorePlan};

use super::findings::{self, Findings};
use super::page::{self, Fresh, Source};
use super::{Opened, gate, open, open_to_destroy};
use crate::args::{PlanArgs, PlanningArgs};
use crate::exit::Exit;
use crate::pull_request;
use crate::rehearsal;
use crate::report::Format;
use crate::session::Session;
use crate::settings;

/// Runs the command.
pub(crate) async fn run(mut session: Session<'_>, args: &PlanArgs) -> Exit {
    session.bound_calls(args.planning.calls_max);
    let ended = shown(&mut session, args).await;
    if ended.is_none() {
        findings::of_failure(&mut session, args);
    }
    session.end(ended.unwrap_or(Exit::Failed))
}

/// Plans, keeps the plan and shows it; nothing where there is none, and the session says why.
async fn shown(session: &mut Session<'_>, args: &PlanArgs) -> Option<Exit> {
    let how = pull_request::rehearsal(&args.pull_request, &args.planning.rehearsal);
    pull_request::begin_where_asked(session, &args.pull_request)?;
    rehearsal::begin_where_asked(session, &how)?;
    if let Some(op) = &args.planning.rehearsal.cloud.kill_at {
        session.diags.push(rehearsal::not_reached(op)); // a plan has calls, and no ops yet
        return None;
    }
    let open = if args.destroy { open_to_destroy } else { open };
    let opened = open(session, &args.addresses, &args.planning.choice)?;
    let planned = plan(session, &opened, &args.planning, args.destroy).await?;
    rehearsal::faults_name_something(session)?;
    let findings = Findings::told(session, args);
    session.report();
    let id = new_plan_id(session.random_bits());
    let bytes = encode(&id, session.now_ms(), &opened.file, opened.graph(), &planned);
    let kept = keep(session, &opened, &id, &bytes, args.out.as_deref());
    session.heed(kept)?;
    let markdown = Markdown::of(args.markdown.as_deref());
    show(session, &opened, &planned, &id, markdown, findings);
    let changes = planned.has_changes();
    Some(if args.detailed_exitcode && changes { Exit::Changes } else { Exit::Done })
}

/// Plans the selected stacks; errors are in the session.
pub(crate) async fn plan(
    session: &mut Session<'_>,
    opened: &Opened,
    args: &PlanningArgs,
    destroy: bool,
) -> Option<EnvironmentPlan> {
    let mut options = settings::options(args, destroy, &mut session.diags);
    refuse_variables(session);
    if session.failed() {
        return None;
    }
    if options.mode == Mode::Normal {
        // What happened outside is no part of a plan that was made for something else.
        options.drift = DriftChoice::Left;
    }
    let run = opened.run(session);
    let time_s = session.now_s();
    let mut planned = match options.mode {
        Mode::Destroy => {
            run::estate::plan_destroy(run, &opened.selected.instances, &options, time_s).await
        }
        Mode::Normal | Mode::RefreshOnly => {
            run::estate::plan(run, &opened.selected, &options, time_s).await
        }
    };
    session.diags.extend(std::mem::take(&mut planned.diags));
    for stack in &mut planned.stacks {
        session.diags.extend(std::mem::take(&mut stack.diags));
    }
    if session.failed() {
        return None;
    }
    rehearsal::meet(session, &planned);
    Some(planned)
}

/// In an estate, inputs stand in strata.hcl, where a review sees them.
fn refuse_variables(session: &mut Session<'_>) {
    if !settings::command_line(&session.context.raw).is_empty() {
        session.diags.push(
            Diagnostic::error("estate-variables", "Variables on the command line of an estate")
                .detail("The stacks' inputs are those of strata.hcl, so that a review sees them.")
                .remedy("Write them into the stack's `inputs`, or the environment's `values`."),
        );
    }
}

/// Keeps the plan in the store under its id, and in a file where one is named.
pub(crate) fn keep(
    session: &Session<'_>,
    opened: &Opened,
    id: &str,
    bytes: &[u8],
    out: Option<&str>,
) -> Result<(), Diagnostic> {
    let head =
        PlanHead { id: id.into(), created_ms: session.now_ms(), title: opened.title().into() };
    let kept = opened.store.put_plan(&StorePlan { head, file: bytes.to_vec() });
    kept.map_err(|error| run::failure::port("", &error))?;
    let detail = format!("{}; its file is {}", opened.title(), run::audit::hex(&Digest::of(bytes)));
    gate::record(session, opened, "plan", id, detail)?;
    let Some(out) = out else { return Ok(()) };
    gate::record(session, opened, "plan-export", id, format!("to {out}"))?;
    let context = session.context;
    let sealed = opened.store.seal_file(bytes);
    context.host.files.replace(&context.dir.join(out), &sealed, 0o600).map_err(|error| {
        Diagnostic::error("plan-unwritable", "The plan cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another file with -out.")
    })
}

/// Where else than to standard output the page goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Markdown<'a> {
    /// Nowhere.
    No,
    /// To standard output, in place of the text.
    Out,
    /// To this file, beside the text.
    File(&'a str),
}

impl<'a> Markdown<'a> {
    /// What `-markdown[=FILE]` asks for.
    pub(crate) fn of(option: Option<&'a str>) -> Markdown<'a> {
        match option {
            None => Markdown::No,
            Some("-") => Markdown::Out,
            Some(file) => Markdown::File(file),
        }
    }
}

/// Shows the page, in the form that was asked for; what went wrong is in the session.
pub(crate) fn show(
    session: &mut Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    id: &str,
    markdown: Markdown<'_>,
    findings: Option<Findings<'_>>,
) {
    let plans: Vec<(StackAddr, &plan::Plan)> =
        planned.stacks.iter().map(|stack| (stack.address.clone(), &*stack.plan)).collect();
    // Made just now: nobody can have approved it.
    let name = PlanName { id: id.into(), digest: None };
    let mut judged = plans.clone();
    judged.extend(planned.forgotten.iter().map(|stack| (stack.address.clone(), &*stack.plan)));
    let Some(verdict) = session.heed(gate::verdict(session, opened, &judged, name)) else { return };
    let fresh = Some(Fresh { planned, host: session.context.host });
    let sources = &session.sources;
    let page =
        page::page(&Source { opened, sources, plans, verdict: &verdict, plan_id: id, fresh });
    let context = session.context;
    if let Some(findings) = findings
        && let Err(diagnostic) = findings.of_page(context, &page)
    {
        session.diags.push(diagnostic);
    }
    if let Markdown::File(file) = markdown {
        let text = render::estate_page_markdown(&page);
        let path = context.dir.join(file);
        if let Err(error) = context.host.files.replace(&path, text.as_bytes(), 0o644) {
            session.diags.push(unwritable(&error));
        }
    }
    context.out(&match (markdown, context.format) {
        (Markdown::Out, _) => render::estate_page_markdown(&page),
        (_, Format::Json) => render::estate_page_json(&page),
        (_, Format::Text) => render::estate_page(&page, context.paint),
    });
}

fn unwritable(error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error("page-unwritable", "The page cannot be written")
        .detail(format!("{error}. The plan is kept all the same."))
        .remedy("Name another file with -markdown, or print it: strata show -markdown PLAN.")
}
