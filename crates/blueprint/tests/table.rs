//! The table of what a blueprint holds: each cell names stacks and types, and the types stand in the stacks' modules.
//!
//! The cells are in `blueprints/CLOUD/table*.toml`; the rows are those of the design, and each has a cell for each cloud.

use std::collections::BTreeSet;
use std::path::Path;

use blueprint::{Cloud, File, Name};
use serde::Deserialize;

const ROWS: [&str; 22] = [
    "bootstrap · store, keys, audit",
    "bootstrap · trust of CI",
    "bootstrap · guardrails",
    "identity · people",
    "identity · automation, workloads",
    "infrastructure · network",
    "infrastructure · DNS zones",
    "infrastructure · managed datastore",
    "infrastructure · virtual machines",
    "infrastructure · registry",
    "infrastructure · data pipeline",
    "infrastructure · data warehouse",
    "cluster · control plane",
    "cluster · in-cluster basics",
    "cluster services · logs, metrics",
    "cluster services · policy, registries",
    "cluster services · secrets, backup, mesh",
    "app services · ingress",
    "app services · DNS, TLS",
    "app services · app pipeline",
    "apps · by Strata",
    "apps · by Argo CD",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    cell: Vec<Cell>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cell {
    row: String,
    stacks: Vec<String>,
    types: Vec<String>,
}

fn cells(cloud: Cloud) -> Vec<Cell> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../blueprints").join(cloud.word());
    let mut cells = Vec::new();
    for name in ["table.toml", "table-in-cluster.toml"] {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).expect("a table");
        let table: Table =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        cells.extend(table.cell);
    }
    cells
}

fn names_type(files: &[File], stack: &str, name: &str) -> bool {
    let folder = format!("stacks/{stack}/");
    let head = ["resource", "data", "ephemeral"].map(|mode| format!("{mode} \"{name}\" \""));
    files
        .iter()
        .filter(|file| file.path.starts_with(&folder) && file.path.ends_with(".tf"))
        .any(|file| head.iter().any(|head| file.text.contains(head)))
}

fn check(cloud: Cloud) {
    let files = blueprint::estate(cloud, &Name::parse("shop").expect("a name"));
    let cells = cells(cloud);
    let mut wrong = Vec::new();
    for cell in &cells {
        let lacking = cell
            .types
            .iter()
            .filter(|name| !cell.stacks.iter().any(|stack| names_type(&files, stack, name)));
        wrong.extend(
            lacking.map(|name| format!("{}: {name} is in none of {:?}", cell.row, cell.stacks)),
        );
        let there = |stack: &&String| {
            files.iter().any(|file| file.path.starts_with(&format!("stacks/{stack}/")))
        };
        wrong.extend(cell.stacks.iter().filter(|s| !there(s)).map(|s| format!("no stack {s}")));
        if cell.types.is_empty() {
            wrong.push(format!("{}: no types", cell.row));
        }
    }
    let rows: BTreeSet<&str> = cells.iter().map(|cell| &*cell.row).collect();
    let known: BTreeSet<&str> = ROWS.into_iter().collect();
    wrong.extend(known.difference(&rows).map(|row| format!("no cell for {row}")));
    wrong.extend(rows.difference(&known).map(|row| format!("no such row: {row}")));
    assert!(wrong.is_empty(), "{}:\n{}", cloud.word(), wrong.join("\n"));
}

#[test]
fn aws_has_every_cell() {
    check(Cloud::Aws);
}

#[test]
fn azure_has_every_cell() {
    check(Cloud::Azure);
}

#[test]
fn gcp_has_every_cell() {
    check(Cloud::Gcp);
}
