//! `strata init` of an estate: its id, its store, and the providers of all its stacks, locked once.

use std::collections::{BTreeMap, BTreeSet};

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, SourceMap};
use estate::{EnvironmentIdx, Estate};
use provider::Sharing;
use provider::discovery::{Installed, Requirements};
use run::estate::{Checked, EstateFile, Strictness};
use run::providers::{Providers, requirements};

use crate::args::InitArgs;
use crate::commands::Context;
use crate::commands::init::{choices, pool, say};
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &InitArgs) -> Exit {
    let mut sources = SourceMap::new();
    let mut diags = Diags::new();
    let done = prepare(context, args, &mut sources, &mut diags);
    context.report_in(&diags, &sources);
    if done.is_some() && !diags.has_errors() { Exit::Done } else { Exit::Failed }
}

fn prepare(
    context: &Context<'_>,
    args: &InitArgs,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<()> {
    let host = context.host;
    let (selection, lock_file) = choices(args, diags)?;
    let mut file = run::estate::read(host, &context.dir, sources, diags)?;
    let only = match &args.env {
        Some(_) => Some(
            super::open::environment_of(&file, &[], args.env.as_deref())
                .map_err(|said| diags.push(said))
                .ok()?,
        ),
        None => None,
    };
    let all: Vec<EnvironmentIdx> =
        (0..file.estate.environments.len()).map(|at| EnvironmentIdx(at as u32)).collect();
    let checked = run::estate::check(host, &file, &all, Strictness::Errors, sources, diags)?;
    let needed = match &file.estate.id {
        Some(_) => still_needed(context, &file).map_err(|said| diags.push(said)).ok()?,
        None => Needed::new(),
    };
    let pool = pool(context);
    let mut installed: Vec<Installed> = Vec::new();
    let locks = locks(&file.estate).into_iter();
    for (own, environments) in
        locks.filter(|(_, of)| only.is_none_or(|environment| of.contains(&environment)))
    {
        let required = required(&file.estate, &checked, &environments, &needed);
        let (dir, sharing) = (&file.dir, Sharing::AnyFolder);
        let mut providers = Providers::locked_by(host, dir, own, sharing, sources, diags);
        if diags.has_errors() {
            return None;
        }
        let came = providers.install(host, &pool, &required, selection, lock_file, diags);
        for one in came {
            if !installed.iter().any(|other| other.package == one.package) {
                installed.push(one);
            }
        }
    }
    if diags.has_errors() {
        return None;
    }
    store(context, &mut file, diags)?;
    say(context, &installed);
    Some(())
}

/// Providers that states name, with the environment of the state.
type Needed = BTreeSet<(String, ProviderAddr)>;

/// The lock files of an estate, each with its environments; `None` is the estate's own.
fn locks(estate: &Estate) -> BTreeMap<Option<&str>, Vec<EnvironmentIdx>> {
    let mut locks: BTreeMap<Option<&str>, Vec<EnvironmentIdx>> = BTreeMap::new();
    for (at, environment) in estate.environments.iter().enumerate() {
        let own = environment.lock_file.as_ref().map(|file| &*file.node);
        locks.entry(own).or_default().push(EnvironmentIdx(at as u32));
    }
    locks
}

/// What the stacks of these environments require, and what their states still need.
fn required(
    estate: &Estate,
    checked: &Checked,
    environments: &[EnvironmentIdx],
    needed: &Needed,
) -> Requirements {
    let mut required = Requirements::new();
    let mut seen = BTreeSet::new();
    let order = environments.iter().flat_map(|one| &checked.graphs[one].order);
    for instance in order.filter(|instance| seen.insert(instance.stack)) {
        for (provider, constraints) in requirements(&checked.module(instance).loaded.config) {
            required.entry(provider).or_default().extend(&constraints);
        }
    }
    let names: Vec<&str> = environments.iter().map(|one| &*estate[*one].name.node).collect();
    for (_, provider) in needed.iter().filter(|(name, _)| names.contains(&name.as_str())) {
        required.entry(provider.clone()).or_default();
    }
    required
}

/// The providers that states name: what no stack requires any more is still needed to destroy what it made.
fn still_needed(context: &Context<'_>, file: &EstateFile) -> Result<Needed, Diagnostic> {
    let store = run::estate::open_store(context.host, file)?;
    let stacks = store.stacks().map_err(|error| run::failure::port("", &error))?;
    let mut needed = Needed::new();
    for stack in stacks {
        let loaded =
            store.peek(&stack).map_err(|error| run::failure::load(stack.as_str(), &error))?;
        let environment = stack.as_str().split('/').next().unwrap_or_default();
        let providers = loaded.state.resources();
        let providers = providers.map(|(_, resource)| resource.provider.provider.clone());
        needed.extend(providers.map(|provider| (environment.to_owned(), provider)));
    }
    Ok(needed)
}

/// Gives the estate its id and makes its store, where it has no id yet; else the store must be there.
fn store(context: &Context<'_>, file: &mut EstateFile, diags: &mut Diags) -> Option<()> {
    let host = context.host;
    if file.estate.id.is_some() {
        return match run::estate::open_store(host, file) {
            Ok(_) => Some(()),
            Err(diagnostic) => {
                diags.push(diagnostic);
                None
            }
        };
    }
    let made = run::estate::identify(host, file).and_then(|id| {
        run::estate::create_store(host, file)?;
        Ok(id)
    });
    match made {
        Ok(id) => {
            context.out(&format!(
                "Estate `{}` has the id {id}; its store is made.\n",
                file.estate.name.node
            ));
            Some(())
        }
        Err(diagnostic) => {
            diags.push(diagnostic);
            None
        }
    }
}
