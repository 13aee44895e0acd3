//! What a journal does to the state that it begins from.
//!
//! The same fold serves the closing of a run, the start after a crash, and whoever wants the state so far. It asks
//! nobody and decides nothing about resources.
//! Invariant: every prefix of a journal that the appender's order allows folds without an error, and the ops in doubt
//! are exactly those with a begin and neither an end nor a resolution.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use addr::{DeposedKey, ResourceInstance};

use crate::journal::doubt::{InDoubt, OpRef};
use crate::journal::entry::{
    Begin, Closing, End, Entry, OpId, Open, Outcome, OutputChange, RunId, Seq,
};
use crate::journal::ops::Ops;
use crate::journal::record::Record;
use crate::object::{Object, Status};
use crate::place::ObjectAddr;
use crate::state::{Row, State};

/// Why a journal does not fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoldError {
    /// Its first entry does not say what it begins from, or a later one does.
    Opening(Seq),
    /// It begins from another state.
    OtherBase {
        /// Lineage and serial that it begins from.
        journal: (Arc<str>, u64),
        /// Lineage and serial at hand.
        state: (Arc<str>, u64),
    },
    /// An entry is of another run than the journal.
    OtherRun(Seq),
    /// An entry follows the closing one.
    AfterClosing(Seq),
    /// An op begins twice, or after its end.
    BeganTwice(Seq, OpId),
    /// An op ends twice.
    EndedTwice(Seq, OpId),
    /// An op ends at another address than it began at.
    OtherAddress(Seq, OpId),
    /// An op is named that never began, or is not in doubt.
    UnknownOp(Seq, OpRef),
    /// An object is set aside that is not there.
    NothingToDepose(Seq, ResourceInstance),
    /// An object is set aside under a key that is taken.
    DeposedKeyTaken(Seq, ObjectAddr),
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FoldError::Opening(seq) => write!(f, "entry {} stands where none may open", seq.0),
            FoldError::OtherBase { journal, state } => write!(
                f,
                "the journal begins from serial {} of lineage {}, the state is serial {} of lineage {}",
                journal.1, journal.0, state.1, state.0
            ),
            FoldError::OtherRun(seq) => write!(f, "entry {} is of another run", seq.0),
            FoldError::AfterClosing(seq) => write!(f, "entry {} follows the closing", seq.0),
            FoldError::BeganTwice(seq, op) => {
                write!(f, "entry {}: op {} began before", seq.0, op.0)
            }
            FoldError::EndedTwice(seq, op) => {
                write!(f, "entry {}: op {} ended before", seq.0, op.0)
            }
            FoldError::OtherAddress(seq, op) => {
                write!(f, "entry {}: op {} began at another address", seq.0, op.0)
            }
            FoldError::UnknownOp(seq, op) => write!(f, "entry {}: no op {op} is known", seq.0),
            FoldError::NothingToDepose(seq, at) => {
                write!(f, "entry {}: there is no object of {at} to set aside", seq.0)
            }
            FoldError::DeposedKeyTaken(seq, at) => write!(f, "entry {}: there is a {at}", seq.0),
        }
    }
}

impl std::error::Error for FoldError {}

/// What a fold changed, for stores that write only that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Addresses whose object was put or taken, perhaps to what it was.
    pub rows: BTreeSet<ObjectAddr>,
    /// Names of outputs that were set or removed.
    pub outputs: BTreeSet<Arc<str>>,
    /// Whether results of conditions were recorded.
    pub checks: bool,
}

/// A state and what is left to resolve.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// The state; its serial is still that of the base.
    pub state: State,
    /// Ops in doubt, earlier runs first, then in the order of their begin.
    pub in_doubt: Vec<InDoubt>,
    /// Outputs whose value is behind what the configuration says.
    pub stale: BTreeSet<Arc<str>>,
    /// What was changed.
    pub touched: Touched,
    /// The closing entry, if the journal has one.
    pub closing: Option<Closing>,
}

/// A fold under way.
#[derive(Clone, Debug)]
pub struct Fold {
    folded: Folded,
    ops: Ops,
    last: Seq,
}

/// The state after a journal.
///
/// # Errors
/// Where the journal is not one of this base, or breaks its own rules.
pub fn fold<'a>(
    base: State,
    records: impl IntoIterator<Item = &'a Record>,
) -> Result<Folded, FoldError> {
    let mut fold = Fold::new(base);
    records.into_iter().try_for_each(|record| fold.apply(record))?;
    Ok(fold.finish())
}

impl Fold {
    /// Nothing folded yet.
    pub fn new(base: State) -> Fold {
        let folded = Folded {
            state: base,
            in_doubt: Vec::new(),
            stale: BTreeSet::new(),
            touched: Touched::default(),
            closing: None,
        };
        Fold { folded, ops: Ops::default(), last: Seq::default() }
    }

    /// The same, with outputs known to be behind from before.
    pub fn with_stale(mut self, stale: BTreeSet<Arc<str>>) -> Fold {
        self.folded.stale = stale;
        self
    }

    /// The state so far.
    pub fn state(&self) -> &State {
        &self.folded.state
    }

    /// The number of the last entry folded; zero before the first.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Whether an op began and has no end.
    pub fn has_open_ops(&self) -> bool {
        self.ops.has_open()
    }

    /// Folds one entry more.
    ///
    /// # Errors
    /// Where it breaks the journal's rules; the fold is then as before.
    pub fn apply(&mut self, record: &Record) -> Result<(), FoldError> {
        let seq = record.seq;
        match self.ops.run() {
            None if matches!(record.entry, Entry::Open(_)) => {}
            None => return Err(FoldError::Opening(seq)),
            Some(run) if *run != record.run => return Err(FoldError::OtherRun(seq)),
            // A start after a crash between the closing entry and the state's replacement closes once more.
            Some(_) if self.folded.closing.is_some() => match record.entry {
                Entry::Closing(_) => {}
                _ => return Err(FoldError::AfterClosing(seq)),
            },
            Some(_) => {}
        }
        match &record.entry {
            Entry::Open(open) => self.open(seq, &record.run, open)?,
            Entry::InDoubt(doubt) => self.ops.carry((**doubt).clone()),
            Entry::Rows(rows) => {
                for change in &rows.changes {
                    self.put(&change.at, change.row.as_ref());
                }
            }
            Entry::Begin(begin) => self.ops.begin(seq, begin)?,
            Entry::Deposed { op, address, key } => self.depose(seq, *op, address, key)?,
            Entry::End(end) => self.end(seq, end)?,
            Entry::Provisioned { op } => self.provisioned(seq, *op)?,
            Entry::Outputs(changes) => changes.iter().for_each(|change| self.output(change)),
            Entry::Checks(results) => {
                self.folded.state.checks = results.clone();
                self.folded.touched.checks = true;
            }
            Entry::Resolved { op, outcome } => self.resolved(seq, op, outcome)?,
            Entry::Closing(closing) => self.folded.closing = Some(*closing),
        }
        self.last = seq;
        Ok(())
    }

    /// The state, and the ops in doubt.
    pub fn finish(self) -> Folded {
        Folded { in_doubt: self.ops.into_in_doubt(), ..self.folded }
    }

    fn open(&mut self, seq: Seq, run: &RunId, open: &Open) -> Result<(), FoldError> {
        if self.ops.run().is_some() {
            return Err(FoldError::Opening(seq));
        }
        let state = &mut self.folded.state;
        if state.lineage.is_empty() {
            state.lineage = open.lineage.clone();
        }
        if state.lineage != open.lineage || state.serial != open.base_serial {
            return Err(FoldError::OtherBase {
                journal: (open.lineage.clone(), open.base_serial),
                state: (state.lineage.clone(), state.serial),
            });
        }
        self.ops.open(run.clone());
        Ok(())
    }

    fn depose(
        &mut self,
        seq: Seq,
        op: OpId,
        instance: &ResourceInstance,
        key: &DeposedKey,
    ) -> Result<(), FoldError> {
        let from = ObjectAddr::current(instance.clone());
        let to = ObjectAddr::deposed(instance.clone(), key.clone());
        if self.folded.state.object(&to).is_some() {
            return Err(FoldError::DeposedKeyTaken(seq, to));
        }
        if !self.rename(from, to) {
            return Err(FoldError::NothingToDepose(seq, instance.clone()));
        }
        self.ops.set_aside(op, key.clone());
        Ok(())
    }

    fn end(&mut self, seq: Seq, end: &End) -> Result<(), FoldError> {
        let (begin, set_aside) = self.ops.end(seq, end)?;
        match (&end.outcome, begin) {
            (Outcome::Unreadable { private, .. }, Some(begin)) => {
                self.keep_unreadable(&begin, private);
            }
            (outcome, _) => self.settle(&end.at, outcome, set_aside.as_ref()),
        }
        Ok(())
    }

    fn provisioned(&mut self, seq: Seq, op: OpId) -> Result<(), FoldError> {
        let at = self.ops.over(seq, op)?.clone();
        if let Some(Row { provider, object }) = self.folded.state.row(&at) {
            let object = Arc::new(Object { status: Status::Ready, ..(*object).clone() });
            self.put(&at, Some(&Row { provider, object }));
        }
        Ok(())
    }

    fn output(&mut self, change: &OutputChange) {
        let Folded { state, stale, touched, .. } = &mut self.folded;
        let name = match change {
            OutputChange::Set(name, output) => {
                state.outputs.insert(name.clone(), output.clone());
                stale.remove(name);
                name
            }
            OutputChange::Removed(name) => {
                state.outputs.remove(name);
                stale.remove(name);
                name
            }
            OutputChange::Stale(name) => {
                stale.insert(name.clone());
                name
            }
        };
        touched.outputs.insert(name.clone());
    }

    /// A look that finds something unreadable resolves nothing.
    fn resolved(&mut self, seq: Seq, op: &OpRef, outcome: &Outcome) -> Result<(), FoldError> {
        if matches!(outcome, Outcome::Unreadable { .. }) {
            return Ok(());
        }
        let (at, set_aside) = self.ops.resolve(seq, op)?;
        self.settle(&at, outcome, set_aside.as_ref());
        Ok(())
    }

    /// What an op or a look left behind. Where a create left nothing, the object set aside for it comes back.
    fn settle(&mut self, at: &ObjectAddr, outcome: &Outcome, set_aside: Option<&DeposedKey>) {
        match outcome {
            Outcome::Object(row) => self.put(at, Some(row)),
            Outcome::Gone => {
                self.put(at, None);
                if let Some(key) = set_aside {
                    let from = ObjectAddr::deposed(at.instance.clone(), key.clone());
                    self.rename(from, at.clone());
                }
            }
            Outcome::Unreadable { .. } => {}
        }
    }

    /// Keeps what there is to keep of an object that cannot be decoded: what was known before, else what was
    /// planned, tainted, with the new private data.
    fn keep_unreadable(&mut self, begin: &Begin, private: &Arc<[u8]>) {
        let known = begin.prior.as_ref().or(begin.planned.as_ref());
        let known = known.map_or_else(|| Object::new(&b"{}"[..], 0), |object| (**object).clone());
        let object = Object { status: Status::Tainted, private: private.clone(), ..known };
        let row = Row { provider: begin.provider.clone(), object: Arc::new(object) };
        self.put(&begin.at, Some(&row));
    }

    fn put(&mut self, at: &ObjectAddr, row: Option<&Row>) {
        match row {
            Some(row) => drop(self.folded.state.put(at.clone(), row.clone())),
            None => drop(self.folded.state.remove(at)),
        }
        self.folded.touched.rows.insert(at.clone());
    }

    /// Moves an object; tells whether there was one.
    fn rename(&mut self, from: ObjectAddr, to: ObjectAddr) -> bool {
        let Some(row) = self.folded.state.remove(&from) else { return false };
        self.folded.touched.rows.insert(from);
        self.put(&to, Some(&row));
        true
    }
}
