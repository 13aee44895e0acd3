//! The store of one plain root module: the version 4 file itself, and a journal beside it while a run is under way.
//!
//! `lock` holds what excludes others, OpenTofu too; `fence` counts leases; `install` replaces the state file;
//! `reconcile` judges what an earlier run left. One [`FileStore`] serves one state file.
//! Invariants: the state file is replaced whole or not at all, and only while the lease's fencing number is the highest
//! one given out; a journal is removed only after the state that it folds to is in place and synced.

mod fence;
mod info;
mod install;
mod lock;
mod paths;
mod reconcile;
mod sync;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use state::journal::InDoubt;
use state::{Digest, State};

use crate::commit::Writer;
use crate::contract::{Loaded, Opening, Recovered, Store};
use crate::error::{LoadError, LockError, PortError, WriteError};
use crate::journal::Journal;
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};
use crate::rescue::{self, RescueDirs, Rescuer};
use crate::rules::{Base, check_base, closed, replaced};
use crate::world::World;

use fence::FenceFile;
use install::Install;
use lock::Section;
use paths::Paths;
use reconcile::{Stored, Verdict};
use sync::FileCommit;

/// How a [`FileStore`] is set up.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// The state file, as the user named it.
    pub state: PathBuf,
    /// Where the state before is kept when it is first replaced; `None` for nowhere. OpenTofu's default is the state's
    /// name with `.backup`.
    pub backup: Option<PathBuf>,
    /// Where entries go that the journal cannot take, besides beside the state.
    pub rescue: RescueDirs,
    /// The version that stands in the states written.
    pub version: Arc<str>,
}

/// The store of one plain root module.
pub struct FileStore {
    settings: FileSettings,
    world: Arc<dyn World>,
    held: Mutex<Option<Held>>,
}

/// What a lease holds open.
struct Held {
    paths: Paths,
    fence: FenceFile,
    number: u64,
    /// The state file with the lock that OpenTofu knows; opened once, since closing any other descriptor of it in this
    /// process would drop a lock of the older kind.
    state: File,
    /// Whether this lease made the state file.
    made: bool,
    backup_due: bool,
    /// The state that was last read or put in place, by its digest: not parsed again.
    known: Option<(Digest, State)>,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileStore").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl FileStore {
    /// A store over a state file that may not exist yet: a root module without state is no mistake.
    pub fn open(settings: FileSettings, world: Arc<dyn World>) -> FileStore {
        FileStore { settings, world, held: Mutex::new(None) }
    }

    /// Moves a journal that is in conflict with the state aside, so that the state can be written again; tells where it
    /// is now.
    ///
    /// # Errors
    /// Where the lease is lost or the file cannot be moved.
    pub fn set_journal_aside(&self, lease: &Lease) -> Result<Option<PathBuf>, WriteError> {
        let mut held = self.held();
        let held = holding(&mut held, lease)?;
        let _section = held.section(lease)?;
        Ok(held.paths.set_journal_aside()?)
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn paths(&self) -> Result<Paths, PortError> {
        Paths::resolve(&self.settings.state, self.settings.backup.as_deref())
    }

    fn rescuer(&self, paths: &Paths) -> Rescuer {
        let beside = std::iter::once(paths.dir.clone());
        let dirs = beside.chain(self.settings.rescue.0.iter().cloned()).collect();
        Rescuer::new(RescueDirs(dirs), paths.name.clone(), Arc::new(rescue::Open))
    }

    /// What is stored, entries that were rescued put into the journal first.
    fn stored(&self, held: &mut Held, lease: &Lease) -> Result<Stored, LoadError> {
        let rescuer = self.rescuer(&held.paths);
        let read = |held: &Held| Stored::read(&held.paths, &rescuer, lease.stack(), Some(held));
        let mut stored = read(held)?;
        if !stored.rescued.records.is_empty() {
            install::put_back(&held.paths, &stored)?;
            stored = read(held)?;
        }
        held.known = Some((stored.digest, stored.state.clone()));
        Ok(stored)
    }
}

/// What the lease holds open.
fn holding<'a>(held: &'a mut Option<Held>, lease: &Lease) -> Result<&'a mut Held, WriteError> {
    let highest = held.as_ref().map_or(0, |held| held.number);
    match held {
        Some(held) if held.number == lease.fence() => Ok(held),
        _ => Err(WriteError::Fenced { stack: lease.stack().clone(), ours: lease.fence(), highest }),
    }
}

impl Held {
    /// The right to write, while the section is held, if the lease is still good.
    fn section(&self, lease: &Lease) -> Result<Section, WriteError> {
        let section = self.fence.section()?;
        match self.fence.read()? {
            Some(grant) if grant.number != self.number => Err(WriteError::Fenced {
                stack: lease.stack().clone(),
                ours: self.number,
                highest: grant.number,
            }),
            _ => Ok(section),
        }
    }
}

fn loaded(state: State, digest: Digest, in_doubt: Vec<InDoubt>) -> Loaded {
    Loaded { state, digest, in_doubt, stale: BTreeSet::new(), recovered: None }
}

impl Store for FileStore {
    fn acquire(&self, stack: &StackKey, request: &LockRequest) -> Result<Lease, LockError> {
        let mut held = self.held();
        let paths = self.paths()?;
        let fence = FenceFile::open(&paths.lock)?;
        let section = fence.section_or_holder()?;
        let grant = fence.read()?;
        if let Some(grant) = &grant
            && fence.is_held(grant.number)?
        {
            return Err(LockError::Held(Box::new(grant.holder.clone())));
        }
        let made = !paths.state.exists();
        let state = lock::state_file(&paths)?;
        let number = grant.map_or(0, |grant| grant.number) + 1;
        let now_ms = self.world.now_ms();
        let holder = Holder {
            request: request.clone(),
            process: Some(self.world.me()),
            since_ms: now_ms,
            heartbeat_ms: 0,
            fence: number,
        };
        fence.grant(number, &holder)?;
        info::write(&paths, request, now_ms)?;
        drop(section);
        *held = Some(Held { paths, fence, number, state, made, backup_due: true, known: None });
        Ok(Lease::new(stack.clone(), number, request.clone(), self.world.monotonic_ms()))
    }

    fn heartbeat(&self, lease: &Lease) -> Result<(), WriteError> {
        let mut held = self.held();
        holding(&mut held, lease)?.section(lease)?;
        lease.confirm(self.world.monotonic_ms());
        Ok(())
    }

    fn release(&self, lease: Lease) -> Result<(), PortError> {
        let mut slot = self.held();
        let Some(held) = slot.take_if(|held| held.number == lease.fence()) else { return Ok(()) };
        match held.section(&lease) {
            Ok(_section) => {
                info::remove(&held.paths)?;
                let size = held.state.metadata().map_or(1, |meta| meta.len());
                if held.made && size == 0 {
                    drop(std::fs::remove_file(&held.paths.state));
                }
                Ok(())
            }
            Err(WriteError::Port(error)) => Err(error),
            Err(_) => Ok(()),
        }
    }

    fn holder(&self, _stack: &StackKey) -> Result<Option<Holder>, PortError> {
        let paths = self.paths()?;
        if paths.lock.exists() {
            let fence = FenceFile::open(&paths.lock)?;
            if let Some(grant) = fence.read()?
                && fence.is_held(grant.number)?
            {
                return Ok(Some(grant.holder));
            }
        }
        if lock::is_state_held(&paths)? { Ok(Some(info::holder(&paths))) } else { Ok(None) }
    }

    fn break_lock(&self, _stack: &StackKey) -> Result<Option<Holder>, LockError> {
        let paths = self.paths()?;
        let held_by_others = || match lock::is_state_held(&paths)? {
            true => Err(LockError::Held(Box::new(info::holder(&paths)))),
            false => Ok(None),
        };
        if !paths.lock.exists() {
            return held_by_others();
        }
        let fence = FenceFile::open(&paths.lock)?;
        let _section = fence.section_or_holder()?;
        let Some(grant) = fence.read()? else { return held_by_others() };
        if !fence.is_held(grant.number)? {
            return held_by_others();
        }
        fence.raise(grant.number + 1, &grant.holder)?;
        install::renew_inode(&paths)?;
        info::remove(&paths)?;
        Ok(Some(grant.holder))
    }

    fn peek(&self, stack: &StackKey) -> Result<Loaded, LoadError> {
        let paths = self.paths()?;
        let mut tries = 3;
        let (stored, verdict) = loop {
            let stored = Stored::read(&paths, &self.rescuer(&paths), stack, None)?;
            match reconcile::judge(&stored) {
                // Between the reading of one file and of the other a run may have closed.
                Err(LoadError::Conflict(_)) if tries > 0 => tries -= 1,
                judged => break (stored, judged?),
            }
        };
        Ok(match verdict {
            Verdict::Clean => loaded(stored.state, stored.digest, Vec::new()),
            Verdict::Settled { in_doubt } => loaded(stored.state, stored.digest, in_doubt),
            Verdict::Unfinished { folded, run, entries } => {
                let (stale, recovered) = (folded.stale, Some(Recovered { run, entries }));
                Loaded { stale, recovered, ..loaded(folded.state, stored.digest, folded.in_doubt) }
            }
        })
    }

    fn load(&self, lease: &Lease) -> Result<Loaded, LoadError> {
        let mut held = self.held();
        let held = holding(&mut held, lease)?;
        let section = held.section(lease)?;
        let stored = self.stored(held, lease)?;
        let verdict = reconcile::judge(&stored)?;
        let (state, in_doubt, recovered) = match verdict {
            Verdict::Clean => (None, Vec::new(), None),
            Verdict::Settled { in_doubt } => (None, in_doubt, None),
            Verdict::Unfinished { folded, run, entries } => {
                let state = closed(&stored.state, &folded.state, &self.settings.version);
                (state, folded.in_doubt, Some(Recovered { run, entries }))
            }
        };
        let install = Install { stored: &stored, state, in_doubt: &in_doubt };
        let (state, digest) = install.carry_out(held, &section, lease, &*self.world)?;
        Ok(Loaded { recovered, ..loaded(state, digest, in_doubt) })
    }

    fn open_journal(&self, lease: &Lease, opening: &Opening) -> Result<Journal, WriteError> {
        let mut held = self.held();
        let held = holding(&mut held, lease)?;
        let section = held.section(lease)?;
        let stored = self.stored(held, lease)?;
        let in_doubt = match reconcile::judge(&stored)? {
            Verdict::Clean => Vec::new(),
            Verdict::Settled { in_doubt } => in_doubt,
            Verdict::Unfinished { .. } => return Err(WriteError::JournalOpen),
        };
        let Stored { state, digest, .. } = stored;
        let base = Base { state: state.clone(), digest, stale: BTreeSet::new(), in_doubt };
        let (records, fold) = base.open(lease, opening, &*self.world);
        let file = install::write_journal(&held.paths, &records)?;
        let commit = FileCommit::new(
            held.fence.share()?,
            lease,
            file,
            held.paths.journal.clone(),
            self.rescuer(&held.paths),
        );
        drop(section);
        let writer = Writer::start("journal", commit).map_err(|error| {
            PortError::new("cannot start a thread for", &held.paths.journal, &error)
        })?;
        let sink = Arc::new(writer);
        Ok(Journal::new(lease, opening.run.clone(), state, fold, None, sink))
    }

    fn close_journal(&self, lease: &Lease, journal: Journal) -> Result<Loaded, WriteError> {
        let mut held = self.held();
        let held = holding(&mut held, lease)?;
        let (_, folded) = journal.finish(lease)?;
        let section = held.section(lease)?;
        let stored = self.stored(held, lease)?;
        if let Verdict::Clean = reconcile::judge(&stored)? {
            return Err(WriteError::JournalOpen);
        }
        let state = closed(&stored.state, &folded.state, &self.settings.version);
        let install = Install { stored: &stored, state, in_doubt: &folded.in_doubt };
        let (state, digest) = install.carry_out(held, &section, lease, &*self.world)?;
        Ok(Loaded { stale: folded.stale, ..loaded(state, digest, folded.in_doubt) })
    }

    fn replace(&self, lease: &Lease, base_serial: u64, state: State) -> Result<Loaded, WriteError> {
        let mut held = self.held();
        let held = holding(&mut held, lease)?;
        let section = held.section(lease)?;
        let stored = self.stored(held, lease)?;
        let in_doubt = match reconcile::judge(&stored)? {
            Verdict::Clean => Vec::new(),
            Verdict::Settled { in_doubt } => in_doubt,
            Verdict::Unfinished { .. } => return Err(WriteError::JournalOpen),
        };
        check_base(&stored.state, base_serial, &state)?;
        let state = replaced(&stored.state, state, &self.settings.version, &*self.world);
        let install = Install { stored: &stored, state: Some(state), in_doubt: &in_doubt };
        let (state, digest) = install.carry_out(held, &section, lease, &*self.world)?;
        Ok(loaded(state, digest, in_doubt))
    }
}

/// Opens a file for reading and writing, making it if need be.
fn open_or_make(path: &std::path::Path, what: &str) -> Result<File, PortError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| PortError::new(what, path, &error))
}
