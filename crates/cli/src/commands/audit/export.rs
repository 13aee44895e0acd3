//! `strata audit export`: the whole chain as a file that checks by itself.

use diag::Diagnostic;

use super::super::estate::gate::event;
use super::opened;
use crate::session::Session;

/// Exports; the event that tells of it is the last one exported.
pub(super) fn export(session: &mut Session<'_>, out: Option<&str>) -> Option<String> {
    let (_, store) = opened(session)?;
    let context = session.context;
    let path = out.map(|out| context.dir.join(out));
    if let Some(path) = path.as_ref().filter(|path| context.host.files.exists(path)) {
        session.diags.push(
            Diagnostic::error("audit-file-there", "There is such a file already")
                .detail(format!("{} is there. Nothing was exported.", path.display()))
                .remedy("Name another one."),
        );
        return None;
    }
    let detail = out.map_or_else(|| "to standard output".to_owned(), |out| format!("to {out}"));
    let event = event(session, "audit-export", None, detail);
    session.heed(store.record(&event).map_err(|error| run::failure::port("", &error)))?;
    let text = run::audit::export(&*store).map_err(|error| run::failure::port("", &error));
    let text = session.heed(text)?;
    let Some(path) = path else { return Some(text) };
    let written = context.host.files.replace(&path, text.as_bytes(), 0o644).map_err(|error| {
        Diagnostic::error("audit-unwritable", "The audit cannot be written")
            .detail(format!("{error}."))
            .remedy("Name another file with -out.")
    });
    session.heed(written)?;
    let events = text.lines().filter(|line| line.starts_with("{\"at\":")).count();
    Some(format!(
        "{events} events are in {}. Check them with: strata audit verify {}\n",
        context.shown(&path),
        context.shown(&path)
    ))
}
