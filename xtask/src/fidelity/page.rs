//! `docs/reference/rehearsal-types.md`: of each type whose schema is in the program, what stands behind its rehearsal.
//!
//! Invariant: the page is made from committed files alone: manifest, overlays, figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

/// Where the page goes.
pub(crate) const PATH: &str = "docs/reference/rehearsal-types.md";

#[derive(Deserialize)]
struct Manifest {
    document: Vec<Document>,
}

#[derive(Deserialize)]
struct Document {
    provider: String,
    version: String,
    resources: Vec<String>,
    data: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Measured {
    #[serde(default, rename = "type")]
    types: Vec<Figures>,
}

#[derive(Deserialize)]
struct Figures {
    name: String,
    agreed: u64,
    of: u64,
}

#[derive(Default, Deserialize)]
struct Overlay {
    #[serde(default, rename = "type")]
    types: Vec<Named>,
    #[serde(default)]
    data: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The page as it should be.
pub(crate) fn page(root: &Path) -> Result<String, String> {
    let manifest: Manifest = read(&root.join("crates/sim/schemas/manifest.toml"))?;
    let measured: Measured = match root.join(super::MEASURED) {
        path if path.exists() => read(&path)?,
        _ => Measured::default(),
    };
    let figures: BTreeMap<&str, &Figures> =
        measured.types.iter().map(|one| (&*one.name, one)).collect();
    let overlaid = overlaid(root)?;
    let mut text = HEAD.to_owned();
    for document in &manifest.document {
        let data = document.data.iter().map(|name| format!("data.{name}"));
        let names: Vec<String> = document.resources.iter().cloned().chain(data).collect();
        if names.is_empty() {
            continue;
        }
        let provider = document.provider.split_once('/').map_or("", |(_, rest)| rest);
        let _ = write!(
            text,
            "\n## {provider} {}\n\n| type | behaviour |\n|---|---|\n",
            document.version
        );
        for name in names {
            let behaviour = match figures.get(&*name) {
                Some(one) => format!("measured: {} of {} the same", one.agreed, one.of),
                None if overlaid.contains(&name) => "overlay".to_owned(),
                None => "schema only".to_owned(),
            };
            let _ = writeln!(text, "| `{name}` | {behaviour} |");
        }
    }
    Ok(text)
}

fn overlaid(root: &Path) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    let folder = root.join("crates/sim/overlays");
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|end| end == "toml") {
            let overlay: Overlay = read(&entry.path())?;
            names.extend(overlay.types.into_iter().map(|one| one.name));
            names.extend(overlay.data.into_iter().map(|one| format!("data.{}", one.name)));
        }
    }
    Ok(names)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

const HEAD: &str = "\
# What stands behind a rehearsal, by type

Written by `cargo xtask codes` and `cargo xtask fidelity`. A rehearsed type is

- **measured**: compared on real parts, with how many of the things looked at were the same (known in the plan, form in the
  state, what edits do);
- from an **overlay**: what it does beyond its schema was written down from the provider's documentation, and not compared;
- **schema only**: names, types and who may set what are the provider's; all else is a guess. Nothing is known of what forces
  replacement.
";
