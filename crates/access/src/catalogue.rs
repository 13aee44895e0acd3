//! Reading catalogues: lists of texts that are shared.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

/// A list of texts of a catalogue.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<str>>, D::Error> {
    let all = Vec::<String>::deserialize(from)?;
    Ok(all.into_iter().map(Arc::from).collect())
}
