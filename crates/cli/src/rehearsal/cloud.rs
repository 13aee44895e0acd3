//! The simulated cloud as the options describe it.
//!
//! Invariant: what an option or an overlay says wrongly is told before anything is rehearsed.

use std::sync::Arc;

use diag::{Diagnostic, Diags};
use run::estate::EstateFile;
use sim::{Drift, Fault, Overlays, Rehearsal, SchemaSources, Settings};
use store::EstateStore;

use super::installed::OfEstate;
use crate::args::CloudArgs;
use crate::pull_request;
use crate::session::Session;

/// The folder of an estate's own overlays.
const OVERLAYS: &str = "rehearsal";

/// Makes it, upon what the store has of it; errors are in the session.
pub(super) fn make(
    session: &mut Session<'_>,
    args: &CloudArgs,
    file: &EstateFile,
    store: Arc<dyn EstateStore>,
) -> Option<Arc<Rehearsal>> {
    let mut diags = Diags::new();
    let schemas = schemas(session, args, &mut diags);
    let schemas = match pull_request::may_start_processes(session) {
        true => schemas.with_installed(Arc::new(OfEstate::of(session, file))),
        false => schemas,
    };
    let overlays = overlays(session, file, &mut diags);
    let faults = args.fault.iter().filter_map(|text| told(Fault::parse(text), &mut diags));
    let faults = faults.collect();
    let drifts = args.drift.iter().filter_map(|text| told(Drift::parse(text), &mut diags));
    let settings =
        Settings { seed: args.seed, faults, drifts: drifts.collect(), schemas, overlays };
    let opened = match diags.has_errors() {
        true => Err(Diags::new()),
        false => Rehearsal::open(settings, Arc::new(store)),
    };
    session.diags.extend(diags);
    opened.map_err(|said| session.diags.extend(said)).ok()
}

fn told<T>(result: Result<T, Diagnostic>, diags: &mut Diags) -> Option<T> {
    result.map_err(|said| diags.push(said)).ok()
}

/// What is in the program, and the documents that were named.
fn schemas(session: &Session<'_>, args: &CloudArgs, diags: &mut Diags) -> SchemaSources {
    let mut schemas = SchemaSources::embedded();
    let context = session.context;
    for name in &args.schema {
        let given = match context.host.files.read(&context.dir.join(name)) {
            Ok(bytes) => schemas.give(name, &bytes),
            Err(error) => {
                Err(Diagnostic::error("schema-unreadable", format!("{name} cannot be read"))
                    .detail(format!("{error}."))
                    .remedy("Name a document that `strata providers schema -json` wrote."))
            }
        };
        told(given, diags);
    }
    schemas
}

/// What is in the program, and those of the estate.
fn overlays(session: &mut Session<'_>, file: &EstateFile, diags: &mut Diags) -> Overlays {
    let mut overlays = Overlays::embedded();
    let host = session.context.host;
    let dir = file.dir.join(OVERLAYS);
    if !host.files.is_dir(&dir) {
        return overlays;
    }
    let mut names = host.files.list(&dir).unwrap_or_default();
    names.retain(|name| name.ends_with(".toml"));
    names.sort_unstable();
    session.sources.set_prefix("");
    for name in names {
        let shown = format!("{OVERLAYS}/{name}");
        match host.files.read_text(&dir.join(&name)) {
            Ok(text) => {
                let id = session.sources.add(shown.as_str(), text.as_str());
                overlays.add(id, &text, diags);
            }
            Err(error) => diags.push(
                Diagnostic::error("overlay-unreadable", format!("{shown} cannot be read"))
                    .detail(format!("{error}."))
                    .remedy("Make it readable, in UTF-8, or take it away."),
            ),
        }
    }
    overlays
}
