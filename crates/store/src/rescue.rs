//! Where entries go that the journal could not take: a file beside the state, then one in the temporary folder, then
//! the caller, who prints them.
//!
//! Best effort, after a failed write or sync: nothing is promised, nothing is deleted.
//! Invariant: a rescue file has the form of a journal file, except that its numbers begin where the journal's ended.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use state::journal::{self, Record};

use crate::commit::Rescued;

/// Where rescue files may be written, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescueDirs(pub Vec<PathBuf>);

/// Saves records of one run; `name` is what the files are called after.
#[derive(Debug)]
pub(crate) struct Rescuer {
    dirs: RescueDirs,
    name: String,
}

impl Rescuer {
    pub(crate) fn new(dirs: RescueDirs, name: impl Into<String>) -> Rescuer {
        Rescuer { dirs, name: name.into() }
    }

    /// Appends the records to the first file that takes them.
    pub(crate) fn save(&self, records: &[Record]) -> Rescued {
        let mut bytes = Vec::new();
        let Some(first) = records.first() else { return Rescued::Nothing };
        for record in records {
            journal::encode(&mut bytes, record.seq, &record.run, &record.entry);
        }
        let run: String =
            first.run.as_str().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        for dir in &self.dirs.0 {
            let path = dir.join(format!("{}.rescue-{run}", self.name));
            if append(&path, &bytes).is_ok() {
                return Rescued::File(path);
            }
        }
        Rescued::Nowhere(Arc::from(bytes))
    }
}

fn append(path: &PathBuf, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if file.metadata()?.len() == 0 {
        file.write_all(journal::header())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}
