//! `strata list`: the stack instances of the estate, and what the store holds of each.

use diag::Diagnostic;
use estate::{EnvironmentIdx, Estate};
use run::estate::EstateFile;
use serde_json::json;
use store::{EstateStore, StackKey};

use super::store::no_estate;
use super::{Context, estate as of_estate};
use crate::args::SelectionArgs;
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

/// A stack instance, and what is stored of it.
struct Row {
    address: String,
    /// Nothing for an instance that the file no longer names.
    layer: Option<String>,
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
    let patterns = of_estate::patterns(session, &args.addresses)?;
    let store = session.heed(run::estate::open_store(context.host, &file))?;
    let stacks = crate::which::all_stacks(session, &file, &*store)?;
    let wanted = |key: &StackKey| {
        let Ok(address) = key.as_str().parse::<addr::StackAddr>() else { return false };
        args.env.as_deref().is_none_or(|env| env == &*address.environment)
            && (patterns.is_empty() || patterns.iter().any(|one| one.matches(&address)))
    };
    let rows = stacks.iter().filter(|key| wanted(key)).map(|key| row(&file, &*store, key));
    let rows: Result<Vec<Row>, Diagnostic> = rows.collect();
    let mut rows = session.heed(rows)?;
    rows.sort_by_key(|row| rank(&file.estate, &row.address));
    Some(match context.format {
        Format::Json => document(&rows),
        Format::Text => table(&rows),
    })
}

fn row(file: &EstateFile, store: &dyn EstateStore, key: &StackKey) -> Result<Row, Diagnostic> {
    let loaded = store.peek(key).map_err(|error| run::failure::load(key.as_str(), &error))?;
    let holder = store.holder(key).map_err(|error| run::failure::port(key.as_str(), &error))?;
    Ok(Row {
        address: key.to_string(),
        layer: layer_of(&file.estate, key.as_str()),
        serial: loaded.state.serial,
        objects: loaded.state.object_count(),
        in_doubt: loaded.in_doubt.len(),
        holder: holder.map(|holder| holder.to_string()),
    })
}

fn placed(estate: &Estate, address: &str) -> Option<(EnvironmentIdx, estate::StackIdx)> {
    let address: addr::StackAddr = address.parse().ok()?;
    let environment = estate.environment(&address.environment)?;
    let stack = estate.stack(&address.stack)?;
    estate.has(environment, stack).then_some((environment, stack))
}

fn layer_of(estate: &Estate, address: &str) -> Option<String> {
    let (_, stack) = placed(estate, address)?;
    Some(estate[estate[stack].layer].name.node.to_string())
}

/// Environments in the order of the file, lower layers first; orphans last.
fn rank(estate: &Estate, address: &str) -> (bool, u32, u32, u32, String) {
    match placed(estate, address) {
        Some((environment, stack)) => {
            (false, environment.0, estate[stack].layer.0, stack.0, String::new())
        }
        None => (true, 0, 0, 0, address.to_owned()),
    }
}

fn table(rows: &[Row]) -> String {
    let width =
        |of: fn(&Row) -> usize, least: usize| rows.iter().map(of).max().unwrap_or(0).max(least);
    let address = width(|row| row.address.len(), "stack".len());
    let layer = width(|row| row.layer.as_ref().map_or(6, String::len), "layer".len());
    let mut out =
        format!("{:address$}  {:layer$}  {:>6}  {:>7}\n", "stack", "layer", "serial", "objects");
    for row in rows {
        let of = row.layer.as_deref().unwrap_or("ORPHAN");
        let serial = if row.serial == 0 { ".".to_owned() } else { row.serial.to_string() };
        let mut line =
            format!("{:address$}  {of:layer$}  {serial:>6}  {:>7}", row.address, row.objects);
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
            json!({
                "address": row.address,
                "layer": row.layer,
                "orphan": row.layer.is_none(),
                "serial": row.serial,
                "objects": row.objects,
                "in_doubt": row.in_doubt,
                "locked_by": row.holder,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "format_version": "1.0", "stacks": stacks }))
}
