//! The gate of `apply`: what the guard refuses is told and recorded.
//!
//! What is refused is the guard's to say; here it is reported. Invariant: nothing is applied in an estate but through
//! [`pass`], and each refusal and each broken glass is an event before anything else happens.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use guard::{BreakGlass, Refusal, Verdict};
use plan::{Digest, Plan};
use run::estate::{Again, EnvironmentPlan, Gate, PlanName};
use serde_json::{Value as Json, json};
use store::{EstateStore, Event};

use super::Opened;
use crate::report::Format;
use crate::session::Session;

/// The plan that is to be applied.
pub(crate) struct Asked<'a> {
    /// Its id.
    pub(crate) id: &'a str,
    /// The digest of its file, where it is kept.
    pub(crate) digest: Option<Digest>,
    /// The reason of `--break-glass`.
    pub(crate) break_glass: Option<&'a str>,
}

/// What the guard says of plans, with the approvals that are there; of a plan that is not kept there are none.
///
/// # Errors
/// Where the store cannot be read.
pub(crate) fn verdict(
    session: &Session<'_>,
    opened: &Opened,
    plans: &[(StackAddr, &Plan)],
    plan: PlanName,
) -> Result<Verdict, Diagnostic> {
    let gate = open(session, opened, plan, BreakGlass::No)?;
    let plans: Vec<(&StackAddr, &Plan)> = plans.iter().map(|(at, plan)| (at, *plan)).collect();
    Ok(gate.judge(&plans))
}

fn open(
    session: &Session<'_>,
    opened: &Opened,
    plan: PlanName,
    glass: BreakGlass,
) -> Result<Gate, Diagnostic> {
    let policies = opened.policies.clone();
    let store: &dyn EstateStore = &*opened.store;
    let now_s = u64::try_from(session.now_s()).unwrap_or_default();
    let gate = Gate::open(&opened.file, policies, store, opened.environment, plan, glass, now_s)?;
    Ok(gate.with_judge(opened.judge(session.context.host)))
}

/// Whether [`pass`] would refuse, or fail: then nobody needs to be asked.
pub(crate) fn refuses(
    session: &Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    asked: &Asked<'_>,
) -> bool {
    let name = PlanName { id: asked.id.into(), digest: asked.digest };
    let gate = glass(asked).and_then(|glass| open(session, opened, name, glass));
    gate.map_or(true, |gate| !gate.judge(&plans_of(planned)).may_be_applied())
}

/// Lets the plans through, or tells why not; errors are in the session. The gate is asked again for later plans.
pub(crate) fn pass(
    session: &mut Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    asked: &Asked<'_>,
) -> Option<Arc<Gate>> {
    let glass = session.heed(glass(asked))?;
    let name = PlanName { id: asked.id.into(), digest: asked.digest };
    let gate = session.heed(open(session, opened, name, glass))?;
    let verdict = gate.judge(&plans_of(planned));
    gate.discounted().iter().for_each(|one| session.diags.push(gate.discount(one)));
    warn(session, &gate, &verdict.warned, glass);
    if !verdict.may_be_applied() {
        session.heed(refuse(session, opened, asked, &verdict.refused))?;
        verdict.refused.iter().for_each(|one| session.diags.push(gate.error(one)));
        return None;
    }
    if let Some(reason) = asked.break_glass {
        let aside: Vec<&str> = verdict.warned.iter().map(|one| one.text.as_str()).collect();
        let detail = format!("{reason} (set aside: {})", list(&aside));
        session.heed(record(session, opened, "break-glass", asked.id, detail))?;
    }
    Some(Arc::new(gate))
}

/// Records what `-allow-break` lets go under stacks that use it.
pub(super) fn allowed(
    session: &mut Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    plan: &str,
    allowed: &[String],
) -> Result<(), Diagnostic> {
    let breaks: BTreeSet<String> = planned.breaks.iter().map(|one| one.address()).collect();
    let (let_go, idle): (Vec<&str>, Vec<&str>) =
        allowed.iter().map(String::as_str).partition(|one| breaks.contains(*one));
    for one in idle {
        session.diags.push(
            Diagnostic::warning("allow-break-idle", format!("Nothing breaks at `{one}`"))
                .detail("-allow-break names it, and the plan breaks nobody there.")
                .remedy("Write the address as the plan's warning does, ENV/STACK//ADDRESS, or leave it out."),
        );
    }
    if let_go.is_empty() {
        return Ok(());
    }
    record(session, opened, "allow-break", plan, list(&let_go))
}

/// The code of missing approvals.
const APPROVALS: &str = "approvals-missing";

/// Tells what does not bind; approvals that several stacks miss in one warning.
fn warn(session: &mut Session<'_>, gate: &Gate, warned: &[Refusal], glass: BreakGlass) {
    let (approvals, others): (Vec<&Refusal>, Vec<&Refusal>) =
        warned.iter().partition(|one| one.code == APPROVALS);
    others.iter().for_each(|one| session.diags.push(gate.warning(one)));
    if approvals.is_empty() {
        return;
    }
    let stacks: Vec<String> =
        approvals.iter().filter_map(|one| one.stack.as_ref().map(ToString::to_string)).collect();
    let what = match stacks.len() {
        1 => "Approvals are missing for 1 stack".to_owned(),
        count => format!("Approvals are missing for {count} stacks"),
    };
    let why = match glass {
        BreakGlass::No => "They do not bind here: the environment is not protected.",
        BreakGlass::Yes => "They are set aside.",
    };
    session.diags.push(
        Diagnostic::warning(APPROVALS, what)
            .detail(format!("{}. {why}", stacks.join(", ")))
            .remedy("None is needed to go on."),
    );
}

/// All plans: also those of forgetting.
fn plans_of(planned: &EnvironmentPlan) -> Vec<(&StackAddr, &Plan)> {
    let stacks = planned.stacks.iter().map(|stack| (&stack.address, &*stack.plan));
    let forgotten = planned.forgotten.iter().map(|stack| (&stack.address, &*stack.plan));
    stacks.chain(forgotten).collect()
}

/// The question that a run asks for each later plan, before any call of its stack: a refusal is an event, too.
pub(crate) fn again(session: &Session<'_>, opened: &Opened, gate: Arc<Gate>, id: &str) -> Again {
    let store = opened.store.clone();
    let refusal = event(session, "apply-refused", Some(id), String::new());
    let clock = session.clock_ms();
    Arc::new(move |stack, later| {
        let Err(mut diags) = gate.again(stack, later) else { return Ok(()) };
        let texts: Vec<&str> = diags.iter().map(|one| one.detail.as_str()).collect();
        let event = Event { at_ms: clock(), ..refusal.clone() };
        let event = event.of_stack(stack.to_string()).saying(list(&texts));
        if let Err(error) = store.record(&event) {
            diags.push(run::failure::port("", &error));
        }
        Err(diags)
    })
}

fn glass(asked: &Asked<'_>) -> Result<BreakGlass, Diagnostic> {
    match asked.break_glass.map(str::trim) {
        None => Ok(BreakGlass::No),
        Some("") => Err(Diagnostic::error("reason-missing", "Glass is broken for a reason")
            .detail("--break-glass sets approvals and freezes aside; the audit keeps why.")
            .remedy("Write: --break-glass \"what is on fire\".")),
        Some(_) => Ok(BreakGlass::Yes),
    }
}

fn list(texts: &[&str]) -> String {
    if texts.is_empty() { "nothing".to_owned() } else { texts.join("; ") }
}

/// Records the refusal, and prints it for programs. The plan is kept already, where it would change anything.
fn refuse(
    session: &Session<'_>,
    opened: &Opened,
    asked: &Asked<'_>,
    refused: &[Refusal],
) -> Result<(), Diagnostic> {
    let texts: Vec<&str> = refused.iter().map(|one| one.text.as_str()).collect();
    record(session, opened, "apply-refused", asked.id, list(&texts))?;
    if !session.tells_steps() {
        return Ok(());
    }
    if session.context.format == Format::Json {
        session.context.out(&format!("{:#}\n", document(asked.id, refused)));
    } else if asked.digest.is_some() && session.tells_steps() {
        session.context.out(&format!("\nRefused. The plan is kept as {}.\n", asked.id));
    }
    Ok(())
}

/// Refusals for programs.
pub(crate) fn document(plan: &str, refused: &[Refusal]) -> Json {
    let refused: Vec<Json> = refused
        .iter()
        .map(|one| {
            json!({
                "code": one.code,
                "stack": one.stack.as_ref().map(ToString::to_string),
                "address": one.address,
                "text": one.text,
                "remedy": one.remedy_for(plan),
            })
        })
        .collect();
    json!({ "format_version": "1.0", "plan": plan, "refused": refused })
}

pub(super) fn record(
    session: &Session<'_>,
    opened: &Opened,
    what: &str,
    plan: &str,
    detail: String,
) -> Result<(), Diagnostic> {
    let environment = opened.file.estate[opened.environment].name.node.clone();
    let event = event(session, what, Some(plan), detail).in_environment(environment);
    let recorded = opened.store.record(&event);
    recorded.map(drop).map_err(|error| run::failure::port("", &error))
}

/// An event of now, by whoever runs the program.
pub(crate) fn event(
    session: &Session<'_>,
    what: &str,
    plan: Option<&str>,
    detail: String,
) -> Event {
    let event = Event::new(session.now_ms(), run::who::of(session.context.host), what);
    Event { plan: plan.map(Arc::from), ..event.saying(detail) }
}
