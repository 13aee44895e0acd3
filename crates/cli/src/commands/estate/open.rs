//! Opening an estate for a command: its file, its modules, its store, and the stacks that the command is about.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::StackPattern;
use diag::Diagnostic;
use estate::{EnvironmentIdx, InstanceIdx, StackGraph};
use provider::Sharing;
use run::estate::{Checked, EstateFile, Run, Strictness};
use run::providers::Providers;
use store::{EstateStore, LockRequest};

use crate::session::Session;

/// An estate that is ready to be planned or applied.
pub(crate) struct Opened {
    /// The estate file.
    pub(crate) file: EstateFile,
    /// Its modules and graphs.
    pub(crate) checked: Checked,
    /// The environment.
    pub(crate) environment: EnvironmentIdx,
    /// The store.
    pub(crate) store: Arc<dyn EstateStore>,
    /// Where providers come from.
    pub(crate) providers: Providers,
    /// How leases are asked for.
    pub(crate) request: LockRequest,
    /// The stacks that the command is about.
    pub(crate) selected: BTreeSet<InstanceIdx>,
}

impl Opened {
    /// The environment's stacks.
    pub(crate) fn graph(&self) -> &StackGraph {
        &self.checked.graphs[&self.environment]
    }

    /// `ESTATE/ENV`.
    pub(crate) fn title(&self) -> String {
        let estate = &self.file.estate;
        format!("{}/{}", estate.name.node, estate[self.environment].name.node)
    }

    /// What planning and applying need.
    pub(crate) fn run<'a>(&'a self, session: &'a Session<'_>) -> Run<'a> {
        Run {
            file: &self.file,
            checked: &self.checked,
            graph: self.graph(),
            store: &self.store,
            shared: &session.shared,
            providers: &self.providers,
            request: &self.request,
        }
    }
}

/// Reads the estate file; errors are in the session.
pub(crate) fn read_file(session: &mut Session<'_>) -> Option<EstateFile> {
    let context = session.context;
    run::estate::read(context.host, &context.dir, &mut session.sources, &mut session.diags)
}

/// Opens the estate for the stacks that addresses and `-env` name; errors are in the session.
pub(crate) fn open(
    session: &mut Session<'_>,
    addresses: &[String],
    env: Option<&str>,
) -> Option<Opened> {
    let file = read_file(session)?;
    let patterns = patterns(session, addresses)?;
    let environment = match environment_of(&file, &patterns, env) {
        Ok(environment) => environment,
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            return None;
        }
    };
    let context = session.context;
    // Before anything else: without its store a plan would make everything anew.
    let store = match run::estate::open_store(context.host, &file) {
        Ok(store) => store,
        Err(diagnostic) => {
            session.diags.push(diagnostic);
            return None;
        }
    };
    let checked = run::estate::check(
        context.host,
        &file,
        &[environment],
        Strictness::Errors,
        &mut session.sources,
        &mut session.diags,
    )?;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let providers = Providers::open(context.host, &file.dir, Sharing::AnyFolder, sources, diags);
    if session.failed() {
        return None;
    }
    let selected = select(session, &checked.graphs[&environment], &patterns)?;
    let request = run::lease::request(context.host, "plan");
    Some(Opened { file, checked, environment, store, providers, request, selected })
}

/// Addresses of stacks; errors are in the session.
pub(crate) fn patterns(
    session: &mut Session<'_>,
    addresses: &[String],
) -> Option<Vec<StackPattern>> {
    let mut patterns = Vec::new();
    for text in addresses {
        match text.parse::<StackPattern>() {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => session.diags.push(
                Diagnostic::error("bad-address", format!("`{text}` is no address of stacks"))
                    .detail(format!("{error}."))
                    .remedy("Write ENV/STACK, with * for any."),
            ),
        }
    }
    (!session.failed()).then_some(patterns)
}

/// The environment that a command is about: that of `-env`, of the addresses, or the only one.
pub(crate) fn environment_of(
    file: &EstateFile,
    patterns: &[StackPattern],
    env: Option<&str>,
) -> Result<EnvironmentIdx, Diagnostic> {
    let estate = &file.estate;
    let all = (0..estate.environments.len()).map(|at| EnvironmentIdx(at as u32));
    let fits = |environment: &EnvironmentIdx| {
        let name = &*estate[*environment].name.node;
        env.is_none_or(|env| env == name)
            && (patterns.is_empty() || patterns.iter().any(|p| p.matches_environment(name)))
    };
    let found: Vec<EnvironmentIdx> = all.filter(fits).collect();
    let names: Vec<&str> = estate.environments.iter().map(|e| &*e.name.node).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Diagnostic::error("env-unknown", "No such environment")
            .detail(format!("Nothing that was asked for is in: {}.", names.join(", ")))
            .remedy("Name one of these with -env.")),
        _ => Err(Diagnostic::error("env-needed", "Which environment?")
            .detail(format!(
                "The estate has several: {}. A command is about one.",
                names.join(", ")
            ))
            .remedy("Name one with -env, or with addresses ENV/STACK.")),
    }
}

/// The stacks that the patterns match; all where there is none.
fn select(
    session: &mut Session<'_>,
    graph: &StackGraph,
    patterns: &[StackPattern],
) -> Option<BTreeSet<InstanceIdx>> {
    let all = graph.order.iter().enumerate();
    let matched =
        |addr: &addr::StackAddr| patterns.is_empty() || patterns.iter().any(|p| p.matches(addr));
    let selected: BTreeSet<InstanceIdx> =
        all.filter(|(_, one)| matched(&one.addr)).map(|(at, _)| InstanceIdx(at as u32)).collect();
    if selected.is_empty() && !patterns.is_empty() {
        let known: Vec<String> = graph.order.iter().map(|one| one.addr.to_string()).collect();
        session.diags.push(
            Diagnostic::error("stack-unknown", "No stack has this address")
                .detail(format!("The environment has: {}.", known.join(", ")))
                .remedy("Name one of these, or use *."),
        );
        return None;
    }
    Some(selected)
}
