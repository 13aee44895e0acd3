//! `strata init` of an estate: its id, its store, and the providers of all its stacks, locked once.

use std::collections::BTreeSet;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, SourceMap};
use estate::EnvironmentIdx;
use provider::Sharing;
use provider::discovery::Requirements;
use run::estate::{EstateFile, Strictness};
use run::providers::{Providers, requirements};
use store::{EstateStore as _, Store as _};

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
    let all: Vec<EnvironmentIdx> =
        (0..file.estate.environments.len()).map(|at| EnvironmentIdx(at as u32)).collect();
    let checked = run::estate::check(host, &file, &all, Strictness::Errors, sources, diags)?;
    let mut required = Requirements::new();
    for (_, module) in checked.modules.stacks() {
        for (provider, constraints) in requirements(&module.loaded.config) {
            required.entry(provider).or_default().extend(&constraints);
        }
    }
    if file.estate.id.is_some() {
        match still_needed(context, &file) {
            Ok(needed) => {
                for provider in needed {
                    required.entry(provider).or_default();
                }
            }
            Err(diagnostic) => {
                diags.push(diagnostic);
                return None;
            }
        }
    }
    let mut providers = Providers::open(host, &file.dir, Sharing::AnyFolder, sources, diags);
    if diags.has_errors() {
        return None;
    }
    let installed = providers.install(host, &pool(context), &required, selection, lock_file, diags);
    if diags.has_errors() {
        return None;
    }
    store(context, &mut file, diags)?;
    say(context, &installed);
    Some(())
}

/// The providers that states name: what no stack requires any more is still needed to destroy what it made.
fn still_needed(
    context: &Context<'_>,
    file: &EstateFile,
) -> Result<BTreeSet<ProviderAddr>, Diagnostic> {
    let store = run::estate::open_store(context.host, file)?;
    let stacks = store.stacks().map_err(|error| run::failure::port("", &error))?;
    let mut needed = BTreeSet::new();
    for stack in stacks {
        let loaded =
            store.peek(&stack).map_err(|error| run::failure::load(stack.as_str(), &error))?;
        needed.extend(
            loaded.state.resources().map(|(_, resource)| resource.provider.provider.clone()),
        );
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
