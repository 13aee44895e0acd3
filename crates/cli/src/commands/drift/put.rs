//! `strata drift accept` and `strata drift revert`: the state follows the objects, or the objects follow the configuration.
//!
//! Both look first, so that what is named has drifted. Invariant: accepting touches no object; reverting touches nothing at all,
//! it makes a plan.

use std::collections::{BTreeMap, BTreeSet};

use addr::{StackPattern, StackResource};
use diag::Diagnostic;
use estate::Day;
use run::estate::{EnvironmentPlan, encode, new_plan_id};

use super::found::{self, Found};
use super::planning;
use crate::args::{ChoiceArgs, DriftAcceptArgs, DriftLookingArgs, DriftRevertArgs, PlanningArgs};
use crate::commands::apply::{Wanted, approved};
use crate::commands::estate::apply::{Going, carry_out, ended};
use crate::commands::estate::plan::{Markdown, keep, plan, show};
use crate::commands::estate::{Opened, gate, open};
use crate::exit::Exit;
use crate::rehearsal;
use crate::report::Format;
use crate::session::Session;

/// Runs `accept`.
pub(super) async fn accept(mut session: Session<'_>, args: &DriftAcceptArgs) -> Exit {
    if args.reason.trim().is_empty() {
        session.diags.push(
            Diagnostic::error("reason-missing", "Drift is accepted for a reason")
                .detail("The audit keeps why, for those who find the difference later.")
                .remedy("Write: -reason \"what it is for\"."),
        );
        return session.end(Exit::Failed);
    }
    let choice = ChoiceArgs::default();
    let named = named(&mut session, &args.addresses, &choice, &args.looking).await;
    let Some(named) = named else { return session.end(Exit::Failed) };
    let wanted = PlanningArgs {
        refresh_only: true,
        lock_timeout: args.lock_timeout.clone(),
        ..planning(&args.looking)
    };
    let Some(planned) = plan(&mut session, &named.opened, &wanted, false).await else {
        return session.end(Exit::Failed);
    };
    session.report();
    let list: String = named.addresses.iter().map(|one| format!("  {one}\n")).collect();
    if session.context.format == Format::Text {
        session.context.out(&format!("The state takes in what happened to:\n{list}"));
    }
    let wanted = Wanted {
        targets: &[],
        destroy: false,
        auto_approve: args.auto_approve,
        allow_break: &[],
        break_glass: None,
        planning: &wanted,
    };
    if !approved(&mut session, &wanted, "this to the state") {
        return session.end(Exit::Failed);
    }
    let Some(id) = kept(&mut session, &named, &planned, None) else {
        return session.end(Exit::Failed);
    };
    if record(&mut session, &named, "drift-accept", &id.0, args.reason.trim()).is_none() {
        return session.end(Exit::Failed);
    }
    let going = Going { id: &id.0, digest: Some(id.1), resumed: None };
    let done = carry_out(&mut session, &wanted, &named.opened, &planned, going).await;
    ended(session, done)
}

/// Runs `revert`.
pub(super) async fn revert(mut session: Session<'_>, args: &DriftRevertArgs) -> Exit {
    let named = named(&mut session, &args.addresses, &args.choice, &args.looking).await;
    let Some(named) = named else { return session.end(Exit::Failed) };
    if named.addresses.is_empty() {
        session.context.out("Nothing drifted, so nothing is to be put back.\n");
        return session.end(Exit::Done);
    }
    let wanted = planning(&args.looking);
    let Some(planned) = plan(&mut session, &named.opened, &wanted, false).await else {
        return session.end(Exit::Failed);
    };
    not_reverted(&mut session, &named.opened, &planned);
    session.report();
    let Some((id, _)) = kept(&mut session, &named, &planned, args.out.as_deref()) else {
        return session.end(Exit::Failed);
    };
    if record(&mut session, &named, "drift-revert", &id, "a plan to put it back").is_none() {
        return session.end(Exit::Failed);
    }
    let markdown = Markdown::of(args.markdown.as_deref());
    show(&mut session, &named.opened, &planned, &id, markdown, None);
    session.end(Exit::Done)
}

/// Tells of what no configuration says anything, so that no plan can put it back.
fn not_reverted(session: &mut Session<'_>, opened: &Opened, planned: &EnvironmentPlan) {
    for stack in &planned.stacks {
        let named = opened.selected.drifted.get(&stack.index).into_iter().flatten();
        for instance in named {
            let mut own = stack.plan.changes.iter().filter(|change| change.address == *instance);
            if own.any(|change| change.action != ::plan::Action::NoOp) {
                continue;
            }
            session.diags.push(
                Diagnostic::warning("drift-not-reverted", "A plan cannot put this back")
                    .detail("The stack's configuration says nothing of what changed, so that it fits as it is.")
                    .remedy("Undo it by hand, write into the configuration what it has to be, or accept it.")
                    .about(format!("{}//{instance}", stack.address)),
            );
        }
    }
}

/// Drift that was named, and the estate opened for it.
struct Named {
    opened: Opened,
    addresses: Vec<String>,
}

/// Looks at the stacks of these addresses, and selects what of them drifted; errors are in the session.
async fn named(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
    looking: &DriftLookingArgs,
) -> Option<Named> {
    session.bound_calls(looking.calls_max);
    rehearsal::begin_where_asked(session, &looking.rehearsal)?;
    let stacks: BTreeSet<String> =
        addresses.iter().map(|one| one.split("//").next().unwrap_or(one).to_owned()).collect();
    let stacks: Vec<String> = stacks.into_iter().collect();
    let mut opened = open(session, &stacks, choice)?;
    let planned = found::looked(session, &opened).await;
    if session.failed() {
        return None;
    }
    let today = Day::of_seconds(session.now_s());
    let (all, _) = found::found(&opened, &planned, today);
    let chosen = chosen(addresses, &all);
    let chosen = session.heed(chosen)?;
    let mut drifted: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in &chosen {
        drifted.entry(one.index()).or_default().push(one.instance().clone());
    }
    let addresses = chosen.iter().map(|one| one.address()).collect();
    drop(all);
    opened.selected.instances = drifted.keys().copied().collect();
    opened.selected.drifted = drifted;
    session.diags = Default::default(); // warnings of the look are those of the plan
    Some(Named { opened, addresses })
}

/// What the addresses name of what drifted: each names something; all where there are none.
fn chosen<'f, 'a>(
    addresses: &[String],
    all: &'f [Found<'a>],
) -> Result<Vec<&'f Found<'a>>, Diagnostic> {
    if addresses.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut chosen: Vec<&Found<'a>> = Vec::new();
    for text in addresses {
        let names: Box<dyn Fn(&Found<'_>) -> bool> = if text.contains("//") {
            let one: StackResource = text.parse().map_err(|error| bad(text, &error))?;
            Box::new(move |found| {
                found.stack.address == one.stack && *found.instance() == one.instance
            })
        } else {
            let stacks: StackPattern = text.parse().map_err(|error| bad(text, &error))?;
            Box::new(move |found| stacks.matches(&found.stack.address))
        };
        let before = chosen.len();
        let fresh = all.iter().filter(|one| names(one));
        let known = |one: &&Found<'_>| !chosen.iter().any(|other| std::ptr::eq(*other, *one));
        let fresh: Vec<&Found<'a>> = fresh.filter(known).collect();
        chosen.extend(fresh);
        if chosen.len() == before && !chosen.iter().any(|one| names(one)) {
            return Err(not_drifted(text, all));
        }
    }
    Ok(chosen)
}

fn bad(text: &str, error: &addr::StackAddrError) -> Diagnostic {
    Diagnostic::error("bad-address", format!("`{text}` is no address"))
        .detail(format!("{error}."))
        .remedy("Write ENV/STACK//ADDRESS, as `strata drift` does, or ENV/STACK.")
}

/// Addresses that are listed, at most.
const KNOWN_MAX: usize = 20;

fn not_drifted(text: &str, all: &[Found<'_>]) -> Diagnostic {
    let mut known: Vec<String> = all.iter().take(KNOWN_MAX).map(|one| one.address()).collect();
    if all.len() > KNOWN_MAX {
        known.push(format!("and {} more", all.len() - KNOWN_MAX));
    }
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    Diagnostic::error("drift-unknown", format!("`{text}` has not drifted"))
        .detail(format!("In the stacks that were looked at, this drifted: {known}."))
        .remedy("Name an address as `strata drift` prints it.")
}

/// Keeps the plan under an id; errors are in the session.
fn kept(
    session: &mut Session<'_>,
    named: &Named,
    planned: &EnvironmentPlan,
    out: Option<&str>,
) -> Option<(String, ::plan::Digest)> {
    let id = new_plan_id(session.random_bits());
    let opened = &named.opened;
    let bytes = encode(&id, session.now_ms(), &opened.file, opened.graph(), planned);
    let kept = keep(session, opened, &id, &bytes, out);
    session.heed(kept)?;
    Some((id, ::plan::Digest::of(&bytes)))
}

/// Records what becomes of drift, object by object; errors are in the session.
fn record(
    session: &mut Session<'_>,
    named: &Named,
    what: &str,
    plan: &str,
    why: &str,
) -> Option<()> {
    let environment = named.opened.file.estate[named.opened.environment].name.node.clone();
    for address in &named.addresses {
        let event = gate::event(session, what, Some(plan), why.to_owned());
        let stack = address.split("//").next().unwrap_or_default().to_owned();
        let event =
            event.in_environment(environment.clone()).of_stack(stack).to_object(address.as_str());
        let recorded = named.opened.store.record(&event);
        session.heed(recorded.map_err(|error| run::failure::port("", &error)))?;
    }
    Some(())
}
