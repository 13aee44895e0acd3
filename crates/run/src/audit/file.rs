//! An exported chain as a file: a first line that says how far it goes, each event, the signed heads, and a last line with
//! the digest of all before. It is checked without a store.
//!
//! Pure. Invariant: a file that checks is byte by byte what was exported, as far as the signed heads and those kept
//! elsewhere go: whoever can write the whole file anew is found by them alone.

use std::fmt;

use guard::approval::Signers;
use guard::heads::{HeadNotValid, VerifiedHead};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use state::Digest;
use store::{ChainCheck, EstateStore, Fault, Head, Memory, PortError, SignedHead};

use super::line::{digest, event_line, head_line, hex, read_event, read_head};

/// The version of the file's form.
const VERSION: u64 = 1;
/// Events read from a store at once.
const BATCH: usize = 1_000;

/// What is wrong with an exported file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// The first line is none of an exported chain, of this version.
    First,
    /// It is of another estate, with this id.
    OtherEstate(String),
    /// A line is not as it was exported.
    Line {
        /// The line, from 1.
        line: usize,
        /// The event that it has to be, where it is one's place.
        event: Option<u64>,
    },
    /// The chain does not hold.
    Chain {
        /// The line at which it shows, from 1.
        line: usize,
        /// What and where.
        fault: Fault,
    },
    /// A signed head does not count.
    Head {
        /// The line, from 1.
        line: usize,
        /// Why.
        why: HeadNotValid,
    },
    /// The last line is missing: the file was cut.
    Cut {
        /// How many lines there are.
        lines: usize,
    },
    /// The digest in the last line is another: a line was changed, put in or taken out that is no event's.
    Digest,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileFault::First => {
                f.write_str("line 1: it is not the first line of an exported audit of this version")
            }
            FileFault::OtherEstate(id) => write!(f, "line 1: it is of another estate, {id}"),
            FileFault::Line { line, event: Some(event) } => {
                write!(f, "line {line}, event {event}: it is not as it was exported")
            }
            FileFault::Line { line, event: None } => {
                write!(f, "line {line}: it is not as it was exported")
            }
            FileFault::Chain { line, fault } => write!(f, "line {line}: {fault}"),
            FileFault::Head { line, why } => write!(f, "line {line}: a signed head: {why}"),
            FileFault::Cut { lines } => {
                write!(f, "line {}: the file was cut: its last line is missing", lines + 1)
            }
            FileFault::Digest => f.write_str(
                "the digest in the last line is another: a line that is no event's was changed, put in or taken out",
            ),
        }
    }
}

impl std::error::Error for FileFault {}

/// What a file holds that was found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The estate's id.
    pub estate: String,
    /// How many events.
    pub events: u64,
    /// The signed heads in it.
    pub heads: Vec<VerifiedHead>,
}

/// The whole chain of a store, with its signed heads. What comes to be while it is read is left out.
///
/// # Errors
/// Where the port fails.
pub fn export(store: &dyn EstateStore) -> Result<String, PortError> {
    let head = store.head()?;
    let (count, hash) = head.map_or((0, Digest::default()), |head| (head.number, head.hash));
    let first = json!({
        "count": count, "estate": &*store.estate_id(), "hash": hex(&hash), "strata_audit": VERSION,
    });
    let mut text = format!("{first}\n");
    let mut from = 1;
    while from <= count {
        let batch = store.events(from, BATCH)?;
        let Some(last) = batch.last() else { break };
        from = last.number + 1;
        let ours = batch.iter().filter(|record| record.number <= count);
        ours.for_each(|record| text.push_str(&event_line(record)));
    }
    for signed in store.signed_heads()?.iter().filter(|signed| signed.number <= count) {
        text.push_str(&head_line(signed));
    }
    Ok(ended(text))
}

/// The text with its last line.
pub(super) fn ended(mut text: String) -> String {
    let digest = Digest(Sha256::digest(text.as_bytes()).into());
    let end = json!({ "end": { "lines": text.lines().count(), "sha256": hex(&digest) } });
    text.push_str(&format!("{end}\n"));
    text
}

/// The first line: estate, and how far the chain goes.
fn first(line: &str) -> Option<(String, Head)> {
    let object: Json = serde_json::from_str(line).ok()?;
    let estate = object.get("estate")?.as_str()?.to_owned();
    let number = object.get("count")?.as_u64()?;
    let hash = object.get("hash")?.as_str()?;
    let again = json!({
        "count": number, "estate": estate, "hash": hash, "strata_audit": VERSION,
    });
    let again = again.to_string();
    (again == line).then_some(())?;
    Some((estate, Head { number, hash: digest(hash)? }))
}

/// Checks a file: against itself, the sealers that may sign heads (any key where none are given), the estate that it has to be
/// of, and heads that are remembered elsewhere.
///
/// # Errors
/// The first fault.
pub fn check(
    text: &str,
    estate: Option<&str>,
    sealers: Option<&Signers>,
    remembered: &[Head],
) -> Result<Checked, FileFault> {
    let mut lines = text.split('\n').enumerate().map(|(at, line)| (at + 1, line));
    let (id, head) = lines.next().and_then(|(_, line)| first(line)).ok_or(FileFault::First)?;
    if estate.is_some_and(|estate| estate != id) {
        return Err(FileFault::OtherEstate(id));
    }
    let mut chain = ChainCheck::new(id.as_str());
    remembered.iter().for_each(|head| chain.remember(*head, Memory::Seal));
    if head.number > 0 {
        chain.remember(head, Memory::File);
    }
    let mut rest = events(&mut lines, &mut chain, head.number)?;
    let mut heads = Vec::new();
    let mut count = rest.0;
    let mut next = rest.1.take().or_else(|| lines.next());
    while let Some((line, text)) = next {
        let Some(signed) = read_head(text) else { break };
        let verified = guard::heads::verify(&signed.body, &id, sealers)
            .map_err(|why| FileFault::Head { line, why })?;
        heads.push((line, signed, verified));
        count = line;
        next = lines.next();
    }
    heads_fit(&id, text, &heads)?;
    match next {
        Some((line, text)) if !text.is_empty() => last(line, text)?,
        _ => return Err(FileFault::Cut { lines: count }),
    }
    let whole = text.lines().count();
    let before: usize = text.split_inclusive('\n').take(whole - 1).map(str::len).sum();
    if ended(text[..before].to_owned()) != text {
        return Err(FileFault::Digest);
    }
    let heads = heads.into_iter().map(|(_, _, verified)| verified).collect();
    Ok(Checked { estate: id, events: head.number, heads })
}

type Line<'a> = (usize, &'a str);

/// Takes the lines of events; gives the last one taken, and the line behind them where it was looked at.
fn events<'a>(
    lines: &mut impl Iterator<Item = Line<'a>>,
    chain: &mut ChainCheck,
    count: u64,
) -> Result<(usize, Option<Line<'a>>), FileFault> {
    let mut at = 1;
    let behind = loop {
        let due = chain.head().map_or(1, |head| head.number + 1);
        let Some((line, text)) = lines.next() else { break None };
        let is_event = text.starts_with("{\"at\":");
        if !is_event && (due > count || text.is_empty() || is_other(text)) {
            break Some((line, text));
        }
        let record = read_event(text).ok_or(FileFault::Line { line, event: Some(due) })?;
        chain.take(&record).map_err(|fault| FileFault::Chain { line, fault })?;
        at = line;
    };
    chain.end().map_err(|fault| FileFault::Chain { line: at + 1, fault })?;
    if chain.head().map_or(0, |head| head.number) > count {
        return Err(FileFault::Line { line: 1, event: None });
    }
    Ok((at, behind))
}

/// Whether a line belongs behind the events.
fn is_other(text: &str) -> bool {
    read_head(text).is_some() || text.starts_with("{\"end\":")
}

/// Whether each signed head is one of the chain.
fn heads_fit(
    estate: &str,
    text: &str,
    heads: &[(usize, SignedHead, VerifiedHead)],
) -> Result<(), FileFault> {
    if heads.is_empty() {
        return Ok(());
    }
    let mut chain = ChainCheck::new(estate);
    for (line, signed, verified) in heads {
        let document = &verified.document;
        let hash = digest(&document.hash).filter(|_| document.number == signed.number);
        let hash = hash.filter(|_| *signed.signer == *verified.key);
        let hash = hash.ok_or(FileFault::Line { line: *line, event: None })?;
        chain.remember(Head { number: document.number, hash }, Memory::Seal);
    }
    for (at, line) in text.split('\n').enumerate().skip(1) {
        let Some(record) = read_event(line) else { break };
        chain.take(&record).map_err(|fault| FileFault::Chain { line: at + 1, fault })?;
    }
    chain.end().map(drop).map_err(|fault| FileFault::Chain { line: heads[0].0, fault })
}

/// The last line has to be of its form; what it says is compared as a whole.
fn last(line: usize, text: &str) -> Result<(), FileFault> {
    let object: Option<Json> = serde_json::from_str(text).ok();
    let is_end = object.is_some_and(|object| object.get("end").is_some());
    if is_end { Ok(()) } else { Err(FileFault::Line { line, event: None }) }
}
