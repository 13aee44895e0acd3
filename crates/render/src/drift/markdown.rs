//! Drift for an issue, a comment or a summary of a forge.

use std::fmt::Write as _;

use super::DriftReport;
use crate::changes::{Showing, drift_lines};
use crate::clean::clean;
use crate::estate::{Wires, quoted};
use crate::paint::Paint;
use crate::value::Secrets;

/// Longest report, in bytes: what GitHub takes as a comment, with room for a marker.
pub(super) const BYTES_MAX: usize = 60_000;

/// The report as Markdown. Nothing sensitive is shown; nothing in it is read as Markdown but what is ours.
pub fn drift_markdown(report: &DriftReport<'_>) -> String {
    // Our own words and names of the estate file, which hold no marks.
    let mut out = format!("### {}\n", clean(&report.headline()));
    let all = report.by_gravity();
    if !all.is_empty() {
        out.push_str(
            "\n| object | what | means | layer | owners | by |\n|---|---|---|---|---|---|\n",
        );
    }
    for (at, one) in all.iter().enumerate() {
        let by = one.by.as_ref().map_or_else(
            || "unknown".to_owned(),
            |by| {
                format!(
                    "{} {}",
                    quoted::cell(&by.who),
                    quoted::cell(&format!("{} {}", by.what, by.at))
                )
            },
        );
        let means: Vec<String> = one.meanings().iter().map(|text| quoted::cell(text)).collect();
        let line = format!(
            "| {} | {} | {} | {} | {} | {by} |\n",
            quoted::cell(&one.address()),
            quoted::cell(&one.what()),
            means.join("<br>"),
            quoted::cell(&one.layer),
            quoted::cell(&one.owners.join(", ")),
        );
        if out.len() + line.len() > BYTES_MAX / 2 {
            let _ = writeln!(out, "\n+{} more, which matter less", all.len() - at);
            break;
        }
        out.push_str(&line);
    }
    for one in &all {
        let wires = Wires::default();
        let how = Showing { wires: &wires, secrets: Secrets::Hidden, paint: Paint::Plain };
        let lines = drift_lines(one.change, &one.attributes, how);
        if lines.is_empty() {
            continue;
        }
        let summary = quoted::code(&one.address());
        let body = quoted::block("diff", &lines);
        let part = format!("\n<details><summary>{summary}</summary>\n\n{body}\n</details>\n");
        if out.len() + part.len() > BYTES_MAX {
            out.push_str("\nThe rest is too long to be shown here.\n");
            break;
        }
        out.push_str(&part);
    }
    ignored(report, &mut out);
    for (name, how) in report.ways_out() {
        let _ = write!(out, "\n{name}: {}\n", quoted::span(&how));
    }
    out
}

fn ignored(report: &DriftReport<'_>, out: &mut String) {
    if report.ignored.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nIgnored, by `drift` blocks: {}\n", report.ignored.len());
    for one in &report.ignored {
        let until = one.until.as_ref().map_or_else(String::new, |day| format!(", until {day}"));
        let line = format!(
            "- {}: {} ({}{until})\n",
            quoted::span(&one.address),
            quoted::span(&one.reason),
            one.date
        );
        if out.len() + line.len() > BYTES_MAX {
            break;
        }
        out.push_str(&line);
    }
}
