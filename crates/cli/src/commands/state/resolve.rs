//! `strata state resolve`: what is in doubt, and a person's word on it.

use diag::{Diagnostic, Diags};
use serde_json::json;
use state::journal::{Action, Doubt, InDoubt, OpRef, Outcome, RunId};
use store::Loaded;

use crate::args::WrittenState;
use crate::exit::Exit;
use crate::ready::ready;
use crate::report::Format;
use crate::session::{Session, random_bits};
use crate::which::{self, Backup, Place};

/// What is said of an object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word<'a> {
    /// It exists, under this id.
    Exists(&'a str),
    /// There is none.
    Absent,
    /// Nothing.
    None,
}

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    written: &WrittenState,
    address: Option<&str>,
    word: Word<'_>,
) -> Exit {
    let text = match (address, word) {
        (None, Word::None) => list(&mut session, written),
        (Some(address), word) => resolve(&mut session, written, address, word).await,
        (None, _) => session.heed(Err(which_object())),
    };
    if let Some(text) = text {
        session.context.out(&text);
    }
    session.end(Exit::Done)
}

fn list(session: &mut Session<'_>, written: &WrittenState) -> Option<String> {
    let (place, _) = which::open(session, &written.which, &[], Backup::Beside)?;
    let loaded = place.peek_quietly(session)?;
    let doubts = &loaded.in_doubt;
    if session.context.format == Format::Json {
        let all: Vec<serde_json::Value> = doubts
            .iter()
            .map(|doubt| {
                json!({
                    "address": doubt.begin.at.to_string(),
                    "action": word(doubt.begin.action),
                    "run": doubt.run.as_str(),
                })
            })
            .collect();
        return Some(format!("{:#}\n", json!({ "in_doubt": all })));
    }
    if doubts.is_empty() {
        return Some("Nothing is in doubt.\n".to_owned());
    }
    Some(doubts.iter().map(line).collect())
}

fn line(doubt: &InDoubt) -> String {
    let begin = &doubt.begin;
    let how = match doubt.doubt {
        Doubt::NoEnd => "began, has no end",
        Doubt::Unreadable { .. } => "ended with something that could not be read",
    };
    format!("{}  {}  {how}  (run {})\n", begin.at, word(begin.action), doubt.run)
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
    }
}

async fn resolve(
    session: &mut Session<'_>,
    written: &WrittenState,
    address: &str,
    word: Word<'_>,
) -> Option<String> {
    let (place, plain) = which::open(session, &written.which, &[address], Backup::Beside)?;
    let held = place.hold(session, written, "state-resolve").await?;
    let resolved = resolve_held(session, &place, &held, &plain[0], word).await;
    held.release().await;
    let left = resolved?;
    let what = match word {
        Word::Exists(_) => "exists",
        Word::Absent | Word::None => "absent",
    };
    Some(match session.context.format {
        Format::Json => {
            format!("{}\n", json!({ "resolved": plain[0], "as": what, "in_doubt": left }))
        }
        Format::Text => {
            let rest = match left {
                0 => "Nothing is in doubt any more.".to_owned(),
                left => format!("{left} more in doubt."),
            };
            format!("{} is resolved: {what}. {rest}\n", plain[0])
        }
    })
}

/// Tells how many ops are in doubt still.
async fn resolve_held(
    session: &mut Session<'_>,
    place: &Place,
    held: &run::lease::Held,
    address: &str,
    word: Word<'_>,
) -> Option<usize> {
    let loaded = place.store.load(held.lease());
    let loaded = session.heed(loaded.map_err(|e| run::failure::load(&place.label, &e)))?;
    let doubts = session.heed(of_address(place, &loaded, address))?;
    let mut outcomes: Vec<(OpRef, Outcome)> = Vec::with_capacity(doubts.len());
    for doubt in doubts {
        let outcome = match word {
            Word::Exists(id) => exists(session, place, &loaded, doubt, id).await?,
            Word::Absent => Outcome::Gone,
            Word::None => return session.heed(Err(no_word(address, place))),
        };
        outcomes.push((doubt.op(), outcome));
    }
    let run = RunId::new(run::estate::new_plan_id(random_bits()));
    let before = loaded.state.serial;
    let settled = run::resolve::settle(&place.store, held, &place.label, run, outcomes).await;
    let settled = session.heed(settled)?;
    let detail = match word {
        Word::Exists(id) => format!("{address} exists, id {id}"),
        Word::Absent | Word::None => format!("{address} is absent"),
    };
    let serials = Some((before, settled.state.serial));
    let recorded = place.record(session, "state-resolve", serials, detail);
    session.heed(recorded)?;
    Some(settled.in_doubt.len())
}

/// The ops in doubt at an address.
fn of_address<'a>(
    place: &Place,
    loaded: &'a Loaded,
    address: &str,
) -> Result<Vec<&'a InDoubt>, Diagnostic> {
    let wanted = address.parse::<addr::ResourceInstance>();
    let wanted = wanted.map_err(|error| which::bad_address(address, &error.to_string()))?;
    let here = |doubt: &&InDoubt| doubt.begin.at.instance == wanted;
    let doubts: Vec<&InDoubt> = loaded.in_doubt.iter().filter(here).collect();
    if doubts.is_empty() {
        return Err(Diagnostic::error("not-in-doubt", format!("{address} is not in doubt"))
            .detail("Nothing was changed.")
            .remedy(format!("List what is: strata state resolve{}", place.option())));
    }
    Ok(doubts)
}

async fn exists(
    session: &mut Session<'_>,
    place: &Place,
    loaded: &Loaded,
    doubt: &InDoubt,
    id: &str,
) -> Option<Outcome> {
    let supposed = run::resolve::supposing(loaded, doubt);
    let ready = ready(session, place, &supposed, &[]).await?;
    let looked =
        run::resolve::look(&ready.stack, &session.shared, loaded, doubt, id, ready.variables).await;
    let mut take = |diags: Diags| session.diags.extend(diags);
    match looked {
        Ok(looked) => {
            take(looked.diags);
            Some(Outcome::Object(looked.row))
        }
        Err(diags) => {
            take(diags);
            None
        }
    }
}

fn which_object() -> Diagnostic {
    Diagnostic::error("resolve-what", "Which object?")
        .detail("-exists and -absent are said of one object in doubt.")
        .remedy("Name its address; without options all that is in doubt is listed.")
}

fn no_word(address: &str, place: &Place) -> Diagnostic {
    let command = format!("strata state resolve{} '{address}'", place.option());
    Diagnostic::error("resolve-what", format!("Does {address} exist?"))
        .detail("A run ended while it was being changed. Look where it would be.")
        .remedy(format!("{command} -exists ID, or {command} -absent"))
}
