//! The hash of a package (`h1:`): over the names and hashes of all its files, the same for a folder and for the
//! archive of that folder; and the hash of an archive's bytes (`zh:`).

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::zip::Archive;
use crate::hash::{Digest, Freshness, Hashes, of_reader};

/// Greatest depth of folders in a package.
const DEPTH_MAX: usize = 100;

/// The `h1:` hash of a folder. Hashes of unchanged files are taken from memory, where that will do.
pub(super) fn of_folder(
    folder: &Path,
    hashes: &Hashes,
    freshness: Freshness,
) -> io::Result<Arc<str>> {
    let folder = fs::canonicalize(folder)?;
    let mut files = Vec::new();
    gather(&folder, "", 0, &mut files)?;
    files.sort_unstable();
    let mut lines = String::new();
    for name in files {
        let digest = hashes.of_file(&folder.join(&name), freshness)?;
        line(&mut lines, &digest, &name)?;
    }
    Ok(finish(&lines))
}

/// The `h1:` hash of an archive.
pub(super) fn of_archive(path: &Path) -> io::Result<Arc<str>> {
    let archive = Archive::open(path)?;
    let mut lines = String::new();
    for name in archive.names() {
        let digest = of_reader(&mut archive.content(name)?)?;
        line(&mut lines, &digest, name)?;
    }
    Ok(finish(&lines))
}

/// The `zh:` hash of an archive.
pub(super) fn of_archive_bytes(
    path: &Path,
    hashes: &Hashes,
    freshness: Freshness,
) -> io::Result<Arc<str>> {
    hashes.of_file(path, freshness).map(|digest| format!("zh:{digest}").into())
}

fn gather(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<String>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "folders are nested too deep"));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a file's name is not Unicode"));
        };
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), depth + 1, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn line(lines: &mut String, digest: &Digest, name: &str) -> io::Result<()> {
    if name.contains('\n') {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a file's name holds the end of a line",
        ));
    }
    lines.push_str(&format!("{digest}  {name}\n"));
    Ok(())
}

fn finish(lines: &str) -> Arc<str> {
    format!("h1:{}", BASE64_STANDARD.encode(Digest::of(lines.as_bytes()).0)).into()
}

#[cfg(test)]
mod tests {
    use super::super::zip::tests::archive;
    use super::*;

    #[test]
    fn folder_and_archive_agree() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("package");
        fs::create_dir_all(folder.join("docs")).unwrap();
        fs::write(folder.join("b"), "two").unwrap();
        fs::write(folder.join("docs/a"), "one").unwrap();
        let zip = dir.path().join("a.zip");
        fs::write(&zip, archive(&[("docs/a", b"one", 0), ("b", b"two", 0)])).unwrap();
        let hashes = Hashes::load(None);
        let of_dir = of_folder(&folder, &hashes, Freshness::Remembered).unwrap();
        assert_eq!(of_dir, of_archive(&zip).unwrap());
        // sha256sum of each file, by name, then of those lines; in base64.
        assert_eq!(&*of_dir, "h1:JCBJPfT4HAXJHnPd9lXApyryrUj4zsGKDx7mroU8QLY=");
    }
}
