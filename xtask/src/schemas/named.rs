//! Which types configurations name: found by the look of a block's head, so that strings of tests count as well.
//!
//! Invariant: names more than there are rather than fewer; what no document has is dropped later.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Named {
    /// Resource types.
    pub(crate) resources: BTreeSet<String>,
    /// Data sources.
    pub(crate) data: BTreeSet<String>,
    /// Ephemeral resource types.
    pub(crate) ephemeral: BTreeSet<String>,
}

impl Named {
    /// All that the files below these folders name; a folder that is not there names nothing.
    pub(crate) fn in_folders(root: &Path, folders: &[&str]) -> Result<Named, String> {
        let mut named = Named::default();
        let mut left: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
        while let Some(path) = left.pop() {
            if path.is_dir() {
                let entries =
                    fs::read_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                left.extend(entries.flatten().map(|entry| entry.path()));
            } else if is_source(&path) {
                let text =
                    fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                named.read(&text);
            }
        }
        Ok(named)
    }

    /// Every name, of whatever mode.
    pub(crate) fn types(&self) -> impl Iterator<Item = &String> {
        self.resources.iter().chain(&self.data).chain(&self.ephemeral)
    }

    fn read(&mut self, text: &str) {
        let modes = [
            ("resource", &mut self.resources),
            ("data", &mut self.data),
            ("ephemeral", &mut self.ephemeral),
        ];
        for (word, names) in modes {
            let heads = text.match_indices(word).filter(|(at, _)| starts_a_word(text, *at));
            names.extend(heads.filter_map(|(at, _)| label(&text[at + word.len()..])));
        }
    }
}

fn is_source(path: &Path) -> bool {
    let ends = ["tf", "tofu", "rs", "toml"];
    path.extension().is_some_and(|end| ends.iter().any(|e| end == *e))
}

fn starts_a_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.')
}

/// The first label of a block's head, quoted, or quoted within a string of Rust.
fn label(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches(' ');
    let rest = rest.strip_prefix('\\').unwrap_or(rest).strip_prefix('"')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')?;
    let closed = rest[end..].starts_with('"') || rest[end..].starts_with("\\\"");
    (end > 0 && closed).then(|| rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, resources: &[&str], data: &[&str]) {
        let mut named = Named::default();
        named.read(text);
        let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(named.resources, set(resources), "{text}");
        assert_eq!(named.data, set(data), "{text}");
    }

    #[test]
    fn heads_of_blocks_name_types() {
        check(
            "resource \"aws_vpc\" \"main\" {\n}\ndata \"aws_region\" \"here\" {}",
            &["aws_vpc"],
            &["aws_region"],
        );
        check("  resource aws_vpc main {}", &[], &[]);
    }

    #[test]
    fn strings_of_tests_count_as_well() {
        check(r#"let text = "resource \"tls_private_key\" \"k\" {}";"#, &["tls_private_key"], &[]);
    }

    #[test]
    fn what_only_ends_in_the_word_does_not() {
        check("my_resource \"aws_vpc\" \"x\" {} module.data \"y\"", &[], &[]);
    }
}
