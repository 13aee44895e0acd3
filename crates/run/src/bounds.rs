//! Which files a configuration may read while it is planned on behalf of somebody who is not trusted: those that are
//! committed in its repository, and nothing else of the machine.
//!
//! A runner has more than the checkout: `.git/config` with the token that fetched it, credentials that an action wrote
//! beside the code, the home folder. So not the place decides but what Git tracks.
//! Invariant: whether a file outside is there cannot be told from the answer.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

/// What is said of a file that may not be read; [`told`] makes a finding of its own of it.
pub(crate) const REFUSED: &str =
    "a pull request's plan reads only files that are committed in its repository";

/// The files that may be read.
#[derive(Debug)]
pub struct Bounds {
    /// The top of the working tree, without links.
    top: PathBuf,
    /// Tracked files, from the top.
    tracked: HashSet<PathBuf>,
}

/// A path that may not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfBounds;

impl Bounds {
    /// Bounds of a working tree and the files that are tracked in it, by their paths from its top.
    ///
    /// # Errors
    /// Where the top cannot be looked at.
    pub fn new(
        top: &Path,
        tracked: impl IntoIterator<Item = PathBuf>,
    ) -> Result<Bounds, std::io::Error> {
        Ok(Bounds { top: top.canonicalize()?, tracked: tracked.into_iter().collect() })
    }

    /// The file itself, links followed, where it may be read; `None` where nothing is there.
    pub(crate) fn file(&self, path: &Path) -> Result<Option<PathBuf>, OutOfBounds> {
        match path.canonicalize() {
            Ok(real) if self.is_tracked(&real) => Ok(Some(real)),
            Ok(real) if real.is_dir() && self.holds(&real) => Ok(Some(real)),
            Ok(_) => Err(OutOfBounds),
            Err(_) if self.holds(&clean(path)) => Ok(None),
            Err(_) => Err(OutOfBounds),
        }
    }

    /// A folder that may be listed; `None` where nothing is there.
    pub(crate) fn folder(&self, path: &Path) -> Result<Option<PathBuf>, OutOfBounds> {
        match path.canonicalize() {
            Ok(real) if self.holds(&real) => Ok(Some(real)),
            Ok(_) => Err(OutOfBounds),
            Err(_) if self.holds(&clean(path)) => Ok(None),
            Err(_) => Err(OutOfBounds),
        }
    }

    /// Whether a file, links followed, is tracked.
    pub(crate) fn is_tracked(&self, real: &Path) -> bool {
        real.strip_prefix(&self.top).is_ok_and(|path| self.tracked.contains(path))
    }

    /// Whether a path without links lies in the working tree and not in Git's own folder.
    fn holds(&self, path: &Path) -> bool {
        path.strip_prefix(&self.top).is_ok_and(|path| {
            !path.components().any(|part| part == Component::Normal(".git".as_ref()))
        })
    }
}

/// The path without `.` and `..`, and its longest part that is there without links.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => {
                out.push(other);
                if let Ok(real) = out.canonicalize() {
                    out = real;
                }
            }
        }
    }
    out
}

/// A function's failure that comes of the bounds, as a finding that names them.
pub(crate) fn told(one: diag::Diagnostic) -> diag::Diagnostic {
    if !one.detail.contains(REFUSED) {
        return one;
    }
    diag::Diagnostic {
        code: diag::Code("pull-request-file"),
        summary: "A file that is not in the repository".to_owned(),
        remedy: "Commit the file, and name it by its path in the repository; what the machine has besides is not read on a pull request.".to_owned(),
        ..one
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_tracked_files_are_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let top = dir.path().join("repo");
        for folder in ["a", ".git"] {
            fs::create_dir_all(top.join(folder)).expect("a folder");
        }
        for file in ["a/in.txt", "a/untracked", ".git/config", "../token"] {
            fs::write(top.join(file), "x").expect("a file");
        }
        std::os::unix::fs::symlink("../../token", top.join("a/out")).expect("a link");
        std::os::unix::fs::symlink("in.txt", top.join("a/inner")).expect("a link");
        let tracked = ["a/in.txt", "a/out", "a/inner"].map(PathBuf::from);
        let bounds = Bounds::new(&top, tracked).expect("bounds");
        let check = |path: &str, expect: Result<bool, OutOfBounds>| {
            let found = bounds.file(&top.join(path)).map(|file| file.is_some());
            assert_eq!(found, expect, "{path}");
        };
        check("a/in.txt", Ok(true));
        check("a/inner", Ok(true));
        check("a/../a/in.txt", Ok(true));
        check("a/nothing", Ok(false));
        check("a/out", Err(OutOfBounds));
        check("a/untracked", Err(OutOfBounds));
        check(".git/config", Err(OutOfBounds));
        check("../token", Err(OutOfBounds));
        check("../nothing", Err(OutOfBounds));
        check("/etc/passwd", Err(OutOfBounds));
        assert_eq!(bounds.folder(&top.join("..")), Err(OutOfBounds));
        assert_eq!(bounds.folder(&top.join(".git")), Err(OutOfBounds));
        assert!(bounds.folder(&top.join("a")).is_ok_and(|folder| folder.is_some()));
    }
}
