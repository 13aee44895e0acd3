//! `strata access`: who may do what, and which path grants it.

use access::{Note, NoteKind};
use diag::Diagnostic;

use self::gather::Gathered;
use self::words::{Form, Paths};
use super::Context;
use crate::args::{AccessArgs, AccessCommand, AccessFormArgs};
use crate::exit::Exit;
use crate::session::Session;

mod derive;
mod diff;
mod document;
mod gather;
mod shown;
mod who_can;
mod words;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &AccessArgs) -> Exit {
    match &args.command {
        None => shown::run(context, &args.shown),
        Some(AccessCommand::WhoCan(args)) => who_can::run(context, args),
        Some(AccessCommand::Diff(args)) => diff::run(context, args),
        Some(AccessCommand::Derive(args)) => derive::run(context, args),
    }
}

fn form(args: &AccessFormArgs) -> Form {
    if args.markdown { Form::Markdown } else { Form::Text }
}

fn paths(args: &AccessFormArgs) -> Paths {
    if args.paths { Paths::Told } else { Paths::Left }
}

/// What is told, in words: states, plans, or the state after a plan.
fn basis(gathered: &Gathered) -> String {
    match (&gathered.after, gathered.planned.len()) {
        (Some(plan), _) => format!("as after {plan}"),
        (None, 0) => "as applied".to_owned(),
        (None, count) => format!("as applied ({count} stacks, not applied, as planned)"),
    }
}

/// Most notes that are told one by one.
const NOTES_MAX: usize = 20;

/// Warns of what is not known.
fn report(session: &mut Session<'_>, notes: &[Note]) {
    for note in notes.iter().filter(|note| note.kind != NoteKind::NotRead).take(NOTES_MAX) {
        session.diags.push(warning(note));
    }
    let unread: Vec<String> = notes
        .iter()
        .filter(|note| note.kind == NoteKind::NotRead)
        .map(|note| note.source.to_string())
        .collect();
    if !unread.is_empty() {
        let named: Vec<&str> = unread.iter().take(NOTES_MAX).map(String::as_str).collect();
        session.diags.push(
            Diagnostic::warning("access-not-read", format!("{} objects may grant what is not told here", unread.len()))
                .detail(format!("What they make stands in no state: {}.", named.join(", ")))
                .remedy("Charts are read where the provider `helm` keeps manifests (`experiments { manifest = true }`)."),
        );
    }
    if notes.len() > NOTES_MAX {
        let more = notes.len() - NOTES_MAX;
        session.diags.push(
            Diagnostic::warning(
                "access-more",
                format!("{more} more policies, roles or documents are not known"),
            )
            .detail("Only the first are told.")
            .remedy("-json lists all of them under `notes`."),
        );
    }
}

fn warning(note: &Note) -> Diagnostic {
    let about = note.source.to_string();
    let said = format!("{}.", note.what);
    let told = match note.kind {
        NoteKind::NotUnderstood => Diagnostic::warning("access-not-understood", "A document is not understood")
            .remedy("Mend the document; until then what it grants is told as `may`."),
        NoteKind::UnknownPolicy => Diagnostic::warning("access-policy-unknown", "A policy is not known")
            .remedy("Make the policy in a stack of the estate; until then what it grants is told as `may`."),
        NoteKind::UnknownRole | NoteKind::NotRead => Diagnostic::warning("access-role-unknown", "A role is not known")
            .remedy("Define the role in a stack of the estate, or take one of the catalogue; until then what it grants is told as `may`."),
    };
    told.detail(said).about(about)
}
