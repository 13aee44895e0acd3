//! The in-memory twin: every law of a store, without a disk.
//!
//! For tests and simulations. What is "on disk" is shared by all stores over one [`MemoryDisk`], so that a second store
//! plays the process after a crash, or the one on another host. Entries are durable at once, unless they are held.
//! Invariant: what a store over the same disk sees is exactly what was told to be durable.

mod estate;
mod history;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use state::journal::{self, Entry, Fold, Folded, InDoubt, OutputChange, Record};
use state::{Digest, State, v4};

use crate::chain::Head;
use crate::commit::{JournalFailure, Rescued, Sink, Submission};
use crate::contract::{Loaded, Opening, Recovered, Store};
use crate::error::{LoadError, LockError, PortError, WriteError};
use crate::estate::{
    Freeze, Published, SignedHead, StoreKind, StorePlan, StoredApproval, StoredRun,
};
use crate::event::EventRecord;
use crate::journal::Journal;
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest};
use crate::op::{OpEvents, recovery};
use crate::rules::{Base, check_base, closed, replaced, still_stale};
use crate::world::World;

pub use self::history::Moment;

/// What outlives a [`MemoryStore`].
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

impl std::fmt::Debug for MemoryDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryDisk")
    }
}

#[derive(Default)]
struct Disk {
    // What is shared with the moments of a history is copied only where it changes.
    stacks: BTreeMap<StackKey, Arc<Stack>>,
    plans: BTreeMap<Arc<str>, Arc<StorePlan>>,
    approvals: BTreeMap<(Arc<str>, Arc<str>), StoredApproval>,
    freezes: BTreeMap<Arc<str>, Freeze>,
    runs: BTreeMap<Arc<str>, StoredRun>,
    kind: StoreKind,
    simulated: BTreeMap<Arc<str>, Arc<[u8]>>,
    events: Arc<Vec<EventRecord>>,
    head: Option<Head>,
    signed: BTreeMap<(u64, Arc<str>), SignedHead>,
    durability: Durability,
    held: Vec<Submission>,
    history: Option<Vec<Moment>>,
}

#[derive(Clone, Default)]
struct Stack {
    state: State,
    stale: BTreeSet<Arc<str>>,
    outputs: BTreeMap<Arc<str>, Published>,
    in_doubt: Vec<InDoubt>,
    snapshot: Option<Vec<u8>>,
    records: Vec<Record>,
    fence: u64,
    holder: Option<Holder>,
}

/// When appended entries become durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// At once.
    #[default]
    AtOnce,
    /// When [`MemoryDisk::flush`] is called.
    Held,
    /// Never: the next write fails.
    Failing,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> MemoryDisk {
        MemoryDisk::default()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty disk of a rehearsal.
    pub fn of_rehearsal() -> MemoryDisk {
        let disk = MemoryDisk::default();
        disk.disk().kind = StoreKind::Rehearsal;
        disk
    }

    /// Says when appended entries become durable from now on.
    pub fn set_durability(&self, durability: Durability) {
        self.disk().durability = durability;
    }

    /// Makes what is held durable; where the disk fails, that fails.
    pub fn flush(&self) {
        let held = std::mem::take(&mut self.disk().held);
        held.into_iter().for_each(|submission| self.commit(submission));
    }

    /// Makes the oldest that is held durable, as [`MemoryDisk::flush`] does with all.
    pub fn flush_one(&self) {
        let oldest = {
            let held = &mut self.disk().held;
            (!held.is_empty()).then(|| held.remove(0))
        };
        oldest.into_iter().for_each(|submission| self.commit(submission));
    }

    /// How many submissions are held: one for each [`Journal::append`].
    pub fn held(&self) -> usize {
        self.disk().held.len()
    }

    /// Forgets what is held, as a crash does.
    pub fn lose_held(&self) {
        self.disk().held.clear();
    }

    fn commit(&self, submission: Submission) {
        let (journal, upto) = (submission.journal.clone(), submission.last());
        if journal.failure().is_some() {
            return journal.rescued(upto, unsaved(&submission));
        }
        let mut disk = self.disk();
        if disk.durability == Durability::Failing {
            drop(disk);
            let cause = PortError::new("cannot write", nowhere(), &"the disk is made to fail");
            let failure = JournalFailure::Poisoned { cause, rescued: Rescued::Nothing };
            return journal.failed(failure, upto, unsaved(&submission));
        }
        let stack = Arc::make_mut(disk.stacks.entry(journal.stack.clone()).or_default());
        if !stack.is_held_by(journal.fence, &journal.request) {
            let (stack, ours, highest) = (journal.stack.clone(), journal.fence, stack.fence);
            drop(disk);
            let failure =
                JournalFailure::Fenced { stack, ours, highest, rescued: Rescued::Nothing };
            return journal.failed(failure, upto, unsaved(&submission));
        }
        for record in &submission.records {
            if let Entry::Outputs(changes) = &record.entry {
                changes.iter().for_each(|change| stack.publish(change));
            }
        }
        let what = history::said(&submission.records);
        stack.records.extend(submission.records);
        for event in submission.events {
            disk.record(event);
        }
        drop(disk);
        self.note(Some(&journal.stack), || what);
        journal.committed(upto);
    }
}

impl Sink for MemoryDisk {
    fn submit(&self, submission: Submission) {
        let mut disk = self.disk();
        if disk.durability == Durability::Held {
            return disk.held.push(submission);
        }
        drop(disk);
        self.commit(submission);
    }
}

/// What no file takes, since there is none: the bytes of the records, for the caller.
fn unsaved(submission: &Submission) -> Rescued {
    let mut bytes = Vec::new();
    for record in &submission.records {
        journal::encode(&mut bytes, record.seq, &record.run, &record.entry);
    }
    Rescued::Nowhere(bytes.into())
}

fn nowhere() -> PathBuf {
    PathBuf::from("memory")
}

impl Stack {
    fn publish(&mut self, change: &OutputChange) {
        match change {
            OutputChange::Set(name, output) => {
                let published = Published { output: output.clone(), stale: false };
                self.outputs.insert(name.clone(), published);
            }
            OutputChange::Removed(name) => drop(self.outputs.remove(name)),
            OutputChange::Stale(name) => {
                if let Some(published) = self.outputs.get_mut(name) {
                    published.stale = true;
                }
            }
        }
    }

    fn folded(&self) -> Result<Folded, LoadError> {
        let mut fold = Fold::new(self.state.clone()).with_stale(self.stale.clone());
        for record in &self.records {
            fold.apply(record)
                .map_err(|error| LoadError::Fold { path: nowhere(), error: Box::new(error) })?;
        }
        Ok(fold.finish())
    }

    fn loaded(&self, recovered: Option<Recovered>) -> Loaded {
        Loaded {
            state: self.state.clone(),
            digest: digest(&self.state),
            in_doubt: self.in_doubt.clone(),
            stale: self.stale.clone(),
            recovered,
        }
    }

    /// Whether this number and this request have the lease.
    fn is_held_by(&self, fence: u64, request: &str) -> bool {
        let holder = self.holder.as_ref().filter(|holder| holder.fence == fence);
        self.fence == fence && holder.is_some_and(|holder| &*holder.request.id == request)
    }

    /// Takes out all that is stored, but the lease.
    fn take(&mut self) -> Stack {
        let (fence, holder) = (self.fence, self.holder.take());
        let kept = Stack { fence, holder, ..Stack::default() };
        std::mem::replace(self, kept)
    }

    fn install(&mut self, folded: Folded, version: &Arc<str>) {
        if let Some(state) = closed(&self.state, &folded.state, version) {
            self.state = state;
        }
        self.stale = folded.stale;
        self.in_doubt = folded.in_doubt;
        self.records.clear();
        self.publish_all();
    }

    /// Publishes the outputs of the state, and which of them are behind.
    fn publish_all(&mut self) {
        let stale = |name| self.stale.contains(name);
        let outputs = self.state.outputs.iter();
        self.outputs = outputs
            .map(|(name, output)| {
                (name.clone(), Published { output: output.clone(), stale: stale(name) })
            })
            .collect();
    }
}

fn digest(state: &State) -> Digest {
    if state.lineage.is_empty() { Digest::of(b"") } else { Digest::of(&v4::write(state)) }
}

/// A store over a [`MemoryDisk`].
pub struct MemoryStore {
    disk: MemoryDisk,
    world: Arc<dyn World>,
    version: Arc<str>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl MemoryStore {
    /// A store over this disk; `version` stands in the states that it writes.
    pub fn over(disk: MemoryDisk, world: Arc<dyn World>, version: Arc<str>) -> MemoryStore {
        MemoryStore { disk, world, version }
    }

    /// Works on a stack, if the lease is still good.
    fn fenced<T>(
        &self,
        lease: &Lease,
        body: impl FnOnce(&mut Stack) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        let mut disk = self.disk.disk();
        let stack = Arc::make_mut(disk.stacks.entry(lease.stack().clone()).or_default());
        if !stack.is_held_by(lease.fence(), &lease.request().id) {
            let (ours, highest) = (lease.fence(), stack.fence);
            return Err(WriteError::Fenced { stack: lease.stack().clone(), ours, highest });
        }
        body(stack)
    }
}

impl Store for MemoryStore {
    fn acquire(&self, stack: &StackKey, request: &LockRequest) -> Result<Lease, LockError> {
        let mut disk = self.disk.disk();
        let kept = Arc::make_mut(disk.stacks.entry(stack.clone()).or_default());
        let lives = |holder: &Holder| {
            holder.process.as_ref().is_none_or(|process| self.world.lives(process))
        };
        if let Some(holder) = kept.holder.as_ref().filter(|holder| lives(holder)) {
            return Err(LockError::Held(Box::new(holder.clone())));
        }
        kept.fence += 1;
        let now_ms = self.world.now_ms();
        kept.holder = Some(Holder {
            request: request.clone(),
            process: Some(self.world.me()),
            since_ms: now_ms,
            heartbeat_ms: now_ms,
            fence: kept.fence,
        });
        let fence = kept.fence;
        drop(disk);
        self.disk.note(Some(stack), || "lease taken".to_owned());
        Ok(Lease::new(stack.clone(), fence, request.clone(), self.world.monotonic_ms()))
    }

    fn heartbeat(&self, lease: &Lease) -> Result<(), WriteError> {
        let now_ms = self.world.now_ms();
        self.fenced(lease, |stack| {
            stack.holder.iter_mut().for_each(|holder| holder.heartbeat_ms = now_ms);
            Ok(())
        })?;
        lease.confirm(self.world.monotonic_ms());
        Ok(())
    }

    fn release(&self, lease: Lease) -> Result<(), PortError> {
        drop(self.fenced(&lease, |stack| {
            stack.holder = None;
            Ok(())
        }));
        self.disk.note(Some(lease.stack()), || "lease given back".to_owned());
        Ok(())
    }

    fn holder(&self, stack: &StackKey) -> Result<Option<Holder>, PortError> {
        let disk = self.disk.disk();
        Ok(disk.stacks.get(stack).and_then(|stack| stack.holder.clone()))
    }

    fn break_lock(&self, stack: &StackKey) -> Result<Option<Holder>, LockError> {
        let mut disk = self.disk.disk();
        let Some(stack) = disk.stacks.get_mut(stack) else { return Ok(None) };
        let stack = Arc::make_mut(stack);
        let Some(holder) = stack.holder.take() else { return Ok(None) };
        stack.fence += 1;
        Ok(Some(holder))
    }

    fn peek(&self, stack: &StackKey) -> Result<Loaded, LoadError> {
        let disk = self.disk.disk();
        let stack = disk.stacks.get(stack).cloned().unwrap_or_default();
        let Some(first) = stack.records.first() else { return Ok(stack.loaded(None)) };
        let recovered = Recovered { run: first.run.clone(), entries: stack.records.len() };
        let loaded = stack.loaded(Some(recovered));
        let Folded { state, in_doubt, stale, .. } = stack.folded()?;
        Ok(Loaded { state, in_doubt, stale, ..loaded })
    }

    fn load(&self, lease: &Lease) -> Result<Loaded, LoadError> {
        let version = &self.version;
        let mut before = 0;
        let loaded = self.fenced(lease, |stack| {
            let Some(first) = stack.records.first() else { return Ok(stack.loaded(None)) };
            let recovered = Recovered { run: first.run.clone(), entries: stack.records.len() };
            let folded = stack.folded()?;
            before = stack.state.serial;
            stack.install(folded, version);
            Ok(stack.loaded(Some(recovered)))
        });
        if let Ok(Loaded { state, recovered: Some(recovered), .. }) = &loaded {
            let event = recovery(lease, recovered, self.world.now_ms());
            self.disk.disk().record(event.between(before, state.serial));
            self.disk.note(Some(lease.stack()), || "journal folded".to_owned());
        }
        loaded.map_err(LoadError::from)
    }

    fn open_journal(&self, lease: &Lease, opening: &Opening) -> Result<Journal, WriteError> {
        let (base, fold) = self.fenced(lease, |stack| {
            if !stack.records.is_empty() {
                return Err(WriteError::JournalOpen);
            }
            let base = Base {
                state: stack.state.clone(),
                digest: digest(&stack.state),
                stale: stack.stale.clone(),
                in_doubt: stack.in_doubt.clone(),
            };
            let (records, fold) = base.open(lease, opening, &*self.world);
            stack.records = records;
            Ok((stack.state.clone(), fold))
        })?;
        self.disk.note(Some(lease.stack()), || "journal opened".to_owned());
        let sink = Arc::new(self.disk.clone());
        let events = OpEvents::new(lease, &opening.run, self.world.clone());
        Ok(Journal::new(lease, opening.run.clone(), base, fold, Some(events), sink))
    }

    fn close_journal(&self, lease: &Lease, journal: Journal) -> Result<Loaded, WriteError> {
        let (_, folded) = journal.finish(lease)?;
        let closed = self.fenced(lease, |stack| {
            stack.install(folded, &self.version);
            Ok(stack.loaded(None))
        });
        self.disk.note(Some(lease.stack()), || "journal closed".to_owned());
        closed
    }

    fn replace(&self, lease: &Lease, base_serial: u64, state: State) -> Result<Loaded, WriteError> {
        self.fenced(lease, |stack| {
            if !stack.records.is_empty() {
                return Err(WriteError::JournalOpen);
            }
            check_base(&stack.state, base_serial, &state)?;
            let state = replaced(&stack.state, state, &self.version, &*self.world);
            stack.stale = still_stale(&stack.stale, &stack.state, &state);
            stack.state = state;
            stack.publish_all();
            Ok(stack.loaded(None))
        })
    }
}
