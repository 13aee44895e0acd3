//! `strata store show`: what the estate's store holds.

use diag::Diagnostic;
use render::clean;
use run::estate::EstateFile;
use serde_json::json;
use store::EstateStore;

use super::super::Context;
use crate::report::Format;

/// Events looked at from the end, at most.
const EVENTS_SHOWN: u64 = 10;

/// What a store holds.
struct Contents {
    stacks: Vec<Stack>,
    plans: usize,
    events: u64,
    last: Vec<store::EventRecord>,
}

struct Stack {
    address: String,
    serial: u64,
    objects: usize,
    in_doubt: usize,
}

/// The store, its stacks and its last events.
pub(super) fn show(context: &Context<'_>, file: &EstateFile) -> Result<String, Diagnostic> {
    let store = run::estate::open_store(context.host, file)?;
    let contents = contents(&*store)?;
    Ok(match context.format {
        Format::Json => document(file, &contents),
        Format::Text => text(file, &contents),
    })
}

fn contents(store: &dyn EstateStore) -> Result<Contents, Diagnostic> {
    let port = |error: &store::PortError| run::failure::port("", error);
    let mut stacks = Vec::new();
    for key in store.stacks().map_err(|error| port(&error))? {
        let loaded = store.peek(&key).map_err(|e| run::failure::load(key.as_str(), &e))?;
        stacks.push(Stack {
            address: key.to_string(),
            serial: loaded.state.serial,
            objects: loaded.state.object_count(),
            in_doubt: loaded.in_doubt.len(),
        });
    }
    let events = store.verify_events().map_err(|error| broken_chain(&error))?;
    let from = events.saturating_sub(EVENTS_SHOWN) + 1;
    let last = store.events(from, EVENTS_SHOWN as usize).map_err(|error| port(&error))?;
    let plans = store.plans().map_err(|error| port(&error))?.len();
    Ok(Contents { stacks, plans, events, last })
}

/// What is said where the chain of events does not hold.
pub(super) fn broken_chain(error: &store::ChainError) -> Diagnostic {
    match error {
        store::ChainError::Port(error) => run::failure::port("", error),
        store::ChainError::Broken(_) => Diagnostic::error(
            "events-changed",
            "The record of events was changed behind the store's back",
        )
        .detail(format!("{error}. Each event carries the hash of the one before."))
        .remedy("Find out who wrote to the database's file, and restore it from a backup."),
    }
}

fn text(file: &EstateFile, contents: &Contents) -> String {
    let estate = &file.estate;
    let id = estate.id.as_ref().map_or("none", |id| &*id.node);
    let mut out = format!(
        "store    {}\nestate   {} (id {id})\nplans    {}\nevents   {}, unbroken\n",
        estate.store.node, estate.name.node, contents.plans, contents.events
    );
    let width = contents.stacks.iter().map(|stack| stack.address.len()).max().unwrap_or(0);
    if !contents.stacks.is_empty() {
        out.push_str("\nstacks\n");
    }
    for stack in &contents.stacks {
        let Stack { address, serial, objects, in_doubt } = stack;
        let doubt = if *in_doubt > 0 { format!("  {in_doubt} IN DOUBT") } else { String::new() };
        out.push_str(&format!("  {address:width$}  serial {serial}  {objects} objects{doubt}\n"));
    }
    if !contents.last.is_empty() {
        out.push_str("\nlast events\n");
    }
    for record in &contents.last {
        let event = &record.event;
        let stack = event.stack.as_deref().unwrap_or("-");
        let (what, who) = (&event.what, clean(event.who.as_str()));
        // On one line, whatever somebody gave as a reason: no event looks like another.
        let detail = clean(&event.detail);
        out.push_str(&format!("  {}  {what}  {stack}  {who}  {detail}\n", time(event.at_ms)));
    }
    out
}

fn time(ms: u64) -> String {
    host::Timestamp { seconds: ms / 1000, nanos: 0 }.rfc3339()
}

fn document(file: &EstateFile, contents: &Contents) -> String {
    let stacks: Vec<serde_json::Value> = contents
        .stacks
        .iter()
        .map(|stack| {
            json!({
                "address": stack.address, "serial": stack.serial,
                "objects": stack.objects, "in_doubt": stack.in_doubt,
            })
        })
        .collect();
    let events: Vec<serde_json::Value> = contents
        .last
        .iter()
        .map(|record| {
            let event = &record.event;
            json!({
                "number": record.number, "at": time(event.at_ms), "who": event.who.as_str(), "what": &*event.what,
                "stack": event.stack.as_deref(), "plan": event.plan.as_deref(),
                "serials": event.serials.map(|(before, after)| [before, after]),
                "detail": &*event.detail,
            })
        })
        .collect();
    let estate = &file.estate;
    format!(
        "{:#}\n",
        json!({
            "format_version": "1.0",
            "store": estate.store.node.to_string(),
            "estate": { "name": &*estate.name.node, "id": estate.id.as_ref().map(|id| &*id.node) },
            "plans": contents.plans,
            "events": { "count": contents.events, "last": events },
            "stacks": stacks,
        })
    )
}
