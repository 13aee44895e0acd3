//! An open journal: entries go in, and it tells up to which one they are durable.
//!
//! The same for every store; a [`Sink`] makes the entries durable. Entries are folded as they come, so that the state
//! so far is at hand and a fault of ours shows before it is written.
//! Invariant: numbers are given in the order of appending, and durability is told in that order.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use state::State;
use state::journal::{Entry, Fold, Folded, Record, RunId, Seq};

use crate::commit::{JournalFailure, Rescued, Sink, Submission};
use crate::key::StackKey;
use crate::lease::Lease;
use crate::op::OpEvents;

/// Who is told when more is durable, or nothing more will be. It is called on the writing thread and must be quick.
pub type Listener = Box<dyn Fn(Result<Seq, JournalFailure>) + Send + Sync>;

/// What the appender and the writing thread share.
pub(crate) struct Shared {
    pub(crate) stack: StackKey,
    pub(crate) run: RunId,
    pub(crate) fence: u64,
    /// The request that the lease was granted to.
    pub(crate) request: Arc<str>,
    progress: Mutex<Progress>,
    changed: Condvar,
    listener: Mutex<Option<Listener>>,
}

struct Progress {
    durable: Seq,
    /// Up to here it is known what became of the entries: durable, saved, or to be printed.
    settled: Seq,
    failure: Option<JournalFailure>,
}

/// Panics of other threads do not make what they held wrong: every change under these locks is a single step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = locked(&self.progress);
        f.debug_struct("Journal")
            .field("stack", &self.stack)
            .field("run", &self.run)
            .field("durable", &progress.durable)
            .field("failure", &progress.failure)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn failure(&self) -> Option<JournalFailure> {
        locked(&self.progress).failure.clone()
    }

    /// Entries up to this one are durable.
    pub(crate) fn committed(&self, upto: Seq) {
        let mut progress = locked(&self.progress);
        (progress.durable, progress.settled) = (upto, upto);
        drop(progress);
        self.tell(Ok(upto));
    }

    /// Nothing more will be durable; entries up to this one were saved.
    pub(crate) fn failed(&self, failure: JournalFailure, upto: Seq, saved: Rescued) {
        let failure = failure.with_rescued(saved);
        let mut progress = locked(&self.progress);
        progress.failure = Some(failure.clone());
        progress.settled = upto;
        drop(progress);
        self.tell(Err(failure));
    }

    /// More entries of a failed journal were saved, up to this one.
    pub(crate) fn rescued(&self, upto: Seq, saved: Rescued) {
        let told = {
            let mut progress = locked(&self.progress);
            progress.settled = upto;
            let failure = progress.failure.take();
            progress.failure = failure.map(|failure| failure.with_rescued(saved));
            progress.failure.clone()
        };
        if let Some(failure) = told {
            self.tell(Err(failure));
        }
    }

    fn tell(&self, news: Result<Seq, JournalFailure>) {
        self.changed.notify_all();
        if let Some(listener) = &*locked(&self.listener) {
            listener(news);
        }
    }
}

/// An open journal. Dropping it leaves it open: the next load folds it.
pub struct Journal {
    shared: Arc<Shared>,
    base: State,
    open: Mutex<Open>,
    sink: Arc<dyn Sink>,
}

/// What entries are appended to.
struct Open {
    fold: Fold,
    /// What tells the audit of ops; nobody for stores without one.
    events: Option<OpEvents>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

impl Journal {
    /// A journal whose first entries, folded already, are durable.
    pub(crate) fn new(
        lease: &Lease,
        run: RunId,
        base: State,
        fold: Fold,
        events: Option<OpEvents>,
        sink: Arc<dyn Sink>,
    ) -> Journal {
        let (stack, fence) = (lease.stack().clone(), lease.fence());
        let request = lease.request().id.clone();
        let (durable, settled) = (fold.last(), fold.last());
        let progress = Mutex::new(Progress { durable, settled, failure: None });
        let (changed, listener) = (Condvar::new(), Mutex::new(None));
        let shared = Arc::new(Shared { stack, run, fence, request, progress, changed, listener });
        Journal { shared, base, open: Mutex::new(Open { fold, events }), sink }
    }

    /// The run.
    pub fn run(&self) -> &RunId {
        &self.shared.run
    }

    /// The number of the last entry appended; before the first, that of the opening ones.
    pub fn last(&self) -> Seq {
        locked(&self.open).fold.last()
    }

    /// The state with all entries appended so far, durable or not. Cheap: objects are shared.
    pub fn state(&self) -> State {
        locked(&self.open).fold.state().clone()
    }

    /// Appends entries and returns at once; tells the number of the last one. After a failure they are saved with the
    /// rescue, as far as that goes.
    ///
    /// # Errors
    /// [`JournalFailure::Rule`] where an entry breaks the journal's rules; the entries before it were appended.
    pub fn append(&self, entries: Vec<Entry>) -> Result<Seq, JournalFailure> {
        let mut open = locked(&self.open);
        let Open { fold, events: audit } = &mut *open;
        let mut events = Vec::new();
        let mut records = Vec::with_capacity(entries.len());
        let mut broken = None;
        for entry in entries {
            let record = Record { seq: fold.last().next(), run: self.shared.run.clone(), entry };
            if let Err(error) = fold.apply(&record) {
                broken = Some(JournalFailure::Rule(Box::new(error)));
                break;
            }
            events.extend(audit.as_mut().and_then(|audit| audit.of(&record.entry)));
            records.push(record);
        }
        if !records.is_empty() {
            self.sink.submit(Submission { journal: self.shared.clone(), records, events });
        }
        match broken {
            Some(failure) => Err(failure),
            None => Ok(fold.last()),
        }
    }

    /// Up to which entry all is durable.
    ///
    /// # Errors
    /// Where nothing more will be.
    pub fn durable(&self) -> Result<Seq, JournalFailure> {
        let progress = locked(&self.shared.progress);
        progress.failure.clone().map_or(Ok(progress.durable), Err)
    }

    /// Whether it is known what became of every entry appended: a failure then tells all that was saved, and all that
    /// was not.
    pub fn is_settled(&self) -> bool {
        let last = self.last();
        locked(&self.shared.progress).settled >= last
    }

    /// Waits until an entry is durable; tells up to which one all is.
    ///
    /// # Errors
    /// Where it will not be.
    pub fn wait(&self, seq: Seq) -> Result<Seq, JournalFailure> {
        let mut progress = locked(&self.shared.progress);
        while progress.durable < seq {
            if let Some(failure) = &progress.failure {
                return Err(failure.clone());
            }
            progress = self.shared.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(progress.durable)
    }

    /// Has somebody told of what becomes durable, and once of what is by now.
    pub fn listen(&self, listener: Listener) {
        listener(self.durable());
        *locked(&self.shared.listener) = Some(listener);
        if let Some(listener) = &*locked(&self.shared.listener) {
            listener(self.durable());
        }
    }

    /// Waits for everything appended, and hands over the state that the journal began from and what it folded to. A
    /// lease of another stack ends no journal of this one.
    pub(crate) fn finish(self, lease: &Lease) -> Result<(State, Folded), JournalFailure> {
        if self.shared.stack != *lease.stack() {
            let stack = self.shared.stack.clone();
            let (ours, highest, rescued) = (lease.fence(), self.shared.fence, Rescued::Nothing);
            return Err(JournalFailure::Fenced { stack, ours, highest, rescued });
        }
        self.wait(self.last())?;
        if let Some(failure) = self.shared.failure() {
            return Err(failure);
        }
        let open = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((self.base, open.fold.finish()))
    }
}
