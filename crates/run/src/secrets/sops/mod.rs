//! Files that `sops` encrypted (YAML, JSON, dotenv; <https://getsops.io>), opened with age keys.
//!
//! What this code does not know (other kinds of keys, key groups, rules about comments) it says so, and
//! [`program`](super::program) asks `sops` itself.
//!
//! Invariant: no value comes out of a file whose authentication code is wrong.

mod age;
mod bech32;
mod cipher;
mod metadata;
mod plain;
#[cfg(test)]
mod tests;
mod tree;
mod yaml;

use sha2::{Digest as _, Sha512};

use cipher::Cipher;
use metadata::Metadata;
use tree::{Leaf, Nowhere, Tree};

/// What the code of a file starts with where it is over the encrypted values only
/// (`sops.MACOnlyEncryptedInitialization`).
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// How a file is written, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `.yaml`, `.yml`.
    Yaml,
    /// `.env`.
    Dotenv,
    /// `.json`; and any other, which `sops` keeps as JSON with all of it under `data`.
    Json,
}

impl Format {
    /// As `sops` tells it from a name; none for what only the program reads.
    pub(super) fn of(path: &str) -> Option<Format> {
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("yaml" | "yml") => Some(Format::Yaml),
            Some("env") => Some(Format::Dotenv),
            Some("ini") => None,
            _ => Some(Format::Json),
        }
    }
}

/// Why a file was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SopsError {
    /// It is not what `sops` writes.
    Malformed(String),
    /// It has something that only `sops` itself knows.
    Unlike(&'static str),
    /// No age key that is at hand opens it; other kinds of keys that would.
    NoKey(Vec<&'static str>),
    /// It is not what was encrypted.
    Changed,
    /// The path leads to null.
    Null,
    /// The path leads to nothing.
    Nowhere {
        /// The part of it that is there.
        found: String,
        /// Names that it could go on with.
        known: Vec<String>,
    },
}

impl SopsError {
    fn malformed(what: &str) -> SopsError {
        SopsError::Malformed(what.to_owned())
    }

    fn unlike(what: &'static str) -> SopsError {
        SopsError::Unlike(what)
    }
}

/// The value at `path` of a file's text; `keys` holds age keys, one on each line.
pub(super) fn open(
    text: &str,
    format: Format,
    keys: &str,
    path: &str,
) -> Result<String, SopsError> {
    let file = match format {
        Format::Yaml => yaml::read(text)?,
        Format::Json => plain::json(text)?,
        Format::Dotenv => plain::dotenv(text)?,
    };
    let Tree::Map(mut entries) = file else {
        return Err(SopsError::malformed("it is no mapping"));
    };
    let about = entries.iter().position(|(name, _)| name == "sops");
    let about = about.ok_or_else(|| SopsError::malformed("it is not encrypted by sops"))?;
    let metadata = Metadata::read(&entries.remove(about).1)?;
    let cipher = data_key(&metadata, keys)?;
    let mut opening = Opening { cipher, metadata, hash: Sha512::new(), path: Vec::new() };
    if opening.metadata.mac_only_encrypted {
        opening.hash.update(ONLY_ENCRYPTED);
    }
    let mut tree = Tree::Map(entries);
    opening.tree(&mut tree)?;
    opening.verify()?;
    found(&tree, path)
}

/// The value at `path` of what `sops` itself has decrypted, as JSON.
pub(super) fn decrypted(json: &str, path: &str) -> Result<String, SopsError> {
    found(&plain::json(json)?, path)
}

fn found(tree: &Tree, path: &str) -> Result<String, SopsError> {
    match tree.at(path) {
        Ok(tree) => tree.secret().ok_or(SopsError::Null),
        Err(Nowhere { found, known }) => Err(SopsError::Nowhere { found, known }),
    }
}

fn data_key(metadata: &Metadata, keys: &str) -> Result<Cipher, SopsError> {
    let identities = age::identities(keys);
    for armored in &metadata.age {
        match age::open(armored, &identities) {
            Ok(key) => {
                return Cipher::new(&key)
                    .ok_or_else(|| SopsError::malformed("its data key is no key"));
            }
            Err(age::AgeError::NoMatch) => {}
            Err(age::AgeError::Malformed(what)) => {
                return Err(SopsError::Malformed(format!("its age data key: {what}")));
            }
        }
    }
    Err(SopsError::NoKey(metadata.others.clone()))
}

/// A file while it is opened.
struct Opening {
    cipher: Cipher,
    metadata: Metadata,
    hash: Sha512,
    path: Vec<String>,
}

impl Opening {
    /// Opens what is encrypted in a tree. Its depth has a limit.
    fn tree(&mut self, tree: &mut Tree) -> Result<(), SopsError> {
        match tree {
            Tree::Null => Ok(()),
            Tree::Leaf(leaf) => self.leaf(leaf),
            Tree::List(items) => items.iter_mut().try_for_each(|item| self.tree(item)),
            Tree::Map(entries) => entries.iter_mut().try_for_each(|(name, value)| {
                self.path.push(name.clone());
                let opened = self.tree(value);
                self.path.pop();
                opened
            }),
        }
    }

    fn leaf(&mut self, leaf: &mut Leaf) -> Result<(), SopsError> {
        let is_encrypted = self.metadata.rule.encrypts(&self.path);
        if is_encrypted {
            let Leaf::Text(text) = &*leaf else {
                return Err(SopsError::malformed("a value that should be encrypted is not"));
            };
            let context: String = self.path.iter().flat_map(|name| [name.as_str(), ":"]).collect();
            *leaf = self.cipher.open(text, &context)?;
        }
        if is_encrypted || !self.metadata.mac_only_encrypted {
            let mut bytes = Vec::new();
            leaf.write_to(&mut bytes);
            self.hash.update(&bytes);
        }
        Ok(())
    }

    fn verify(self) -> Result<(), SopsError> {
        let sealed = self.cipher.open(&self.metadata.mac, &self.metadata.last_modified)?;
        let is: String = self.hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect();
        // Not secret any more once the file opens: no constant time is needed.
        if sealed == Leaf::Text(is) { Ok(()) } else { Err(SopsError::Changed) }
    }
}
