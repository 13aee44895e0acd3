//! Where entries go that the journal could not take: a file beside the state, then one in the temporary folder, then
//! the caller, who prints them. The next load of the stack puts them where they belong.
//!
//! Best effort, after a failed write or sync: nothing is promised of the saving. What is read back is taken only where
//! it continues the journal of its own run without a gap, and never what a holder wrote who had lost its lease.
//! Invariant: a rescue file is read by whoever can read the journal, and by nobody else: where the journal is sealed, so
//! is it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use state::journal::{self, Record, RunId, Seq};

use crate::commit::Rescued;
use crate::error::PortError;
use crate::key::StackKey;

/// Where rescue files may be written, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescueDirs(pub Vec<PathBuf>);

/// Why entries could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A write or sync failed: the next load of the stack may put them back.
    Failure,
    /// The lease was lost: they are kept for people, and no store takes them back.
    Fence,
}

/// How the bodies of a rescue file are kept from others.
pub(crate) trait Cover: Send + Sync {
    /// Hides a record's body.
    fn cover(&self, stack: &StackKey, run: &RunId, seq: Seq, body: Vec<u8>) -> Vec<u8>;

    /// Shows it again; `None` where it was not hidden as this record's.
    fn uncover(&self, stack: &StackKey, run: &RunId, seq: Seq, covered: Vec<u8>)
    -> Option<Vec<u8>>;
}

/// Nothing is hidden: the state beside is open too.
pub(crate) struct Open;

impl Cover for Open {
    fn cover(&self, _: &StackKey, _: &RunId, _: Seq, body: Vec<u8>) -> Vec<u8> {
        body
    }

    fn uncover(&self, _: &StackKey, _: &RunId, _: Seq, covered: Vec<u8>) -> Option<Vec<u8>> {
        Some(covered)
    }
}

/// Saves records, and finds them again.
#[derive(Clone)]
pub(crate) struct Rescuer {
    dirs: RescueDirs,
    name: String,
    cover: Arc<dyn Cover>,
}

/// Records that continue a journal, and the file that they stand in.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) records: Vec<Record>,
    path: Option<PathBuf>,
}

impl Found {
    /// Removes the file, once its records are durable elsewhere.
    pub(crate) fn remove(&self) -> Result<(), PortError> {
        match &self.path {
            Some(path) => fs::remove_file(path)
                .map_err(|error| PortError::new("cannot remove the rescue file", path, &error)),
            None => Ok(()),
        }
    }
}

impl Rescuer {
    /// `name` is what the files are called after.
    pub(crate) fn new(dirs: RescueDirs, name: impl Into<String>, cover: Arc<dyn Cover>) -> Rescuer {
        Rescuer { dirs, name: name.into(), cover }
    }

    fn path(&self, dir: &Path, stack: &StackKey, run: &RunId, cause: Cause) -> PathBuf {
        let plain = |text: &str| -> String {
            text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
        };
        let (stack, run) = (plain(stack.as_str()), plain(run.as_str()));
        let word = match cause {
            Cause::Failure => "rescue",
            Cause::Fence => "late",
        };
        dir.join(format!("{}.{word}-{stack}-{run}", self.name))
    }

    /// Appends the records to the first file that takes them.
    pub(crate) fn save(&self, stack: &StackKey, records: &[Record], cause: Cause) -> Rescued {
        let Some(first) = records.first() else { return Rescued::Nothing };
        let mut bytes = Vec::new();
        for record in records {
            let mut body = Vec::new();
            journal::encode_body(&mut body, record.seq, &record.run, &record.entry);
            let covered = self.cover.cover(stack, &record.run, record.seq, body);
            bytes.extend_from_slice(&(covered.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&record.seq.0.to_le_bytes());
            bytes.extend_from_slice(&covered);
        }
        for dir in &self.dirs.0 {
            let path = self.path(dir, stack, &first.run, cause);
            if append(&path, &bytes).is_ok() {
                return Rescued::File(path);
            }
        }
        Rescued::Nowhere(Arc::from(bytes))
    }

    /// What continues a journal whose last entry is this one.
    pub(crate) fn find(&self, stack: &StackKey, run: &RunId, last: Seq) -> Found {
        let mut found = Found::default();
        for dir in &self.dirs.0 {
            let path = self.path(dir, stack, run, Cause::Failure);
            let Ok(bytes) = fs::read(&path) else { continue };
            let mut due = last.next();
            for record in self.records(stack, run, &bytes) {
                if record.seq == due && record.run == *run {
                    due = due.next();
                    found.records.push(record);
                }
            }
            found.path = Some(path);
            break;
        }
        found
    }

    /// The records of a file, as far as they are whole.
    fn records(&self, stack: &StackKey, run: &RunId, mut bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some((head, rest)) = bytes.split_at_checked(12) {
            let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let number = head[4..].try_into().map(u64::from_le_bytes).unwrap_or_default();
            let Some((covered, rest)) = rest.split_at_checked(length) else { break };
            let body = self.cover.uncover(stack, run, Seq(number), covered.to_vec());
            let Some(record) = body.and_then(|body| journal::decode_body(&body).ok()) else {
                break;
            };
            records.push(record);
            bytes = rest;
        }
        records
    }
}

fn append(path: &PathBuf, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use state::journal::{Entry, OpId};

    use super::*;

    fn records(from: u64, to: u64) -> Vec<Record> {
        let run = RunId::new("r/1");
        let entry = |number| Entry::Provisioned { op: OpId(number as u32) };
        (from..=to)
            .map(|number| Record { seq: Seq(number), run: run.clone(), entry: entry(number) })
            .collect()
    }

    #[test]
    fn what_was_saved_continues_its_journal() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        let dirs = RescueDirs(vec![gone, dir.path().to_owned()]);
        let rescuer = Rescuer::new(dirs, "estate.db", Arc::new(Open));
        let stack = StackKey::from("prod/net:a");
        assert_eq!(rescuer.save(&stack, &[], Cause::Failure), Rescued::Nothing);
        let path = dir.path().join("estate.db.rescue-prod-net-a-r-1");
        let late = dir.path().join("estate.db.late-prod-net-a-r-1");
        assert_eq!(rescuer.save(&stack, &records(2, 3), Cause::Fence), Rescued::File(late));
        assert_eq!(
            rescuer.save(&stack, &records(4, 5), Cause::Failure),
            Rescued::File(path.clone())
        );
        assert_eq!(
            rescuer.save(&stack, &records(6, 6), Cause::Failure),
            Rescued::File(path.clone())
        );
        let run = RunId::new("r/1");
        let found = |last| rescuer.find(&stack, &run, Seq(last)).records;
        assert_eq!(found(3), records(4, 6));
        assert_eq!(found(4), records(5, 6), "what became durable after all is passed over");
        assert_eq!(found(6), []);
        assert_eq!(found(1), [], "no gap is jumped");
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - 1);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(found(3), records(4, 5));
        rescuer.find(&stack, &run, Seq(3)).remove().unwrap();
        assert!(!path.exists());
        assert_eq!(found(3), []);
    }

    #[test]
    fn where_no_file_takes_them_the_caller_gets_the_bytes() {
        let rescuer = Rescuer::new(RescueDirs(vec![]), "x", Arc::new(Open));
        let saved = rescuer.save(&StackKey::root(), &records(1, 1), Cause::Failure);
        assert!(matches!(saved, Rescued::Nowhere(bytes) if !bytes.is_empty()));
    }
}
