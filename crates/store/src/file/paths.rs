//! The files of a plain root module's store, and where they are.
//!
//! Invariant: all of them stand in the folder of the state file itself, links resolved, so that a rename stays within
//! one file system.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::PortError;

/// The files.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// The state file as the user named it.
    pub(super) named: PathBuf,
    /// The same, links resolved.
    pub(super) state: PathBuf,
    /// Its folder.
    pub(super) dir: PathBuf,
    /// Its name.
    pub(super) name: String,
    /// Its replacement on the way.
    pub(super) next: PathBuf,
    /// The journal.
    pub(super) journal: PathBuf,
    /// The lock file, never renamed and never removed.
    pub(super) lock: PathBuf,
    /// What OpenTofu writes about the holder of its lock.
    pub(super) info: PathBuf,
    /// Where the state before goes.
    pub(super) backup: Option<PathBuf>,
}

impl Paths {
    /// Resolves links and makes the folder if need be, as OpenTofu does.
    pub(super) fn resolve(named: &Path, backup: Option<&Path>) -> Result<Paths, PortError> {
        let failed = |error: std::io::Error| PortError::new("cannot use", named, &error);
        let folder = |path: &Path| match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let target = match fs::read_link(named) {
            Ok(link) => folder(named).join(link),
            Err(_) => named.to_owned(),
        };
        let state = match fs::canonicalize(&target) {
            Ok(state) => state,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let name = target.file_name().ok_or(error).map_err(failed)?;
                fs::create_dir_all(folder(&target)).map_err(failed)?;
                fs::canonicalize(folder(&target)).map_err(failed)?.join(name)
            }
            Err(error) => return Err(failed(error)),
        };
        let name = state.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let dir = folder(&state);
        let info_dir = folder(named);
        let info_name = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let info_name = info_name.strip_prefix('.').unwrap_or(&info_name);
        Ok(Paths {
            named: named.to_owned(),
            next: dir.join(format!("{name}.next")),
            journal: dir.join(format!("{name}.journal")),
            lock: dir.join(format!("{name}.strata-lock")),
            info: info_dir.join(format!(".{info_name}.lock.info")),
            backup: backup.map(Path::to_owned),
            state,
            dir,
            name,
        })
    }

    /// Makes renames and removals in the folder durable.
    pub(super) fn sync_dir(&self) -> Result<(), PortError> {
        fs::File::open(&self.dir)
            .and_then(|dir| dir.sync_all())
            .map_err(|error| PortError::new("cannot sync the folder", &self.dir, &error))
    }

    /// Renames the journal to a name that is free; tells it.
    pub(super) fn set_journal_aside(&self) -> Result<Option<PathBuf>, PortError> {
        if !self.journal.exists() {
            return Ok(None);
        }
        let free = (1u32..)
            .map(|number| self.dir.join(format!("{}.journal-conflict-{number}", self.name)))
            .find(|path| !path.exists())
            .expect("BUG: numbers ran out");
        fs::rename(&self.journal, &free)
            .map_err(|error| PortError::new("cannot rename", &self.journal, &error))?;
        self.sync_dir()?;
        Ok(Some(free))
    }
}
