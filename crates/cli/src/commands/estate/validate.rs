//! `strata validate` of an estate: every environment's wiring and inputs, and that its store is its own.

use diag::{Diags, SourceMap};
use estate::EnvironmentIdx;
use run::estate::{EstateFile, Policies, Strictness};

use crate::args::ValidateArgs;
use crate::commands::Context;

/// Checks the estate; findings are in `diags`.
pub(crate) fn check(
    context: &Context<'_>,
    args: &ValidateArgs,
    sources: &mut SourceMap,
    diags: &mut Diags,
) {
    let host = context.host;
    let Some(file) = run::estate::read(host, &context.dir, sources, diags) else { return };
    let environments = match environments(&file, args.selection.choice.env.as_deref()) {
        Ok(environments) => environments,
        Err(diagnostic) => {
            diags.push(diagnostic);
            return;
        }
    };
    let strictness = if args.strict { Strictness::Hints } else { Strictness::Errors };
    run::estate::check(host, &file, &environments, strictness, sources, diags);
    Policies::read(host, &file, diags);
    // An estate without id has no store yet, and that is no mistake before `init`.
    if file.estate.id.is_some()
        && let Err(diagnostic) = run::estate::open_store(host, &file)
    {
        diags.push(diagnostic);
    }
}

fn environments(
    file: &EstateFile,
    env: Option<&str>,
) -> Result<Vec<EnvironmentIdx>, diag::Diagnostic> {
    match env {
        Some(_) => super::environment_of(file, &[], env).map(|one| vec![one]),
        None => {
            Ok((0..file.estate.environments.len()).map(|at| EnvironmentIdx(at as u32)).collect())
        }
    }
}
