//! What the crate asks of the world: texts, what lies in folders, and variables of the environment. And paths, as texts.
//!
//! Paths are absolute and written with `/`; nothing here knows of a disk.
//! Invariant: [`normal`] of a path has no `.`, no `..` and no empty step.

use std::sync::Arc;

/// What lies in a folder, names alone, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Regular files.
    pub files: Vec<String>,
    /// Folders, links left out.
    pub folders: Vec<String>,
}

/// The tree that is read, and the little that its files ask of the world beside.
pub trait Tree {
    /// The text of a file; `None` where there is none, or it is no text.
    fn text(&self, path: &str) -> Option<Arc<str>>;

    /// What lies in a folder; nothing where there is none.
    fn entries(&self, folder: &str) -> Entries;

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// The folder of the repository that a folder is in.
    fn repository(&self, folder: &str) -> Option<String>;
}

/// A path without `.`, `..` and empty steps.
pub fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    format!("/{}", steps.join("/"))
}

/// A path as written in a folder.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') { normal(path) } else { normal(&format!("{folder}/{path}")) }
}

/// The folder that a path is in; `None` of the root.
pub(crate) fn parent(path: &str) -> Option<&str> {
    let (above, leaf) = path.rsplit_once('/')?;
    if leaf.is_empty() {
        return None;
    }
    Some(if above.is_empty() { "/" } else { above })
}

/// The last step of a path.
pub(crate) fn leaf(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How one gets from a folder to a path: `.` where they are the same.
pub(crate) fn relative(folder: &str, path: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (steps(folder), steps(path));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    let all: Vec<&str> = up.chain(to[common..].iter().copied()).collect();
    if all.is_empty() { ".".to_owned() } else { all.join("/") }
}

/// The steps of a path.
pub(crate) fn steps(path: &str) -> Vec<&str> {
    path.split('/').filter(|step| !step.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_texts() {
        assert_eq!(normal("/a//b/./c/../d"), "/a/b/d");
        assert_eq!(join("/a/b", "../c"), "/a/c");
        assert_eq!(join("/a/b", "/c"), "/c");
        assert_eq!(parent("/a/b"), Some("/a"));
        assert_eq!(parent("/a"), Some("/"));
        assert_eq!(parent("/"), None);
        assert_eq!(relative("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(relative("/a/b", "/a/b"), ".");
    }
}
