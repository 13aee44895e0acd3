//! How entries stand in a journal file: records behind each other, and what a crash may have left of them.
//!
//! A file is an 8-byte mark and then records. A record is: length of its body (u32, little endian), CRC-32 of the
//! body (u32), body. A body is: number (u64), length of the run's name (u8), the name, the entry.
//! Invariant: numbers run from 1 without gaps. A record that is cut short or does not check at the very end is a torn
//! tail and is dropped; one with a good record somewhere behind it is corruption, and nothing is read.

use std::fmt;

use crate::codec::{self, Code as _, CodecError};
use crate::journal::entry::{Entry, RunId, Seq};

/// The first bytes of a journal file; the last of them is the version of the format.
const MARK: &[u8; 8] = b"STRATAJ1";

/// Largest body of a record, in bytes.
const BODY_BYTES_MAX: usize = 1 << 30;

/// Bytes before a body.
const HEAD_BYTES: usize = 8;

/// Shortest body, in bytes: a number and the length of a name.
const BODY_BYTES_MIN: usize = 9;

/// One entry with its number and its run.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number in the journal.
    pub seq: Seq,
    /// The run that wrote it.
    pub run: RunId,
    /// What it says.
    pub entry: Entry,
}

/// How a journal file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a whole record.
    Whole,
    /// With the beginning of a record that was never whole; to be cut off.
    Torn,
}

/// What a journal file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// Its records, in order.
    pub records: Vec<Record>,
    /// Length of the good part, in bytes.
    pub good_bytes: usize,
    /// How it ends.
    pub tail: Tail,
}

/// Why a journal is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// The file does not begin as a journal does.
    NotAJournal,
    /// It is a journal of another version of the format.
    OtherVersion(u8),
    /// A record is damaged, and a good one stands behind it.
    Corrupt {
        /// Offset of the damaged record, in bytes.
        at: usize,
        /// Offset of the good one.
        good_at: usize,
    },
    /// A record has another number than its place.
    Number {
        /// Its offset, in bytes.
        at: usize,
        /// The number due.
        expected: Seq,
        /// The number found.
        found: Seq,
    },
    /// A record checks and yet cannot be understood: it was written by another version.
    Entry {
        /// Its number.
        seq: Seq,
        /// What is wrong with it.
        error: CodecError,
    },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::NotAJournal => f.write_str("the file is not a journal"),
            JournalError::OtherVersion(version) => {
                write!(f, "the journal is of format version {}", char::from(*version))
            }
            JournalError::Corrupt { at, good_at } => write!(
                f,
                "the record at byte {at} is damaged, and a good one follows at byte {good_at}"
            ),
            JournalError::Number { at, expected, found } => write!(
                f,
                "the record at byte {at} has number {}, where number {} is due",
                found.0, expected.0
            ),
            JournalError::Entry { seq, error } => {
                write!(f, "entry {} cannot be understood: {error}", seq.0)
            }
        }
    }
}

impl std::error::Error for JournalError {}

/// The bytes that a journal file begins with.
pub fn header() -> &'static [u8] {
    MARK
}

/// Appends a record to a buffer.
pub fn encode(out: &mut Vec<u8>, seq: Seq, run: &RunId, entry: &Entry) {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_BYTES]);
    encode_body(out, seq, run, entry);
    let body = start + HEAD_BYTES;
    let length = out.len() - body;
    assert!(length <= BODY_BYTES_MAX, "BUG: a journal entry of {length} bytes");
    let sum = crc32fast::hash(&out[body..]);
    out[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes());
    out[start + 4..body].copy_from_slice(&sum.to_le_bytes());
}

/// Appends a record's body alone, for stores that frame and check rows themselves.
pub fn encode_body(out: &mut Vec<u8>, seq: Seq, run: &RunId, entry: &Entry) {
    out.extend_from_slice(&seq.0.to_le_bytes());
    out.push(run.as_str().len() as u8);
    out.extend_from_slice(run.as_str().as_bytes());
    entry.put(out);
}

/// Reads a body that [`encode_body`] wrote.
///
/// # Errors
/// Where the bytes are not what it writes.
pub fn decode_body(body: &[u8]) -> Result<Record, JournalError> {
    let unreadable =
        |error| JournalError::Entry { seq: number_of(body).unwrap_or_default(), error };
    let seq = number_of(body).ok_or(unreadable(CodecError::Short))?;
    let run_length = usize::from(body[BODY_BYTES_MIN - 1]);
    let run = body
        .get(BODY_BYTES_MIN..BODY_BYTES_MIN + run_length)
        .filter(|_| run_length <= RunId::BYTES_MAX)
        .ok_or(unreadable(CodecError::Short))?;
    let run = std::str::from_utf8(run).map_err(|_| unreadable(CodecError::Text))?;
    let entry = codec::decode(&body[BODY_BYTES_MIN + run_length..]).map_err(unreadable)?;
    Ok(Record { seq, run: RunId::new(run), entry })
}

/// Reads a journal file.
///
/// A file that holds less than its mark is the torn beginning of a journal without records.
///
/// # Errors
/// Where it is no journal, is damaged before its tail, or holds entries of another version.
pub fn scan(file: &[u8]) -> Result<Scan, JournalError> {
    let mut scan = Scan { records: Vec::new(), good_bytes: 0, tail: Tail::Whole };
    if file.len() < MARK.len() && MARK.starts_with(file) {
        scan.tail = Tail::Torn;
        return Ok(scan);
    }
    match file.get(..MARK.len()) {
        Some(mark) if mark == MARK => {}
        Some(mark) if mark[..7] == MARK[..7] => return Err(JournalError::OtherVersion(mark[7])),
        _ => return Err(JournalError::NotAJournal),
    }
    let mut at = MARK.len();
    let mut expected = Seq::OPEN;
    while at < file.len() {
        let Some(body) = checked_body(file, at) else {
            if let Some(good_at) = later_record(file, at, expected) {
                return Err(JournalError::Corrupt { at, good_at });
            }
            scan.tail = Tail::Torn;
            break;
        };
        let record = decode_body(body)?;
        if record.seq != expected {
            return Err(JournalError::Number { at, expected, found: record.seq });
        }
        scan.records.push(record);
        at += HEAD_BYTES + body.len();
        expected = expected.next();
    }
    scan.good_bytes = at;
    Ok(scan)
}

/// The body of the record at an offset, if it is whole and checks.
fn checked_body(file: &[u8], at: usize) -> Option<&[u8]> {
    let head = file.get(at..at + HEAD_BYTES)?;
    let length = u32::from_le_bytes(head[..4].try_into().ok()?) as usize;
    let sum = u32::from_le_bytes(head[4..].try_into().ok()?);
    if !(BODY_BYTES_MIN..=BODY_BYTES_MAX).contains(&length) {
        return None;
    }
    let body = file.get(at + HEAD_BYTES..at + HEAD_BYTES + length)?;
    (crc32fast::hash(body) == sum).then_some(body)
}

fn number_of(body: &[u8]) -> Option<Seq> {
    Some(Seq(u64::from_le_bytes(body.get(..8)?.try_into().ok()?))).filter(|_| body.len() > 8)
}

/// The offset of a good record behind a damaged one. Only places whose number could be due are checked, so that a
/// large damaged tail costs one pass.
fn later_record(file: &[u8], damaged: usize, expected: Seq) -> Option<usize> {
    let due = expected.0..expected.0 + (file.len() - damaged) as u64;
    (damaged + 1..file.len().saturating_sub(HEAD_BYTES + BODY_BYTES_MIN - 1)).find(|at| {
        number_of(&file[at + HEAD_BYTES..]).is_some_and(|number| due.contains(&number.0))
            && checked_body(file, *at).is_some()
    })
}
