//! The providers' own schemas, for tests that compare tables with them.
//!
//! They are read by path from `STRATA_SCHEMAS`, by default `../shared/schemas` beside the workspace. Also a module of the
//! crate's own tests, by path.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// The folder of the schemas, where there is one.
#[expect(clippy::disallowed_methods, reason = "a test finds its data by the environment")]
pub(crate) fn schemas() -> Option<PathBuf> {
    let path = match std::env::var_os("STRATA_SCHEMAS") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas"),
    };
    path.is_dir().then_some(path)
}

/// The blocks of each resource type of a provider, one for each version that is there.
pub(crate) fn blocks(dir: &Path, provider: &str) -> BTreeMap<String, Vec<Json>> {
    let mut found: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let files =
        std::fs::read_dir(dir).expect("the folder is read").map(|e| e.expect("entry").path());
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.ends_with(".json.gz") || name.split_once('-').is_none_or(|(p, _)| p != provider) {
            continue;
        }
        let mut text = String::new();
        let file = std::fs::File::open(&path).expect("the schema is read");
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("the schema unpacks");
        let document: Json = serde_json::from_str(&text).expect("the schema is JSON");
        for schema in document["provider_schemas"].as_object().expect("schemas").values() {
            for (name, resource) in schema["resource_schemas"].as_object().expect("resources") {
                found.entry(name.clone()).or_default().push(resource["block"].clone());
            }
        }
    }
    found
}

/// Whether a path leads somewhere in a block. Within a value that is no object of a fixed shape anything may stand.
pub(crate) fn exists(block: &Json, path: &str) -> bool {
    let mut at = block.clone();
    for step in path.split('.') {
        if let Some(attribute) = at["attributes"].get(step) {
            match attribute.get("nested_type") {
                Some(nested) => at = nested.clone(),
                None if attribute["type"].is_string() && attribute["type"] != "dynamic" => {
                    return path.ends_with(step);
                }
                None => return true,
            }
        } else if let Some(nested) = at["block_types"].get(step) {
            at = nested["block"].clone();
        } else {
            return false;
        }
    }
    true
}
