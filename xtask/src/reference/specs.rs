//! Specifications name the tests that enforce their rules; here it is checked that these exist.
//!
//! A name is a word in backticks that stands in italics, or that has a path and more than one underscore; of a path the
//! last part counts. Whether the test enforces the rule is for readers. Invariant: a name that is cut (`…`) or a pattern
//! (`*`) is not looked for.

use std::path::Path;

use crate::tidy::sources::Source;

/// The names in `docs/specs` and `docs/adr` that lead to no function, module or file.
pub(super) fn missing(root: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for folder in ["docs/specs", "docs/adr"] {
        let entries = std::fs::read_dir(root.join(folder)).map_err(|e| format!("{folder}: {e}"))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for wanted in names(&text) {
                if !exists(root, sources, &wanted) {
                    found.push(format!("{name}: `{wanted}`"));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The last parts of the names of tests in a text.
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut italic = false;
        for (position, piece) in line.split('`').enumerate() {
            if position % 2 == 0 {
                italic ^= piece.replace("**", "").matches('*').count() % 2 == 1;
                continue;
            }
            let last = piece.rsplit("::").next().unwrap_or_default();
            let plain = !last.is_empty()
                && last.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let words = last.matches('_').count();
            let has_path = piece.contains("::");
            if plain && ((italic && (words > 0 || has_path)) || (has_path && words > 1)) {
                found.push(last.to_owned());
            }
        }
    }
    found
}

fn exists(root: &Path, sources: &[Source], name: &str) -> bool {
    let declares = ["fn", "mod"].map(|kind| format!("{kind} {name}"));
    let ends = [format!("/{name}.rs"), format!("/{name}/mod.rs")];
    let is_end = |text: &str, at: usize| {
        text.as_bytes().get(at).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_')
    };
    root.join("crates").join(name).is_dir()
        || sources.iter().any(|source| {
            ends.iter().any(|end| source.path.ends_with(end))
                || declares.iter().any(|declared| {
                    let text = &source.text;
                    text.match_indices(declared.as_str())
                        .any(|(at, it)| is_end(text, at + it.len()))
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_italics_or_have_a_path() {
        let text = "1. A rule. *`a::b_c`, `d_e…`; `f_g`* and `h_i`, `x::j_k_l` *once `m::n`*.";
        assert_eq!(names(text), ["b_c", "f_g", "j_k_l", "n"]);
    }

    #[test]
    fn every_test_that_a_specification_names_exists() {
        let root = crate::root();
        let sources = crate::tidy::sources::read(&root).expect("the sources are read");
        let missing = missing(&root, &sources).expect("the specifications are read");
        assert!(missing.is_empty(), "these are named and do not exist:\n{}", missing.join("\n"));
    }
}
