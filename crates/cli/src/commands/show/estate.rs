//! `strata show` in an estate: the states of its stacks, one stack's state, or a plan.

use std::sync::Arc;

use diag::Diagnostic;
use plan::Schemas;
use render::{Page, PageStack};
use run::estate::{Kept, Purpose, open_stack};
use store::{Loaded, StackKey, Store as _};

use super::{plan_document, secrets, state, state_document};
use crate::args::{ShowArgs, WhichState};
use crate::commands::estate::apply::find;
use crate::commands::estate::{Opened, open, read_file};
use crate::ready::ready;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// What was asked for, as text.
pub(super) async fn shown(session: &mut Session<'_>, args: &ShowArgs) -> Option<String> {
    match args.what.as_slice() {
        [] => states(session, args).await,
        [one] if is_stack(session, one) => one_state(session, one, args).await,
        [plan] => kept(session, plan, None, args).await,
        [plan, stack] => kept(session, plan, Some(stack), args).await,
        _ => session.heed(Err(Diagnostic::error("show-what", "More than one thing to show")
            .detail("show takes a stack; or a plan, and one of its stacks after it.")
            .remedy("Write: strata show ENV/STACK, or strata show PLAN [ENV/STACK]."))),
    }
}

/// Whether an argument names a stack, rather than a file or a plan.
fn is_stack(session: &Session<'_>, text: &str) -> bool {
    let context = session.context;
    text.parse::<addr::StackAddr>().is_ok() && !context.host.files.exists(&context.dir.join(text))
}

async fn one_state(session: &mut Session<'_>, stack: &str, args: &ShowArgs) -> Option<String> {
    let which = WhichState { stack: Some(stack.to_owned()), ..WhichState::default() };
    let (place, _) = which::open(session, &which, &[], Backup::Beside)?;
    let loaded = place.peek(session)?;
    let schemas: Arc<Schemas> = match loaded.state.object_count() {
        0 => Arc::default(),
        _ => ready(session, &place, &loaded, &[]).await?.stack.schemas,
    };
    state(session, &loaded.state, &schemas, secrets(args))
}

/// The states of an environment's stacks, one after the other.
async fn states(session: &mut Session<'_>, args: &ShowArgs) -> Option<String> {
    let opened = open(session, &[], args.env.as_deref())?;
    let mut shown = Vec::new();
    for instance in &opened.graph().order {
        let address = instance.addr.to_string();
        let loaded = opened.store.peek(&StackKey::from(&instance.addr));
        let loaded = session.heed(loaded.map_err(|error| run::failure::load(&address, &error)))?;
        let schemas = schemas(session, &opened, &instance.addr, &loaded).await?;
        let text = match session.context.format {
            Format::Json => state_document(&loaded.state, &schemas),
            Format::Text => state(session, &loaded.state, &schemas, secrets(args))?,
        };
        shown.push((address, text));
    }
    Some(match session.context.format {
        Format::Json => documents(&shown),
        Format::Text => {
            let all: Vec<String> =
                shown.iter().map(|(address, text)| format!("## {address}\n\n{text}")).collect();
            all.join("\n")
        }
    })
}

/// The schemas of a stack of the environment, as far as a state needs them.
async fn schemas(
    session: &mut Session<'_>,
    opened: &Opened,
    address: &addr::StackAddr,
    loaded: &Loaded,
) -> Option<Arc<Schemas>> {
    let graph = opened.graph();
    let instance = graph.order.iter().find(|instance| instance.addr == *address);
    let instance = session.heed(instance.ok_or_else(|| not_of_this_environment(address)))?;
    match open_stack(opened.run(session), instance, loaded, Purpose::Plan).await {
        Ok(stack) => Some(stack.schemas),
        Err(diags) => {
            session.diags.extend(diags);
            None
        }
    }
}

fn not_of_this_environment(address: &addr::StackAddr) -> Diagnostic {
    Diagnostic::error("stack-unknown", format!("No stack has the address `{address}`"))
        .detail("strata.hcl does not name it any more, so its providers are not known.")
        .remedy("Show the plan without -json; or plan again.")
}

/// OpenTofu's documents by stack.
fn documents(all: &[(String, String)]) -> String {
    let members: Vec<String> =
        all.iter().map(|(address, document)| format!("\"{address}\":{document}")).collect();
    format!("{{\"format_version\":\"1.0\",\"stacks\":{{{}}}}}\n", members.join(","))
}

/// A plan that is kept in the store or in a file; of one of its stacks every attribute that changes.
async fn kept(
    session: &mut Session<'_>,
    name: &str,
    stack: Option<&str>,
    args: &ShowArgs,
) -> Option<String> {
    let file = read_file(session)?;
    let mut kept = session.heed(find(session, &file, name))?;
    if let Some(stack) = stack {
        let known: Vec<&str> = kept.plans.keys().map(|address| &**address).collect();
        if !kept.plans.contains_key(stack) {
            let known = known.join(", ");
            return session.heed(Err(not_in_plan(stack, &known)));
        }
        kept.plans.retain(|address, _| &**address == stack);
    }
    if session.context.format == Format::Json {
        return plan_documents(session, &kept).await;
    }
    let paint = session.context.paint;
    let title = format!("{}/{}", file.estate.name.node, kept.environment);
    let changes = match (stack, kept.plans.values().next()) {
        (Some(_), Some(plan)) => render::changes(plan, secrets(args), paint),
        _ => String::new(),
    };
    let page = Page {
        title,
        stacks: pages(&kept),
        plan_id: Some(kept.id.clone()),
        next: Some(format!("strata apply {name}")),
    };
    Some(format!("{changes}{}", render::page(&page, paint)))
}

fn pages(kept: &Kept) -> Vec<PageStack<'_>> {
    kept.plans
        .iter()
        .map(|(address, plan)| PageStack { address: address.to_string(), plan, unknown_inputs: 0 })
        .collect()
}

fn not_in_plan(stack: &str, known: &str) -> Diagnostic {
    Diagnostic::error("show-stack", format!("The plan has no stack `{stack}`"))
        .detail(format!("It has: {known}."))
        .remedy("Name one of these.")
}

async fn plan_documents(session: &mut Session<'_>, kept: &Kept) -> Option<String> {
    let opened = open(session, &[], Some(&kept.environment))?;
    let mut documents_of = Vec::new();
    for (address, plan) in &kept.plans {
        let stack: addr::StackAddr = address.parse().expect("BUG: a plan of no stack");
        let loaded = opened.store.peek(&StackKey::from(&stack));
        let mut loaded = session.heed(loaded.map_err(|e| run::failure::load(address, &e)))?;
        loaded.state = state::State::clone(&plan.prior);
        let schemas = schemas(session, &opened, &stack, &loaded).await?;
        documents_of.push((address.to_string(), plan_document(plan, &schemas)));
    }
    Some(documents(&documents_of))
}
