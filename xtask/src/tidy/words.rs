//! Words that the house does not use: in names of items, and in the sentences that users read.

use super::sources::Source;
use super::{Exceptions, Finding};

/// Not in the name of an item, in any case or place.
const NOT_IN_NAMES: &[&str] = &["manager", "helper", "util"];
/// Not at the start of a function's name.
const NOT_BEFORE_NAMES: &[&str] = &["get_", "do_"];
/// Not in sentences for users (DESIGN §2).
const NOT_IN_SENTENCES: &[&str] = &["project", "component", "manager", "helper", "util"];

/// Checks item names of what ships, and string literals that read like sentences.
pub(crate) fn check(sources: &[Source], exceptions: &Exceptions) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("crates/")) {
        let excepted = |word: &str| {
            exceptions
                .word
                .iter()
                .any(|e| e.path == source.path && e.word == word && !e.reason.is_empty())
        };
        for (at, line) in source.shipped().lines().enumerate() {
            let place = format!("{}:{}", source.path, at + 1);
            for word in names(line).into_iter().chain(sentences(line)) {
                if !excepted(&word) {
                    found.push(Finding::new(
                        place.clone(),
                        format!("the house does not say {word:?}"),
                    ));
                }
            }
        }
    }
    found
}

fn names(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(at) = words
        .iter()
        .position(|w| matches!(*w, "fn" | "struct" | "enum" | "trait" | "mod" | "type"))
    else {
        return Vec::new();
    };
    if words[..at].iter().any(|w| w.starts_with("//") || w.contains('"')) {
        return Vec::new();
    }
    let name = words.get(at + 1).copied().unwrap_or_default();
    let name = name.split(['(', '<', ';', '{', ':']).next().unwrap_or_default();
    let lower = name.to_lowercase();
    let inside = NOT_IN_NAMES.iter().filter(|w| lower.contains(**w));
    // `get_mut` is how Rust's own collections call it.
    let rust = lower == "get_mut";
    let before =
        NOT_BEFORE_NAMES.iter().filter(|w| words[at] == "fn" && !rust && lower.starts_with(**w));
    inside.chain(before).map(|w| (*w).to_owned()).collect()
}

fn sentences(line: &str) -> Vec<String> {
    let code = line.trim_start();
    if code.starts_with("//") {
        return Vec::new();
    }
    let literals = code.split('"').skip(1).step_by(2).filter(|s| s.contains(' '));
    let words = literals.flat_map(|s| s.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words
        .filter(|w| {
            let lower = w.to_lowercase();
            NOT_IN_SENTENCES.iter().any(|b| lower == *b || lower == format!("{b}s"))
        })
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{names, sentences};

    #[test]
    fn banned_words_are_found_in_names_and_sentences() {
        assert_eq!(names("pub struct LockManager {"), ["manager"]);
        assert_eq!(names("fn get_it() {"), ["get_"]);
        assert_eq!(sentences("error(\"no such project here\")"), ["project"]);
        assert!(sentences("key(\"project\")").is_empty());
    }
}
