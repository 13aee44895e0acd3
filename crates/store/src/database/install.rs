//! Putting a state in place in one transaction: rows that changed, outputs, the header, the journal's end.
//!
//! Invariant: either all of it is there afterwards or nothing.

use std::sync::Arc;

use state::journal::{Folded, InDoubt, OutputChange};
use state::{ObjectAddr, State};

use super::events;
use super::rows::{self, Change};
use super::seal::Seal;
use super::sql::{Refusal, Sql};
use crate::error::WriteError;
use crate::event::Event;
use crate::lease::Lease;
use crate::rules::closed;

/// What is expected of a stack's journal when a state is put in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JournalIs {
    /// It belongs to this state, and ends.
    ToSettle,
    /// There must be none.
    Absent,
}

/// A state to be put in place, and all that goes with it.
pub(super) struct Install {
    lease: Lease,
    base_serial: u64,
    state: Option<State>,
    touched: Vec<ObjectAddr>,
    outputs: Vec<OutputChange>,
    in_doubt: Vec<InDoubt>,
    journal: JournalIs,
    event: Option<Event>,
}

impl Install {
    /// What a journal folded to.
    pub(super) fn folded(
        lease: &Lease,
        base: &State,
        folded: &Folded,
        version: &Arc<str>,
    ) -> Install {
        Install {
            lease: lease.clone(),
            base_serial: base.serial,
            state: closed(base, &folded.state, version),
            touched: folded.touched.rows.iter().cloned().collect(),
            outputs: published(folded),
            in_doubt: folded.in_doubt.clone(),
            journal: JournalIs::ToSettle,
            event: None,
        }
    }

    /// The same, with an event that tells of it: both are there, or neither.
    pub(super) fn told(self, event: Event) -> Install {
        let before = self.base_serial;
        let after = self.state.as_ref().map_or(before, |state| state.serial);
        Install { event: Some(event.between(before, after)), ..self }
    }

    /// A state that takes another one's place by hand.
    pub(super) fn by_hand(
        lease: &Lease,
        before: &State,
        after: State,
        in_doubt: &[InDoubt],
    ) -> Install {
        Install {
            lease: lease.clone(),
            base_serial: before.serial,
            touched: differing_rows(before, &after),
            outputs: differing_outputs(before, &after),
            state: Some(after),
            in_doubt: in_doubt.to_vec(),
            journal: JournalIs::Absent,
            event: None,
        }
    }

    /// The state that will be in place; `None` where the stored one stays.
    pub(super) fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    pub(super) fn carry_out(&self, db: &dyn Sql, seal: &Seal) -> Result<(), Refusal> {
        let stack = rows::fenced(db, &self.lease)?;
        if stack.serial != self.base_serial {
            let found = stack.serial;
            return Err(WriteError::Stale { expected: self.base_serial, found }.into());
        }
        if self.journal == JournalIs::Absent && rows::has_journal(db, &stack)? {
            return Err(WriteError::JournalOpen.into());
        }
        let after = self.state.as_ref().map_or(stack.serial, |state| state.serial);
        let mut change = Change::begin(db, seal, stack.clone())?;
        if let Some(state) = &self.state {
            change.advance(state)?;
            change.put_objects(self.touched.iter().map(|at| (at.clone(), state.row(at))))?;
        }
        self.outputs.iter().try_for_each(|output| change.publish(output))?;
        change.finish()?;
        rows::settle_journal(db, seal, &stack.at(after), &self.in_doubt)?;
        // The chain is locked last by everybody.
        let event = self.event.as_slice();
        if event.is_empty() { Ok(()) } else { events::record(db, seal, event).map(drop) }
    }
}

/// Outputs as a fold leaves them.
fn published(folded: &Folded) -> Vec<OutputChange> {
    let mut changes = Vec::new();
    for name in &folded.touched.outputs {
        match folded.state.outputs.get(name) {
            Some(output) => changes.push(OutputChange::Set(name.clone(), output.clone())),
            None => changes.push(OutputChange::Removed(name.clone())),
        }
        if folded.stale.contains(name) {
            changes.push(OutputChange::Stale(name.clone()));
        }
    }
    changes
}

/// Addresses at which two states differ.
fn differing_rows(before: &State, after: &State) -> Vec<ObjectAddr> {
    let gone = before.rows().map(|(at, _)| at).filter(|at| after.object(at).is_none());
    let other =
        after.rows().filter(|(at, row)| before.row(at).as_ref() != Some(row)).map(|(at, _)| at);
    gone.chain(other).collect()
}

fn differing_outputs(before: &State, after: &State) -> Vec<OutputChange> {
    let gone = before.outputs.keys().filter(|name| !after.outputs.contains_key(*name));
    let gone = gone.map(|name| OutputChange::Removed(name.clone()));
    let other = after.outputs.iter();
    let other = other.filter(|(name, output)| before.outputs.get(*name) != Some(output));
    let set = other.map(|(name, output)| OutputChange::Set(name.clone(), output.clone()));
    gone.chain(set).collect()
}
