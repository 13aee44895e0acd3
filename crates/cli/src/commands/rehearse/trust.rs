//! How far what was rehearsed can be believed: of each type, where its behaviour comes from.
//!
//! Invariant: a type that is known by its schema alone is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use sim::Provenance;

use super::story::{Story, many};
use crate::session::Session;

/// Types by where their behaviour comes from.
pub(super) type Trust = BTreeMap<Provenance, Vec<Arc<str>>>;

/// Most types that are named on a line.
const NAMES_MAX: usize = 6;

/// The types that were met so far.
pub(super) fn of(session: &Session<'_>) -> Trust {
    let mut trust = Trust::new();
    let met = session.rehearsal.as_ref().map(|rehearsal| rehearsal.cloud.provenance());
    for (name, from) in met.into_iter().flatten() {
        trust.entry(from).or_default().push(name);
    }
    trust
}

/// Tells it.
pub(super) fn tell(trust: &Trust, story: &mut Story) {
    if trust.is_empty() {
        return;
    }
    story.line("\nHow far to believe it");
    for (from, word, what) in [
        (Provenance::Measured, "measured", "compared with a real part"),
        (Provenance::Overlay, "overlay", "as people wrote down that the cloud behaves"),
        (
            Provenance::SchemaOnly,
            "schema",
            "from the provider's schema alone: what replaces it is a guess",
        ),
    ] {
        let names = trust.get(&from).map(Vec::as_slice).unwrap_or_default();
        let all: Vec<&str> = names.iter().map(|name| &**name).collect();
        story.fact("types", json!({ "from": word, "types": all }));
        if names.is_empty() {
            continue;
        }
        story.line(format!(
            "  {word:<9} {}, {what}{}",
            many(names.len(), "type"),
            named(from, names)
        ));
    }
}

/// Warns of the estate's own overlays that nothing was rehearsed of; after everything was.
pub(super) fn doubt_overlays(session: &mut Session<'_>) {
    let Some(rehearsal) = &session.rehearsal else { return };
    let unasked = rehearsal.cloud.overlays_unasked();
    session.diags.extend(unasked);
}

/// The names of the types that are least to be believed.
fn named(from: Provenance, names: &[Arc<str>]) -> String {
    if from != Provenance::SchemaOnly {
        return String::new();
    }
    let shown: Vec<&str> = names.iter().take(NAMES_MAX).map(|name| &**name).collect();
    match names.len().saturating_sub(NAMES_MAX) {
        0 => format!(": {}", shown.join(", ")),
        more => format!(": {}, and {more} more (-json names all)", shown.join(", ")),
    }
}
