//! `strata apply` and `destroy` of an estate: in dependency order, each stack planned again with real values first.

use std::collections::BTreeSet;
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use estate::InstanceIdx;
use run::estate::{
    Applying, EnvironmentPlan, EstateApplied, Kept, Purpose, StackPlan, new_plan_id,
};
use run::events::Ended;
use serde_json::json;
use store::{EstateStore as _, StackKey, Store as _};

use super::plan::{plan, show};
use super::{Opened, open, read_file};
use crate::commands::apply::{Wanted, approved, stopped};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{Session, now_ms, random_bits};
use crate::settings;

/// Runs the command.
pub(crate) async fn run(mut session: Session<'_>, wanted: &Wanted<'_>) -> Exit {
    let done = match wanted.targets {
        [one] if names_a_plan(&session, one) => apply_kept(&mut session, wanted, one).await,
        addresses => plan_and_apply(&mut session, wanted, addresses).await,
    };
    let Some(done) = done else { return session.end(Exit::Failed) };
    summary(&session, &done);
    let complete = done.stacks.iter().all(|stack| stack.ended == Ended::Well);
    let interrupted = session.shared.interrupts.asked();
    session.diags.extend(done.diags);
    if interrupted {
        session.diags.push(stopped());
    }
    session.end(if complete { Exit::Done } else { Exit::Failed })
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
    let opened = open(session, addresses, wanted.planning.env.as_deref())?;
    let planned = plan(session, &opened, wanted.planning, wanted.destroy).await?;
    session.report();
    let id = new_plan_id(random_bits());
    if session.context.format == Format::Text {
        show(session, &opened, &planned, &id);
    }
    if planned.has_changes() && !approved(session, wanted, "this plan") {
        return None;
    }
    carry_out(session, wanted, &opened, &planned, &id).await
}

/// Applies a plan that is kept in the store or in a file.
async fn apply_kept(
    session: &mut Session<'_>,
    wanted: &Wanted<'_>,
    name: &str,
) -> Option<EstateApplied> {
    let file = read_file(session)?;
    let kept = match find(session, &file, name) {
        Ok(kept) => kept,
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            return None;
        }
    };
    let env = kept.environment.to_string();
    let opened = open(session, &[], Some(&env))?;
    let planned = restore(session, &opened, &kept).await?;
    carry_out(session, wanted, &opened, &planned, &kept.id).await
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
        let store = run::estate::open_store(context.host, file)?;
        let plain = store.open_file(&bytes).map_err(|fault| {
            Diagnostic::error("plan-unreadable", format!("{name} is no plan of this estate"))
                .detail(format!("{fault}."))
                .remedy("Name a file that `strata plan -out` wrote here, or a plan's id.")
        })?;
        return run::estate::decode(&plain, file);
    }
    let store = run::estate::open_store(context.host, file)?;
    let kept = store.plan(name).map_err(|error| run::failure::load("", &error))?;
    let kept = kept.ok_or_else(|| {
        Diagnostic::error("plan-unknown", format!("No plan is called `{name}`"))
            .detail("The store has no plan under this id, and there is no file of this name.")
            .remedy("Name the id that `strata plan` printed; or stacks as ENV/STACK.")
    })?;
    run::estate::decode(&kept.file, file)
}

/// The kept plans with what it takes to apply them.
async fn restore(
    session: &mut Session<'_>,
    opened: &Opened,
    kept: &Kept,
) -> Option<EnvironmentPlan> {
    let mut planned = EnvironmentPlan::default();
    for (at, instance) in opened.graph().order.iter().enumerate() {
        let address = instance.addr.to_string();
        let Some(plan) = kept.plans.get(&*address) else { continue };
        let module = opened.checked.module(instance);
        if plan.digests.configuration != module.loaded.digest {
            session.diags.push(
                Diagnostic::error("plan-stale", "The plan is stale")
                    .detail("The stack's configuration has changed since the plan was made. Nothing was touched.")
                    .remedy("Plan again, look at the new plan, and apply that.")
                    .about(address),
            );
            continue;
        }
        let loaded = match opened.store.peek(&StackKey::from(&instance.addr)) {
            Ok(loaded) => loaded,
            Err(error) => {
                session.diags.push(run::failure::load(&address, &error));
                continue;
            }
        };
        match run::estate::open_stack(opened.run(session), instance, &loaded, Purpose::Plan).await {
            Ok(stack) => planned.stacks.push(StackPlan {
                index: InstanceIdx(at as u32),
                address: instance.addr.clone(),
                stack,
                plan: Arc::clone(plan),
                unknown_inputs: 0,
                diags: Diags::new(),
            }),
            Err(diags) => session.diags.extend(diags),
        }
    }
    let known: BTreeSet<String> = planned.stacks.iter().map(|s| s.address.to_string()).collect();
    for address in kept.plans.keys().filter(|address| !known.contains(&***address)) {
        if !session.failed() {
            session.diags.push(
                Diagnostic::error("plan-stale", "The plan is stale")
                    .detail(
                        "It has a stack that the estate file no longer names. Nothing was touched.",
                    )
                    .remedy("Plan again.")
                    .about(address.clone()),
            );
        }
    }
    (!session.failed()).then_some(planned)
}

async fn carry_out(
    session: &mut Session<'_>,
    wanted: &Wanted<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    id: &str,
) -> Option<EstateApplied> {
    let patience = settings::patience(&wanted.planning.lock_timeout, &mut session.diags);
    if session.failed() {
        return None;
    }
    let applying = Applying {
        plan_id: id.to_owned(),
        request: run::lease::request(session.context.host, "apply"),
        patience,
        now_ms,
    };
    Some(run::estate::apply(opened.run(session), planned, &applying).await)
}

/// What was done, stack by stack, and what took longest.
fn summary(session: &Session<'_>, done: &EstateApplied) {
    let context = session.context;
    let sum =
        |of: fn(&plan::Counts) -> usize| done.stacks.iter().map(|s| of(&s.done)).sum::<usize>();
    let (add, change, destroy) = (sum(|c| c.add), sum(|c| c.change), sum(|c| c.destroy));
    if context.format == Format::Json {
        let stacks: Vec<serde_json::Value> = done
            .stacks
            .iter()
            .map(|stack| {
                json!({
                    "address": stack.address,
                    "ended": if stack.ended == Ended::Well { "well" } else { "badly" },
                    "add": stack.done.add, "change": stack.done.change, "destroy": stack.done.destroy,
                    "seconds": stack.took.as_secs_f64(),
                })
            })
            .collect();
        context.out(&format!("{:#}\n", json!({ "format_version": "1.0", "stacks": stacks })));
        return;
    }
    let failed = done.stacks.iter().filter(|stack| stack.ended == Ended::Badly).count();
    let failures = if failed > 0 { format!("; {failed} FAILED") } else { String::new() };
    let mut text = format!(
        "\nApplied: {add} added, {change} changed, {destroy} destroyed, in {} stacks{failures}.\n",
        done.stacks.len()
    );
    if let Some(longest) = done.stacks.iter().max_by_key(|stack| stack.took)
        && longest.took.as_secs() > 0
    {
        text.push_str(&format!(
            "Longest: {} ({:.1} s)\n",
            longest.address,
            longest.took.as_secs_f64()
        ));
    }
    context.out(&text);
}
