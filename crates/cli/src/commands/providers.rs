//! `strata providers`: which providers root modules require, and with `schema -json` what they offer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};
use estate::StackIdx;
use lang::config::{BackendRule, Config, ModuleId};
use provider::Sharing;
use run::estate::{Strictness, stack_dir};
use run::providers::Providers;
use schema::ProviderSchema;
use schema::version::Constraints;
use serde_json::json;

use super::{Context, estate as of_estate};
use crate::args::{ProvidersArgs, SelectionArgs};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};
use crate::which::{self, Backup};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ProvidersArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        let text = match args.what.as_deref() {
            Some("schema") => schema(&mut session, &args.selection).await,
            Some("lock") => session.heed(Err(no_lock())),
            what => required(&mut session, what, &args.selection),
        };
        if let Some(text) = text {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn no_lock() -> Diagnostic {
    Diagnostic::error("providers-lock", "`providers lock` is not there yet")
        .detail("Locking for other platforms than this one comes later.")
        .remedy("`strata init` locks what it installs.")
}

/// A root module and where it is.
struct Module {
    /// Its stack; empty in a plain root module.
    label: String,
    dir: PathBuf,
    config: Arc<Config>,
    /// The lock file of its environment, where that has one of its own.
    lock_file: Option<Arc<str>>,
}

/// The root module of the folder, or those of the stacks that are named; each stack's module once.
fn modules(
    session: &mut Session<'_>,
    addresses: &[String],
    env: Option<&str>,
) -> Option<Vec<Module>> {
    let context = session.context;
    if !context.is_estate() {
        return root(session).map(|module| vec![module]);
    }
    let file = of_estate::read_file(session)?;
    let patterns = of_estate::patterns(session, addresses)?;
    let environment = of_estate::environment_of(&file, &patterns, env);
    let environment = session.heed(environment)?;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let checked = run::estate::check(
        context.host,
        &file,
        &[environment],
        Strictness::Errors,
        sources,
        diags,
    )?;
    let shown = |addr: &addr::StackAddr| {
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(addr))
    };
    let mut seen: BTreeSet<StackIdx> = BTreeSet::new();
    let order = checked.graphs[&environment].order.iter();
    let wanted = order.filter(|one| shown(&one.addr) && seen.insert(one.stack));
    let modules = wanted.map(|instance| Module {
        label: instance.addr.to_string(),
        dir: stack_dir(&file, instance.stack),
        config: checked.module(instance).loaded.config.clone(),
        lock_file: file.estate[environment].lock_file.as_ref().map(|lock| lock.node.clone()),
    });
    Some(modules.collect())
}

fn root(session: &mut Session<'_>) -> Option<Module> {
    let (host, dir) = (session.context.host, &session.context.dir);
    if !run::load::has_configuration(host, dir) {
        session.diags.push(run::load::no_configuration(&dir.display().to_string()));
        return None;
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let given = run::variables::collect(host, dir, &[], sources, diags).for_sources();
    let loaded = run::load::load(host, dir, BackendRule::Honoured, given, sources, diags)?;
    let (label, dir) = (String::new(), dir.clone());
    Some(Module { label, dir, config: loaded.config, lock_file: None })
}

/// What each module requires, as a tree.
fn required(
    session: &mut Session<'_>,
    what: Option<&str>,
    selection: &SelectionArgs,
) -> Option<String> {
    let first = session.heed(address(session.context, what))?;
    let addresses: Vec<String> = first.into_iter().chain(selection.addresses.clone()).collect();
    let modules = modules(session, &addresses, selection.choice.env.as_deref())?;
    if session.context.format == Format::Json {
        return Some(document(&modules));
    }
    let mut out = String::new();
    for module in &modules {
        let of = if module.label.is_empty() { "configuration" } else { &module.label };
        let _ = write!(out, "\nProviders required by {of}:\n.\n");
        tree(&module.config, ModuleId::ROOT, "", &mut out);
        out.push('\n');
    }
    if !session.context.is_estate() {
        out.push_str(&by_state(session)?);
    }
    Some(out)
}

/// The first argument, where it is an address and no subcommand.
fn address(context: &Context<'_>, what: Option<&str>) -> Result<Option<String>, Diagnostic> {
    match what {
        Some(what) if !(context.is_estate() && what.contains('/')) => {
            Err(Diagnostic::error("providers-what", format!("`providers {what}` is not known"))
                .detail("There are `providers`, `providers schema -json` and `providers lock`.")
                .remedy("Use one of these."))
        }
        what => Ok(what.map(str::to_owned)),
    }
}

/// What one module requires itself: declared, and implied by its resources and provider blocks.
fn own(config: &Config, id: ModuleId) -> BTreeMap<ProviderAddr, Constraints> {
    let def = &config.module(id).def;
    let mut all: BTreeMap<ProviderAddr, Constraints> = BTreeMap::new();
    for resource in &def.resources {
        all.entry(resource.provider.clone()).or_default();
    }
    for required in &def.required_providers {
        let constraints = all.entry(required.provider.clone()).or_default();
        required.version.iter().for_each(|version| constraints.extend(&version.constraints));
    }
    for block in &def.providers {
        let constraints = all.entry(block.provider.clone()).or_default();
        block.version.iter().for_each(|version| constraints.extend(&version.constraints));
    }
    all
}

/// Branches of a module: its providers, then the modules that it calls. As deep as calls are, which loading limits.
fn tree(config: &Config, id: ModuleId, before: &str, out: &mut String) {
    let providers = own(config, id);
    let children = &config.module(id).children;
    let count = providers.len() + children.len();
    let branch = |at: usize| if at + 1 == count { "└── " } else { "├── " };
    for (at, (provider, constraints)) in providers.iter().enumerate() {
        let versions = match constraints.to_string() {
            text if text.is_empty() => text,
            text => format!(" {text}"),
        };
        let _ = writeln!(out, "{before}{}provider[{provider}]{versions}", branch(at));
    }
    for (at, (name, child)) in children.iter().enumerate() {
        let at = providers.len() + at;
        let _ = writeln!(out, "{before}{}module.{name}", branch(at));
        let below = if at + 1 == count { "    " } else { "│   " };
        tree(config, *child, &format!("{before}{below}"), out);
    }
}

/// Providers that only the state may name.
fn by_state(session: &mut Session<'_>) -> Option<String> {
    let place = which::root(session, None, Backup::Beside)?;
    let loaded = place.store.peek(&place.key);
    let loaded = session.heed(loaded.map_err(|error| run::failure::load("", &error)))?;
    let providers: BTreeSet<String> = loaded
        .state
        .resources()
        .map(|(_, resource)| resource.provider.provider.to_string())
        .collect();
    let lines: String = providers.iter().map(|one| format!("    provider[{one}]\n\n")).collect();
    Some(if lines.is_empty() { lines } else { format!("Providers required by state:\n\n{lines}") })
}

fn document(modules: &[Module]) -> String {
    let of = |module: &Module| {
        let requirements = run::providers::requirements(&module.config);
        let providers: serde_json::Map<String, serde_json::Value> = requirements
            .iter()
            .map(|(provider, constraints)| (provider.to_string(), constraints.to_string().into()))
            .collect();
        json!({ "stack": module.label, "providers": providers })
    };
    let all: Vec<serde_json::Value> = modules.iter().map(of).collect();
    format!("{:#}\n", json!({ "format_version": "1.0", "modules": all }))
}

/// All schemas, as `tofu providers schema -json` prints them.
async fn schema(session: &mut Session<'_>, selection: &SelectionArgs) -> Option<String> {
    if session.context.format != Format::Json {
        return session.heed(Err(Diagnostic::error(
            "schema-json",
            "Schemas are printed as JSON only",
        )
        .detail("They are for programs.")
        .remedy("Write: strata providers schema -json.")));
    }
    let context = session.context;
    let modules = modules(session, &selection.addresses, selection.choice.env.as_deref())?;
    let sharing = if context.is_estate() { Sharing::AnyFolder } else { Sharing::OwnFolder };
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    // All modules are of one environment.
    let lock_file = modules.first().and_then(|module| module.lock_file.as_deref());
    let (host, dir) = (context.host, &context.dir);
    let providers = Providers::locked_by(host, dir, lock_file, sharing, sources, diags);
    if session.failed() {
        return None;
    }
    let mut all: BTreeMap<ProviderAddr, Arc<ProviderSchema>> = BTreeMap::new();
    for module in &modules {
        let found: Result<_, Diags> =
            providers.all_schemas(&session.shared.pool, &module.dir, &module.config).await;
        match found {
            Ok(schemas) => all.extend(schemas),
            Err(diags) => session.diags.extend(diags),
        }
    }
    if session.failed() {
        return None;
    }
    let named = all.iter().map(|(provider, schema)| (provider.to_string(), &**schema));
    Some(schema::document::write(named) + "\n")
}
