//! Making a folder with all of its files, or nothing.
//!
//! Invariant: the folder appears with everything in it, by one rename; where that fails, nothing is left aside.

use std::fs;
use std::io;
use std::path::Path;

use crate::files::{FileError, Files};

impl Files {
    /// Makes a folder that is not there yet, with these files: paths relative to it, and contents.
    ///
    /// # Errors
    /// Where something of the folder's name is there already, or any of it cannot be written; then nothing is made.
    pub fn make_tree<'a>(
        self,
        dir: &Path,
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<(), FileError> {
        let failed = |e: &io::Error| FileError::new("make", dir, e);
        if fs::symlink_metadata(dir).is_ok() {
            return Err(failed(&io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        let above =
            dir.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let aside = above.join(format!(".{name}.{}.new", std::process::id()));
        let write = || {
            fs::create_dir_all(&aside)?;
            for (path, bytes) in files {
                let path = aside.join(path);
                fs::create_dir_all(path.parent().unwrap_or(&aside))?;
                fs::write(path, bytes)?;
            }
            fs::rename(&aside, dir)
        };
        write().map_err(|e: io::Error| {
            let _ = fs::remove_dir_all(&aside);
            failed(&e)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_or_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("deep/new");
        let files = [("a", &b"1"[..]), ("b/c", b"2")];
        Files.make_tree(&target, files).expect("made");
        assert_eq!(Files.read_text(&target.join("b/c")).expect("read"), "2");
        let error = Files.make_tree(&target, files).expect_err("it is there");
        assert_eq!(error.kind, io::ErrorKind::AlreadyExists);
        let faulty = [("a", &b"1"[..]), ("a/b", b"2")];
        Files.make_tree(&dir.path().join("deep/other"), faulty).expect_err("a file is no folder");
        assert_eq!(Files.list_dirs(&dir.path().join("deep")).expect("listed"), ["new"]);
    }
}
