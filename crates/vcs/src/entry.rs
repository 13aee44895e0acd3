//! What an index or a commit holds under a path.
//!
//! Invariant: a path is from the repository's top, with `/`.

/// What stands under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// A commit of another repository: a submodule.
    Repository,
}

/// A path, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// The id of its content.
    pub id: String,
}

impl Entry {
    /// Reads lines `MODE ... ID ...<tab>PATH`, in which the id is the word with this number.
    pub(crate) fn all(lines: &[String], id_at: usize) -> Vec<Entry> {
        let mut entries: Vec<Entry> =
            lines.iter().filter_map(|line| Entry::read(line, id_at)).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries
    }

    fn read(line: &str, id_at: usize) -> Option<Entry> {
        let (head, path) = line.split_once('\t')?;
        let words: Vec<&str> = head.split(' ').collect();
        let kind = match *words.first()? {
            "120000" => EntryKind::Link,
            "160000" => EntryKind::Repository,
            _ => EntryKind::File,
        };
        Some(Entry { path: path.to_owned(), kind, id: (*words.get(id_at)?).to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, EntryKind};

    #[test]
    fn both_listings_are_read() {
        let check = |line: &str, id_at: usize, kind: EntryKind| {
            let expect = Entry { path: "a b/c".into(), kind, id: "f00".into() };
            assert_eq!(Entry::all(&[line.to_owned()], id_at), [expect], "{line}");
        };
        check("100644 f00 0\ta b/c", 1, EntryKind::File);
        check("120000 blob f00\ta b/c", 2, EntryKind::Link);
        check("160000 commit f00\ta b/c", 2, EntryKind::Repository);
    }
}
