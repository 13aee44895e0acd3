//! `strata audit`: what happened in an estate, who did it, and whether the record of it still holds.
//!
//! Invariant: nothing here changes an event; reading the log needs no lease.

mod export;
mod filter;
mod log;
mod seal;
mod verify;

use std::sync::Arc;

use diag::Diagnostic;
use estate::SealPlace;
use run::estate::EstateFile;
use store::EstateStore;

use super::Context;
use super::estate::gate::event;
use super::estate::{open_store, read_file};
use super::store::no_estate;
use crate::args::AuditCommand;
use crate::exit::Exit;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &AuditCommand) -> Exit {
    session::run(context, 1, |mut session| async move {
        let done = match command {
            AuditCommand::Log(args) => log::log(&mut session, args),
            AuditCommand::Show { number } => log::show(&mut session, *number),
            AuditCommand::Verify(args) => verify::verify(&mut session, args),
            AuditCommand::Export { out } => export::export(&mut session, out.as_deref()),
            AuditCommand::Seal(args) => seal::seal(&mut session, args),
        };
        if let Some(text) = done {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

/// The estate and its store; errors are in the session.
fn opened(session: &mut Session<'_>) -> Option<(EstateFile, Arc<dyn EstateStore>)> {
    if !session.context.is_estate() {
        session.diags.push(no_estate(session.context));
        return None;
    }
    let file = read_file(session)?;
    let store = open_store(session, &file);
    let store = session.heed(store)?;
    Some((file, store))
}

/// Records that sensitive values of a stack are about to be printed; an error is in the session, and nothing is to be printed
/// then. A rehearsal's are made up.
pub(crate) fn revealed(
    session: &mut Session<'_>,
    store: &dyn EstateStore,
    stack: &str,
    detail: &str,
) -> Option<()> {
    if session.rehearsal.is_some() {
        return Some(());
    }
    let event = event(session, "reveal", None, detail.to_owned()).of_stack(stack);
    let recorded = store.record(&event).map(drop);
    session.heed(recorded.map_err(|error| run::failure::port(stack, &error)))
}

/// The places of copies: those of strata.hcl, then those named.
fn places(file: Option<&EstateFile>, named: &[String]) -> Result<Vec<SealPlace>, Diagnostic> {
    let audit = file.and_then(|file| file.estate.audit.as_ref());
    let mut places: Vec<SealPlace> =
        audit.iter().flat_map(|audit| &audit.seals).map(|place| place.node.clone()).collect();
    for text in named {
        let place = SealPlace::parse(text).map_err(|why| {
            Diagnostic::error("audit-place", format!("`{text}` is no place for signed heads"))
                .detail(format!("Read as given, but {why}."))
                .remedy("Name a file, or s3://BUCKET/PREFIX.")
        })?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}
