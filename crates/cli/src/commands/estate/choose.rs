//! From addresses and options to the stack instances that a command is about.
//!
//! Invariant: an address, a layer or a stack that leads to nothing is an error, not an empty choice; a change that
//! affects nothing is an empty choice.

use std::collections::BTreeSet;

use addr::StackPattern;
use diag::Diagnostic;
use estate::{Affected, Dependents, Estate, InstanceIdx, LayerIdx, Selection, StackGraph};
use run::estate::{Checked, EstateFile, Since, Strictness};

use super::{environment_of, graphs, patterns};
use crate::args::ChoiceArgs;
use crate::session::Session;

/// The instances that were chosen.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// All of them.
    pub(crate) instances: BTreeSet<InstanceIdx>,
    /// Those that are in only because something that they read changed: they are planned only if an input turns out
    /// to differ.
    pub(crate) rippled: BTreeSet<InstanceIdx>,
}

/// What the options say, before any environment is looked at.
pub(crate) struct Asked {
    patterns: Vec<StackPattern>,
    layers: Vec<LayerIdx>,
    dependents: Dependents,
    up_to: Vec<StackPattern>,
    since: Option<Since>,
}

impl Asked {
    /// Reads addresses and options; errors are in the session.
    pub(crate) fn read(
        session: &mut Session<'_>,
        file: &EstateFile,
        patterns: Vec<StackPattern>,
        choice: &ChoiceArgs,
    ) -> Option<Asked> {
        let up_to = up_to(session, &choice.up_to)?;
        let layers = choice.layer.iter().map(|name| layer(&file.estate, name)).collect();
        let layers = session.heed(layers)?;
        let since = match &choice.affected {
            Some(reference) => {
                let since = Since::read(session.context.host, file, reference);
                Some(session.heed(since)?)
            }
            None => None,
        };
        let dependents = if choice.with_dependents { Dependents::Taken } else { Dependents::Left };
        Some(Asked { patterns, layers, dependents, up_to, since })
    }

    /// Whether the modules have to be loaded to choose.
    pub(crate) fn needs_modules(&self) -> bool {
        self.since.is_some()
    }

    /// Chooses among the instances of an environment, to which every address must lead. `checked` holds its modules
    /// where they are needed.
    pub(crate) fn choose(
        &self,
        file: &EstateFile,
        checked: Option<&Checked>,
        graph: &StackGraph,
    ) -> Result<Chosen, Diagnostic> {
        self.leads_somewhere(std::slice::from_ref(graph))?;
        let chosen = self.pick(file, checked, graph);
        let narrows = !(self.patterns.is_empty() && self.layers.is_empty());
        match chosen.instances.is_empty() && narrows && self.since.is_none() {
            true => Err(nothing_chosen()),
            false => Ok(chosen),
        }
    }

    /// The same in one of several environments; that each address leads to one of them was checked.
    pub(crate) fn pick(
        &self,
        file: &EstateFile,
        checked: Option<&Checked>,
        graph: &StackGraph,
    ) -> Chosen {
        let affected = match (&self.since, checked) {
            (Some(since), Some(checked)) => Some(since.affected(file, checked, graph)),
            (Some(_), None) => panic!("BUG: a change is judged without modules"),
            (None, _) => None,
        };
        let selection = Selection {
            patterns: self.patterns.clone(),
            layers: self.layers.clone(),
            affected: affected.as_ref().map(Affected::all),
            dependents: self.dependents,
            up_to: self.up_to.clone(),
        };
        let instances = estate::select(&file.estate, graph, &selection);
        // What was asked for as a dependent is planned whatever its inputs are.
        let rippled = match (affected, self.dependents) {
            (Some(affected), Dependents::Left) => {
                affected.rippled.intersection(&instances).copied().collect()
            }
            _ => BTreeSet::new(),
        };
        Chosen { instances, rippled }
    }

    /// Each address that is about one of these environments covers an instance of one.
    pub(crate) fn leads_somewhere(&self, graphs: &[StackGraph]) -> Result<(), Diagnostic> {
        let all = || graphs.iter().flat_map(|graph| &graph.order);
        for pattern in self.patterns.iter().chain(&self.up_to) {
            let about = all().any(|one| pattern.matches_environment(&one.addr.environment));
            if about && !all().any(|one| pattern.matches(&one.addr)) {
                return Err(unknown(graphs, pattern));
            }
        }
        Ok(())
    }
}

/// Whether a command needs the stacks' modules to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Addresses are enough; modules are loaded only where a change is to be judged.
    Addresses,
    /// Wires are told, and what many stacks are given is wired to those that declare it.
    Wires,
}

/// The graph of the one environment that addresses and options name, and the chosen instances in it; errors are in the
/// session. Needs no store.
pub(crate) fn choose(
    session: &mut Session<'_>,
    file: &EstateFile,
    addresses: &[String],
    choice: &ChoiceArgs,
    depth: Depth,
) -> Option<(StackGraph, Chosen)> {
    let patterns = patterns(session, addresses)?;
    let environment = environment_of(file, &patterns, choice.env.as_deref());
    let environment = session.heed(environment)?;
    let asked = Asked::read(session, file, patterns, choice)?;
    if depth == Depth::Addresses && !asked.needs_modules() {
        let graph = graphs(session, file, &[environment])?.pop()?;
        let chosen = session.heed(asked.choose(file, None, &graph))?;
        return Some((graph, chosen));
    }
    let (host, sources) = (session.context.host, &mut session.sources);
    let (diags, strictness) = (&mut session.diags, Strictness::Errors);
    let checked = run::estate::check(host, file, &[environment], strictness, sources, diags)?;
    let graph = checked.graphs[&environment].clone();
    let chosen = session.heed(asked.choose(file, Some(&checked), &graph))?;
    Some((graph, chosen))
}

/// Most addresses that are listed where one was wrong.
const KNOWN_MAX: usize = 40;

fn unknown(graphs: &[StackGraph], pattern: &StackPattern) -> Diagnostic {
    let all = graphs.iter().flat_map(|graph| &graph.order);
    let mut known: Vec<String> = all.map(|one| one.addr.to_string()).collect();
    let more = known.len().saturating_sub(KNOWN_MAX);
    known.truncate(KNOWN_MAX);
    if more > 0 {
        known.push(format!("and {more} more (strata list)"));
    }
    Diagnostic::error("stack-unknown", format!("No stack has the address `{pattern}`"))
        .detail(format!("There are: {}.", known.join(", ")))
        .remedy("Name one of these, or use *.")
}

/// "No changes" would be said of stacks that were never looked at.
fn nothing_chosen() -> Diagnostic {
    Diagnostic::error("choice-empty", "No stack is chosen")
        .detail("Addresses, -layer and -up-to narrow one another, and no stack fits all of them.")
        .remedy("Leave one of them out; `strata list` shows the stacks of each layer.")
}

/// `--up-to` takes stacks with or without their environment.
fn up_to(session: &mut Session<'_>, stacks: &[String]) -> Option<Vec<StackPattern>> {
    let with_environment = |text: &String| match text.contains('/') {
        true => text.clone(),
        false => format!("*/{text}"),
    };
    patterns(session, &stacks.iter().map(with_environment).collect::<Vec<_>>())
}

fn layer(estate: &Estate, name: &str) -> Result<LayerIdx, Diagnostic> {
    estate.layer(name).ok_or_else(|| {
        let known: Vec<&str> = estate.layers.iter().map(|layer| &*layer.name.node).collect();
        Diagnostic::error("layer-unknown", format!("No layer is called `{name}`"))
            .detail(format!("The estate has: {}.", known.join(", ")))
            .remedy("Name one of these.")
    })
}
