//! The lock file beside the state: it counts leases, says who has the last one, and carries three kinds of lock.
//!
//! A lease is a lock on the byte of its number, which ends with its process. Writes take place in a *section*, a lock
//! of another byte, inside which the writer checks that its number is still the last one; so a lease that was broken
//! writes nothing any more, wherever its process was stopped.
//! Invariants: the file is never renamed and never removed; the number in it only rises.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lock::{self, Gate, Range, Section};
use super::open_or_make;
use crate::error::{LockError, PortError};
use crate::lease::{Holder, LockRequest, Process};

/// The byte that writers lock; far beyond any content.
const SECTION: u64 = 1 << 40;

/// How long a write of another process is waited for, in milliseconds. Writes take a few; a process that was stopped
/// in the midst of one holds everybody up, and has to be told.
const WAIT_MS_MAX: u64 = 5_000;

/// The same where entries of a run are at stake.
const WAIT_TO_APPEND_MS_MAX: u64 = 60_000;

/// Two slots are written in turn, so that one is whole at any time.
const SLOT_BYTES: u64 = 4096;

/// The last lease given out, or the raised number of a broken one.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) number: u64,
    pub(super) holder: Holder,
}

/// The file.
#[derive(Debug)]
pub(super) struct FenceFile {
    file: File,
    gate: Arc<Gate>,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    number: u64,
    id: String,
    operation: String,
    info: String,
    who: String,
    version: String,
    host: String,
    pid: u32,
    started: String,
    since_ms: u64,
}

impl FenceFile {
    pub(super) fn open(path: &Path) -> Result<FenceFile, PortError> {
        let file = open_or_make(path, "cannot open the lock file")?;
        Ok(FenceFile { file, gate: Arc::default(), path: path.to_owned() })
    }

    /// The same open file for another thread.
    pub(super) fn share(&self) -> Result<FenceFile, PortError> {
        let file = self.file.try_clone().map_err(|error| self.failed(&error))?;
        Ok(FenceFile { file, gate: self.gate.clone(), path: self.path.clone() })
    }

    fn failed(&self, error: &std::io::Error) -> PortError {
        PortError::new("cannot use the lock file", &self.path, error)
    }

    /// The right to write, for a short while.
    pub(super) fn section(&self) -> Result<Section, PortError> {
        self.section_within(WAIT_MS_MAX)
    }

    /// The same, to append entries: waited for as long as may be.
    pub(super) fn section_to_append(&self) -> Result<Section, PortError> {
        self.section_within(WAIT_TO_APPEND_MS_MAX)
    }

    fn section_within(&self, wait_ms_max: u64) -> Result<Section, PortError> {
        let entered = Section::enter(&self.file, &self.gate, Range::Byte(SECTION), wait_ms_max);
        entered.map_err(|error| self.failed(&error))?.ok_or_else(|| {
            PortError::new(
                "cannot write",
                &self.path,
                &"another process is in the midst of a write",
            )
        })
    }

    /// The same; where it stays taken, tells by whom.
    pub(super) fn section_or_holder(&self) -> Result<Section, LockError> {
        let entered = Section::enter(&self.file, &self.gate, Range::Byte(SECTION), WAIT_MS_MAX);
        match entered.map_err(|error| self.failed(&error))? {
            Some(section) => Ok(section),
            None => Err(match self.read()? {
                Some(grant) => LockError::Held(Box::new(grant.holder)),
                None => LockError::HeldByUnknown,
            }),
        }
    }

    /// Whether the process that has the lease of this number still has it.
    pub(super) fn is_held(&self, number: u64) -> Result<bool, PortError> {
        lock::is_locked(&self.file, lease_byte(number)).map_err(|error| self.failed(&error))
    }

    /// The last number given out.
    pub(super) fn read(&self) -> Result<Option<Grant>, PortError> {
        let mut bytes = vec![0; 2 * SLOT_BYTES as usize];
        let mut filled = 0;
        loop {
            match self.file.read_at(&mut bytes[filled..], filled as u64) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) => return Err(self.failed(&error)),
            }
        }
        let slots = bytes[..filled].chunks(SLOT_BYTES as usize).filter_map(read_slot);
        Ok(slots.max_by_key(|slot| slot.number).map(Slot::grant))
    }

    /// Gives the lease of this number to this open file.
    pub(super) fn grant(&self, number: u64, holder: &Holder) -> Result<(), PortError> {
        match lock::try_lock(&self.file, lease_byte(number)) {
            Ok(true) => self.raise(number, holder),
            Ok(false) => Err(PortError::new("cannot use", &self.path, &"a lease has two holders")),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Writes a higher number, which nobody needs to hold.
    pub(super) fn raise(&self, number: u64, holder: &Holder) -> Result<(), PortError> {
        let text = serde_json::to_vec(&Slot::new(number, holder)).expect("BUG: plain data");
        let mut slot = format!("{:08x} {:08x} ", text.len(), sum(&text)).into_bytes();
        slot.extend_from_slice(&text);
        if slot.len() as u64 > SLOT_BYTES {
            return Err(PortError::new("cannot use", &self.path, &"a holder's names are too long"));
        }
        slot.resize(SLOT_BYTES as usize, b'\n');
        self.file
            .write_all_at(&slot, (number % 2) * SLOT_BYTES)
            .and_then(|()| self.file.sync_data())
            .map_err(|error| self.failed(&error))
    }
}

fn lease_byte(number: u64) -> Range {
    Range::Byte(SECTION + number)
}

fn sum(text: &[u8]) -> u32 {
    let digest = state::Digest::of(text);
    u32::from_be_bytes([digest.0[0], digest.0[1], digest.0[2], digest.0[3]])
}

/// A slot that is whole.
fn read_slot(slot: &[u8]) -> Option<Slot> {
    let head = std::str::from_utf8(slot.get(..18)?).ok()?;
    let length = usize::from_str_radix(head.get(..8)?, 16).ok()?;
    let expected = u32::from_str_radix(head.get(9..17)?, 16).ok()?;
    let text = slot.get(18..18 + length)?;
    (sum(text) == expected).then(|| serde_json::from_slice(text).ok())?
}

impl Slot {
    fn new(number: u64, holder: &Holder) -> Slot {
        let Holder { request, process, since_ms, .. } = holder;
        let (host, pid, started) = match process {
            Some(process) => (process.host.to_string(), process.pid, process.started.to_string()),
            None => Default::default(),
        };
        Slot {
            number,
            id: request.id.to_string(),
            operation: request.operation.to_string(),
            info: request.info.to_string(),
            who: request.who.to_string(),
            version: request.version.to_string(),
            host,
            pid,
            started,
            since_ms: *since_ms,
        }
    }

    fn grant(self) -> Grant {
        let request = LockRequest {
            id: self.id.into(),
            operation: self.operation.into(),
            info: self.info.into(),
            who: self.who.into(),
            version: self.version.into(),
        };
        let process =
            Process { host: self.host.into(), pid: self.pid, started: self.started.into() };
        let holder = Holder {
            request,
            process: Some(process),
            since_ms: self.since_ms,
            heartbeat_ms: 0,
            fence: self.number,
        };
        Grant { number: self.number, holder }
    }
}
