//! `strata eject -override DIR`: for each chosen stack the files that `tofu` needs beside its root module to run it as
//! the estate does.
//!
//! Invariant: nothing is written but beneath the named folder, and no secret is.

use std::path::Path;

use diag::{Diagnostic, Diags};
use estate::{EnvironmentIdx, Instance, InstanceIdx};
use run::estate::{Checked, EstateFile, Strictness};
use run::overrides::eject;
use serde_json::json;

use super::estate::Depth;
use super::store::no_estate;
use super::{Context, estate as of_estate};
use crate::args::EjectArgs;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &EjectArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(written) = ejected(&mut session, args) {
            session.context.out(&told(session.context, &written));
        }
        session.end(Exit::Done)
    })
}

fn ejected(session: &mut Session<'_>, args: &EjectArgs) -> Option<Vec<String>> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = of_estate::read_file(session)?;
    let selection = &args.selection;
    let (addresses, choice) = (&selection.addresses, &selection.choice);
    let (graph, chosen) = of_estate::choose(session, &file, addresses, choice, Depth::Addresses)?;
    let checked = run::estate::check(
        context.host,
        &file,
        &[graph.environment],
        Strictness::Errors,
        &mut session.sources,
        &mut session.diags,
    )?;
    let dir = context.dir.join(&args.overrides);
    let mut written = Vec::new();
    for index in chosen.instances {
        // Wires of shared inputs are known once modules are: the checked graph has them.
        let own = checked.graphs[&graph.environment].find(&graph.instance(index).addr);
        let own = own.expect("BUG: a chosen stack is in the checked graph");
        let one = write(session, &file, &checked, graph.environment, own, &dir);
        written.extend(session.heed(one)?);
    }
    Some(written)
}

/// Writes the files of one instance; their paths.
fn write(
    session: &Session<'_>,
    file: &EstateFile,
    checked: &Checked,
    environment: EnvironmentIdx,
    index: InstanceIdx,
    dir: &Path,
) -> Result<Vec<String>, Diagnostic> {
    let context = session.context;
    let graph = &checked.graphs[&environment];
    let (estate, instance) = (&file.estate, graph.instance(index));
    let interface_of = |one: &Instance| checked.modules.interface(one.stack);
    // It was checked already, so whatever is said here was said.
    let mut said = Diags::new();
    let inputs = estate::check(estate, graph, instance, &interface_of, &mut said);
    let inputs = inputs.expect("BUG: a checked stack has inputs");
    let overlay = checked.module(instance).overlay.as_deref();
    let dir = dir.join(folder(&instance.addr.to_string()));
    let failed = |error: host::FileError| {
        Diagnostic::error("eject-unwritable", "An ejected file cannot be written")
            .detail(format!("{error}."))
            .remedy("Name a folder that can be written with -override=DIR.")
            .about(instance.addr.to_string())
    };
    context.host.files.make_dir(&dir).map_err(failed)?;
    let mut paths = Vec::new();
    for (name, text) in eject::files(estate, instance, overlay, &inputs) {
        let path = dir.join(name);
        context.host.files.replace(&path, text.as_bytes(), 0o644).map_err(failed)?;
        paths.push(context.shown(&path));
    }
    Ok(paths)
}

/// The folder of an address: `dev/network:eu`; what is neither letter, digit nor `._:-` becomes an underscore.
fn folder(address: &str) -> String {
    let (environment, stack) =
        address.split_once('/').expect("BUG: a stack's address has two parts");
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "._:-".contains(letter);
    let stack: String = stack.chars().map(|it| if fits(it) { it } else { '_' }).collect();
    format!("{environment}/{stack}")
}

fn told(context: &Context<'_>, written: &[String]) -> String {
    if context.format == Format::Json {
        return format!("{:#}\n", json!({ "files": written }));
    }
    let lines: String = written.iter().map(|path| format!("  {path}\n")).collect();
    format!(
        "{lines}Copy the files of a stack into its root module's folder, and `tofu` runs it the same.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn keys_stay_within_their_folder() {
        assert_eq!(folder("dev/network:eu-west-1"), "dev/network:eu-west-1");
        assert_eq!(folder("dev/n:../../x"), "dev/n:.._.._x");
    }
}
