//! Archives of packages: read entry by entry, within limits, nothing believed.
//!
//! Stored and deflated entries are known, which is what packages hold. Links, absolute paths, paths that climb and
//! archives of more than 4 GiB are refused. Invariant: no entry is written outside the folder it is extracted to.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use flate2::read::DeflateDecoder;

/// Greatest number of entries.
const ENTRIES_MAX: usize = 10_000;

/// Greatest size of all entries together, unpacked, in bytes.
const UNPACKED_BYTES_MAX: u64 = 4 << 30;

/// How far from the end the directory's end may stand: its own length and that of a comment.
const TAIL_BYTES_MAX: u64 = 22 + 65_535;

/// Greatest length of the directory, in bytes.
const DIRECTORY_BYTES_MAX: u64 = 16 << 20;

/// An archive, of which the directory has been read.
pub(super) struct Archive {
    file: File,
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    method: u16,
    checksum: u32,
    packed: u64,
    unpacked: u64,
    offset: u64,
    /// The mode of Unix, or 0.
    mode: u32,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not an archive that can be used: {what}"))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

impl Archive {
    /// Opens an archive and reads its directory.
    pub(super) fn open(path: &Path) -> io::Result<Archive> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let tail_start = length.saturating_sub(TAIL_BYTES_MAX);
        let tail = read_at(&file, tail_start, (length - tail_start) as usize)?;
        let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
        let end = &tail[end.ok_or_else(|| broken("it has no directory"))?..];
        if end.len() < 22 {
            return Err(broken("its directory is cut off"));
        }
        let count = usize::from(u16_at(end, 10));
        let (size, offset) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
        if count > ENTRIES_MAX || size > DIRECTORY_BYTES_MAX || offset == u64::from(u32::MAX) {
            return Err(broken("it is too large"));
        }
        let directory = read_at(&file, offset, size as usize)?;
        Ok(Archive { file, entries: entries(&directory, count)? })
    }

    /// The names of all entries, sorted; those of folders end in a slash.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The content of an entry.
    pub(super) fn content(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let entry = self.entries.get(name).ok_or_else(|| broken("an entry is missing"))?;
        let head = read_at(&self.file, entry.offset, 30)?;
        if &head[..4] != b"PK\x03\x04" {
            return Err(broken("an entry is not where it is said to be"));
        }
        let skipped = 30 + u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
        let packed = Section { file: &self.file, at: entry.offset + skipped, left: entry.packed };
        let unpacked: Box<dyn Read> = match entry.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            other => return Err(broken(&format!("an entry is packed by method {other}"))),
        };
        Ok(Box::new(Checked {
            inner: unpacked,
            left: entry.unpacked,
            hasher: crc32fast::Hasher::new(),
            expect: entry.checksum,
        }))
    }

    /// Writes all entries into a folder, which is made.
    pub(super) fn extract(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for (name, entry) in &self.entries {
            let path = folder.join(inside(name)?);
            if entry.mode & 0o170_000 == 0o120_000 {
                return Err(broken(&format!("{name} is a link")));
            }
            if name.ends_with('/') {
                fs::create_dir_all(&path)?;
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mode = if entry.mode == 0 { 0o644 } else { entry.mode & 0o777 };
            let mut options = fs::OpenOptions::new();
            let mut file = options.write(true).create_new(true).mode(mode).open(&path)?;
            io::copy(&mut self.content(name)?, &mut file)?;
            file.flush()?;
        }
        Ok(())
    }
}

fn entries(mut rest: &[u8], count: usize) -> io::Result<BTreeMap<String, Entry>> {
    let mut entries = BTreeMap::new();
    let mut total = 0_u64;
    for _ in 0..count {
        if rest.len() < 46 || &rest[..4] != b"PK\x01\x02" {
            return Err(broken("its directory is cut off"));
        }
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let end = 46 + lengths.iter().sum::<usize>();
        let name = rest.get(46..46 + lengths[0]).filter(|_| rest.len() >= end);
        let name = name
            .and_then(|name| std::str::from_utf8(name).ok())
            .ok_or_else(|| broken("a name cannot be read"))?;
        let entry = Entry {
            method: u16_at(rest, 10),
            checksum: u32_at(rest, 16),
            packed: u64::from(u32_at(rest, 20)),
            unpacked: u64::from(u32_at(rest, 24)),
            offset: u64::from(u32_at(rest, 42)),
            mode: if rest[5] == 3 { u32_at(rest, 38) >> 16 } else { 0 },
        };
        if u16_at(rest, 8) & 1 != 0 {
            return Err(broken(&format!("{name} is encrypted")));
        }
        total += entry.unpacked;
        if total > UNPACKED_BYTES_MAX {
            return Err(broken(&format!(
                "unpacked it has more than {} GiB",
                UNPACKED_BYTES_MAX >> 30
            )));
        }
        if entries.insert(name.to_owned(), entry).is_some() {
            return Err(broken(&format!("{name} is in it twice")));
        }
        rest = &rest[end..];
    }
    Ok(entries)
}

/// The path of an entry, if it stays below where it is extracted to.
fn inside(name: &str) -> io::Result<PathBuf> {
    let path = Path::new(name);
    let harmless = path.components().all(|part| matches!(part, Component::Normal(_)));
    if name.is_empty() || !harmless || name.contains(['\\', '\0']) {
        return Err(broken(&format!("{name:?} leads out of it")));
    }
    Ok(path.to_owned())
}

fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

/// A stretch of a file.
struct Section<'a> {
    file: &'a File,
    at: u64,
    left: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Content that has to have the length and checksum that were promised.
struct Checked<'a> {
    inner: Box<dyn Read + 'a>,
    left: u64,
    hasher: crc32fast::Hasher,
    expect: u32,
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| broken("an entry is longer than it says"))?;
        self.hasher.update(&buffer[..read]);
        if read == 0
            && !buffer.is_empty()
            && (self.left != 0 || self.hasher.clone().finalize() != self.expect)
        {
            return Err(broken("an entry does not have its checksum"));
        }
        Ok(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An archive of stored entries, made by hand.
    pub(crate) fn archive(entries: &[(&str, &[u8], u32)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, content, mode) in entries {
            let offset = out.len() as u32;
            let mut fields = Vec::new();
            fields.extend_from_slice(&[0; 6]); // method, time, date
            fields.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
            fields.extend_from_slice(&(content.len() as u32).to_le_bytes());
            fields.extend_from_slice(&(content.len() as u32).to_le_bytes());
            fields.extend_from_slice(&(name.len() as u16).to_le_bytes());
            fields.extend_from_slice(&[0; 2]);
            out.extend_from_slice(b"PK\x03\x04\x14\0\0\0");
            out.extend_from_slice(&fields);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(content);
            directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0\0\0");
            directory.extend_from_slice(&fields);
            directory.extend_from_slice(&[0; 6]);
            directory.extend_from_slice(&(mode << 16).to_le_bytes());
            directory.extend_from_slice(&offset.to_le_bytes());
            directory.extend_from_slice(name.as_bytes());
        }
        let (offset, count) = (out.len() as u32, entries.len() as u16);
        out.extend_from_slice(&directory);
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        out.extend_from_slice(&offset.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        out
    }

    fn extract(bytes: &[u8]) -> io::Result<tempfile::TempDir> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zip");
        fs::write(&path, bytes).unwrap();
        Archive::open(&path)?.extract(&dir.path().join("out"))?;
        Ok(dir)
    }

    #[test]
    fn entries_are_written_with_their_modes() {
        use std::os::unix::fs::PermissionsExt;
        let bytes =
            archive(&[("terraform-provider-x", b"program", 0o100_755), ("docs/README", b"", 0)]);
        let dir = extract(&bytes).unwrap();
        let program = dir.path().join("out/terraform-provider-x");
        assert_eq!(fs::read(&program).unwrap(), b"program");
        assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
        assert!(dir.path().join("out/docs/README").exists());
    }

    #[test]
    fn what_leads_out_is_refused() {
        for name in ["../x", "/x", "a/../../x", "", "a\\b"] {
            assert!(extract(&archive(&[(name, b"x", 0)])).is_err(), "{name:?}");
        }
        assert!(extract(&archive(&[("link", b"/etc/passwd", 0o120_777)])).is_err());
        assert!(extract(&archive(&[("a", b"1", 0), ("a", b"2", 0)])).is_err());
    }

    #[test]
    fn damage_is_noticed() {
        let mut bytes = archive(&[("a", b"content", 0)]);
        let at = bytes.windows(7).position(|window| window == b"content").unwrap();
        bytes[at] ^= 1;
        assert!(extract(&bytes).is_err());
        assert!(extract(b"PK").is_err());
        assert!(extract(&[]).is_err());
        for end in 0..bytes.len() {
            assert!(extract(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
}
