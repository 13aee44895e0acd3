//! `strata apply` and `strata destroy`: make it so.

use std::sync::Arc;

use diag::{Diagnostic, Diags};
use host::Stream;
use plan::format::v1::{Envelope, EnvelopeKind};
use plan::{Counts, Plan};
use run::lease::Held;
use run::stack::{self, Stack};
use state::journal::RunId;
use store::{StackKey, Store};

use super::Context;
use super::plan::{PlannedRoot, plan_root, show};
use crate::args::{ApplyArgs, DestroyArgs, PlanningArgs, RulesArgs};
use crate::exit::Exit;
use crate::pull_request;
use crate::rehearsal;
use crate::report::Format;
use crate::session::{self, Session, random_bits};
use crate::settings;

/// Runs `apply`.
pub(crate) fn run(context: &Context<'_>, args: &ApplyArgs) -> Exit {
    let wanted = Wanted {
        targets: &args.targets,
        destroy: args.destroy,
        auto_approve: args.auto_approve,
        allow_break: &args.allow_break,
        break_glass: args.break_glass.as_deref(),
        planning: &args.planning,
    };
    start(context, &wanted, &args.rules)
}

/// Runs `destroy`.
pub(crate) fn run_destroy(context: &Context<'_>, args: &DestroyArgs) -> Exit {
    let wanted = Wanted {
        targets: &args.addresses,
        destroy: true,
        auto_approve: args.auto_approve,
        allow_break: &args.allow_break,
        break_glass: args.break_glass.as_deref(),
        planning: &args.planning,
    };
    start(context, &wanted, &RulesArgs::default())
}

/// What is to be applied.
pub(crate) struct Wanted<'a> {
    /// A plan, or addresses.
    pub(crate) targets: &'a [String],
    /// Whether everything is to go.
    pub(crate) destroy: bool,
    /// Whether nobody is asked.
    pub(crate) auto_approve: bool,
    /// What may go though others use it.
    pub(crate) allow_break: &'a [String],
    /// Why approvals are set aside, where they are.
    pub(crate) break_glass: Option<&'a str>,
    /// How to plan.
    pub(crate) planning: &'a PlanningArgs,
}

fn start(context: &Context<'_>, wanted: &Wanted<'_>, rules: &RulesArgs) -> Exit {
    let mut diags = Diags::new();
    let parallelism = settings::parallelism(wanted.planning, &mut diags);
    settings::patience(&wanted.planning.lock_timeout, &mut diags); // said before anything is planned
    if diags.has_errors() {
        context.report(&diags);
        return Exit::Failed;
    }
    session::run(context, parallelism, |mut session| async move {
        match pull_request::rules_where_asked(&mut session, rules) {
            None => session.end(Exit::Failed),
            Some(()) if context.is_estate() => super::estate::apply::run(session, wanted).await,
            Some(()) => root(session, wanted).await,
        }
    })
}

async fn root(mut session: Session<'_>, wanted: &Wanted<'_>) -> Exit {
    if rehearsal::begin_where_asked(&mut session, &wanted.planning.rehearsal).is_none() {
        return session.end(Exit::Failed);
    }
    let done = match wanted.targets {
        [] => plan_and_apply(&mut session, wanted).await,
        [file] => apply_file(&mut session, wanted, file).await,
        _ => {
            session.diags.push(
                Diagnostic::error("apply-targets", "More than one plan")
                    .detail("In a root module, apply takes one plan file.")
                    .remedy("Name one, or none to plan first."),
            );
            None
        }
    };
    match done {
        Some(done) => {
            say_done(session.context, &done, wanted.destroy);
            session.end(Exit::Done)
        }
        None => session.end(Exit::Failed),
    }
}

async fn plan_and_apply(session: &mut Session<'_>, wanted: &Wanted<'_>) -> Option<Counts> {
    let planned = plan_root(session, wanted.planning, &[], wanted.destroy).await?;
    session.report();
    if session.context.format == Format::Text {
        show(session, &planned, None);
    }
    if planned.plan.has_changes() && !approved(session, wanted, "these changes") {
        return None;
    }
    let PlannedRoot { root, stack, plan } = planned;
    carry_out(session, wanted.planning, root.store, &stack, plan).await
}

/// Asks the person at the terminal; errors are in the session.
pub(crate) fn approved(session: &mut Session<'_>, wanted: &Wanted<'_>, what: &str) -> bool {
    let context = session.context;
    if wanted.auto_approve {
        return true;
    }
    if !wanted.planning.input || !context.host.terminal.can_ask() {
        session.diags.push(
            Diagnostic::error("not-approved", "Nobody was asked")
                .detail("Standard input is no terminal, or -input=false was given. Nothing was changed.")
                .remedy("Use -auto-approve, or plan with -out and apply that plan."),
        );
        return false;
    }
    context.host.terminal.write(Stream::Err, &format!("\nApply {what}? Only `yes` is taken: "));
    if context.host.terminal.read_line().as_deref() == Some("yes") {
        return true;
    }
    session.diags.push(
        Diagnostic::error("not-approved", "Not approved")
            .detail("Nothing was changed.")
            .remedy("Apply again and answer `yes`."),
    );
    false
}

/// Applies a plan file of this root module.
async fn apply_file(session: &mut Session<'_>, wanted: &Wanted<'_>, file: &str) -> Option<Counts> {
    let context = session.context;
    let plan = match read_plan(context, file) {
        Ok(plan) => plan,
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            return None;
        }
    };
    let command_line = settings::command_line(&context.raw);
    if !command_line.is_empty() {
        session.diags.push(
            Diagnostic::error("apply-variables", "Variables beside a plan")
                .detail("A plan holds the values that it was made with.")
                .remedy("Leave -var and -var-file out, or plan again with them."),
        );
        return None;
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let root = run::root::open(context.host, &context.dir, &[], None, sources, diags)?;
    let loaded = match root.store.peek(&StackKey::root()) {
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
    carry_out(session, wanted.planning, root.store, &stack, Arc::new(plan)).await
}

/// The plan in a plan file of a root module.
pub(crate) fn read_plan(context: &Context<'_>, file: &str) -> Result<Plan, Diagnostic> {
    let bytes = context.host.files.read(&context.dir.join(file)).map_err(|error| {
        Diagnostic::error("plan-unreadable", "The plan cannot be read")
            .detail(format!("{error}."))
            .remedy("Name a file that `strata plan -out` wrote.")
    })?;
    let envelope = Envelope::decode(&bytes).map_err(|error| {
        Diagnostic::error("plan-unreadable", format!("{file} is no plan"))
            .detail(format!("{error}."))
            .remedy("Name a file that `strata plan -out` wrote.")
    })?;
    let mut stacks = envelope.stacks;
    match (envelope.kind, stacks.pop()) {
        (EnvelopeKind::Root, Some(stack)) if stacks.is_empty() => Ok(stack.plan),
        _ => Err(Diagnostic::error("plan-foreign", "The plan is of an estate")
            .detail("This folder is a plain root module.")
            .remedy("Apply it in the estate's folder.")),
    }
}

async fn carry_out(
    session: &mut Session<'_>,
    planning: &PlanningArgs,
    store: Arc<dyn Store>,
    stack: &Stack,
    plan: Arc<Plan>,
) -> Option<Counts> {
    let patience = settings::patience(&planning.lock_timeout, &mut session.diags);
    let request = run::lease::request(session.context.host, "apply");
    let held = match Held::take(store.clone(), &StackKey::root(), request, patience).await {
        Ok(held) => held,
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            return None;
        }
    };
    let run = RunId::new(run::estate::new_plan_id(random_bits()));
    let applied = stack::apply(stack, &session.shared, &store, &held, plan, run).await;
    held.release().await;
    match applied {
        Ok(applied) => {
            let complete = stack::is_complete(&applied.outcome);
            session.diags.extend(applied.outcome.diags);
            if !complete && !session.failed() {
                session.diags.push(stopped());
            }
            complete.then_some(applied.outcome.done)
        }
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            None
        }
    }
}

/// What is said of a run that the user ended.
pub(crate) fn stopped() -> Diagnostic {
    Diagnostic::error("interrupted", "The apply was stopped before its end")
        .detail("What was begun was awaited; what is done is in the state.")
        .remedy("Plan again: the plan shows what is left.")
}

fn say_done(context: &Context<'_>, done: &Counts, destroy: bool) {
    if context.format == Format::Json {
        context.out(&format!(
            "{{\"applied\":{{\"add\":{},\"change\":{},\"destroy\":{}}}}}\n",
            done.add, done.change, done.destroy
        ));
        return;
    }
    let verb = if destroy { "Destroyed" } else { "Applied" };
    context.out(&format!(
        "\n{verb}: {} added, {} changed, {} destroyed.\n",
        done.add, done.change, done.destroy
    ));
}
