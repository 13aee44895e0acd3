//! `strata policy`: bundles listed, tested, tried on a plan, and taken in from elsewhere.
//!
//! Invariant: none of these changes a plan, an approval or a store.

use std::path::Path;

use diag::Diagnostic;
use policy::{Bundle, BundleFile};

use super::Context;
use crate::args::PolicyCommand;
use crate::exit::Exit;
use crate::session::Session;

mod check;
mod import;
mod list;
mod test;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &PolicyCommand) -> Exit {
    match command {
        PolicyCommand::List => list::run(context),
        PolicyCommand::Test(args) => test::run(context, args),
        PolicyCommand::Check(args) => check::run(context, args),
        PolicyCommand::Import(args) => import::run(context, args),
    }
}

/// The bundle in a folder; what is wrong with it is in the session.
fn bundle(session: &mut Session<'_>, folder: &str) -> Option<(Vec<BundleFile>, Bundle)> {
    let dir = session.context.dir.join(folder);
    let files = files(session, &dir, folder)?;
    match Bundle::read(&files) {
        Ok(bundle) => Some((files, bundle)),
        Err(faults) => {
            faults.iter().for_each(|one| {
                session.diags.push(run::estate::fault(one).about(folder.to_owned()));
            });
            None
        }
    }
}

fn files(session: &mut Session<'_>, dir: &Path, folder: &str) -> Option<Vec<BundleFile>> {
    let found = run::estate::files_of(session.context.host, dir);
    let files = found.map_err(|error| {
        Diagnostic::error("policy-unreadable", "A bundle of policies cannot be read")
            .detail(format!("{folder}: {error}."))
            .remedy("Name a folder with .rego files.")
    });
    let files = session.heed(files)?;
    if files.is_empty() {
        session.diags.push(
            Diagnostic::error("policy-empty", format!("{folder} has no policies"))
                .detail("No .rego file lies in it or beneath it.")
                .remedy("Name a folder with .rego files."),
        );
        return None;
    }
    Some(files)
}

/// The command needs an estate.
fn no_estate() -> Diagnostic {
    Diagnostic::error("estate-missing", "Here is no estate")
        .detail("No strata.hcl lies in the folder, and no bundle was named.")
        .remedy("Run it in an estate's folder, or name a folder with .rego files.")
}
