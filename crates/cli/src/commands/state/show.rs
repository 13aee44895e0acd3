//! `strata state show`: one object, through its provider's schema.

use addr::ResourceInstance;
use diag::Diagnostic;
use render::Secrets;
use state::{Resource, State};

use crate::args::WhichState;
use crate::commands::audit::revealed;
use crate::exit::Exit;
use crate::object::objects;
use crate::ready::ready;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    which: &WhichState,
    address: &str,
    secrets: Secrets,
) -> Exit {
    if let Some(text) = shown(&mut session, which, address, secrets).await {
        session.context.out(&text);
    }
    session.end(Exit::Done)
}

async fn shown(
    session: &mut Session<'_>,
    which: &WhichState,
    address: &str,
    secrets: Secrets,
) -> Option<String> {
    let (place, plain) = which::open(session, which, &[address], Backup::Beside)?;
    let address = plain[0].parse::<ResourceInstance>();
    let address = address.map_err(|error| which::bad_address(&plain[0], &error.to_string()));
    let address = session.heed(address)?;
    let loaded = place.peek(session)?;
    let only = session.heed(only(&loaded.state, &address))?;
    if let (Secrets::Shown, Some(store)) = (secrets, &place.estate) {
        revealed(session, &**store, &place.label, &format!("state show {address}"))?;
    }
    let ready = ready(session, &place, &loaded, &[]).await?;
    let schemas = &ready.stack.schemas;
    match session.context.format {
        Format::Json => Some(plan::format::json::state(&only, schemas) + "\n"),
        Format::Text => session.heed(objects(&only, schemas, secrets)),
    }
}

/// A state that holds the instance alone, its deposed objects too.
fn only(state: &State, address: &ResourceInstance) -> Result<State, Diagnostic> {
    let resource = address.abs_resource();
    let found = state.resource(&resource).map(|resource| {
        let mut own = Resource::clone(resource);
        own.retain(|instance| instance.key == address.key);
        own
    });
    let own = found.filter(|own| !own.instances().is_empty()).ok_or_else(|| {
        Diagnostic::error("state-nothing-there", format!("Nothing is at {address}"))
            .detail("The state holds no such instance; the address of a whole resource names none where it has keys.")
            .remedy("See what it holds with: strata state list.")
    })?;
    let mut only = State::new();
    only.terraform_version = state.terraform_version.clone();
    only.put_resource(resource, own);
    Ok(only)
}
