//! What opening a journal, closing it and replacing a state come to, the same for every store.
//!
//! Pure; the stores write.
//! Invariant: the serial moves by one exactly where the content changed, or where nothing was stored before.

use std::sync::Arc;

use state::State;
use state::journal::{Entry, InDoubt, Open, Record, Seq};
use state::v4::same_content;

use crate::contract::Opening;
use crate::error::WriteError;

/// The state to be put in place: the folded one with its serial, or `None` where the stored one says the same.
pub(crate) fn closed(base: &State, folded: &State, version: &Arc<str>) -> Option<State> {
    let never_written = base.lineage.is_empty();
    if !never_written && same_content(base, folded) {
        return None;
    }
    let mut state = folded.clone();
    state.serial = base.serial + 1;
    state.terraform_version = version.clone();
    Some(state)
}

/// The state to be put in place of another one by hand.
pub(crate) fn replaced(base: &State, mut state: State, version: &Arc<str>) -> State {
    state.serial = state.serial.max(base.serial + 1);
    state.terraform_version = version.clone();
    state
}

/// A lineage, in the form of a UUID.
pub(crate) fn lineage(random: [u8; 16]) -> Arc<str> {
    let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into()
}

/// Whether a state may take the place of the stored one.
pub(crate) fn check_base(
    stored: &State,
    base_serial: u64,
    state: &State,
) -> Result<(), WriteError> {
    if stored.serial != base_serial {
        return Err(WriteError::Stale { expected: base_serial, found: stored.serial });
    }
    if !stored.lineage.is_empty() && stored.lineage != state.lineage {
        let (there, given) = (stored.lineage.clone(), state.lineage.clone());
        return Err(WriteError::Lineage { there, given });
    }
    Ok(())
}

/// The entries that a journal begins with.
pub(crate) fn opening_records(
    opening: &Opening,
    open: Open,
    in_doubt: Vec<InDoubt>,
) -> Vec<Record> {
    let entries = std::iter::once(Entry::Open(open))
        .chain(in_doubt.into_iter().map(|doubt| Entry::InDoubt(Box::new(doubt))));
    (Seq::OPEN.0..)
        .zip(entries)
        .map(|(number, entry)| Record { seq: Seq(number), run: opening.run.clone(), entry })
        .collect()
}
