//! The table of threats in docs/pull-requests.md names every test here, and every test stands in it.

use std::collections::BTreeSet;
use std::path::Path;

/// How many hostile pull requests there have to be.
const ATTACKS_MIN: usize = 20;

/// The texts of the tests.
const SOURCES: &[(&str, &str)] = &[
    ("approvals", include_str!("approvals.rs")),
    ("files", include_str!("files.rs")),
    ("output", include_str!("output.rs")),
    ("programs", include_str!("programs.rs")),
    ("rules", include_str!("rules.rs")),
    ("secrets", include_str!("secrets.rs")),
];

#[test]
fn the_table_of_threats_names_every_test() {
    let tests: BTreeSet<String> = SOURCES
        .iter()
        .flat_map(|(file, text)| {
            let lines: Vec<&str> = text.lines().collect();
            let named = lines.windows(2).filter(|two| two[0] == "#[test]").map(|two| two[1]);
            let name = |line: &str| line.strip_prefix("fn ")?.split('(').next().map(str::to_owned);
            let all: Vec<String> =
                named.filter_map(name).map(|name| format!("{file}::{name}")).collect();
            all
        })
        .collect();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pull-requests.md");
    let docs = std::fs::read_to_string(docs).expect("the page");
    let rows = docs.lines().filter(|line| line.starts_with("| "));
    let named: BTreeSet<String> = rows
        .flat_map(|row| row.rsplit('|').nth(1).unwrap_or_default().split('`'))
        .filter(|word| word.contains("::"))
        .map(str::to_owned)
        .collect();
    assert_eq!(tests, named);
    assert!(tests.len() >= ATTACKS_MIN, "{}", tests.len());
    println!(
        "{} hostile pull requests, each with a test that shows that it comes to nothing",
        tests.len()
    );
}
