//! The page of the scenarios: what a command printed, as the page has it, and whether it still does.
//!
//! Invariant: outside of the marks the page is people's; between them it is the programs' alone.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// One test at a time writes the page.
static PAGE: Mutex<()> = Mutex::new(());

/// A command and what it printed: all of standard output, and of standard error what is reported.
pub(super) fn transcript(args: &[&str], out: &str, err: &str) -> String {
    let words: Vec<String> = args.iter().map(|word| quoted(word)).collect();
    let mut told = format!("$ strata {}\n", words.join(" "));
    for line in out.lines() {
        told.push_str(without_time(line));
        told.push('\n');
    }
    let reported = err.lines().skip_while(|line| !line.starts_with("Error: "));
    for line in reported {
        told.push_str(line);
        told.push('\n');
    }
    let told = told.trim_end();
    format!("{told}\n\n")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// A line without how long it really took.
fn without_time(line: &str) -> &str {
    match line.rsplit_once(" · ") {
        Some((kept, time)) if time.ends_with(" ms") || time.ends_with(" s") => kept,
        _ => line,
    }
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md")
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether it blesses")]
fn blesses() -> bool {
    std::env::var("STRATA_BLESS").is_ok()
}

/// Fails where the page shows something else for a scenario; with STRATA_BLESS it is written.
#[track_caller]
pub(super) fn check(scenario: &str, told: &str) {
    let _alone = PAGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let page = std::fs::read_to_string(path()).expect("docs/scenarios.md");
    let (begin, end) = (format!("<!-- {scenario} -->\n"), format!("<!-- end of {scenario} -->\n"));
    let (before, rest) = page.split_once(&begin).expect("the page marks where the scenario begins");
    let (shown, after) = rest.split_once(&end).expect("the page marks where the scenario ends");
    let block = format!("```text\n{}\n```\n", told.trim_end());
    if blesses() {
        let page = [before, &begin, &block, &end, after].concat();
        std::fs::write(path(), page).expect("the page is written");
        return;
    }
    assert_eq!(
        shown, block,
        "docs/scenarios.md is stale: run `STRATA_BLESS=1 cargo test -p cli --test estate scenarios`"
    );
}
