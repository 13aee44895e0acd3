//! Dependencies point down, or within a floor to what `floors.toml` names.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::Finding;

#[derive(Deserialize)]
struct Document {
    floor: Vec<Floor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    name: String,
    crates: Vec<String>,
    #[serde(default)]
    within: Vec<String>,
}

/// Checks each crate's manifest against `floors.toml`, and that no crate is without a floor or empty.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let text = std::fs::read_to_string(root.join("floors.toml")).map_err(|e| e.to_string())?;
    let floors = toml::from_str::<Document>(&text).map_err(|e| format!("floors.toml: {e}"))?.floor;
    let level: HashMap<&str, usize> = floors
        .iter()
        .enumerate()
        .flat_map(|(i, f)| f.crates.iter().map(move |c| (c.as_str(), i)))
        .collect();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("crates")).map_err(|e| e.to_string())? {
        let folder = entry.map_err(|e| e.to_string())?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = format!("crates/{name}/Cargo.toml");
        let Some(&own) = level.get(name.as_str()) else {
            found.push(Finding::new(place, "the crate stands on no floor of floors.toml"));
            continue;
        };
        for used in dependencies(&folder.join("Cargo.toml"))? {
            let Some(&other) = level.get(used.as_str()) else { continue };
            let edge = format!("{name} -> {used}");
            if other > own || (other == own && !floors[own].within.contains(&edge)) {
                let text =
                    format!("`{edge}` leaves floor {:?} upwards or sideways", floors[own].name);
                found.push(Finding::new(place.clone(), text));
            }
        }
    }
    Ok(found)
}

fn dependencies(manifest: &Path) -> Result<Vec<String>, String> {
    let text =
        std::fs::read_to_string(manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|e| format!("{}: {e}", manifest.display()))?;
    let named = table.get("dependencies").and_then(toml::Value::as_table);
    Ok(named.map(|t| t.keys().cloned().collect()).unwrap_or_default())
}
