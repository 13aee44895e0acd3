//! `strata state rm`: objects are forgotten, not destroyed.

use addr::ResourceInstance;
use diag::Diagnostic;
use serde_json::json;
use state::surgery;
use store::Loaded;

use super::Work;
use crate::args::WrittenState;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup, Changed};

/// Addresses that an event names, at most.
const NAMED_MAX: usize = 10;

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    written: &WrittenState,
    addresses: &[String],
    work: Work,
) -> Exit {
    if let Some(removed) = remove(&mut session, written, addresses, work).await {
        session.context.out(&text(&removed, session.context.format, work));
    }
    session.end(Exit::Done)
}

async fn remove(
    session: &mut Session<'_>,
    written: &WrittenState,
    addresses: &[String],
    work: Work,
) -> Option<Vec<ResourceInstance>> {
    let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (place, plain) = which::open(session, &written.which, &texts, Backup::Dated)?;
    let targets = which::targets(session, &plain)?;
    if work == Work::Said {
        let mut state = place.peek(session)?.state;
        let removed = surgery::forget(&mut state, &targets);
        return session.heed(some(removed));
    }
    let mut removed = Vec::new();
    let change = |loaded: &Loaded| {
        let mut state = loaded.state.clone();
        removed = some(surgery::forget(&mut state, &targets))?;
        Ok(Some(Changed { state, detail: detail(&removed) }))
    };
    place.change(session, written, "state-rm", change).await?;
    Some(removed)
}

fn some(removed: Vec<ResourceInstance>) -> Result<Vec<ResourceInstance>, Diagnostic> {
    if removed.is_empty() {
        return Err(Diagnostic::error("state-nothing-there", "Nothing is at these addresses")
            .detail("The state holds no instance that they cover. Nothing was changed.")
            .remedy("See what it holds with: strata state list."));
    }
    Ok(removed)
}

fn detail(removed: &[ResourceInstance]) -> String {
    let named: Vec<String> = removed.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let more = removed.len().saturating_sub(NAMED_MAX);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("forgot {}{rest}", named.join(", "))
}

fn text(removed: &[ResourceInstance], format: Format, work: Work) -> String {
    let addresses = removed.iter().map(ToString::to_string);
    match (format, work) {
        (Format::Json, _) => {
            let addresses: Vec<String> = addresses.collect();
            format!("{}\n", json!({ "removed": addresses, "dry_run": work == Work::Said }))
        }
        (Format::Text, Work::Said) => {
            addresses.map(|one| format!("Would remove {one}\n")).collect()
        }
        (Format::Text, Work::Done) => {
            let lines: String = addresses.map(|one| format!("Removed {one}\n")).collect();
            format!("{lines}Successfully removed {} resource instance(s).\n", removed.len())
        }
    }
}
