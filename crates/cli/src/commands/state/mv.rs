//! `strata state mv`: what stands at one address stands at another one.

use diag::Diagnostic;
use serde_json::json;
use state::surgery::{self, MoveError, Moved};
use store::Loaded;

use super::Work;
use crate::args::WrittenState;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup, Changed};

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    written: &WrittenState,
    (from, to): (&str, &str),
    work: Work,
) -> Exit {
    if let Some(moved) = rename(&mut session, written, (from, to), work).await {
        session.context.out(&text(&moved, session.context.format, work));
    }
    session.end(Exit::Done)
}

async fn rename(
    session: &mut Session<'_>,
    written: &WrittenState,
    (from, to): (&str, &str),
    work: Work,
) -> Option<Moved> {
    let (place, plain) = which::open(session, &written.which, &[from, to], Backup::Dated)?;
    let targets = which::targets(session, &plain)?;
    let [from, to] = targets.as_slice() else { panic!("BUG: two addresses went in") };
    if work == Work::Said {
        let mut state = place.peek(session)?.state;
        let moved = surgery::rename(&mut state, from, to);
        return session.heed(moved.map_err(|error| refused(&error)));
    }
    let mut moved = Moved::new();
    let change = |loaded: &Loaded| {
        let mut state = loaded.state.clone();
        moved = surgery::rename(&mut state, from, to).map_err(|error| refused(&error))?;
        Ok(Some(Changed { state, detail: format!("moved {from} to {to}") }))
    };
    place.change(session, written, "state-mv", change).await?;
    Some(moved)
}

fn refused(error: &MoveError) -> Diagnostic {
    let (code, remedy) = match error {
        MoveError::NothingFound(_) => {
            ("state-nothing-there", "See what the state holds with: strata state list.")
        }
        MoveError::Taken(_) => (
            "state-mv-taken",
            "Move or forget what stands there first; nothing is overwritten by a move.",
        ),
        MoveError::OtherKind(_) => {
            ("state-mv-kind", "Give a module for a module, an instance for an instance.")
        }
        MoveError::OtherMode(_) => ("state-mv-mode", "Give two addresses of the same kind."),
        MoveError::Module(_) => ("state-mv-module", "Name a module outside of the one moved."),
    };
    Diagnostic::error(code, "It cannot be moved")
        .detail(format!("{}. Nothing was changed.", capitalised(&error.to_string())))
        .remedy(remedy)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        // An address begins with a small letter and stays as it is.
        let first = if text.starts_with("the ") { first.to_ascii_uppercase() } else { first };
        format!("{first}{}", letters.as_str())
    })
}

fn text(moved: &Moved, format: Format, work: Work) -> String {
    if format == Format::Json {
        let pairs: Vec<serde_json::Value> = moved
            .iter()
            .map(|(from, to)| json!({ "from": from.to_string(), "to": to.to_string() }))
            .collect();
        return format!("{}\n", json!({ "moved": pairs, "dry_run": work == Work::Said }));
    }
    let verb = if work == Work::Said { "Would move" } else { "Move" };
    let mut lines: String =
        moved.iter().map(|(from, to)| format!("{verb} \"{from}\" to \"{to}\"\n")).collect();
    if work == Work::Done {
        lines.push_str(&format!("Successfully moved {} object(s).\n", moved.len()));
    }
    lines
}
