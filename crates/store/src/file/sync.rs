//! How entries of a file store's journal become durable: appended and synced in one section.
//!
//! Invariant: after a write or sync that failed, the journal file is not written any more.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use state::journal::{self, Record};

use super::fence::FenceFile;
use crate::commit::{Commit, JournalFailure, Rescued, Submission};
use crate::error::PortError;
use crate::key::StackKey;
use crate::lease::Lease;
use crate::rescue::{Cause, Rescuer};

/// The writing end of a journal file.
pub(super) struct FileCommit {
    fence: FenceFile,
    stack: StackKey,
    number: u64,
    file: File,
    path: PathBuf,
    rescuer: Rescuer,
    failed: Option<JournalFailure>,
    buffer: Vec<u8>,
}

impl FileCommit {
    pub(super) fn new(
        fence: FenceFile,
        lease: &Lease,
        file: File,
        path: PathBuf,
        rescuer: Rescuer,
    ) -> FileCommit {
        let (stack, number) = (lease.stack().clone(), lease.fence());
        FileCommit { fence, stack, number, file, path, rescuer, failed: None, buffer: Vec::new() }
    }

    fn write(&mut self) -> Result<(), JournalFailure> {
        let poisoned = |cause| JournalFailure::Poisoned { cause, rescued: Rescued::Nothing };
        let _section = self.fence.section_to_append().map_err(poisoned)?;
        let grant = self.fence.read().map_err(poisoned)?;
        let highest = grant.map_or(0, |grant| grant.number);
        if highest != self.number {
            let (stack, ours) = (self.stack.clone(), self.number);
            let rescued = Rescued::Nothing;
            return Err(JournalFailure::Fenced { stack, ours, highest, rescued });
        }
        self.file.write_all(&self.buffer).and_then(|()| self.file.sync_data()).map_err(|error| {
            poisoned(PortError::new("cannot write the journal", &self.path, &error))
        })
    }
}

impl Commit for FileCommit {
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>> {
        if self.failed.is_none() {
            self.buffer.clear();
            for record in batch.iter().flat_map(|submission| &submission.records) {
                journal::encode(&mut self.buffer, record.seq, &record.run, &record.entry);
            }
            self.failed = self.write().err();
        }
        batch.iter().map(|_| self.failed.clone().map_or(Ok(()), Err)).collect()
    }

    fn rescue(&mut self, stack: &StackKey, records: &[Record], cause: Cause) -> Rescued {
        self.rescuer.save(stack, records, cause)
    }
}
