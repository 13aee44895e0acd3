//! Who owns which files of the repository, as forges read it (`CODEOWNERS`).
//!
//! The later of two lines that match wins, so what is more particular stands later. A team's own lines stay: only the part
//! between two marks is written. Invariant: the rules by which approvals count (`strata.hcl`, the files of signers, the
//! pipeline, this file) have the owners of the lowest layer that has some.

use std::collections::{BTreeMap, BTreeSet};

/// Where the part begins and ends that is written.
const BEGIN: &str =
    "# strata: begin. Written by `strata ci codeowners` from strata.hcl: change it there.";
const END: &str = "# strata: end";

/// A file or a folder, and who owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// From the repository's top; a folder ends with `/`.
    pub path: String,
    /// Names at the forge.
    pub owners: BTreeSet<String>,
}

/// The part that is written: owners of the same path are put together, folders before what is in them.
pub fn section(owned: &[Owned]) -> String {
    let mut by_path: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in owned.iter().filter(|one| !one.owners.is_empty()) {
        by_path.entry(&one.path).or_default().extend(one.owners.iter().map(String::as_str));
    }
    let width = by_path.keys().map(|path| escaped(path).len() + 1).max().unwrap_or(0);
    let mut out = format!("{BEGIN}\n");
    for (path, owners) in by_path {
        let owners: Vec<&str> = owners.into_iter().collect();
        let path = format!("/{}", escaped(path));
        out.push_str(&format!("{path:width$} {}\n", owners.join(" ")));
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// A path as a pattern that matches it alone.
fn escaped(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        if " #\\*?[]!".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A whole file with the part in it: in the place of the one before, else at the end, where it wins. `None` where the marks
/// of the one before are broken.
pub fn merged(before: &str, section: &str) -> Option<String> {
    let begins: Vec<usize> = before.match_indices("# strata: begin").map(|(at, _)| at).collect();
    let ends: Vec<usize> = before.match_indices(END).map(|(at, _)| at).collect();
    match (begins.as_slice(), ends.as_slice()) {
        ([], []) => {
            let head = before.trim_end_matches('\n');
            let gap = if head.is_empty() { "" } else { "\n\n" };
            Some(format!("{head}{gap}{section}"))
        }
        ([begin], [end]) if begin < end && before[..*begin].ends_with(['\n']) | (*begin == 0) => {
            let rest = before[*end..].find('\n').map_or("", |at| &before[end + at + 1..]);
            Some(format!("{}{section}{rest}", &before[..*begin]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(path: &str, owners: &[&str]) -> Owned {
        Owned { path: path.to_owned(), owners: owners.iter().map(|&one| one.to_owned()).collect() }
    }

    #[test]
    fn what_is_more_particular_stands_later() {
        let text = section(&[
            owned("stacks/network/policy/", &["@acme/security"]),
            owned("modules/key/", &["@acme/b"]),
            owned("stacks/network/", &["@acme/platform"]),
            owned("modules/key/", &["@acme/a"]),
            owned("nobody/", &[]),
            owned("a b/", &["@x"]),
        ]);
        insta::assert_snapshot!(text, @r"
        # strata: begin. Written by `strata ci codeowners` from strata.hcl: change it there.
        /a\ b/                  @x
        /modules/key/           @acme/a @acme/b
        /stacks/network/        @acme/platform
        /stacks/network/policy/ @acme/security
        # strata: end
        ");
    }

    #[test]
    fn other_lines_stay() {
        let part = section(&[owned("a/", &["@x"])]);
        assert_eq!(merged("", &part), Some(part.clone()));
        let once = merged("* @everyone\n", &part).expect("marks");
        assert_eq!(once, format!("* @everyone\n\n{part}"));
        let after = format!("{once}/docs/ @writers\n");
        let other = section(&[owned("b/", &["@y"])]);
        let twice = merged(&after, &other).expect("marks");
        assert_eq!(twice, format!("* @everyone\n\n{other}/docs/ @writers\n"));
        assert_eq!(merged(&twice, &other), Some(twice.clone()));
    }

    #[test]
    fn broken_marks_are_not_guessed_at() {
        let part = section(&[owned("a/", &["@x"])]);
        assert_eq!(merged(&format!("{part}{part}"), &part), None);
        assert_eq!(merged(END, &part), None);
        assert_eq!(merged("# strata: begin\n", &part), None);
    }
}
