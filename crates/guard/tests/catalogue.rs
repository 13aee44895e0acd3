//! The catalogue against the providers' own schemas: every type and every path in it exists.
//!
//! The schemas are read by path from `STRATA_SCHEMAS`, by default `../shared/schemas` beside the workspace, and skipped by
//! name where they are not there.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use guard::catalogue::FILES;
use serde_json::Value as Json;

#[expect(clippy::disallowed_methods, reason = "a test finds its data by the environment")]
fn schemas() -> Option<PathBuf> {
    let path = match std::env::var_os("STRATA_SCHEMAS") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas"),
    };
    path.is_dir().then_some(path)
}

/// The blocks of each resource type of a provider, one for each version that is there.
fn blocks(dir: &Path, provider: &str) -> BTreeMap<String, Vec<Json>> {
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
fn exists(block: &Json, path: &str) -> bool {
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

fn paths(entry: &toml::Value) -> Vec<String> {
    let at = |guard: &toml::Value| match guard {
        toml::Value::String(path) => path.clone(),
        table => table["at"].as_str().expect("a path").to_owned(),
    };
    let mut paths: Vec<String> =
        vec![entry.get("name").and_then(toml::Value::as_str).unwrap_or("name").to_owned()];
    paths.extend(entry.get("guards").and_then(toml::Value::as_array).into_iter().flatten().map(at));
    paths.extend(entry.get("only").map(at));
    paths
}

#[test]
fn types_and_paths_are_those_of_the_providers() {
    let Some(dir) = schemas() else {
        eprintln!("skipped: types of the catalogue (no schemas; set STRATA_SCHEMAS)");
        return;
    };
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (provider, text) in FILES {
        let known = blocks(&dir, provider);
        if known.is_empty() {
            eprintln!("skipped: types of {provider} (no schema of it)");
            continue;
        }
        let entries: toml::Table = text.parse().expect("a file of the catalogue is TOML");
        for (type_name, entry) in &entries {
            checked += 1;
            let Some(versions) = known.get(type_name) else {
                wrong.push(format!("{provider} has no type {type_name}"));
                continue;
            };
            for path in paths(entry) {
                if !versions.iter().any(|block| exists(block, &path)) {
                    wrong.push(format!("{type_name} has no {path}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 400, "only {checked} types were checked");
}

#[test]
fn no_type_stands_twice_and_each_is_of_its_file() {
    let mut all = BTreeMap::new();
    for (provider, text) in FILES {
        let entries: toml::Table = text.parse().expect("a file of the catalogue is TOML");
        for type_name in entries.keys() {
            assert!(
                type_name.starts_with(&format!("{provider}_")),
                "{type_name} in {provider}.toml"
            );
            assert_eq!(all.insert(type_name.clone(), provider), None, "{type_name} twice");
        }
    }
    for type_name in guard::Catalogue::new(&[]).types() {
        assert!(all.contains_key(&**type_name));
    }
}
