//! Hashes of files, remembered by what the file system says of them.
//!
//! Hashing a large provider takes half a second, so a hash is believed as long as device, inode, size and both times
//! are what they were (ENGINE §6). Invariant: a file that changed while it was hashed is not remembered.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// From 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Digest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Digest(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Whether a remembered hash will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It will, where the file has not changed.
    Remembered,
    /// The file is read: on `init`.
    Recomputed,
}

/// What the file system says of a file: it changes when the file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified_ns: i128,
    changed_ns: i128,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        let ns = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The hashes known so far, kept in one file between runs.
#[derive(Debug)]
pub struct Hashes {
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_path: HashMap<PathBuf, (Stamp, Digest)>,
    unsaved: bool,
}

impl Hashes {
    /// Those that this file holds; a file that cannot be read holds none. Without a file they last as long as this.
    pub fn load(file: Option<PathBuf>) -> Hashes {
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        let by_path = text.lines().filter_map(parse_line).collect();
        Hashes { file, known: Mutex::new(Known { by_path, unsaved: false }) }
    }

    /// The hash of a file's content.
    pub fn of_file(&self, path: &Path, freshness: Freshness) -> io::Result<Digest> {
        let before = Stamp::of(&fs::metadata(path)?);
        if freshness == Freshness::Remembered
            && let Some((stamp, digest)) = self.lock().by_path.get(path)
            && *stamp == before
        {
            return Ok(*digest);
        }
        let mut file = File::open(path)?;
        let digest = of_reader(&mut file)?;
        let after = Stamp::of(&file.metadata()?);
        let mut known = self.lock();
        if before == after {
            known.by_path.insert(path.to_owned(), (after, digest));
            known.unsaved = true;
        }
        Ok(digest)
    }

    /// Writes what was learned since the last time. A failure costs time on the next run and nothing else.
    pub fn save(&self) {
        let mut known = self.lock();
        let Some(file) = self.file.as_ref().filter(|_| known.unsaved) else { return };
        let mut lines: Vec<String> = known.by_path.iter().filter_map(line).collect();
        lines.sort_unstable();
        let unfinished = file.with_extension(format!("{}.tmp", std::process::id()));
        let parent = file.parent().map_or(Ok(()), fs::create_dir_all);
        let saved = parent
            .and_then(|()| fs::write(&unfinished, lines.concat()))
            .and_then(|()| fs::rename(&unfinished, file));
        known.unsaved = saved.is_err();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().expect("BUG: a holder of the hashes panicked")
    }
}

/// The hash of everything that a reader gives.
pub(crate) fn of_reader(reader: &mut impl Read) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn line((path, (stamp, digest)): (&PathBuf, &(Stamp, Digest))) -> Option<String> {
    let path = path.to_str().filter(|path| !path.contains('\n'))?;
    let Stamp { device, inode, size, modified_ns, changed_ns } = stamp;
    Some(format!("{digest} {device} {inode} {size} {modified_ns} {changed_ns} {path}\n"))
}

fn parse_line(line: &str) -> Option<(PathBuf, (Stamp, Digest))> {
    let mut words = line.splitn(7, ' ');
    let digest = Digest::parse(words.next()?)?;
    let stamp = Stamp {
        device: words.next()?.parse().ok()?,
        inode: words.next()?.parse().ok()?,
        size: words.next()?.parse().ok()?,
        modified_ns: words.next()?.parse().ok()?,
        changed_ns: words.next()?.parse().ok()?,
    };
    Some((PathBuf::from(words.next()?), (stamp, digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_believed_until_the_file_changes() {
        let dir = tempfile::tempdir().unwrap();
        let (memory, file) = (dir.path().join("hashes"), dir.path().join("a file"));
        fs::write(&file, "one").unwrap();
        let hashes = Hashes::load(Some(memory.clone()));
        let one = hashes.of_file(&file, Freshness::Remembered).unwrap();
        assert_eq!(one, Digest::of(b"one"));
        hashes.save();

        let again = Hashes::load(Some(memory));
        let stamp = Stamp::of(&fs::metadata(&file).unwrap());
        again.lock().by_path.insert(file.clone(), (stamp, Digest([7; 32])));
        assert_eq!(again.of_file(&file, Freshness::Remembered).unwrap(), Digest([7; 32]));
        assert_eq!(again.of_file(&file, Freshness::Recomputed).unwrap(), one);
        fs::write(&file, "other").unwrap();
        assert_eq!(again.of_file(&file, Freshness::Remembered).unwrap(), Digest::of(b"other"));
    }

    #[test]
    fn digests_print_and_parse() {
        let digest = Digest::of(b"");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("xyz"), None);
    }
}
