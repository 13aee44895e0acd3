//! Another repository at one commit: fetched once into a bare copy, read from there ever after.
//!
//! Invariant: what is read is what the commit's id names, which Git checks by itself; no branch and no tag is asked, and no
//! file is checked out.

use std::path::Path;

use host::Host;

use crate::entry::EntryKind;
use crate::error::VcsError;
use crate::repository::{Commit, LIST_BYTES_MAX, Repository};

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedFile {
    /// Its path beneath the folder that was asked for.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The files beneath a folder of a repository at a commit; links are left out. The bare copy stands in `copy`, a folder that
/// is made where it is not there; the repository is asked only where the copy has not got the commit.
///
/// # Errors
/// Where the repository cannot be asked, or has no such commit.
pub fn pinned_files(
    host: &Host,
    copy: &Path,
    url: &str,
    commit: &str,
    folder: &str,
    takes: &dyn Fn(&str) -> bool,
) -> Result<Vec<PinnedFile>, VcsError> {
    let failed =
        |command: &str, why: String| VcsError::Command { command: command.to_owned(), why };
    if !host.files.is_dir(copy) {
        host.files.make_dir(copy).map_err(|error| failed("git init", error.to_string()))?;
    }
    let bare = Repository::bare(host, copy);
    if !host.files.exists(&copy.join("HEAD")) {
        bare.asked(&["init", "--quiet", "--bare", "."])?;
    }
    let whole = format!("{commit}^{{commit}}");
    if bare.asked(&["cat-file", "-e", &whole]).is_err() {
        let one = ["fetch", "--quiet", "--no-tags", "--depth=1", "--", url, commit];
        if bare.asked(&one).is_err() {
            // A server that gives no single commit gives its branches.
            bare.asked(&[
                "fetch",
                "--quiet",
                "--no-tags",
                "--",
                url,
                "+refs/heads/*:refs/heads/*",
            ])?;
        }
        bare.asked(&["cat-file", "-e", &whole])
            .map_err(|_| VcsError::UnknownReference(commit.to_owned()))?;
    }
    let entries = bare.entries(&Commit::named(commit))?;
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut files = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let Some(path) = entry.path.strip_prefix(&prefix).filter(|path| takes(path)) else {
            continue;
        };
        let bytes = bare.blob(&entry.id)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| failed("git cat-file", format!("{} is not UTF-8", entry.path)))?;
        files.push(PinnedFile { path: path.to_owned(), text });
    }
    Ok(files)
}

impl Repository {
    fn asked(&self, args: &[&str]) -> Result<Vec<u8>, VcsError> {
        let output = self.run(args, LIST_BYTES_MAX);
        output.map(|output| output.out).map_err(|error| VcsError::of(args[0], &error))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(dir: &Path, args: &[&str]) -> String {
        let out = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(args)
            .current_dir(dir)
            .output()
            .expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    #[test]
    fn a_commit_is_read_though_the_branch_has_gone_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let origin = folder.path().join("origin");
        std::fs::create_dir_all(origin.join("aws")).expect("made");
        git(&origin, &["init", "-q"]);
        std::fs::write(origin.join("aws/a.rego"), "one").expect("written");
        std::fs::write(origin.join("b.rego"), "b").expect("written");
        git(&origin, &["add", "."]);
        git(&origin, &["commit", "-qm", "one"]);
        let first = git(&origin, &["rev-parse", "HEAD"]);
        std::fs::write(origin.join("aws/a.rego"), "two").expect("written");
        git(&origin, &["commit", "-qam", "two"]);

        let host = Host::real().expect("a host");
        let copy = folder.path().join("copy");
        let url = origin.to_str().expect("a path");
        let read = |commit: &str, inside: &str| {
            pinned_files(&host, &copy, url, commit, inside, &|name| name.ends_with(".rego"))
        };
        let one = PinnedFile { path: "a.rego".into(), text: "one".into() };
        assert_eq!(read(&first, "aws"), Ok(vec![one.clone()]));
        assert_eq!(read(&first, "").map(|all| all.len()), Ok(2));
        let none = "0123456789012345678901234567890123456789";
        assert_eq!(read(none, ""), Err(VcsError::UnknownReference(none.into())));
        // Nobody is asked any more.
        std::fs::remove_dir_all(&origin).expect("removed");
        assert_eq!(read(&first, "aws"), Ok(vec![one]));
    }
}
