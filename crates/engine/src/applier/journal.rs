//! What the applier tells the journal, and what of it is durable.
//!
//! Invariant: numbers follow the order of appending, without gaps.

use diag::Diagnostic;
use state::journal::{Entry, RowChange, Rows, RowsCause, Seq};

use super::Applier;

/// Entries on their way.
#[derive(Debug)]
pub(super) struct Log {
    buffer: Vec<Entry>,
    next: Seq,
    durable: Option<Seq>,
    appended: Option<Seq>,
}

impl Log {
    /// Nothing appended; the first entry gets this number.
    pub(super) fn new(next: Seq) -> Log {
        Log { buffer: Vec::new(), next, durable: None, appended: None }
    }

    /// Adds an entry; tells its number.
    pub(super) fn append(&mut self, entry: Entry) -> Seq {
        self.buffer.push(entry);
        let seq = self.next;
        self.next = seq.next();
        self.appended = Some(seq);
        seq
    }

    /// Entries that were not handed out yet.
    pub(super) fn take(&mut self) -> Option<Vec<Entry>> {
        (!self.buffer.is_empty()).then(|| std::mem::take(&mut self.buffer))
    }

    /// All entries up to this one are durable.
    pub(super) fn durable(&mut self, upto: Seq) {
        self.durable = self.durable.max(Some(upto));
    }

    /// Whether an entry is durable.
    pub(super) fn has(&self, seq: Seq) -> bool {
        self.durable >= Some(seq)
    }

    /// Whether all that was appended is durable.
    pub(super) fn is_durable(&self) -> bool {
        self.buffer.is_empty() && self.durable >= self.appended
    }
}

impl Applier {
    /// What was learnt while planning becomes the base of the ops.
    pub(super) fn log_refreshed_rows(&mut self) {
        let (before, after) = (&self.input.state, &self.input.plan.prior);
        let mut changes: Vec<RowChange> = Vec::new();
        for (at, _) in before.rows() {
            if after.object(&at).is_none() {
                changes.push(RowChange { at, row: None });
            }
        }
        for (at, row) in after.rows() {
            if before.row(&at).is_none_or(|stored| stored != row) {
                changes.push(RowChange { at, row: Some(row) });
            }
        }
        if !changes.is_empty() {
            self.log.append(Entry::Rows(Rows { cause: RowsCause::Refresh, changes }));
        }
    }

    /// What is told when no op will run any more: outputs that could not be computed, results of conditions.
    pub(super) fn log_end(&mut self) {
        let left = self.stopping || self.leaves_trail;
        if !self.ops.all_done() && !left && !self.diags.has_errors() {
            self.diags.push(
                Diagnostic::error("apply-stuck", "The apply came to a halt")
                    .detail("BUG: ops are left that nothing leads to."),
            );
        }
        self.log_last_outputs();
        let results = self.check_results();
        if results != self.input.state.checks {
            self.log.append(Entry::Checks(results));
        }
    }
}
