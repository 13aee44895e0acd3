//! The catalogue against the providers' own schemas: every type and every path in it exists.
//!
//! Skipped by name where the schemas are not there (`support`).

mod support;

use std::collections::BTreeMap;

use guard::catalogue::FILES;
use support::{blocks, exists, schemas};

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
