//! `strata state list`: the instances that a state holds, one address a line.

use addr::{Mode, ResourceInstance};
use diag::Diagnostic;
use serde_json::json;
use state::{ObjectAddr, State, surgery};

use crate::args::WhichState;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    which: &WhichState,
    addresses: &[String],
    id: Option<&str>,
) -> Exit {
    let found = found(&mut session, which, addresses, id);
    if let Some(found) = found {
        session.context.out(&text(&found, session.context.format));
    }
    session.end(Exit::Done)
}

fn text(found: &[ResourceInstance], format: Format) -> String {
    let addresses: Vec<String> = found.iter().map(ToString::to_string).collect();
    match format {
        Format::Json => format!("{}\n", json!({ "addresses": addresses })),
        Format::Text => addresses.iter().map(|address| format!("{address}\n")).collect(),
    }
}

fn found(
    session: &mut Session<'_>,
    which: &WhichState,
    addresses: &[String],
    id: Option<&str>,
) -> Option<Vec<ResourceInstance>> {
    let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (place, plain) = which::open(session, which, &texts, Backup::Beside)?;
    let targets = which::targets(session, &plain)?;
    let loaded = place.peek(session)?;
    let found = surgery::matching(&loaded.state, &targets).map_err(|error| nothing(&error));
    let found = session.heed(found)?;
    let wanted = |one: &ResourceInstance| id.is_none_or(|id| has_id(&loaded.state, one, id));
    Some(found.into_iter().filter(wanted).collect())
}

/// What is said where an address covers nothing.
fn nothing(error: &surgery::NothingFound) -> Diagnostic {
    Diagnostic::error("state-nothing-there", format!("Nothing is at {}", error.0))
        .detail("The state holds no instance that this address covers.")
        .remedy("See what it holds with: strata state list. What is only configured is not in it before an apply.")
}

/// Whether the instance's own object has this id.
fn has_id(state: &State, instance: &ResourceInstance, id: &str) -> bool {
    let object = state.object(&ObjectAddr::current(instance.clone()));
    let text = object.and_then(|object| object.attributes.as_json());
    let attributes: Option<serde_json::Value> =
        text.and_then(|text| serde_json::from_slice(text).ok());
    let own = attributes.as_ref().and_then(|attributes| attributes["id"].as_str());
    instance.resource.mode != Mode::Ephemeral && own == Some(id)
}
