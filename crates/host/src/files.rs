//! Reading files, and replacing them so that a crash leaves the old or the new, never a part.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Longest file that is read whole, in bytes.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// The file system.
#[derive(Clone, Copy, Debug)]
pub struct Files;

/// What could not be done with which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// What was tried, such as `read`.
    pub verb: &'static str,
    /// The file.
    pub path: PathBuf,
    /// The operating system's kind of error.
    pub kind: io::ErrorKind,
    /// The operating system's words.
    pub message: String,
}

impl FileError {
    pub(crate) fn new(verb: &'static str, path: &Path, error: &io::Error) -> FileError {
        FileError { verb, path: path.to_owned(), kind: error.kind(), message: error.to_string() }
    }

    /// Whether the file is not there.
    pub fn is_missing(&self) -> bool {
        self.kind == io::ErrorKind::NotFound
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.verb, self.path.display(), self.message)
    }
}

impl std::error::Error for FileError {}

impl Files {
    /// The whole content.
    ///
    /// # Errors
    /// Where it cannot be read, or is longer than [`FILE_BYTES_MAX`].
    pub fn read(self, path: &Path) -> Result<Vec<u8>, FileError> {
        self.read_up_to(path, FILE_BYTES_MAX)
    }

    /// The whole content of a file that has no more than `max` bytes.
    ///
    /// # Errors
    /// Where it cannot be read, or is longer.
    pub fn read_up_to(self, path: &Path, max: u64) -> Result<Vec<u8>, FileError> {
        let failed = |e: &io::Error| FileError::new("read", path, e);
        let file = fs::File::open(path).map_err(|e| failed(&e))?;
        let mut bytes = Vec::new();
        file.take(max + 1).read_to_end(&mut bytes).map_err(|e| failed(&e))?;
        if bytes.len() as u64 > max {
            return Err(failed(&io::Error::other(format!("longer than {} KiB", max >> 10))));
        }
        Ok(bytes)
    }

    /// The end of a file: its last `max` bytes, or all of it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read_end(self, path: &Path, max: u64) -> Result<Vec<u8>, FileError> {
        use std::io::{Seek as _, SeekFrom};
        let failed = |e: &io::Error| FileError::new("read", path, e);
        let mut file = fs::File::open(path).map_err(|e| failed(&e))?;
        let length = file.metadata().map_err(|e| failed(&e))?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(max))).map_err(|e| failed(&e))?;
        let mut bytes = Vec::new();
        file.take(max).read_to_end(&mut bytes).map_err(|e| failed(&e))?;
        Ok(bytes)
    }

    /// The whole content, as UTF-8.
    ///
    /// # Errors
    /// As [`Files::read`], and where it is not UTF-8.
    pub fn read_text(self, path: &Path) -> Result<String, FileError> {
        String::from_utf8(self.read(path)?).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let error =
                io::Error::new(io::ErrorKind::InvalidData, format!("not UTF-8 at byte {at}"));
            FileError::new("read", path, &error)
        })
    }

    /// Names of the files (not folders) in a folder, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn list(self, dir: &Path) -> Result<Vec<String>, FileError> {
        let failed = |e: &io::Error| FileError::new("list", dir, e);
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| failed(&e))? {
            let entry = entry.map_err(|e| failed(&e))?;
            if entry.path().is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Names of the folders in a folder, sorted; links are not followed.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn list_dirs(self, dir: &Path) -> Result<Vec<String>, FileError> {
        let failed = |e: &io::Error| FileError::new("list", dir, e);
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| failed(&e))? {
            let entry = entry.map_err(|e| failed(&e))?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir())
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Replaces a file's content, or makes the file with `mode`: written aside, synced, renamed, the folder synced.
    ///
    /// # Errors
    /// Where any of it fails; then the old content is untouched.
    pub fn replace(self, path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
        let failed = |e: &io::Error| FileError::new("write", path, e);
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = dir.join(format!(".{name}.{}.new", std::process::id()));
        let mode = fs::metadata(path).map_or(mode, |old| old.permissions().mode());
        let write = || {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(mode)
                .open(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&aside, path)?;
            fs::File::open(dir)?.sync_all()
        };
        write().map_err(|e| {
            let _ = fs::remove_file(&aside);
            failed(&e)
        })
    }

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// Where that fails.
    pub fn make_dir(self, dir: &Path) -> Result<(), FileError> {
        fs::create_dir_all(dir).map_err(|e| FileError::new("make", dir, &e))
    }

    /// Removes a folder with all that is in it.
    ///
    /// # Errors
    /// Where that fails.
    pub fn remove_dir(self, dir: &Path) -> Result<(), FileError> {
        fs::remove_dir_all(dir).map_err(|e| FileError::new("remove", dir, &e))
    }

    /// Removes a file.
    ///
    /// # Errors
    /// Where that fails.
    pub fn remove_file(self, path: &Path) -> Result<(), FileError> {
        fs::remove_file(path).map_err(|e| FileError::new("remove", path, &e))
    }

    /// Makes a symbolic link to a file or folder.
    ///
    /// # Errors
    /// Where that fails, or something is at the link's place.
    pub fn link(self, target: &Path, link: &Path) -> Result<(), FileError> {
        std::os::unix::fs::symlink(target, link).map_err(|e| FileError::new("make", link, &e))
    }

    /// Makes a folder that only its owner may look into. Its name must be free.
    ///
    /// # Errors
    /// Where that fails.
    pub fn make_private_dir(self, dir: &Path) -> Result<(), FileError> {
        use std::os::unix::fs::DirBuilderExt as _;
        let made = fs::DirBuilder::new().mode(0o700).create(dir);
        made.map_err(|e| FileError::new("make", dir, &e))
    }

    /// Names of all that lies in a folder, links and folders too, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn list_all(self, dir: &Path) -> Result<Vec<String>, FileError> {
        let failed = |e: &io::Error| FileError::new("list", dir, e);
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(|e| failed(&e))? {
            let entry = entry.map_err(|e| failed(&e))?;
            names.extend(entry.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    /// Whether something is there.
    pub fn exists(self, path: &Path) -> bool {
        path.exists()
    }

    /// Whether a folder is there.
    pub fn is_dir(self, path: &Path) -> bool {
        path.is_dir()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_keeps_the_mode_and_leaves_nothing_aside() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("state");
        Files.replace(&path, b"one", 0o600).expect("made");
        Files.replace(&path, b"two", 0o644).expect("replaced");
        assert_eq!(Files.read_text(&path).expect("read"), "two");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(Files.list(dir.path()).expect("listed"), ["state"]);
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("long");
        Files.replace(&path, &[b'x'; 1025], 0o600).expect("made");
        assert_eq!(Files.read_up_to(&path, 1025).map(|bytes| bytes.len()), Ok(1025));
        let error = Files.read_up_to(&path, 1024).expect_err("too long");
        assert!(error.to_string().ends_with("longer than 1 KiB"), "{error}");
    }

    #[test]
    fn errors_name_verb_and_file() {
        let error = Files.read(Path::new("/nowhere/x")).expect_err("missing");
        assert!(error.is_missing());
        assert!(error.to_string().starts_with("cannot read /nowhere/x: "));
    }
}
