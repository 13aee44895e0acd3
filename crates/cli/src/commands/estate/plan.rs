//! `strata plan` of an estate: all stacks of an environment in one command.

use diag::Diagnostic;
use plan::Mode;
use render::{Page, PageStack};
use run::estate::{EnvironmentPlan, encode, new_plan_id};
use serde_json::json;
use store::{EstateStore as _, PlanHead, StorePlan};

use super::{Opened, open};
use crate::args::{PlanArgs, PlanningArgs};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{Session, now_ms, now_s, random_bits};
use crate::settings;

/// Runs the command.
pub(crate) async fn run(mut session: Session<'_>, args: &PlanArgs) -> Exit {
    let Some(opened) = open(&mut session, &args.addresses, args.planning.env.as_deref()) else {
        return session.end(Exit::Failed);
    };
    let Some(planned) = plan(&mut session, &opened, &args.planning, args.destroy).await else {
        return session.end(Exit::Failed);
    };
    session.report();
    let id = new_plan_id(random_bits());
    let bytes = encode(&id, now_ms(), &opened.file, opened.graph(), &planned);
    if let Err(diagnostic) = keep(&session, &opened, &id, &bytes, args.out.as_deref()) {
        session.diags.push(diagnostic);
        return session.end(Exit::Failed);
    }
    show(&session, &opened, &planned, &id);
    let changes = planned.has_changes();
    session.end(if args.detailed_exitcode && changes { Exit::Changes } else { Exit::Done })
}

/// Plans the selected stacks; errors are in the session.
pub(crate) async fn plan(
    session: &mut Session<'_>,
    opened: &Opened,
    args: &PlanningArgs,
    destroy: bool,
) -> Option<EnvironmentPlan> {
    let options = settings::options(args, destroy, &mut session.diags);
    refuse_variables(session);
    if session.failed() {
        return None;
    }
    let run = opened.run(session);
    let time_s = now_s();
    let mut planned = match options.mode {
        Mode::Destroy => run::estate::plan_destroy(run, &opened.selected, &options, time_s).await,
        Mode::Normal | Mode::RefreshOnly => {
            run::estate::plan(run, &opened.selected, &options, time_s).await
        }
    };
    session.diags.extend(std::mem::take(&mut planned.diags));
    for stack in &mut planned.stacks {
        session.diags.extend(std::mem::take(&mut stack.diags));
    }
    (!session.failed()).then_some(planned)
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
fn keep(
    session: &Session<'_>,
    opened: &Opened,
    id: &str,
    bytes: &[u8],
    out: Option<&str>,
) -> Result<(), Diagnostic> {
    let head = PlanHead { id: id.into(), created_ms: now_ms(), title: opened.title().into() };
    let kept = opened.store.put_plan(&StorePlan { head, file: bytes.to_vec() });
    kept.map_err(|error| run::failure::port("", &error))?;
    let Some(out) = out else { return Ok(()) };
    let context = session.context;
    let sealed = opened.store.seal_file(bytes);
    context.host.files.replace(&context.dir.join(out), &sealed, 0o600).map_err(|error| {
        Diagnostic::error("plan-unwritable", "The plan cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another file with -out.")
    })
}

/// Shows the page.
pub(crate) fn show(session: &Session<'_>, opened: &Opened, planned: &EnvironmentPlan, id: &str) {
    let context = session.context;
    let text = match context.format {
        Format::Json => page_json(opened, planned, id),
        Format::Text => {
            let stacks = planned.stacks.iter().map(|stack| PageStack {
                address: stack.address.to_string(),
                plan: &stack.plan,
                unknown_inputs: stack.unknown_inputs,
            });
            let next = planned.has_changes().then(|| format!("strata apply {id}"));
            let page = Page {
                title: opened.title(),
                stacks: stacks.collect(),
                plan_id: Some(id.to_owned()),
                next,
            };
            render::page(&page, context.paint)
        }
    };
    context.out(&text);
}

fn page_json(opened: &Opened, planned: &EnvironmentPlan, id: &str) -> String {
    let stacks: Vec<serde_json::Value> = planned
        .stacks
        .iter()
        .map(|stack| {
            let counts = stack.plan.counts();
            json!({
                "address": stack.address.to_string(),
                "has_changes": stack.plan.has_changes(),
                "add": counts.add,
                "change": counts.change,
                "destroy": counts.destroy,
                "unknown_inputs": stack.unknown_inputs,
            })
        })
        .collect();
    let document = json!({
        "format_version": "1.0",
        "plan": id,
        "environment": opened.title(),
        "stacks": stacks,
    });
    format!("{document:#}\n")
}
