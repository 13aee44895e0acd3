//! Reading catalogues, which are compiled in: documents, and lists of texts that are shared.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// A catalogue.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("BUG: the catalogue is well formed")
}

/// A list of texts of a catalogue.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<str>>, D::Error> {
    let all = Vec::<String>::deserialize(from)?;
    Ok(all.into_iter().map(Arc::from).collect())
}
