//! `cargo xtask codes`: references that are generated from the sources, into `docs/reference`. A test fails when one is
//! stale.
//!
//! The command line has its own (`crates/cli/tests/help.rs`), since it is the program that knows it.
//! Invariant: what a page says stands in the sources; where the sources say it in a way that is not understood here, the
//! command fails.

mod codes;
mod environment;
mod rust;
#[cfg(test)]
mod specs;

use std::path::Path;
use std::process::ExitCode;

use crate::tidy::sources;

/// A page: its path below the root, and its text.
pub(crate) struct Page {
    path: &'static str,
    text: String,
}

/// Writes all pages.
pub(crate) fn main(root: &Path) -> ExitCode {
    let written = pages(root).and_then(|pages| {
        pages.iter().try_for_each(|page| {
            std::fs::write(root.join(page.path), &page.text)
                .map_err(|error| format!("{}: {error}", page.path))?;
            println!("{}", page.path);
            Ok(())
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The pages as they should be.
fn pages(root: &Path) -> Result<Vec<Page>, String> {
    let sources: Vec<_> = sources::read(root)?
        .into_iter()
        .filter(|source| source.path.starts_with("crates/") && !source.path.ends_with("/tests.rs"))
        .collect();
    let types = Page { path: crate::fidelity::PATH, text: crate::fidelity::page(root)? };
    Ok(vec![codes::page(&sources)?, environment::page(&sources)?, types])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_fresh() {
        let root = crate::root();
        for page in pages(&root).expect("the sources are understood") {
            let there = std::fs::read_to_string(root.join(page.path)).unwrap_or_default();
            let stale: Vec<&str> = page
                .text
                .lines()
                .filter(|line| !there.lines().any(|other| other == *line))
                .collect();
            assert!(
                there == page.text,
                "{} is stale: run `cargo xtask codes`. New there:\n{}",
                page.path,
                stale.join("\n")
            );
        }
    }
}
