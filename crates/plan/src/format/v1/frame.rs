//! What stands around the content of a plan file: the head, the packing, the checksum.
//!
//! A checksum finds accidents, not forgeries: sealing is the store's. The head is 28 bytes: magic (8), version (2), content
//! (1), packing (1), length of the content as it stands (8), length of the content unpacked (8), all little-endian; after
//! the content stand the four bytes of its CRC-32, head included.
//! Invariant: `open` gives the content that `close` was given, or says why not, having allocated no more than the file's
//! own length can unpack to.

use std::borrow::Cow;
use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use super::error::{PlanFileError, PlanFileFault, Taken};
use super::wire::Reader;
use super::{MAGIC, PACK_BYTES_MIN, UNPACKED_BYTES_MAX, VERSION};

/// Length of the head, in bytes.
pub(super) const HEAD_BYTES: usize = 28;
const LENGTHS_AT: usize = 12;
const CHECKSUM_BYTES: usize = 4;
const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;
/// The most bytes that one byte of a deflate stream can stand for.
const RATIO_MAX: u64 = 1_032;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    /// One plan.
    Plan = 1,
    /// Plans with what surrounds them.
    Envelope = 2,
}

/// Begins a frame; its content is to follow. Gives where it begins, for [`close`].
pub(super) fn begin(out: &mut Vec<u8>, content: Content) -> usize {
    let start = out.len();
    head(out, content, PLAIN);
    out.extend_from_slice(&[0; HEAD_BYTES - LENGTHS_AT]);
    start
}

fn head(out: &mut Vec<u8>, content: Content, packing: u8) {
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&[content as u8, packing]);
}

/// Ends the frame that begins at `start`: fills in the lengths and adds the checksum.
pub(super) fn close(out: &mut Vec<u8>, start: usize) {
    let length = ((out.len() - start - HEAD_BYTES) as u64).to_le_bytes();
    let lengths = &mut out[start + LENGTHS_AT..start + HEAD_BYTES];
    lengths[..8].copy_from_slice(&length);
    lengths[8..].copy_from_slice(&length);
    let checksum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&checksum.to_le_bytes());
}

/// The file with its content packed, where that is worth it; `file` is one closed frame.
pub(super) fn pack(file: Vec<u8>, content: Content) -> Vec<u8> {
    let plain = &file[HEAD_BYTES..file.len() - CHECKSUM_BYTES];
    if plain.len() <= PACK_BYTES_MIN {
        return file;
    }
    const IN_MEMORY: &str = "BUG: writing to memory failed";
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).expect(IN_MEMORY);
    let packed = encoder.finish().expect(IN_MEMORY);
    let mut out = Vec::with_capacity(HEAD_BYTES + packed.len() + CHECKSUM_BYTES);
    head(&mut out, content, DEFLATED);
    out.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    out.extend_from_slice(&(plain.len() as u64).to_le_bytes());
    out.extend_from_slice(&packed);
    let checksum = crc32fast::hash(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

/// The content of a file whose first byte has this offset.
pub(super) fn open(file: &[u8], offset: usize, content: Content) -> Taken<Cow<'_, [u8]>> {
    let mut reader = Reader::new(file, offset, "the head");
    magic(&mut reader, file)?;
    let at = reader.offset();
    let version = u16::from_le_bytes(reader.fixed()?);
    if version != VERSION {
        return Err(reader.fault_at(at, PlanFileFault::Version(version)));
    }
    let at = reader.offset();
    match reader.byte()? {
        found if found == content as u8 => {}
        found => return Err(reader.fault_at(at, PlanFileFault::Content(found))),
    }
    let packing = match reader.byte()? {
        packing @ (PLAIN | DEFLATED) => packing,
        tag => return Err(reader.no_tag("packing", tag)),
    };
    let (standing, unpacked) = lengths(&mut reader, packing)?;
    let body = reader.exactly(standing)?;
    let checked = HEAD_BYTES + standing;
    let at = reader.offset();
    let checksum = u32::from_le_bytes(reader.fixed()?);
    reader.finish()?;
    if checksum != crc32fast::hash(&file[..checked]) {
        return Err(reader.fault_at(at, PlanFileFault::Checksum));
    }
    if packing == PLAIN {
        return Ok(Cow::Borrowed(body));
    }
    let fault = |fault| PlanFileError { fault, offset: offset + HEAD_BYTES, part: "the content" };
    unpack(body, unpacked).map(Cow::Owned).ok_or_else(|| fault(PlanFileFault::Packing))
}

fn magic(reader: &mut Reader<'_>, file: &[u8]) -> Taken<()> {
    let begun = file.len().min(MAGIC.len());
    if file.is_empty() || file[..begun] != MAGIC[..begun] {
        return Err(reader.fault(PlanFileFault::NotAPlanFile));
    }
    reader.exactly(MAGIC.len()).map(|_| ())
}

/// The lengths of the content as it stands and unpacked, in bytes.
fn lengths(reader: &mut Reader<'_>, packing: u8) -> Taken<(usize, usize)> {
    let mut length = |allowed: &dyn Fn(u64) -> bool| {
        let at = reader.offset();
        let length = u64::from_le_bytes(reader.fixed()?);
        match usize::try_from(length) {
            Ok(fits) if length <= UNPACKED_BYTES_MAX && allowed(length) => Ok((fits, length)),
            _ => Err(reader.fault_at(at, PlanFileFault::Length(length))),
        }
    };
    let (standing, bytes) = length(&|_| true)?;
    let (unpacked, _) = length(&|unpacked| match packing {
        PLAIN => unpacked == bytes,
        _ => unpacked <= bytes.saturating_mul(RATIO_MAX),
    })?;
    Ok((standing, unpacked))
}

fn unpack(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(length);
    let mut inflate = Decompress::new(false);
    let status = inflate.decompress_vec(packed, &mut out, FlushDecompress::Finish).ok()?;
    let whole = status == Status::StreamEnd
        && inflate.total_in() == packed.len() as u64
        && out.len() == length;
    whole.then_some(out)
}
