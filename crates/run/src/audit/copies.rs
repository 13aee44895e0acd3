//! Copies of signed heads outside of the store: lines of a file that Git keeps, or objects of a bucket with object lock.
//!
//! Invariant: a copy that is there is never replaced; of a bucket every version is looked at, so that nobody hides one by
//! deleting or overwriting it.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use estate::SealPlace;
use host::Host;
use sha2::{Digest as _, Sha256};
use store::SignedHead;

use super::aws::{Call, element, encoded, said, send};
use super::line::{head_line, read_head};
use crate::credentials::asking::Asking;

/// How many objects of a bucket are read: the last ones.
const READ_MAX: usize = 20;
/// The largest file of copies, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// What came of copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It is there now.
    Now,
    /// It was there.
    Already,
}

/// Places of copies, and what it takes to reach them.
pub struct Copies<'a> {
    host: &'a Host,
    dir: PathBuf,
    estate: String,
    retain_days: u32,
}

impl<'a> Copies<'a> {
    /// Copies for the estate with this id, whose folder is this one.
    pub fn new(host: &'a Host, dir: &Path, estate: &str, retain_days: u32) -> Copies<'a> {
        Copies { host, dir: dir.to_owned(), estate: estate.to_owned(), retain_days }
    }

    /// Puts a copy into a place.
    ///
    /// # Errors
    /// Where that fails; for people.
    pub fn put(&self, place: &SealPlace, head: &SignedHead) -> Result<Copied, String> {
        match place {
            SealPlace::File(path) => self.append(&self.dir.join(&**path), head),
            SealPlace::S3 { bucket, prefix } => self.upload(bucket, prefix, head),
        }
    }

    /// The copies in a place, each with whether it could be read: what is no signed head counts as `None`.
    ///
    /// # Errors
    /// Where the place cannot be read; for people.
    pub fn read(&self, place: &SealPlace) -> Result<Vec<Option<SignedHead>>, String> {
        match place {
            SealPlace::File(path) => {
                let path = self.dir.join(&**path);
                let bytes = self.host.files.read_up_to(&path, FILE_BYTES_MAX);
                let bytes = bytes.map_err(|error| error.to_string())?;
                let text = String::from_utf8_lossy(&bytes);
                Ok(text.lines().filter(|line| !line.trim().is_empty()).map(read_head).collect())
            }
            SealPlace::S3 { bucket, prefix } => self.download(bucket, prefix),
        }
    }

    fn append(&self, path: &Path, head: &SignedHead) -> Result<Copied, String> {
        let files = self.host.files;
        let mut bytes = match files.read_up_to(path, FILE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.is_missing() => Vec::new(),
            Err(error) => return Err(error.to_string()),
        };
        let line = head_line(head);
        let has = bytes.split(|byte| *byte == b'\n').any(|one| one == line.trim_end().as_bytes());
        if has {
            return Ok(Copied::Already);
        }
        if bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line.as_bytes());
        if let Some(dir) = path.parent().filter(|dir| !files.is_dir(dir)) {
            files.make_dir(dir).map_err(|error| error.to_string())?;
        }
        files.replace(path, &bytes, 0o644).map_err(|error| error.to_string())?;
        Ok(Copied::Now)
    }

    /// Objects are named so that their names are in the order of the chain.
    fn key(&self, prefix: &str, head: &SignedHead) -> String {
        let signer: String = head.signer.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{}{:012}-{signer}.json", self.folder(prefix), head.number)
    }

    fn folder(&self, prefix: &str) -> String {
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!("{prefix}{slash}{}/", self.estate)
    }

    fn asking(&self) -> Asking {
        Asking::new(self.host, &self.dir)
    }

    fn upload(&self, bucket: &str, prefix: &str, head: &SignedHead) -> Result<Copied, String> {
        let body = head_line(head);
        let until_s = self.host.clock.now().seconds + u64::from(self.retain_days) * 86_400;
        let until = host::Timestamp { seconds: until_s, nanos: 0 }.rfc3339();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("if-none-match", "*".to_owned()),
            ("x-amz-checksum-sha256", STANDARD.encode(Sha256::digest(body.as_bytes()))),
            ("x-amz-object-lock-mode", "COMPLIANCE".to_owned()),
            ("x-amz-object-lock-retain-until-date", until),
        ];
        let path = format!("/{bucket}/{}", encoded(&self.key(prefix, head), "/"));
        let call = Call {
            service: "s3",
            region: None,
            method: "PUT",
            path: &path,
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer = send(&self.asking(), &call)?;
        match answer.status {
            200 => Ok(Copied::Now),
            409 | 412 => Ok(Copied::Already),
            _ => Err(said(&answer)),
        }
    }

    fn get(&self, asking: &Asking, path: &str, query: &str) -> Result<Vec<u8>, String> {
        let call = Call {
            service: "s3",
            region: None,
            method: "GET",
            path,
            query,
            headers: &[],
            body: b"",
        };
        let answer = send(asking, &call)?;
        if answer.status == 200 { Ok(answer.body) } else { Err(said(&answer)) }
    }

    fn download(&self, bucket: &str, prefix: &str) -> Result<Vec<Option<SignedHead>>, String> {
        let asking = self.asking();
        let folder = encoded(&self.folder(prefix), "");
        let mut versions: Vec<(String, String)> = Vec::new();
        let mut query = format!("prefix={folder}&versions=");
        loop {
            let listed = self.get(&asking, &format!("/{bucket}"), &query)?;
            let listed = String::from_utf8_lossy(&listed);
            versions.extend(versions_of(&listed));
            let next = |name| element(&listed, name).map(|text| encoded(&unescaped(text), ""));
            let (key, version) = (next("NextKeyMarker"), next("NextVersionIdMarker"));
            let Some((key, version)) = key.zip(version) else { break };
            let next =
                format!("key-marker={key}&prefix={folder}&version-id-marker={version}&versions=");
            if next == query || element(&listed, "IsTruncated") != Some("true") {
                break;
            }
            query = next;
        }
        versions.sort();
        versions.dedup();
        let from = versions.len().saturating_sub(READ_MAX);
        let mut heads = Vec::new();
        for (key, version) in &versions[from..] {
            let path = format!("/{bucket}/{}", encoded(key, "/"));
            let body = self.get(&asking, &path, &format!("versionId={}", encoded(version, "")))?;
            heads.push(read_head(String::from_utf8_lossy(&body).trim_end()));
        }
        Ok(heads)
    }
}

/// Keys and versions of objects in a list; marks of deletion hide nothing.
fn versions_of(xml: &str) -> Vec<(String, String)> {
    let parts = xml.split("<Version>").skip(1);
    let read = |part: &str| {
        let part = part.split("</Version>").next()?;
        Some((unescaped(element(part, "Key")?), unescaped(element(part, "VersionId")?)))
    };
    parts.filter_map(read).collect()
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_marks_of_deletion_are_not() {
        let xml = "<ListVersionsResult><IsTruncated>false</IsTruncated>\
            <DeleteMarker><Key>p/e/1.json</Key><VersionId>d</VersionId></DeleteMarker>\
            <Version><Key>p/e/1.json</Key><VersionId>a&amp;b</VersionId></Version>\
            <Version><Key>p/e/2.json</Key><VersionId>c</VersionId></Version></ListVersionsResult>";
        let expect = [("p/e/1.json", "a&b"), ("p/e/2.json", "c")];
        assert_eq!(versions_of(xml), expect.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
