//! `strata affected REF`: which stack instances a change affects, and why.
//!
//! Needs no store, provider or network. Invariant: it names what `--affected` would choose.

use estate::{Affected, Cause, InstanceIdx, StackGraph};
use run::estate::{EstateFile, Since, Strictness};
use serde_json::{Value, json};

use super::{environments, read_file};
use crate::args::AffectedArgs;
use crate::commands::Context;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &AffectedArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = told(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn told(session: &mut Session<'_>, args: &AffectedArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = read_file(session)?;
    let wanted = environments(session, &file, &[], args.env.as_deref())?;
    let since = session.heed(Since::read(context.host, &file, &args.reference))?;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let checked =
        run::estate::check(context.host, &file, &wanted, Strictness::Errors, sources, diags)?;
    let found: Vec<(&StackGraph, Affected)> = checked
        .graphs
        .values()
        .map(|graph| (graph, since.affected(&file, &checked, graph)))
        .collect();
    Some(match context.format {
        Format::Json => document(&since, &found),
        Format::Text => text(&file, &found),
    })
}

fn text(file: &EstateFile, found: &[(&StackGraph, Affected)]) -> String {
    let mut out = String::new();
    for (graph, affected) in found {
        let environment = &file.estate[graph.environment].name.node;
        let (own, all) = (affected.changed.len(), graph.order.len());
        out.push_str(&format!(
            "{environment}: {own} of {all} stacks changed, {} more read them\n",
            affected.rippled.len()
        ));
        let shown = affected.all();
        let width = shown.iter().map(|at| graph.instance(*at).addr.to_string().len());
        let width = width.max().unwrap_or(0);
        for index in shown {
            let address = graph.instance(index).addr.to_string();
            let why = match affected.changed.get(&index) {
                Some(causes) => causes_text(causes),
                None => format!("reads {}", through(graph, affected, index).join(", ")),
            };
            out.push_str(&format!("  {address:width$}  {why}\n"));
        }
    }
    out
}

/// Causes that are named of an instance, at most; the rest is counted.
const CAUSES_SHOWN: usize = 3;

/// The causes in one line.
pub(super) fn causes_text(causes: &[Cause]) -> String {
    let shown: Vec<String> = causes.iter().take(CAUSES_SHOWN).map(cause_text).collect();
    match causes.len().saturating_sub(CAUSES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::File(path) => path.clone(),
        Cause::Setting(place) => format!("strata.hcl: {place}"),
        Cause::New => "new".to_owned(),
        Cause::Unknown => "strata.hcl as it was cannot be compared".to_owned(),
        Cause::Provider(name) => format!("another version of {name} is locked"),
        Cause::Secret(name) => format!("secret.{name}"),
    }
}

/// The affected instances that an instance reads itself.
pub(super) fn through(graph: &StackGraph, affected: &Affected, index: InstanceIdx) -> Vec<String> {
    let reads = graph.instance(index).reads.iter();
    let affected = |read: &&InstanceIdx| {
        affected.changed.contains_key(read) || affected.rippled.contains(read)
    };
    reads.filter(affected).map(|read| graph.instance(*read).addr.to_string()).collect()
}

fn document(since: &Since, found: &[(&StackGraph, Affected)]) -> String {
    let mut stacks: Vec<Value> = Vec::new();
    for (graph, affected) in found {
        for index in affected.all() {
            let causes = affected.changed.get(&index);
            stacks.push(json!({
                "address": graph.instance(index).addr.to_string(),
                "changed": causes.is_some(),
                "causes": causes.into_iter().flatten().map(cause_json).collect::<Vec<_>>(),
                "reads": through(graph, affected, index),
            }));
        }
    }
    let document = json!({ "format_version": "1.0", "since": since.commit, "stacks": stacks });
    format!("{document:#}\n")
}

fn cause_json(cause: &Cause) -> Value {
    let (kind, what) = match cause {
        Cause::File(path) => ("file", Some(path)),
        Cause::Setting(place) => ("setting", Some(place)),
        Cause::New => ("new", None),
        Cause::Unknown => ("unknown", None),
        Cause::Provider(name) => ("provider", Some(name)),
        Cause::Secret(name) => ("secret", Some(name)),
    };
    json!({ "kind": kind, "what": what })
}
