//! Group commit: one thread that makes durable whatever queued while it made durable what queued before.
//!
//! No timer and no batch size: the sync itself is the clock. The same thread carries out a store's other writes, so that
//! a store has one writer. What is made durable how is the [`Commit`] of each store.
//! Invariant: submissions of one journal are committed in the order in which they came; after the first that fails, none
//! of that journal is committed any more, all go to the rescue.

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use state::journal::{FoldError, Record, Seq};

use crate::error::PortError;
use crate::event::Event;
use crate::journal::Shared;
use crate::key::StackKey;
use crate::rescue::Cause;

/// What became of entries that could not be made durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rescued {
    /// There were none.
    Nothing,
    /// They stand in this file.
    File(PathBuf),
    /// No file took them. These are their bytes, to be printed.
    Nowhere(Arc<[u8]>),
}

impl fmt::Display for Rescued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rescued::Nothing => Ok(()),
            Rescued::File(path) => {
                write!(f, "; what could not be recorded stands in {}", path.display())
            }
            Rescued::Nowhere(bytes) => {
                write!(f, "; {} bytes could be recorded nowhere", bytes.len())
            }
        }
    }
}

/// Why a journal takes no more entries.
#[derive(Clone, Debug)]
pub enum JournalFailure {
    /// The lease is lost.
    Fenced {
        /// The stack.
        stack: StackKey,
        /// Our fencing number.
        ours: u64,
        /// The highest one given out.
        highest: u64,
        /// Where the entries went that were refused: for people, since no store takes them back.
        rescued: Rescued,
    },
    /// A write or sync failed; the store is not written any more by this process.
    Poisoned {
        /// What failed.
        cause: PortError,
        /// Where the entries went that are not durable.
        rescued: Rescued,
    },
    /// An entry breaks the journal's rules: a fault of ours.
    Rule(Box<FoldError>),
}

impl fmt::Display for JournalFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalFailure::Fenced { stack, ours, highest, rescued } => {
                write!(f, "the lock of {stack} is not ours any more: our fencing number is ")?;
                write!(f, "{ours}, the highest is {highest}{rescued}")
            }
            JournalFailure::Poisoned { cause, rescued } => write!(f, "{cause}{rescued}"),
            JournalFailure::Rule(error) => write!(f, "BUG: {error}"),
        }
    }
}

impl std::error::Error for JournalFailure {}

impl JournalFailure {
    /// The same failure, with one thing more that was saved. Bytes that nobody took stay with it.
    pub(crate) fn with_rescued(mut self, saved: Rescued) -> JournalFailure {
        let rescued = match &mut self {
            JournalFailure::Fenced { rescued, .. } | JournalFailure::Poisoned { rescued, .. } => {
                rescued
            }
            JournalFailure::Rule(_) => return self,
        };
        *rescued = match (std::mem::replace(rescued, Rescued::Nothing), saved) {
            (Rescued::Nowhere(before), Rescued::Nowhere(more)) => {
                Rescued::Nowhere([&before[..], &more[..]].concat().into())
            }
            (before @ Rescued::Nowhere(_), _) => before,
            (before, Rescued::Nothing) => before,
            (_, saved) => saved,
        };
        self
    }
}

/// Entries on their way to become durable.
#[derive(Debug)]
pub(crate) struct Submission {
    /// Their journal.
    pub(crate) journal: Arc<Shared>,
    /// The entries; never empty.
    pub(crate) records: Vec<Record>,
    /// What they say for the audit, which becomes durable with them.
    pub(crate) events: Vec<Event>,
}

impl Submission {
    pub(crate) fn last(&self) -> Seq {
        self.records.last().map(|record| record.seq).expect("BUG: an empty submission")
    }
}

/// How a store makes entries durable.
pub(crate) trait Commit: Send + 'static {
    /// Makes all of them durable with one sync; tells what came of each, in order.
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>>;

    /// Saves the entries of a journal that takes no more.
    fn rescue(&mut self, stack: &StackKey, records: &[Record], cause: Cause) -> Rescued;
}

type Task<C> = Box<dyn FnOnce(&mut C) + Send>;

enum Work<C> {
    Append(Submission),
    Task(Task<C>),
}

/// What entries are handed to.
pub(crate) trait Sink: Send + Sync {
    /// Queues them; returns at once.
    fn submit(&self, submission: Submission);
}

/// The thread that writes, and the way to it.
pub(crate) struct Writer<C: Commit> {
    sender: Option<Sender<Work<C>>>,
    thread: Option<JoinHandle<()>>,
}

impl<C: Commit> Writer<C> {
    /// Starts the thread.
    pub(crate) fn start(name: &str, commit: C) -> std::io::Result<Writer<C>> {
        let (sender, receiver) = channel();
        let builder = std::thread::Builder::new().name(name.to_owned());
        let thread = builder.spawn(move || write(commit, &receiver))?;
        Ok(Writer { sender: Some(sender), thread: Some(thread) })
    }

    /// Carries something out on the writing thread, after all that was queued before, and waits for it.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut C) -> T + Send + 'static,
    ) -> T {
        let (reply, answer) = channel();
        let task: Task<C> = Box::new(move |commit| drop(reply.send(task(commit))));
        self.send(Work::Task(task));
        answer.recv().expect("BUG: the writing thread ended before its store")
    }

    fn send(&self, work: Work<C>) {
        let sender = self.sender.as_ref().expect("BUG: a writer used after its end");
        let sent = sender.send(work);
        assert!(sent.is_ok(), "BUG: the writing thread ended before its store");
    }
}

impl<C: Commit> Sink for Writer<C> {
    fn submit(&self, submission: Submission) {
        self.send(Work::Append(submission));
    }
}

impl<C: Commit> Drop for Writer<C> {
    /// Everything queued is still written.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn write<C: Commit>(mut commit: C, receiver: &Receiver<Work<C>>) {
    while let Ok(first) = receiver.recv() {
        let mut batch = Vec::new();
        let queued = std::iter::once(first).chain(std::iter::from_fn(|| receiver.try_recv().ok()));
        for work in queued {
            match work {
                Work::Append(submission) => batch.push(submission),
                Work::Task(task) => {
                    settle(&mut commit, std::mem::take(&mut batch));
                    task(&mut commit);
                }
            }
        }
        settle(&mut commit, batch);
    }
}

fn save<C: Commit>(commit: &mut C, submission: &Submission, failure: &JournalFailure) -> Rescued {
    let cause = match failure {
        JournalFailure::Fenced { .. } => Cause::Fence,
        JournalFailure::Poisoned { .. } | JournalFailure::Rule(_) => Cause::Failure,
    };
    commit.rescue(&submission.journal.stack, &submission.records, cause)
}

/// Commits a batch and tells each journal what came of it.
fn settle<C: Commit>(commit: &mut C, batch: Vec<Submission>) {
    let mut good = Vec::new();
    for submission in batch {
        match submission.journal.failure() {
            None => good.push(submission),
            Some(failure) => {
                let saved = save(commit, &submission, &failure);
                submission.journal.rescued(submission.last(), saved);
            }
        }
    }
    if good.is_empty() {
        return;
    }
    let results = commit.commit(&good);
    assert_eq!(results.len(), good.len(), "BUG: a commit must answer for each submission");
    for (submission, result) in good.into_iter().zip(results) {
        match result {
            Ok(()) => submission.journal.committed(submission.last()),
            Err(failure) => {
                let saved = save(commit, &submission, &failure);
                submission.journal.failed(failure, submission.last(), saved);
            }
        }
    }
}
