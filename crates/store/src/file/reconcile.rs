//! What an earlier run left: the state file and the journal beside it, read and judged by their digests.
//!
//! Reads, and changes nothing.
//! Invariant: a journal is folded only upon the very bytes that it began from.

use std::fs;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use state::journal::{self, Entry, Folded, InDoubt, Record, RunId, Scan};
use state::{Digest, State, v4};

use super::paths::Paths;
use super::{Held, lock};
use crate::error::{Conflict, LoadError, PortError};
use crate::key::StackKey;
use crate::rescue::{Found, Rescuer};

/// The two files as they are.
pub(super) struct Stored {
    pub(super) state: State,
    pub(super) digest: Digest,
    /// The journal; its records go on with what was rescued.
    pub(super) journal: Option<Scan>,
    pub(super) rescued: Found,
    pub(super) journal_path: PathBuf,
}

impl Stored {
    pub(super) fn read(
        paths: &Paths,
        rescuer: &Rescuer,
        stack: &StackKey,
        held: Option<&Held>,
    ) -> Result<Stored, LoadError> {
        // First the journal: a run that closes in between leaves a journal without its base, which is looked at again.
        let journal_path = paths.journal.clone();
        let mut journal = match read_or_nothing(&journal_path)? {
            None => None,
            Some(bytes) => match journal::scan(&bytes) {
                Ok(scan) => Some(scan),
                Err(error) => return Err(LoadError::Journal { path: journal_path, error }),
            },
        };
        let mut rescued = Found::default();
        if let Some(scan) = &mut journal
            && let Some(last) = scan.records.last()
        {
            rescued = rescuer.find(stack, &last.run, last.seq);
            scan.records.extend(rescued.records.iter().cloned());
        }
        let bytes = state_bytes(paths, held)?;
        let digest = Digest::of(&bytes);
        let state = match held.and_then(|held| held.known.as_ref()) {
            Some((seen, state)) if *seen == digest => state.clone(),
            _ if bytes.is_empty() => State::new(),
            _ => v4::read(&bytes).map_err(|error| LoadError::State {
                path: paths.state.clone(),
                error: Box::new(error),
            })?,
        };
        Ok(Stored { state, digest, journal, rescued, journal_path })
    }
}

/// The state file's bytes: read through the descriptor that is open already, unless the file was replaced behind our
/// back.
fn state_bytes(paths: &Paths, held: Option<&Held>) -> Result<Vec<u8>, PortError> {
    let failed = |error: std::io::Error| PortError::new("cannot read", &paths.state, &error);
    let Some(held) = held else { return Ok(read_or_nothing(&paths.state)?.unwrap_or_default()) };
    let mut file = &held.state;
    if !lock::is_at(file, &paths.state).map_err(failed)? {
        return Ok(read_or_nothing(&paths.state)?.unwrap_or_default());
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

fn read_or_nothing(path: &PathBuf) -> Result<Option<Vec<u8>>, PortError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PortError::new("cannot read", path, &error)),
    }
}

/// What there is to do.
pub(super) enum Verdict {
    /// Nothing: there is no journal, or one without entries.
    Clean,
    /// Nothing but to keep what is in doubt: the journal's state is in place.
    Settled { in_doubt: Vec<InDoubt> },
    /// A run never closed: its state is to be put in place.
    Unfinished { folded: Box<Folded>, run: RunId, entries: usize },
}

/// Judges what was read.
pub(super) fn judge(stored: &Stored) -> Result<Verdict, LoadError> {
    let Some(scan) = &stored.journal else { return Ok(Verdict::Clean) };
    let Some(first) = scan.records.first() else { return Ok(Verdict::Clean) };
    let path = || stored.journal_path.clone();
    let closed = scan.records.iter().any(|record| {
        matches!(&record.entry, Entry::Closing(closing) if closing.digest == stored.digest)
    });
    if closed {
        let in_doubt = journal::in_doubt(&scan.records)
            .map_err(|error| LoadError::Fold { path: path(), error: Box::new(error) })?;
        return Ok(Verdict::Settled { in_doubt });
    }
    match &first.entry {
        Entry::Open(open) if open.base == stored.digest => {}
        _ => return Err(LoadError::Conflict(Box::new(conflict(stored, &scan.records)))),
    }
    let folded = journal::fold(stored.state.clone(), &scan.records)
        .map_err(|error| LoadError::Fold { path: path(), error: Box::new(error) })?;
    let carried_only = scan
        .records
        .iter()
        .all(|record| matches!(record.entry, Entry::Open(_) | Entry::InDoubt(_)));
    if carried_only {
        return Ok(Verdict::Settled { in_doubt: folded.in_doubt });
    }
    let (run, entries) = (first.run.clone(), scan.records.len());
    Ok(Verdict::Unfinished { folded: Box::new(folded), run, entries })
}

/// What the journal knows that the state may not.
fn conflict(stored: &Stored, records: &[Record]) -> Conflict {
    let run = records.first().map(|record| record.run.to_string()).unwrap_or_default();
    Conflict { journal: stored.journal_path.clone(), run, ops: journal::progress(records) }
}
