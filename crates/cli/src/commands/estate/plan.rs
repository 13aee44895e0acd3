//! `strata plan` of an estate: all stacks of an environment in one command.

use addr::StackAddr;
use diag::Diagnostic;
use guard::Verdict;
use plan::Mode;
use run::estate::{EnvironmentPlan, encode, new_plan_id};
use store::{EstateStore as _, PlanHead, StorePlan};

use super::page::{self, Source};
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

/// What the guard says of these plans.
pub(crate) fn judge(_opened: &Opened, _plans: &[(StackAddr, &plan::Plan)]) -> Verdict {
    Verdict::default()
}

/// Shows the page, in the form that was asked for.
pub(crate) fn show(session: &Session<'_>, opened: &Opened, planned: &EnvironmentPlan, id: &str) {
    let plans: Vec<(StackAddr, &plan::Plan)> =
        planned.stacks.iter().map(|stack| (stack.address.clone(), &*stack.plan)).collect();
    let verdict = judge(opened, &plans);
    let sources = &session.sources;
    let page = page::page(&Source { opened, sources, plans, verdict: &verdict, plan_id: id });
    let context = session.context;
    context.out(&match context.format {
        Format::Json => render::estate_page_json(&page),
        Format::Text => render::estate_page(&page, context.paint),
    });
}
