//! How the schemas of a binary are stored: a head, one blob for each type, and an index of names at the end.
//!
//! Layout, numbers little-endian: 8 bytes of magic; format version (u32); protocol (u32); capabilities (u32);
//! checksum of the index (u32); its offset (u64) and length (u64); the blobs; the index: for each blob section (u8),
//! length of the name (u16), name, offset (u64), length (u32), checksum (u32).
//!
//! Invariant: nothing is decoded whose checksum does not hold; an image of another version is no image.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use schema::{Capabilities, compact};

use super::SchemasError;
use crate::wire::Protocol;
use crate::wire::schema::{SchemaResponse, function, identities, resource};

const MAGIC: &[u8; 8] = b"strschm\n";
const HEAD: usize = 40;

/// Greatest size of an index, in bytes.
const INDEX_BYTES_MAX: u64 = 64 << 20;

/// What a blob describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    Provider,
    Meta,
    Resource,
    Data,
    Ephemeral,
    Function,
}

const SECTIONS: [Section; 6] = [
    Section::Provider,
    Section::Meta,
    Section::Resource,
    Section::Data,
    Section::Ephemeral,
    Section::Function,
];

#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    length: u32,
    checksum: u32,
}

enum Backing {
    Memory(Vec<u8>),
    File(File),
}

/// Stored schemas, opened.
pub(crate) struct Image {
    backing: Backing,
    protocol: Protocol,
    capabilities: Capabilities,
    index: [BTreeMap<Box<str>, Place>; 6],
}

fn broken<T>(what: &str) -> Result<T, SchemasError> {
    Err(SchemasError(format!("the stored schemas are damaged: {what}")))
}

fn capability_bits(capabilities: Capabilities) -> u32 {
    u32::from(capabilities.plan_destroy)
        | u32::from(capabilities.schema_optional) << 1
        | u32::from(capabilities.move_state) << 2
}

fn capabilities_of(bits: u32) -> Capabilities {
    Capabilities {
        plan_destroy: bits & 1 != 0,
        schema_optional: bits & 2 != 0,
        move_state: bits & 4 != 0,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("BUG: four bytes are four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("BUG: eight bytes are eight bytes"))
}

/// The image of what a provider answered, every type decoded once so that errors show now.
pub(crate) fn build(
    response: &SchemaResponse<'_>,
    identity_message: Option<&[u8]>,
    protocol: Protocol,
) -> Result<Vec<u8>, String> {
    let identities =
        identity_message.and_then(|message| identities(message).ok()).unwrap_or_default();
    let mut writer = Writer { out: vec![0; HEAD], index: Vec::new() };
    let told = |name: &str| format!("its schema of {name:?} cannot be read");
    if let Some(message) = response.provider {
        let schema = resource(message, protocol).map_err(|_| told("provider"))?;
        writer.blob(Section::Provider, "", |out| compact::encode_resource(&schema, out));
    }
    if let Some(message) = response.meta {
        let schema = resource(message, protocol).map_err(|_| told("provider_meta"))?;
        writer.blob(Section::Meta, "", |out| compact::encode_block(&schema.block, out));
    }
    let maps = [
        (Section::Resource, &response.resources),
        (Section::Data, &response.data),
        (Section::Ephemeral, &response.ephemeral),
    ];
    for (section, map) in maps {
        for (name, message) in map {
            let mut schema = resource(message, protocol).map_err(|_| told(name))?;
            if section == Section::Resource {
                schema.identity = identities.get(*name).cloned();
            }
            writer.blob(section, name, |out| compact::encode_resource(&schema, out));
        }
    }
    for (name, message) in &response.functions {
        let schema = function(message).map_err(|_| told(name))?;
        writer.blob(Section::Function, name, |out| compact::encode_function(&schema, out));
    }
    Ok(writer.finish(protocol, response.capabilities))
}

struct Writer {
    out: Vec<u8>,
    index: Vec<u8>,
}

impl Writer {
    fn blob(&mut self, section: Section, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        let Ok(name_len) = u16::try_from(name.len()) else { return };
        let start = self.out.len();
        write(&mut self.out);
        let blob = &self.out[start..];
        let checksum = crc32fast::hash(blob);
        self.index.push(section as u8);
        self.index.extend_from_slice(&name_len.to_le_bytes());
        self.index.extend_from_slice(name.as_bytes());
        self.index.extend_from_slice(&(start as u64).to_le_bytes());
        self.index.extend_from_slice(&(blob.len() as u32).to_le_bytes());
        self.index.extend_from_slice(&checksum.to_le_bytes());
    }

    fn finish(mut self, protocol: Protocol, capabilities: Capabilities) -> Vec<u8> {
        let offset = self.out.len() as u64;
        let mut head = Vec::with_capacity(HEAD);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(&compact::VERSION.to_le_bytes());
        head.extend_from_slice(&protocol.number().to_le_bytes());
        head.extend_from_slice(&capability_bits(capabilities).to_le_bytes());
        head.extend_from_slice(&crc32fast::hash(&self.index).to_le_bytes());
        head.extend_from_slice(&offset.to_le_bytes());
        head.extend_from_slice(&(self.index.len() as u64).to_le_bytes());
        self.out[..HEAD].copy_from_slice(&head);
        self.out.extend_from_slice(&self.index);
        self.out
    }
}

impl Image {
    /// An image in memory.
    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Result<Image, SchemasError> {
        Image::open(Backing::Memory(bytes))
    }

    /// An image on disk, of which head and index are read.
    pub(crate) fn of_file(file: File) -> Result<Image, SchemasError> {
        Image::open(Backing::File(file))
    }

    fn open(backing: Backing) -> Result<Image, SchemasError> {
        let head = backing.read(0, HEAD)?;
        if &head[..8] != MAGIC || u32_at(&head, 8) != compact::VERSION {
            return broken("they are of another version");
        }
        let protocol = match u32_at(&head, 12) {
            5 => Protocol::V5,
            6 => Protocol::V6,
            _ => return broken("protocol"),
        };
        let capabilities = capabilities_of(u32_at(&head, 16));
        let (offset, length) = (u64_at(&head, 24), u64_at(&head, 32));
        if length > INDEX_BYTES_MAX {
            return broken("index length");
        }
        let index_bytes = backing.read(offset, length as usize)?;
        if crc32fast::hash(&index_bytes) != u32_at(&head, 20) {
            return broken("index checksum");
        }
        let index = parse_index(&index_bytes)?;
        drop(index_bytes);
        Ok(Image { backing, protocol, capabilities, index })
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    pub(crate) fn names(&self, section: Section) -> impl Iterator<Item = &str> {
        self.index[section as usize].keys().map(AsRef::as_ref)
    }

    pub(crate) fn blob(
        &self,
        section: Section,
        name: &str,
    ) -> Result<Option<Cow<'_, [u8]>>, SchemasError> {
        let Some(place) = self.index[section as usize].get(name) else { return Ok(None) };
        let blob = self.backing.read(place.offset, place.length as usize)?;
        if crc32fast::hash(&blob) != place.checksum {
            return broken(name);
        }
        Ok(Some(blob))
    }
}

fn parse_index(mut rest: &[u8]) -> Result<[BTreeMap<Box<str>, Place>; 6], SchemasError> {
    let mut index: [BTreeMap<Box<str>, Place>; 6] = Default::default();
    while let Some((section, after)) = rest.split_first() {
        let Some(section) = SECTIONS.get(usize::from(*section)) else { return broken("section") };
        let Some((length, after)) = after.split_at_checked(2) else { return broken("index") };
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let Some((name, after)) = after.split_at_checked(length) else { return broken("index") };
        let Some((place, after)) = after.split_at_checked(16) else { return broken("index") };
        let Ok(name) = std::str::from_utf8(name) else { return broken("name") };
        let place = Place {
            offset: u64_at(place, 0),
            length: u32_at(place, 8),
            checksum: u32_at(place, 12),
        };
        index[*section as usize].insert(name.into(), place);
        rest = after;
    }
    Ok(index)
}

impl Backing {
    fn read(&self, offset: u64, length: usize) -> Result<Cow<'_, [u8]>, SchemasError> {
        match self {
            Backing::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                match start.checked_add(length).and_then(|end| bytes.get(start..end)) {
                    Some(part) => Ok(Cow::Borrowed(part)),
                    None => broken("too short"),
                }
            }
            Backing::File(file) => {
                let mut bytes = vec![0; length];
                match file.read_exact_at(&mut bytes, offset) {
                    Ok(()) => Ok(Cow::Owned(bytes)),
                    Err(error) => broken(&error.to_string()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemas::{Schemas, Wanted};
    use crate::wire::proto::{put_bytes, put_message, put_number};

    /// A schema answer with one resource type `t_a`, whose only attribute is `id`.
    fn answer() -> Vec<u8> {
        let mut attr = Vec::new();
        put_bytes(&mut attr, 1, b"id");
        put_bytes(&mut attr, 2, br#""string""#);
        put_number(&mut attr, 6, 1);
        let mut block = Vec::new();
        put_message(&mut block, 2, &attr);
        let mut schema = Vec::new();
        put_number(&mut schema, 1, 3);
        put_message(&mut schema, 2, &block);
        let mut entry = Vec::new();
        put_bytes(&mut entry, 1, b"t_a");
        put_message(&mut entry, 2, &schema);
        let mut capabilities = Vec::new();
        put_number(&mut capabilities, 2, 1);
        let mut answer = Vec::new();
        put_message(&mut answer, 2, &entry);
        put_message(&mut answer, 6, &capabilities);
        answer
    }

    #[test]
    fn an_answer_becomes_schemas_in_memory_and_on_disk() {
        let answer = answer();
        let bytes = build(&SchemaResponse::read(&answer).unwrap(), None, Protocol::V6).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        for image in [
            Image::of_bytes(bytes.clone()).unwrap(),
            Image::of_file(file.try_clone().unwrap()).unwrap(),
        ] {
            let schemas = Schemas::open(image).unwrap();
            assert!(schemas.capabilities().schema_optional);
            assert_eq!(schemas.protocol(), Protocol::V6);
            let found = schemas.resource("t_a").unwrap().unwrap();
            assert_eq!(found.version, 3);
            assert!(found.block.attr("id").unwrap().computed);
            assert_eq!(schemas.resource("t_b"), Ok(None));
            assert_eq!(schemas.part(&Wanted::All).unwrap().resources.len(), 1);
            assert_eq!(schemas.part(&Wanted::nothing()).unwrap().resources.len(), 0);
        }
    }

    #[test]
    fn damage_is_noticed() {
        let answer = answer();
        let bytes = build(&SchemaResponse::read(&answer).unwrap(), None, Protocol::V5).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            let read =
                Image::of_bytes(damaged).and_then(Schemas::open).and_then(|s| s.resource("t_a"));
            let head = (12..20).contains(&at); // protocol and capabilities carry no checksum
            assert!(head || !matches!(read, Ok(Some(_))), "byte {at}");
        }
        for end in 0..bytes.len() {
            let read = Image::of_bytes(bytes[..end].to_vec()).and_then(Schemas::open);
            assert!(read.is_err(), "cut at {end}");
        }
    }
}
