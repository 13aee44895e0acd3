//! `strata validate` of an estate: every environment's wiring and inputs, and the form of its store's address.
//!
//! Without credentials, providers or network, and without the store: a fresh clone has neither it nor its key.
//! Invariant: a choice of stacks leaves out findings about others alone; what is not about one stack is always told.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::{EnvironmentIdx, StackGraph};
use lang::body::Absent;
use run::estate::{Checked, EstateFile, Policies, Strictness};

use super::{Asked, environments, patterns, read_file};
use crate::args::ValidateArgs;
use crate::pull_request;
use crate::schemas;
use crate::session::Session;

/// Checks the estate; findings are in the session.
pub(crate) fn check(session: &mut Session<'_>, args: &ValidateArgs) -> Option<()> {
    pull_request::begin_where_asked(session, &args.pull_request)?;
    let file = read_file(session)?;
    let choice = &args.selection.choice;
    let patterns = patterns(session, &args.selection.addresses)?;
    let chooses = !patterns.is_empty() || choice.narrows();
    let wanted = environments(session, &file, &patterns, choice.env.as_deref())?;
    let asked = Asked::read(session, &file, patterns, choice)?;
    let strictness = if args.strict { Strictness::Hints } else { Strictness::Errors };
    let (host, sources) = (session.context.host, &mut session.sources);
    let diags = &mut session.diags;
    let checked = run::estate::check(host, &file, &wanted, strictness, sources, diags);
    if let Some(checked) = &checked {
        pull_request::check_modules(session, &file, checked);
    }
    let diags = &mut session.diags;
    if let Some(checked) = &checked {
        let stacks = checked.modules.stacks();
        // What a root module leaves out may come from the provider settings of the estate.
        let configs: Vec<_> =
            stacks.map(|(_, module)| (&*module.loaded.config, Absent::Accepted)).collect();
        schemas::check(host, &file.dir, &args.schema, &configs, diags);
    }
    if chooses {
        narrow(session, &file, &wanted, &asked, checked.as_ref())?;
    }
    Policies::read(host, &file, &mut session.diags);
    session.heed(run::estate::check_address(&file))
}

/// Takes out findings about stacks that were not chosen. Where the choice cannot be told, for what is wrong, all stay.
fn narrow(
    session: &mut Session<'_>,
    file: &EstateFile,
    wanted: &[EnvironmentIdx],
    asked: &Asked,
    checked: Option<&Checked>,
) -> Option<()> {
    if checked.is_none() && asked.needs_modules() {
        return Some(());
    }
    let mut unheard = Diags::new();
    let of = |one: &EnvironmentIdx| StackGraph::new(&file.estate, *one, &mut unheard);
    let graphs: Option<Vec<StackGraph>> = match checked {
        Some(checked) => Some(checked.graphs.values().cloned().collect()),
        None => wanted.iter().map(of).collect(),
    };
    let Some(graphs) = graphs else { return Some(()) };
    session.heed(asked.leads_somewhere(&graphs))?;
    let mut chosen: BTreeSet<Arc<str>> = BTreeSet::new();
    for graph in &graphs {
        let instances = asked.pick(file, checked, graph).instances;
        chosen.extend(instances.iter().map(|index| graph.instance(*index).addr.stack.clone()));
    }
    for one in std::mem::take(&mut session.diags) {
        if stack_of(&one).is_none_or(|stack| chosen.contains(&stack)) {
            session.diags.push(one);
        }
    }
    Some(())
}

/// The stack that a finding is about. The same finding about several instances is told of the first alone, so only the
/// stack's name counts.
fn stack_of(diagnostic: &Diagnostic) -> Option<Arc<str>> {
    let address = diagnostic.address.as_deref()?;
    let stack = address.split_once("//").map_or(address, |(stack, _)| stack);
    stack.parse::<StackAddr>().ok().map(|addr| addr.stack)
}
