//! `strata state show`: one object, through its provider's schema.

use addr::ResourceInstance;
use diag::Diagnostic;
use plan::Schemas;
use render::Secrets;
use state::{ObjectAddr, Resource, State};

use crate::args::WhichState;
use crate::exit::Exit;
use crate::object::object;
use crate::ready::ready;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// Runs the command.
pub(super) async fn run(
    mut session: Session<'_>,
    which: &WhichState,
    address: &str,
) -> Exit {
    if let Some(text) = shown(&mut session, which, address).await {
        session.context.out(&text);
    }
    session.end(Exit::Done)
}

async fn shown(
    session: &mut Session<'_>,
    which: &WhichState,
    address: &str,
) -> Option<String> {
    let (place, plain) = which::open(session, which, &[address], Backup::Beside)?;
    let address = plain[0].parse::<ResourceInstance>();
    let address = address.map_err(|error| which::bad_address(&plain[0], &error.to_string()));
    let address = session.heed(address)?;
    let loaded = place.peek(session)?;
    let only = session.heed(only(&loaded.state, &address))?;
    let ready = ready(session, &place, &loaded, &[]).await?;
    let schemas = &ready.stack.schemas;
    match session.context.format {
        Format::Json => Some(plan::format::json::state(&only, schemas) + "\n"),
        Format::Text => session.heed(objects(&only, schemas, Secrets::Hidden)),
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

/// All objects of a state, one after the other.
///
/// # Errors
/// Where one does not follow the schema at hand.
pub(crate) fn objects(
    state: &State,
    schemas: &Schemas,
    secrets: Secrets,
) -> Result<String, Diagnostic> {
    let mut shown = Vec::new();
    for (at, row) in state.rows() {
        let schema = schemas.of(&row.provider.config.provider, &at.instance.resource);
        let text = schema.and_then(|schema| object(&at, &row, schema, secrets));
        shown.push(text.ok_or_else(|| not_readable(&at))?);
    }
    Ok(shown.join("\n"))
}

fn not_readable(at: &ObjectAddr) -> Diagnostic {
    Diagnostic::error("state-other-schema", format!("{at} cannot be read"))
        .detail("What is stored does not follow the schema of the provider that is installed: it was stored by another version.")
        .remedy("Install the provider's version that stored it, or apply once with the new one; `state pull` shows it as stored.")
}
