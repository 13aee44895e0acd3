//! `strata init`: providers found, verified and locked; in an estate also its id and its store.

use std::sync::Arc;

use diag::{Diagnostic, Diags};
use lang::config::BackendRule;
use provider::discovery::{How, Installed, Selection};
use provider::{Pool, Settings as PoolSettings, Sharing};
use run::load;
use run::providers::{LockFile, Providers, requirements_with};
use store::{StackKey, Store as _};

use super::Context;
use crate::args::InitArgs;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &InitArgs) -> Exit {
    if context.is_estate() {
        return super::estate::init::run(context, args);
    }
    let mut sources = diag::SourceMap::new();
    let mut diags = Diags::new();
    let done = root(context, args, &mut sources, &mut diags);
    context.report_in(&diags, &sources);
    match done {
        Some(installed) if !diags.has_errors() => {
            say(context, &installed);
            Exit::Done
        }
        _ => Exit::Failed,
    }
}

fn root(
    context: &Context<'_>,
    args: &InitArgs,
    sources: &mut diag::SourceMap,
    diags: &mut Diags,
) -> Option<Vec<Installed>> {
    let host = context.host;
    let (selection, lock_file) = choices(args, diags)?;
    if !load::has_configuration(host, &context.dir) {
        // An empty folder is no mistake here: `tofu init` says so and succeeds.
        context.out("No configuration here yet; nothing to prepare.\n");
        return Some(Vec::new());
    }
    let collected = run::variables::collect(host, &context.dir, &[], sources, diags);
    let loaded = load::load(
        host,
        &context.dir,
        BackendRule::Honoured,
        collected.for_sources(),
        sources,
        diags,
    )?;
    let mut providers = Providers::open(host, &context.dir, Sharing::OwnFolder, sources, diags);
    if diags.has_errors() {
        return None;
    }
    let store = run::root::file_store(host, run::root::state_path(&context.dir, &loaded.config));
    let state = match store.peek(&StackKey::root()) {
        Ok(loaded) => loaded.state,
        Err(error) => {
            diags.push(run::failure::load("", &error));
            return None;
        }
    };
    let required = requirements_with(&loaded.config, &state);
    Some(providers.install(host, &pool(context), &required, selection, lock_file, diags))
}

/// A pool for the hashes of files alone: nothing is started.
pub(crate) fn pool(context: &Context<'_>) -> Arc<Pool> {
    Pool::new(PoolSettings { cache_dir: context.host.cache_dir(), ..PoolSettings::default() })
}

/// How versions are chosen and whether the lock file may change.
pub(crate) fn choices(args: &InitArgs, diags: &mut Diags) -> Option<(Selection, LockFile)> {
    let selection = if args.upgrade { Selection::Upgrade } else { Selection::Locked };
    let lock_file = match args.lockfile.as_deref() {
        None => LockFile::Updated,
        Some("readonly") => LockFile::ReadOnly,
        Some(other) => {
            diags.push(
                Diagnostic::error("options-lockfile", format!("-lockfile={other} is no mode"))
                    .detail("The one mode is `readonly`.")
                    .remedy("Write -lockfile=readonly, or leave it out."),
            );
            return None;
        }
    };
    if !args.plugin_dir.is_empty() {
        diags.push(
            Diagnostic::error("options-plugin-dir", "-plugin-dir is not there yet")
                .detail("Providers come from the sources of the command-line configuration.")
                .remedy("Name the folder as filesystem_mirror in the file that TF_CLI_CONFIG_FILE names."),
        );
        return None;
    }
    Some((selection, lock_file))
}

/// Says which providers are in place.
pub(crate) fn say(context: &Context<'_>, installed: &[Installed]) {
    for one in installed {
        let name = one.package.provider.for_display();
        let version = one.package.version.as_ref().map_or_else(String::new, |v| format!(" {v}"));
        let how = match one.how {
            How::Reused => "was there",
            How::Linked => "linked",
            How::Unpacked => "unpacked",
            How::Overridden => "under development, not locked",
        };
        context.out(&format!("  {name}{version}: {how}\n"));
    }
    context.out("Ready.\n");
}
