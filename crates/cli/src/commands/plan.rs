//! `strata plan`: what would change.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use plan::Plan;
use plan::format::v1::{Envelope, EnvelopeKind, EnvelopeStack};
use render::{Page, PageStack, Secrets, Showing, Wires};
use run::root::Root;
use run::stack::{self, Planning, Stack};
use store::StackKey;

use super::Context;
use crate::alone;
use crate::args::{PlanArgs, PlanningArgs};
use crate::exit::Exit;
use crate::pull_request;
use crate::rehearsal;
use crate::report::Format;
use crate::session::{self, Session, now_ms, now_s, random_bits};
use crate::settings;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &PlanArgs) -> Exit {
    let mut diags = Diags::new();
    let parallelism = settings::parallelism(&args.planning, &mut diags);
    settings::patience(&args.planning.lock_timeout, &mut diags); // where no lease is taken, too
    if diags.has_errors() {
        context.report(&diags);
        return Exit::Failed;
    }
    if context.is_estate() {
        return session::run(context, parallelism, |session| {
            super::estate::plan::run(session, args)
        });
    }
    session::run(context, parallelism, |session| root(session, args))
}

async fn root(mut session: Session<'_>, args: &PlanArgs) -> Exit {
    if pull_request::begin_where_asked(&mut session, &args.pull_request).is_none()
        || rehearsal::begin_where_asked(&mut session, &args.planning.rehearsal).is_none()
    {
        return session.end(Exit::Failed);
    }
    if args.markdown.is_some() {
        session.diags.push(no_markdown());
        return session.end(Exit::Failed);
    }
    let wanted = args.addresses.as_slice();
    let Some(planned) = plan_root(&mut session, &args.planning, wanted, args.destroy).await else {
        return session.end(Exit::Failed);
    };
    session.report();
    if let Some(out) = &args.out
        && let Err(diagnostic) = keep(&session, &planned, &session.context.dir.join(out))
    {
        session.diags.push(diagnostic);
        return session.end(Exit::Failed);
    }
    show(&session, &planned, args.out.as_deref());
    let changes = planned.plan.has_changes();
    session.end(if args.detailed_exitcode && changes { Exit::Changes } else { Exit::Done })
}

/// The page for a pull request is one of an estate's plan.
pub(crate) fn no_markdown() -> Diagnostic {
    Diagnostic::error("markdown-not-yet", "A root module's plan has no Markdown yet")
        .detail("The page for a pull request is that of an estate's plan.")
        .remedy("Leave -markdown out, or plan in the folder of strata.hcl.")
}

/// A plan of a plain root module, with what it takes to apply it.
pub(crate) struct PlannedRoot {
    /// The root module.
    pub(crate) root: Root,
    /// The stack that it is.
    pub(crate) stack: Stack,
    /// Its plan.
    pub(crate) plan: Arc<Plan>,
}

/// Plans the root module of the command's folder; errors are in the session.
pub(crate) async fn plan_root(
    session: &mut Session<'_>,
    args: &PlanningArgs,
    addresses: &[String],
    destroy: bool,
) -> Option<PlannedRoot> {
    let context = session.context;
    alone::check(context, addresses, &args.choice, &mut session.diags);
    let options = settings::options(args, destroy, &mut session.diags);
    let patience = settings::patience(&args.lock_timeout, &mut session.diags);
    let command_line = settings::command_line(&context.raw);
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let root = run::root::open(context.host, &context.dir, &command_line, None, sources, diags)?;
    if session.failed() {
        return None;
    }
    let request = run::lease::request(context.host, "plan");
    let held = if args.lock {
        match run::lease::Held::take(root.store.clone(), &StackKey::root(), request, patience).await
        {
            Ok(held) => Some(held),
            Err(diagnostic) => {
                session.diags.push(diagnostic);
                return None;
            }
        }
    } else {
        None
    };
    let planned = under_lease(session, root, held.as_ref(), options).await;
    if let Some(held) = held {
        held.release().await;
    }
    planned
}

async fn under_lease(
    session: &mut Session<'_>,
    root: Root,
    held: Option<&run::lease::Held>,
    options: plan::Options,
) -> Option<PlannedRoot> {
    let loaded = match held {
        Some(held) => root.store.load(held.lease()),
        None => root.store.peek(&StackKey::root()),
    };
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            session.diags.push(run::failure::load("", &error));
            return None;
        }
    };
    let stack = match root.stack(&session.shared, &loaded).await {
        Ok(stack) => stack,
        Err(diags) => {
            session.diags.extend(diags);
            return None;
        }
    };
    let planning = Planning::alone(root.variables.clone(), options, now_s());
    match stack::plan(&stack, &session.shared, &loaded, planning).await {
        Ok(outcome) => {
            session.diags.extend(outcome.diags);
            if session.failed() {
                return None;
            }
            Some(PlannedRoot { root, stack, plan: Arc::new(outcome.plan) })
        }
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            None
        }
    }
}

/// Writes the plan file.
fn keep(session: &Session<'_>, planned: &PlannedRoot, path: &Path) -> Result<(), Diagnostic> {
    let stack = EnvelopeStack {
        address: "".into(),
        plan: Plan::clone(&planned.plan),
        configuration: planned.stack.loaded.files.clone(),
    };
    let id = run::estate::new_plan_id(random_bits()).into();
    let envelope =
        Envelope { kind: EnvelopeKind::Root, id, created_ms: now_ms(), stacks: vec![stack] };
    session.context.host.files.replace(path, &envelope.encode(), 0o600).map_err(|error| {
        Diagnostic::error("plan-unwritable", "The plan cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another file with -out.")
    })
}

/// The page of a root module's plan: the changes attribute by attribute, then what they come to.
pub(crate) fn show(session: &Session<'_>, planned: &PlannedRoot, out: Option<&str>) {
    let context = session.context;
    let text = match context.format {
        Format::Json => plan_json(planned),
        Format::Text => {
            let next = out.map(|out| format!("strata apply {out}"));
            let stack =
                PageStack { address: String::new(), plan: &planned.plan, unknown_inputs: 0 };
            let page = Page { title: "plan".to_owned(), stacks: vec![stack], plan_id: None, next };
            let wires = Wires::default();
            let how = Showing { wires: &wires, secrets: Secrets::Hidden, paint: context.paint };
            let changes = render::changes(&planned.plan, how);
            format!("{changes}{}", render::page(&page, context.paint))
        }
    };
    context.out(&text);
}

/// The plan's document, as `show -json` prints it.
pub(crate) fn plan_json(planned: &PlannedRoot) -> String {
    let (schemas, loaded) = (&planned.stack.schemas, &planned.stack.loaded);
    super::show::planned_document(&planned.plan, schemas, Some(loaded)) + "\n"
}
