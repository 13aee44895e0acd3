//! `cargo xtask tidy`: what the compiler does not check about the house. Runs as a test, too.
//!
//! Each check is a function from the sources to findings; exceptions stand by name, with their reason, in `tidy.toml`.

mod floors;
mod lengths;
mod shape;
pub(crate) mod sources;
mod words;

use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;

/// One thing that is not tidy.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// File, relative to the root, with a line where there is one.
    pub(crate) place: String,
    /// What is wrong and what to do.
    pub(crate) text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding { place: place.into(), text: text.into() }
    }
}

/// Exceptions, each with its reason; ceilings may only fall.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exceptions {
    #[serde(default)]
    file: Vec<LongFile>,
    #[serde(default)]
    function: Vec<LongFunction>,
    #[serde(default)]
    word: Vec<Word>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongFile {
    path: String,
    lines_max: usize,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongFunction {
    path: String,
    name: String,
    lines_max: usize,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    path: String,
    word: String,
    reason: String,
}

/// Runs the command.
pub(crate) fn main(root: &Path) -> ExitCode {
    match findings(root) {
        Ok(found) if found.is_empty() => {
            println!("tidy");
            ExitCode::SUCCESS
        }
        Ok(found) => {
            for finding in &found {
                println!("{}: {}", finding.place, finding.text);
            }
            println!("{} findings", found.len());
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("tidy could not run: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that is not tidy below `root`, sorted.
pub(crate) fn findings(root: &Path) -> Result<Vec<Finding>, String> {
    let text = std::fs::read_to_string(root.join("xtask/tidy.toml")).map_err(|e| e.to_string())?;
    let exceptions: Exceptions =
        toml::from_str(&text).map_err(|e| format!("xtask/tidy.toml: {e}"))?;
    let sources = sources::read(root)?;
    let mut found = floors::check(root)?;
    found.extend(shape::check(&sources));
    found.extend(lengths::check(&sources, &exceptions));
    found.extend(words::check(&sources, &exceptions));
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let found = findings(&crate::root()).expect("tidy runs");
        let text: Vec<String> = found.iter().map(|f| format!("{}: {}", f.place, f.text)).collect();
        assert!(found.is_empty(), "{}", text.join("\n"));
    }
}
