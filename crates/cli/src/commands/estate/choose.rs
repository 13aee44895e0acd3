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

    /// Chooses among the instances of an environment. `checked` holds its modules where they are needed.
    pub(crate) fn choose(
        &self,
        file: &EstateFile,
        checked: Option<&Checked>,
        graph: &StackGraph,
    ) -> Result<Chosen, Diagnostic> {
        self.leads_somewhere(graph)?;
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
        Ok(Chosen { instances, rippled })
    }

    /// Each pattern that is about this environment covers an instance of it.
    fn leads_somewhere(&self, graph: &StackGraph) -> Result<(), Diagnostic> {
        let Some(first) = graph.order.first() else { return Ok(()) };
        let patterns = self.patterns.iter().chain(&self.up_to);
        for pattern in patterns.filter(|p| p.matches_environment(&first.addr.environment)) {
            if !graph.order.iter().any(|one| pattern.matches(&one.addr)) {
                return Err(unknown(graph, pattern));
            }
        }
        Ok(())
    }
}

/// The graph of the one environment that addresses and options name, and the chosen instances in it; errors are in the
/// session. Needs no store, and modules only where a change is to be judged.
pub(crate) fn choose(
    session: &mut Session<'_>,
    file: &EstateFile,
    addresses: &[String],
    choice: &ChoiceArgs,
) -> Option<(StackGraph, Chosen)> {
    let patterns = patterns(session, addresses)?;
    let environment = environment_of(file, &patterns, choice.env.as_deref());
    let environment = session.heed(environment)?;
    let asked = Asked::read(session, file, patterns, choice)?;
    let graph = graphs(session, file, &[environment])?.pop()?;
    let mut checked = None;
    if asked.needs_modules() {
        let (host, sources) = (session.context.host, &mut session.sources);
        let (diags, strictness) = (&mut session.diags, Strictness::Errors);
        checked = Some(run::estate::check(host, file, &[environment], strictness, sources, diags)?);
    }
    let chosen = session.heed(asked.choose(file, checked.as_ref(), &graph))?;
    Some((graph, chosen))
}

/// Most addresses that are listed where one was wrong.
const KNOWN_MAX: usize = 40;

fn unknown(graph: &StackGraph, pattern: &StackPattern) -> Diagnostic {
    let mut known: Vec<String> = graph.order.iter().map(|one| one.addr.to_string()).collect();
    let more = known.len().saturating_sub(KNOWN_MAX);
    known.truncate(KNOWN_MAX);
    if more > 0 {
        known.push(format!("and {more} more (strata list)"));
    }
    Diagnostic::error("stack-unknown", format!("No stack has the address `{pattern}`"))
        .detail(format!("The environment has: {}.", known.join(", ")))
        .remedy("Name one of these, or use *.")
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
