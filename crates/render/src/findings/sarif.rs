//! Findings as SARIF 2.1.0 (OASIS), which forges show beside the lines of a change.
//!
//! Invariant: the same finding has the same fingerprint in each run, wherever its line has moved to; so a forge keeps it as one.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use state::Digest;

use super::{Finding, Level};
use crate::clean;

/// Where the schema of the format is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How many findings one document holds: GitHub's code scanning takes 25,000 results of a run.
pub(super) const RESULTS_MAX: usize = 25_000;

/// The document. `automation` tells runs of different commands apart (`drift/prod`). `fallback` is the file that findings without a
/// place are shown at, since forges take none without a file: the estate's file.
pub fn sarif(findings: &[Finding], automation: &str, fallback: &str, version: &str) -> String {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let order: BTreeMap<&str, usize> =
        rules.keys().enumerate().map(|(at, rule)| (*rule, at)).collect();
    let results: Vec<Value> = findings
        .iter()
        .take(RESULTS_MAX)
        .map(|finding| result(finding, order[&*finding.rule], fallback))
        .collect();
    let rules: Vec<Value> = rules.values().map(|finding| rule(finding)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "strata", "semanticVersion": version, "rules": rules } },
            "automationDetails": { "id": automation },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(finding: &Finding) -> Value {
    json!({ "id": finding.rule, "defaultConfiguration": { "level": level(finding.level) } })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn result(finding: &Finding, rule: usize, fallback: &str) -> Value {
    let physical = match &finding.place {
        Some(place) => json!({
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
        }),
        None => json!({
            "artifactLocation": { "uri": uri(fallback) },
            "region": { "startLine": 1 },
        }),
    };
    let mut location = json!({ "physicalLocation": physical });
    if !finding.address.is_empty() {
        location["logicalLocations"] =
            json!([{ "fullyQualifiedName": finding.address, "kind": "resource" }]);
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level(finding.level),
        "message": { "text": clean(&finding.text()) },
        "locations": [location],
        "partialFingerprints": { "strata/v1": fingerprint(finding) },
    })
}

/// What stays of a finding when its line moves: its rule, what it is about, its file and what it says.
fn fingerprint(finding: &Finding) -> String {
    let file = finding.place.as_ref().map_or("", |place| &place.file);
    let parts = [&*finding.rule, &*finding.address, file, &*finding.summary];
    Digest::of(parts.join("\0").as_bytes()).to_string()
}

/// A relative path as a URI reference: what RFC 3986 does not let stand in a path is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
