//! How far each op of a journal came, without any state.
//!
//! Used by the fold, and alone where only what is in doubt matters.
//! Invariant: an op is begun, over, or in doubt from earlier; it never goes back.

use std::collections::BTreeMap;

use addr::DeposedKey;

use crate::journal::doubt::{Doubt, InDoubt, OpRef};
use crate::journal::entry::{Begin, End, Entry, OpId, Outcome, RunId, Seq};
use crate::journal::fold::FoldError;
use crate::journal::record::Record;
use crate::place::ObjectAddr;

/// What is known of an op of the journal's run.
#[derive(Clone, Debug)]
enum Op {
    /// It began; still so after an end that cannot be decoded.
    Begun { began: Seq, begin: Box<Begin>, doubt: Doubt },
    /// It is over.
    Over { at: ObjectAddr },
}

/// How far each op came.
#[derive(Clone, Debug, Default)]
pub(super) struct Ops {
    run: Option<RunId>,
    earlier: Vec<InDoubt>,
    ops: BTreeMap<OpId, Op>,
    set_aside: BTreeMap<OpId, DeposedKey>,
}

impl Ops {
    /// The journal's run, once it is open.
    pub(super) fn run(&self) -> Option<&RunId> {
        self.run.as_ref()
    }

    pub(super) fn open(&mut self, run: RunId) {
        self.run = Some(run);
    }

    pub(super) fn has_open(&self) -> bool {
        self.ops.values().any(|op| matches!(op, Op::Begun { .. }))
    }

    pub(super) fn carry(&mut self, doubt: InDoubt) {
        self.earlier.push(doubt);
    }

    pub(super) fn begin(&mut self, seq: Seq, begin: &Begin) -> Result<(), FoldError> {
        if self.ops.contains_key(&begin.op) {
            return Err(FoldError::BeganTwice(seq, begin.op));
        }
        let op = Op::Begun { began: seq, begin: Box::new(begin.clone()), doubt: Doubt::NoEnd };
        self.ops.insert(begin.op, op);
        Ok(())
    }

    pub(super) fn set_aside(&mut self, op: OpId, key: DeposedKey) {
        self.set_aside.insert(op, key);
    }

    /// What the op began with, if it began, and what was set aside for it.
    pub(super) fn end(
        &mut self,
        seq: Seq,
        end: &End,
    ) -> Result<(Option<Box<Begin>>, Option<DeposedKey>), FoldError> {
        let (began, begin) = match self.ops.get(&end.op) {
            Some(Op::Over { .. }) => return Err(FoldError::EndedTwice(seq, end.op)),
            Some(Op::Begun { begin, .. }) if begin.at != end.at => {
                return Err(FoldError::OtherAddress(seq, end.op));
            }
            Some(Op::Begun { began, begin, .. }) => (*began, Some(begin.clone())),
            None => (seq, None),
        };
        let op = match (&end.outcome, &begin) {
            (Outcome::Unreadable { raw, private, schema_version }, Some(begin)) => {
                let (raw, private) = (raw.clone(), private.clone());
                let doubt = Doubt::Unreadable { raw, private, schema_version: *schema_version };
                Op::Begun { began, begin: begin.clone(), doubt }
            }
            _ => Op::Over { at: end.at.clone() },
        };
        self.ops.insert(end.op, op);
        Ok((begin, self.set_aside.get(&end.op).cloned()))
    }

    /// Where the object of an op stands that is over.
    pub(super) fn over(&self, seq: Seq, op: OpId) -> Result<&ObjectAddr, FoldError> {
        match self.ops.get(&op) {
            Some(Op::Over { at }) => Ok(at),
            _ => {
                let run = self.run.clone().expect("BUG: an entry before the opening one");
                Err(FoldError::UnknownOp(seq, OpRef { run, op }))
            }
        }
    }

    /// Where the object of an op in doubt stands, and what was set aside for it. It is in doubt no longer.
    pub(super) fn resolve(
        &mut self,
        seq: Seq,
        op: &OpRef,
    ) -> Result<(ObjectAddr, Option<DeposedKey>), FoldError> {
        if let Some(index) = self.earlier.iter().position(|doubt| doubt.op() == *op) {
            let doubt = self.earlier.remove(index);
            return Ok((doubt.begin.at, doubt.set_aside));
        }
        let of_this_run = self.run.as_ref() == Some(&op.run);
        match self.ops.get(&op.op).filter(|_| of_this_run) {
            Some(Op::Begun { begin, .. }) => {
                let at = begin.at.clone();
                self.ops.insert(op.op, Op::Over { at: at.clone() });
                Ok((at, self.set_aside.get(&op.op).cloned()))
            }
            _ => Err(FoldError::UnknownOp(seq, op.clone())),
        }
    }

    /// What is in doubt: from earlier runs first, then in the order of the begins.
    pub(super) fn into_in_doubt(self) -> Vec<InDoubt> {
        let Ops { run, mut earlier, ops, mut set_aside } = self;
        let mut open: Vec<(Seq, InDoubt)> = Vec::new();
        for (op, state) in ops {
            let Op::Begun { began, begin, doubt } = state else { continue };
            let run = run.clone().expect("BUG: an op without a run");
            let set_aside = set_aside.remove(&op);
            open.push((began, InDoubt { run, begin: *begin, set_aside, doubt }));
        }
        open.sort_by_key(|(began, _)| *began);
        earlier.extend(open.into_iter().map(|(_, doubt)| doubt));
        earlier
    }
}

/// What is in doubt after a journal, whatever the state that it began from.
///
/// # Errors
/// Where the journal breaks its own rules.
pub fn in_doubt(records: &[Record]) -> Result<Vec<InDoubt>, FoldError> {
    let mut ops = Ops::default();
    for Record { seq, run, entry } in records {
        match entry {
            Entry::Open(_) => ops.open(run.clone()),
            Entry::InDoubt(doubt) => ops.carry((**doubt).clone()),
            Entry::Begin(begin) => ops.begin(*seq, begin)?,
            Entry::Deposed { op, key, .. } => ops.set_aside(*op, key.clone()),
            Entry::End(end) => drop(ops.end(*seq, end)?),
            Entry::Resolved { outcome, .. } if matches!(**outcome, Outcome::Unreadable { .. }) => {}
            Entry::Resolved { op, .. } => drop(ops.resolve(*seq, op)?),
            Entry::Rows(_)
            | Entry::Provisioned { .. }
            | Entry::Outputs(_)
            | Entry::Checks(_)
            | Entry::Closing(_) => {}
        }
    }
    Ok(ops.into_in_doubt())
}

/// Every op that a journal names, with its address and how far it came, for people who must reconcile by hand.
pub fn progress(records: &[Record]) -> Vec<(OpRef, String, &'static str)> {
    let mut found: BTreeMap<OpRef, (String, &'static str)> = BTreeMap::new();
    for Record { run, entry, .. } in records {
        match entry {
            Entry::InDoubt(doubt) => {
                found.insert(doubt.op(), (doubt.begin.at.to_string(), "in doubt from earlier"));
            }
            Entry::Begin(begin) => {
                let op = OpRef { run: run.clone(), op: begin.op };
                found.insert(op, (begin.at.to_string(), "began"));
            }
            Entry::End(end) => {
                let what = match end.outcome {
                    Outcome::Object(_) => "ended with an object",
                    Outcome::Gone => "ended without an object",
                    Outcome::Unreadable { .. } => "ended unreadable",
                };
                let op = OpRef { run: run.clone(), op: end.op };
                found.insert(op, (end.at.to_string(), what));
            }
            _ => {}
        }
    }
    found.into_iter().map(|(op, (at, what))| (op, at, what)).collect()
}
