//! Putting a state file in place: written and synced beside, announced in the journal, renamed, the folder synced, the
//! journal removed.
//!
//! Invariant: at any moment a crash leaves either the state before with its whole journal, or the state after with a
//! journal whose closing entry names it.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use state::journal::{self, Closing, Entry, InDoubt, Open, Record, RunId, Seq};
use state::{Digest, State, v4};

use super::Held;
use super::lock::{self, Range, Section};
use super::paths::Paths;
use super::reconcile::Stored;
use crate::contract::Opening;
use crate::error::{PortError, WriteError};
use crate::lease::Lease;
use crate::rules::opening_records;
use crate::world::World;

/// What is to be put in place.
pub(super) struct Install<'a> {
    /// What is there.
    pub(super) stored: &'a Stored,
    /// The next state; `None` where the stored one says the same.
    pub(super) state: Option<State>,
    /// What stays in doubt.
    pub(super) in_doubt: &'a [InDoubt],
}

impl Install<'_> {
    /// Does it; tells the state in place and its digest.
    pub(super) fn carry_out(
        self,
        held: &mut Held,
        _section: &Section,
        lease: &Lease,
        world: &dyn World,
    ) -> Result<(State, Digest), WriteError> {
        let Install { stored, state, in_doubt } = self;
        let (state, digest) = match state {
            None => (stored.state.clone(), stored.digest),
            Some(state) => {
                let bytes = v4::write(&state);
                let digest = Digest::of(&bytes);
                let next = write_next(&held.paths, &bytes)?;
                back_up(held, stored, &state)?;
                announce(&held.paths, stored, Closing { serial: state.serial, digest })?;
                fs::rename(&held.paths.next, &held.paths.state).map_err(|error| {
                    PortError::new("cannot replace the state file", &held.paths.state, &error)
                })?;
                held.paths.sync_dir()?;
                // The old file, and with it the lock on what is gone now, is closed last.
                let _old = std::mem::replace(&mut held.state, next);
                held.made = false;
                held.known = Some((digest, state.clone()));
                (state, digest)
            }
        };
        if stored.journal.is_some() {
            settle_journal(&held.paths, lease, world, &state, digest, in_doubt)?;
        }
        Ok((state, digest))
    }
}

/// The replacement: written, locked and synced, with the mode of the file that it replaces.
fn write_next(paths: &Paths, bytes: &[u8]) -> Result<File, PortError> {
    let failed = |error: std::io::Error| PortError::new("cannot write", &paths.next, &error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    let mut file = options.open(&paths.next).map_err(failed)?;
    if let Ok(meta) = fs::metadata(&paths.state) {
        file.set_permissions(meta.permissions()).map_err(failed)?;
    }
    if !lock::try_lock(&file, Range::Whole).map_err(failed)? {
        return Err(PortError::new("cannot lock", &paths.next, &"somebody else has it locked"));
    }
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(file)
}

/// Keeps the state before, once for each lease, in the one-line form that OpenTofu gives it.
fn back_up(held: &mut Held, stored: &Stored, next: &State) -> Result<(), PortError> {
    let Some(path) = held.paths.backup.clone() else { return Ok(()) };
    if !held.backup_due || stored.state.lineage.is_empty() {
        held.backup_due = false;
        return Ok(());
    }
    let mut before = stored.state.clone();
    before.terraform_version = next.terraform_version.clone();
    File::create(&path)
        .and_then(|mut file| {
            file.write_all(&v4::compact(&before))?;
            file.sync_all()
        })
        .map_err(|error| PortError::new("cannot write the backup", path, &error))?;
    held.backup_due = false;
    Ok(())
}

/// Says in the journal, if there is one, what state is about to be in place.
fn announce(paths: &Paths, stored: &Stored, closing: Closing) -> Result<(), PortError> {
    let Some(scan) = &stored.journal else { return Ok(()) };
    let Some(last) = scan.records.last() else { return Ok(()) };
    let mut record = Vec::new();
    journal::encode(&mut record, last.seq.next(), &last.run, &Entry::Closing(closing));
    append(paths, scan.good_bytes, &record)
}

/// Puts what was rescued into the journal, and removes the file that it was saved in.
pub(super) fn put_back(paths: &Paths, stored: &Stored) -> Result<(), PortError> {
    let Some(scan) = &stored.journal else { return Ok(()) };
    let mut bytes = Vec::new();
    for record in &stored.rescued.records {
        journal::encode(&mut bytes, record.seq, &record.run, &record.entry);
    }
    append(paths, scan.good_bytes, &bytes)?;
    stored.rescued.remove()
}

/// Appends to the good part of the journal; a torn tail is cut off.
fn append(paths: &Paths, good_bytes: usize, bytes: &[u8]) -> Result<(), PortError> {
    let written = OpenOptions::new().write(true).open(&paths.journal).and_then(|mut file| {
        file.set_len(good_bytes as u64)?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| PortError::new("cannot write the journal", &paths.journal, &error))
}

/// Removes the journal, or leaves one that only says what is in doubt.
fn settle_journal(
    paths: &Paths,
    lease: &Lease,
    world: &dyn World,
    state: &State,
    digest: Digest,
    in_doubt: &[InDoubt],
) -> Result<(), PortError> {
    if in_doubt.is_empty() {
        fs::remove_file(&paths.journal)
            .map_err(|error| PortError::new("cannot remove", &paths.journal, &error))?;
        return paths.sync_dir();
    }
    let open = Open {
        lineage: state.lineage.clone(),
        base_serial: state.serial,
        base: digest,
        plan: Digest::default(),
        fence: lease.fence(),
        owner: lease.request().who.clone(),
    };
    let run = RunId::new(format!("kept-{}", world.now_ms()));
    let opening = Opening { run, plan: Digest::default(), lineage: None };
    write_journal(paths, &opening_records(&opening, open, in_doubt.to_vec())).map(drop)
}

/// Puts a journal of these records in place, durable; tells its file, ready to be appended to.
pub(super) fn write_journal(paths: &Paths, records: &[Record]) -> Result<File, PortError> {
    let mut bytes = journal::header().to_vec();
    for Record { seq, run, entry } in records {
        debug_assert!(*seq >= Seq::OPEN, "BUG: an entry without number");
        journal::encode(&mut bytes, *seq, run, entry);
    }
    let next = paths.journal.with_extension("journal.next");
    let file = write_private(&next, &bytes)?;
    fs::rename(&next, &paths.journal)
        .map_err(|error| PortError::new("cannot replace the journal", &paths.journal, &error))?;
    paths.sync_dir()?;
    Ok(file)
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<File, PortError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(file)
    });
    written.map_err(|error| PortError::new("cannot write", path, &error))
}

/// Puts a copy of the state file in its place, so that the lock of a broken lease is on a file that is gone.
pub(super) fn renew_inode(paths: &Paths) -> Result<(), PortError> {
    match fs::read(&paths.state) {
        Ok(bytes) => drop(write_next(paths, &bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(PortError::new("cannot read", &paths.state, &error)),
    }
    fs::rename(&paths.next, &paths.state)
        .map_err(|error| PortError::new("cannot replace", &paths.state, &error))?;
    paths.sync_dir()
}
