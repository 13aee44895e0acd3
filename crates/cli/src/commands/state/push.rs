//! `strata state push`: a version 4 document takes the place of the state.
//!
//! Invariant: without `-force`, a state is replaced only by one of the same lineage that is not older.

use diag::Diagnostic;
use state::{State, v4};
use store::Loaded;

use crate::args::WrittenState;
use crate::exit::Exit;
use crate::session::Session;
use crate::which::{self, Backup, Changed};

/// Whether lineage and serial are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    Yes,
    No,
}

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    written: &WrittenState,
    file: &str,
    force: Force,
) -> Exit {
    push(&mut session, written, file, force).await;
    session.end(Exit::Done)
}

async fn push(
    session: &mut Session<'_>,
    written: &WrittenState,
    file: &str,
    force: Force,
) -> Option<()> {
    let given = read(session, file);
    let given = session.heed(given)?;
    let (place, _) = which::open(session, &written.which, &[], Backup::Beside)?;
    let change = |loaded: &Loaded| next(loaded, given, force);
    place.change(session, written, "state-push", change).await
}

fn read(session: &Session<'_>, file: &str) -> Result<State, Diagnostic> {
    let host = session.context.host;
    let bytes = match file {
        "-" => host.terminal.read_all().map_err(|error| error.to_string()),
        file => host.files.read(&session.context.dir.join(file)).map_err(|error| error.to_string()),
    };
    let unreadable = |why: String| {
        Diagnostic::error("push-unreadable", format!("{file} cannot be pushed"))
            .detail(format!("{why}. Nothing was changed."))
            .remedy("Give a version 4 state document, as `state pull` prints it.")
    };
    let bytes = bytes.map_err(unreadable)?;
    v4::read(&bytes).map_err(|error| unreadable(error.to_string()))
}

/// The state that takes the place of the one there; `None` where they are the same. What replaces an empty state, or
/// is forced upon another, goes on under the lineage that the store knows.
fn next(loaded: &Loaded, given: State, force: Force) -> Result<Option<Changed>, Diagnostic> {
    let there = &loaded.state;
    let free = there.is_empty() || force == Force::Yes;
    if !free {
        check(there, &given)?;
    }
    if there.lineage == given.lineage
        && there.serial == given.serial
        && v4::same_content(there, &given)
    {
        return Ok(None);
    }
    let mut state = given;
    let detail = format!("lineage {}, serial {}", state.lineage, state.serial);
    if !there.lineage.is_empty() {
        state.lineage = there.lineage.clone();
    }
    Ok(Some(Changed { state, detail }))
}

fn check(there: &State, given: &State) -> Result<(), Diagnostic> {
    let remedy = "Pull the state as it is now and push upon that; -force where you know that yours is the right one.";
    if there.lineage != given.lineage {
        return Err(Diagnostic::error("state-lineage", "The state has another lineage")
            .detail(format!(
                "{} is there, {} was given: they are not states of the same objects. Nothing was changed.",
                there.lineage, given.lineage
            ))
            .remedy(remedy));
    }
    if given.serial < there.serial
        || given.serial == there.serial && !v4::same_content(there, given)
    {
        return Err(Diagnostic::error("state-serial", "The state there is not older")
            .detail(format!(
                "Serial {} is there, serial {} was given, and they differ. Nothing was changed.",
                there.serial, given.serial
            ))
            .remedy(remedy));
    }
    Ok(())
}
