//! `strata list`: the stack instances of the estate by environment and layer, and what the store holds of each; then
//! what the store holds and the files no longer name.

use std::collections::{BTreeMap, BTreeSet};

use addr::{StackAddr, StackPattern};
use diag::Diagnostic;
use estate::{Settled, StackGraph};
use run::estate::{EstateFile, Strictness};
use serde_json::json;
use store::{EstateStore, StackKey};

use super::store::no_estate;
use super::{Context, estate as of_estate};
use crate::args::{ChoiceArgs, SelectionArgs};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &SelectionArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = listed(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

/// Where a listed instance belongs.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// In this layer.
    Layer(String),
    /// It gets this address with the next apply.
    Moved(String),
    /// It is forgotten with the next apply.
    Removed,
    /// The files do not name it any more.
    Orphan,
}

/// A stack instance, and what is stored of it.
struct Row {
    address: StackAddr,
    standing: Standing,
    serial: u64,
    objects: usize,
    in_doubt: usize,
    holder: Option<String>,
}

fn listed(session: &mut Session<'_>, args: &SelectionArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = of_estate::read_file(session)?;
    let store = session.heed(run::estate::open_store(context.host, &file))?;
    let addresses = addresses(session, &file, &*store, args)?;
    let rows = addresses.into_iter().map(|(address, standing)| row(&*store, address, standing));
    let rows: Result<Vec<Row>, Diagnostic> = rows.collect();
    let rows = session.heed(rows)?;
    Some(match context.format {
        Format::Json => document(&rows),
        Format::Text => table(&rows),
    })
}

/// The addresses to be listed: environments in the order of the file, lower layers first, then what is no longer named.
fn addresses(
    session: &mut Session<'_>,
    file: &EstateFile,
    store: &dyn EstateStore,
    args: &SelectionArgs,
) -> Option<Vec<(StackAddr, Standing)>> {
    let patterns = of_estate::patterns(session, &args.addresses)?;
    let all = of_estate::environments(session, file, &[], args.choice.env.as_deref())?;
    let graphs = of_estate::graphs(session, file, &all)?;
    let mut left = left(session, file, store, &graphs, args)?;
    let matches = |one: &StackPattern, addr: &StackAddr| one.matches(addr);
    left.retain(|(addr, _)| patterns.is_empty() || patterns.iter().any(|one| matches(one, addr)));
    // A pattern may be about what is left alone; then nothing that is named has to match it.
    let covers = |one: &StackPattern| left.iter().any(|(addr, _)| matches(one, addr));
    let named = |one: &StackPattern| {
        graphs.iter().flat_map(|graph| &graph.order).any(|instance| matches(one, &instance.addr))
    };
    let choosing: Vec<StackPattern> =
        patterns.iter().filter(|one| named(one) || !covers(one)).cloned().collect();
    let mut listed = Vec::new();
    if patterns.is_empty() || !choosing.is_empty() {
        listed = chosen(session, file, &graphs, choosing, &args.choice)?;
    }
    if !args.choice.narrows() {
        listed.extend(left);
    }
    Some(listed)
}

/// What the store holds of these environments, and of such as the file does not have, without a stack of the files.
fn left(
    session: &mut Session<'_>,
    file: &EstateFile,
    store: &dyn EstateStore,
    graphs: &[StackGraph],
    args: &SelectionArgs,
) -> Option<Vec<(StackAddr, Standing)>> {
    let stored = stored(session, store)?;
    let mut left: Vec<(StackAddr, Standing)> = Vec::new();
    for graph in graphs {
        left.extend(leaving(estate::settle(&file.estate, graph, &stored, &mut session.diags)));
    }
    if args.choice.env.is_none() {
        let known: BTreeSet<&str> =
            file.estate.environments.iter().map(|one| &*one.name.node).collect();
        let foreign = stored.iter().filter(|addr| !known.contains(&*addr.environment));
        left.extend(foreign.map(|addr| (addr.clone(), Standing::Orphan)));
    }
    Some(left)
}

/// The chosen instances of the files, by environment, layer, order of the file, and key.
fn chosen(
    session: &mut Session<'_>,
    file: &EstateFile,
    graphs: &[StackGraph],
    patterns: Vec<StackPattern>,
    choice: &ChoiceArgs,
) -> Option<Vec<(StackAddr, Standing)>> {
    let asked = of_estate::Asked::read(session, file, patterns, choice)?;
    let host = session.context.host;
    let mut checked = None;
    if asked.needs_modules() {
        let all: Vec<_> = graphs.iter().map(|graph| graph.environment).collect();
        let (sources, diags) = (&mut session.sources, &mut session.diags);
        let strictness = Strictness::Errors;
        checked = Some(run::estate::check(host, file, &all, strictness, sources, diags)?);
    }
    session.heed(asked.leads_somewhere(graphs))?;
    let mut found = Vec::new();
    for graph in graphs {
        let chosen = asked.pick(file, checked.as_ref(), graph);
        let mut own: Vec<_> = chosen.instances.iter().map(|at| graph.instance(*at)).collect();
        own.sort_by_key(|one| (file.estate[one.stack].layer, one.stack, one.addr.key.clone()));
        found.extend(own.into_iter().map(|one| {
            let layer = &file.estate[file.estate[one.stack].layer];
            (one.addr.clone(), Standing::Layer(layer.name.node.to_string()))
        }));
    }
    Some(found)
}

/// The addresses of everything that the store holds.
fn stored(session: &mut Session<'_>, store: &dyn EstateStore) -> Option<Vec<StackAddr>> {
    let keys = store.stacks().map_err(|error| run::failure::port("", &error));
    let keys = session.heed(keys)?;
    Some(keys.iter().filter_map(|key| key.as_str().parse().ok()).collect())
}

/// What becomes of stored instances that the files do not name.
fn leaving(settled: Settled) -> BTreeMap<StackAddr, Standing> {
    let moved = settled.moved.into_iter().map(|(from, to)| (from, Standing::Moved(to.to_string())));
    let removed = settled.removed.into_iter().map(|addr| (addr, Standing::Removed));
    let orphans = settled.orphans.into_iter().map(|addr| (addr, Standing::Orphan));
    moved.chain(removed).chain(orphans).collect()
}

fn row(store: &dyn EstateStore, address: StackAddr, standing: Standing) -> Result<Row, Diagnostic> {
    let key = StackKey::from(&address);
    let loaded = store.peek(&key).map_err(|error| run::failure::load(key.as_str(), &error))?;
    let holder = store.holder(&key).map_err(|error| run::failure::port(key.as_str(), &error))?;
    Ok(Row {
        address,
        standing,
        serial: loaded.state.serial,
        objects: loaded.state.object_count(),
        in_doubt: loaded.in_doubt.len(),
        holder: holder.map(|holder| holder.to_string()),
    })
}

impl Standing {
    fn shown(&self) -> &str {
        match self {
            Standing::Layer(name) => name,
            Standing::Moved(_) => "MOVED",
            Standing::Removed => "REMOVED",
            Standing::Orphan => "ORPHAN",
        }
    }
}

fn table(rows: &[Row]) -> String {
    let addresses: Vec<String> = rows.iter().map(|row| row.address.to_string()).collect();
    let longest = |lengths: &mut dyn Iterator<Item = usize>, least: usize| {
        lengths.max().unwrap_or(0).max(least)
    };
    let address = longest(&mut addresses.iter().map(String::len), "stack".len());
    let layer = longest(&mut rows.iter().map(|row| row.standing.shown().len()), "layer".len());
    let mut out =
        format!("{:address$}  {:layer$}  {:>6}  {:>7}\n", "stack", "layer", "serial", "objects");
    for (row, name) in rows.iter().zip(&addresses) {
        let serial = if row.serial == 0 { ".".to_owned() } else { row.serial.to_string() };
        let mut line = format!(
            "{name:address$}  {:layer$}  {serial:>6}  {:>7}",
            row.standing.shown(),
            row.objects
        );
        if let Standing::Moved(to) = &row.standing {
            line.push_str(&format!("  becomes {to}"));
        }
        if row.in_doubt > 0 {
            line.push_str(&format!("  {} IN DOUBT", row.in_doubt));
        }
        if let Some(holder) = &row.holder {
            line.push_str(&format!("  locked by {holder}"));
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn document(rows: &[Row]) -> String {
    let stacks: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let layer = match &row.standing {
                Standing::Layer(name) => Some(name),
                _ => None,
            };
            let moved_to = match &row.standing {
                Standing::Moved(to) => Some(to),
                _ => None,
            };
            json!({
                "address": row.address.to_string(),
                "environment": &*row.address.environment,
                "stack": &*row.address.stack,
                "key": row.address.key.as_deref(),
                "layer": layer,
                "orphan": row.standing == Standing::Orphan,
                "removed": row.standing == Standing::Removed,
                "moved_to": moved_to,
                "serial": row.serial,
                "objects": row.objects,
                "in_doubt": row.in_doubt,
                "locked_by": row.holder,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "format_version": "1.0", "stacks": stacks }))
}
