//! Opening an estate for a command: its file, its modules, its store, and the stacks that the command is about.

use std::sync::{Arc, OnceLock};

use addr::{StackAddr, StackPattern};
use diag::Diagnostic;
use estate::{EnvironmentIdx, StackGraph};
use host::Host;
use provider::Sharing;
use run::credentials::Identities;
use run::estate::{
    Checked, EstateFile, EstateJudge, Into, Judge, Policies, Run, Selected, Standing, Strictness,
};
use run::providers::Providers;
use run::secrets::SecretReader;
use store::{EstateStore, LockRequest};

use super::choose::{Asked, Chosen};
use crate::args::ChoiceArgs;
use crate::pull_request;
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
    /// What decides whether a plan may be applied.
    pub(crate) policies: Arc<Policies>,
    /// What judges plans by the estate's policies, once it was asked for.
    judge: OnceLock<Option<Arc<dyn Judge>>>,
    /// Values that stand outside of the estate file.
    pub(crate) secrets: SecretReader,
    /// Who stacks are.
    pub(crate) identities: Identities,
    /// How leases are asked for.
    pub(crate) request: LockRequest,
    /// What the store holds beside what the file names.
    pub(crate) standing: Standing,
    /// The stacks that the command is about.
    pub(crate) selected: Selected,
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

    /// What judges plans by the estate's policies; made once, since it has the configuration of every stack as a document.
    pub(crate) fn judge(&self, host: &Host) -> Option<Arc<dyn Judge>> {
        let judge = || {
            let (estate, checked) = (&self.file.estate, Some(&self.checked));
            let who = run::who::of(host);
            EstateJudge::of(&self.policies, estate, self.environment, who.as_str(), checked)
        };
        self.judge.get_or_init(judge).clone()
    }

    /// What planning and applying need.
    pub(crate) fn run<'a>(&'a self, session: &'a Session<'_>) -> Run<'a> {
        Run {
            file: &self.file,
            checked: &self.checked,
            graph: self.graph(),
            store: &self.store,
            standing: &self.standing,
            shared: &session.shared,
            providers: &self.providers,
            policies: &self.policies,
            secrets: &self.secrets,
            identities: &self.identities,
            request: &self.request,
        }
    }
}

/// Reads the estate file; errors are in the session.
pub(crate) fn read_file(session: &mut Session<'_>) -> Option<EstateFile> {
    let context = session.context;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let file = run::estate::read(context.host, &context.dir, sources, diags)?;
    let file = match (&session.rehearsal, &session.deriving) {
        (Some(rehearsal), _) => EstateFile { edits: rehearsal.edits.clone(), ..file.rehearsed() },
        (None, Some(deriving)) => file.derived(&deriving.store),
        (None, None) => file,
    };
    pull_request::taken(session, file)
}

/// The estate's store: a rehearsal has its own, and opens it once.
///
/// # Errors
/// Where it cannot be opened.
pub(crate) fn open_store(
    session: &Session<'_>,
    file: &EstateFile,
) -> Result<Arc<dyn EstateStore>, Diagnostic> {
    match &session.rehearsal {
        Some(rehearsal) => Ok(rehearsal.store.clone()),
        None => run::estate::open_store(session.context.host, file),
    }
}

/// Opens the estate for the stacks that addresses and options name; errors are in the session.
pub(crate) fn open(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
) -> Option<Opened> {
    open_with(session, addresses, choice, &[])
}

/// The same to destroy: stacks that the file no longer names are among them where an address is exactly theirs.
pub(crate) fn open_to_destroy(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
) -> Option<Opened> {
    let named: Vec<StackAddr> = addresses.iter().filter_map(|text| text.parse().ok()).collect();
    open_with(session, addresses, choice, &named)
}

/// The same with these stacks among them where they are orphans.
pub(crate) fn open_with(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
    orphans: &[StackAddr],
) -> Option<Opened> {
    open_upon(session, addresses, choice, orphans, &|session, file, _| open_store(session, file))
}

/// What gives a command the store that it works upon.
pub(crate) type Stored<'s> = dyn Fn(&Session<'_>, &EstateFile, EnvironmentIdx) -> Result<Arc<dyn EstateStore>, Diagnostic>
    + 's;

/// Opens the estate upon another store than its own; errors are in the session.
pub(crate) fn open_from(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
    stored: &Stored<'_>,
) -> Option<Opened> {
    open_upon(session, addresses, choice, &[], stored)
}

fn open_upon(
    session: &mut Session<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
    orphans: &[StackAddr],
    stored: &Stored<'_>,
) -> Option<Opened> {
    let mut file = read_file(session)?;
    let patterns = patterns(session, addresses)?;
    let environment = environment_of(&file, &patterns, choice.env.as_deref());
    let environment = session.heed(environment)?;
    let asked = Asked::read(session, &file, patterns, choice)?;
    let context = session.context;
    // Before anything else: without its store a plan would make everything anew.
    let store = stored(session, &file, environment);
    let store = session.heed(store)?;
    let mut checked = run::estate::check(
        context.host,
        &file,
        &[environment],
        Strictness::Errors,
        &mut session.sources,
        &mut session.diags,
    )?;
    pull_request::check_modules(session, &file, &checked);
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let lock_file = file.estate[environment].lock_file.as_ref().map(|lock| &*lock.node);
    let providers = match &session.shared.cloud {
        Some(_) => Providers::none(),
        None => {
            let (host, sharing) = (context.host, Sharing::AnyFolder);
            Providers::locked_by(host, &file.dir, lock_file, sharing, sources, diags)
                .without(&run::estate::store_variables(&file))
        }
    };
    let policies = Policies::read(context.host, &file, diags).map(Arc::new)?;
    let providers = pull_request::bounded(session, providers);
    if session.failed() {
        return None;
    }
    let graph = &checked.graphs[&environment];
    let mut standing = Standing::of(&*store, &file.estate, graph, &mut session.diags)?;
    let into =
        Into { file: &mut file, checked: &mut checked, standing: &mut standing, environment };
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    run::estate::adopt(context.host, &*store, orphans, into, sources, diags);
    if session.failed() {
        return None;
    }
    let chosen = asked.choose(&file, Some(&checked), &checked.graphs[&environment]);
    let Chosen { instances, rippled } = session.heed(chosen)?;
    let selected = Selected { instances, rippled, ..Selected::default() };
    let request = run::lease::request(context.host, "plan");
    let secrets = pull_request::withheld(session, SecretReader::new(context.host, &file.dir));
    let identities = identities(session, &file);
    Some(Opened {
        file,
        checked,
        environment,
        store,
        providers,
        policies,
        judge: OnceLock::new(),
        secrets,
        identities,
        request,
        standing,
        selected,
    })
}

/// Who stacks are; while access is derived, their calls are recorded.
fn identities(session: &Session<'_>, file: &EstateFile) -> Identities {
    let unseen = run::estate::store_variables(file);
    let identities = Identities::without(session.context.host, &file.dir, &unseen);
    match session.deriving.as_ref().and_then(|deriving| deriving.recorded.clone()) {
        Some(recorded) => identities.recorded(recorded),
        None => identities,
    }
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
                    .remedy("Write ENV/STACK or ENV/STACK:KEY, with * for any."),
            ),
        }
    }
    (!session.failed()).then_some(patterns)
}

/// The environments that addresses and `-env` leave, all where they name none; errors are in the session.
pub(crate) fn environments(
    session: &mut Session<'_>,
    file: &EstateFile,
    patterns: &[StackPattern],
    env: Option<&str>,
) -> Option<Vec<EnvironmentIdx>> {
    session.heed(environments_of(file, patterns, env))
}

/// The graphs of environments, by the estate's own files alone; errors are in the session.
pub(crate) fn graphs(
    session: &mut Session<'_>,
    file: &EstateFile,
    environments: &[EnvironmentIdx],
) -> Option<Vec<StackGraph>> {
    let diags = &mut session.diags;
    environments.iter().map(|one| StackGraph::new(&file.estate, *one, diags)).collect()
}

/// The environments that are left: at least one, and each address is about one of them.
fn environments_of(
    file: &EstateFile,
    patterns: &[StackPattern],
    env: Option<&str>,
) -> Result<Vec<EnvironmentIdx>, Diagnostic> {
    let estate = &file.estate;
    let name = |environment: &EnvironmentIdx| &*estate[*environment].name.node;
    let all = (0..estate.environments.len()).map(|at| EnvironmentIdx(at as u32));
    let named: Vec<EnvironmentIdx> =
        all.filter(|one| env.is_none_or(|env| env == name(one))).collect();
    if let (Some(env), true) = (env, named.is_empty()) {
        return Err(Diagnostic::error("env-unknown", format!("No environment is called `{env}`"))
            .detail(format!("The estate has: {}.", names(file)))
            .remedy("Name one of these with -env."));
    }
    let is_about =
        |pattern: &StackPattern, one: &EnvironmentIdx| pattern.matches_environment(name(one));
    let strays = |pattern: &&StackPattern| !named.iter().any(|one| is_about(pattern, one));
    if let Some(pattern) = patterns.iter().find(strays) {
        return Err(stray(file, pattern, env));
    }
    let is_left =
        |one: &EnvironmentIdx| patterns.is_empty() || patterns.iter().any(|p| is_about(p, one));
    Ok(named.iter().copied().filter(is_left).collect())
}

/// An address that is about no environment that is left.
fn stray(file: &EstateFile, pattern: &StackPattern, env: Option<&str>) -> Diagnostic {
    let (title, detail, remedy) = match env {
        Some(env) => (
            format!("`{pattern}` is not in environment `{env}`"),
            format!("-env says that the command is about `{env}`."),
            "Leave -env out, or name stacks of this environment.",
        ),
        None => (
            format!("`{pattern}` is in no environment"),
            format!("The estate has: {}.", names(file)),
            "Begin the address with one of these.",
        ),
    };
    Diagnostic::error("env-unknown", title).detail(detail).remedy(remedy)
}

fn names(file: &EstateFile) -> String {
    let names: Vec<&str> = file.estate.environments.iter().map(|e| &*e.name.node).collect();
    names.join(", ")
}

/// The environment that a command is about: that of `-env`, of the addresses, or the only one.
pub(crate) fn environment_of(
    file: &EstateFile,
    patterns: &[StackPattern],
    env: Option<&str>,
) -> Result<EnvironmentIdx, Diagnostic> {
    match environments_of(file, patterns, env)?.as_slice() {
        [one] => Ok(*one),
        _ => Err(Diagnostic::error("env-needed", "Which environment?")
            .detail(format!("The estate has several: {}. A command is about one.", names(file)))
            .remedy("Name one with -env, or with addresses ENV/STACK.")),
    }
}
