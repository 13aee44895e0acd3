//! `strata show PLAN` in an estate: the page of a kept plan, one of its stacks attribute by attribute, one resource, or
//! OpenTofu's documents.
//!
//! Invariant: what is shown is the plan as it was kept; the estate file only tells what is wired where and whose approval
//! is needed, as of now.

use std::sync::Arc;

use addr::{StackAddr, StackResource};
use diag::Diagnostic;
use plan::Plan;
use render::{EstatePage, Showing};
use run::estate::{Kept, PlanName};
use store::StackKey;

use super::estate::{documents, schemas};
use super::{plan_document, secrets};
use crate::args::{ChoiceArgs, ShowArgs};
use crate::commands::estate::apply::find;
use crate::commands::estate::page::{self, Source};
use crate::commands::estate::{Opened, gate, open, read_file};
use crate::report::Format;
use crate::session::Session;

/// Which part of a plan.
enum Part {
    Whole,
    Stack(StackAddr),
    Resource(StackResource),
}

/// The plan with this name, or a part of it.
pub(super) async fn shown(
    session: &mut Session<'_>,
    name: &str,
    part: Option<&str>,
    args: &ShowArgs,
) -> Option<String> {
    let file = read_file(session)?;
    let mut kept = session.heed(find(session, &file, name))?;
    let part = session.heed(part_of(&kept, part))?;
    let environment = kept.environment.to_string();
    let opened = open(session, &[], &ChoiceArgs::of_environment(&environment))?;
    if session.context.format == Format::Json && !args.markdown {
        if let Some(stack) = stack_of(&part) {
            let stack = stack.to_string();
            kept.plans.retain(|address, _| **address == stack);
        }
        return plan_documents(session, &opened, &kept).await;
    }
    let plans = in_order(&opened, &kept);
    let plan = PlanName { id: kept.id.as_str().into(), digest: Some(kept.digest) };
    let verdict = gate::verdict(session, &opened, &plans, plan);
    let verdict = session.heed(verdict)?;
    let source = Source {
        opened: &opened,
        sources: &session.sources,
        plans,
        verdict: &verdict,
        plan_id: &kept.id,
        fresh: None,
    };
    let mut page = page::page(&source);
    if let Some(stack) = stack_of(&part) {
        // The foot stays that of the whole plan, which is what is approved and applied.
        page.stacks.retain(|one| one.address == *stack);
        page.losses.retain(|one| one.stack == *stack);
        page.refusals.retain(|one| one.stack.as_ref().is_none_or(|about| about == stack));
    }
    if args.markdown {
        return Some(render::estate_page_markdown(&page));
    }
    let text = match &part {
        Part::Whole => Ok(render::estate_page(&page, session.context.paint)),
        Part::Stack(_) => Ok(of_stack(session, &page, args)),
        Part::Resource(resource) => of_resource(session, &page, resource, args),
    };
    session.heed(text)
}

/// What a second argument names: a stack of the plan, or a resource of one.
fn part_of(kept: &Kept, text: Option<&str>) -> Result<Part, Diagnostic> {
    let Some(text) = text else { return Ok(Part::Whole) };
    let part = match text.contains("//") {
        true => text.parse().map(Part::Resource).map_err(|error| bad_part(text, &error)),
        false => text.parse().map(Part::Stack).map_err(|error| bad_part(text, &error)),
    }?;
    let stack = stack_of(&part).map(ToString::to_string).unwrap_or_default();
    if kept.plans.contains_key(&*stack) {
        return Ok(part);
    }
    let known: Vec<&str> = kept.plans.keys().map(|address| &**address).collect();
    Err(Diagnostic::error("show-stack", format!("The plan has no stack `{stack}`"))
        .detail(format!("It has: {}.", known.join(", ")))
        .remedy("Name one of these."))
}

fn bad_part(text: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error("show-stack", format!("`{text}` is no part of a plan"))
        .detail(format!("{error}."))
        .remedy("Name a stack, ENV/STACK[:KEY], or a resource, ENV/STACK[:KEY]//ADDRESS.")
}

fn stack_of(part: &Part) -> Option<&StackAddr> {
    match part {
        Part::Whole => None,
        Part::Stack(stack) => Some(stack),
        Part::Resource(resource) => Some(&resource.stack),
    }
}

/// The plans in the order in which they are applied; those of stacks that the estate file no longer names last.
fn in_order<'k>(opened: &Opened, kept: &'k Kept) -> Vec<(StackAddr, &'k Plan)> {
    let parsed = kept.plans.iter().filter_map(|(address, plan)| {
        address.parse::<StackAddr>().ok().map(|address| (address, &**plan))
    });
    let mut plans: Vec<(StackAddr, &Plan)> = parsed.collect();
    let graph = opened.graph();
    plans.sort_by_key(|(address, _)| graph.find(address).map_or(u32::MAX, |index| index.0));
    plans
}

fn showing<'w>(session: &Session<'_>, page: &'w EstatePage<'_>, args: &ShowArgs) -> Showing<'w> {
    let wires = &page.stacks[0].wires;
    Showing { wires, secrets: secrets(args), paint: session.context.paint }
}

/// One stack: its changes attribute by attribute, then its page.
fn of_stack(session: &Session<'_>, page: &EstatePage<'_>, args: &ShowArgs) -> String {
    let how = showing(session, page, args);
    let plan = page.stacks[0].plan.expect("BUG: a stack of a kept plan has one");
    format!("{}{}", render::changes(plan, how), render::estate_page(page, session.context.paint))
}

/// One resource: all of its instance that has this address.
fn of_resource(
    session: &Session<'_>,
    page: &EstatePage<'_>,
    resource: &StackResource,
    args: &ShowArgs,
) -> Result<String, Diagnostic> {
    let plan = page.stacks[0].plan.expect("BUG: a stack of a kept plan has one");
    let address = resource.instance.to_string();
    let told = render::change_of(plan, &address, showing(session, page, args));
    told.ok_or_else(|| {
        Diagnostic::error("show-resource", format!("The plan has nothing at `{resource}`"))
            .detail("Neither the configuration nor the state has an object of this address.")
            .remedy(format!("Look at the whole stack: strata show PLAN {}", resource.stack))
    })
}

async fn plan_documents(session: &mut Session<'_>, opened: &Opened, kept: &Kept) -> Option<String> {
    let mut documents_of = Vec::new();
    for (address, plan) in &kept.plans {
        let stack: StackAddr = address.parse().expect("BUG: a plan of no stack");
        let graph = opened.graph();
        let Some(index) = graph.find(&stack) else {
            session.diags.push(without_document(&stack));
            continue;
        };
        let loaded = opened.store.peek(&StackKey::from(&stack));
        let mut loaded = session.heed(loaded.map_err(|e| run::failure::load(address, &e)))?;
        loaded.state = Arc::clone(&plan.prior).as_ref().clone();
        let schemas = schemas(session, opened, &stack, &loaded).await?;
        let loaded = &opened.checked.module(opened.graph().instance(index)).loaded;
        documents_of.push((address.to_string(), plan_document(plan, &schemas, Some(loaded))));
    }
    Some(documents(&documents_of))
}

fn without_document(stack: &StackAddr) -> Diagnostic {
    Diagnostic::warning("document-left-out", format!("`{stack}` has no document"))
        .detail("strata.hcl does not name it any more, so its providers are not known.")
        .remedy("Show the plan without -json to see what becomes of it.")
}
