//! What opening a journal, closing it and replacing a state come to, the same for every store.
//!
//! Pure but for chance; the stores write.
//! Invariant: the serial moves by one exactly where the content changed, or where nothing was stored before.

use std::collections::BTreeSet;
use std::sync::Arc;

use state::journal::{Entry, Fold, InDoubt, Open, Record, Seq};
use state::v4::same_content;
use state::{Digest, State};

use crate::contract::Opening;
use crate::error::WriteError;
use crate::lease::Lease;
use crate::world::World;

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
pub(crate) fn replaced(
    base: &State,
    mut state: State,
    version: &Arc<str>,
    world: &dyn World,
) -> State {
    state.serial = state.serial.max(base.serial + 1);
    state.terraform_version = version.clone();
    if state.lineage.is_empty() {
        state.lineage = lineage(world);
    }
    state
}

/// A new lineage, in the form of a UUID.
fn lineage(world: &dyn World) -> Arc<str> {
    let mut random = [0; 16];
    world.random(&mut random);
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

/// What a journal begins from.
pub(crate) struct Base {
    pub(crate) state: State,
    pub(crate) digest: Digest,
    pub(crate) stale: BTreeSet<Arc<str>>,
    pub(crate) in_doubt: Vec<InDoubt>,
}

impl Base {
    /// The entries that a run's journal begins with upon this, and their fold.
    pub(crate) fn open(
        self,
        lease: &Lease,
        opening: &Opening,
        world: &dyn World,
    ) -> (Vec<Record>, Fold) {
        let Base { state, digest, stale, in_doubt } = self;
        let lineage = match &*state.lineage {
            "" => opening.lineage.clone().unwrap_or_else(|| lineage(world)),
            _ => state.lineage.clone(),
        };
        let open = Open {
            lineage,
            base_serial: state.serial,
            base: digest,
            plan: opening.plan,
            fence: lease.fence(),
            owner: lease.request().who.clone(),
        };
        let records = opening_records(opening, open, in_doubt);
        let mut fold = Fold::new(state).with_stale(stale);
        for record in &records {
            fold.apply(record).expect("BUG: a journal's own opening does not fold");
        }
        (records, fold)
    }
}

/// Outputs that stay behind when a state is replaced by hand: those that were and that it does not touch.
pub(crate) fn still_stale(
    stale: &BTreeSet<Arc<str>>,
    before: &State,
    after: &State,
) -> BTreeSet<Arc<str>> {
    let same = |name: &&Arc<str>| before.outputs.get(*name) == after.outputs.get(*name);
    stale.iter().filter(|name| after.outputs.contains_key(*name)).filter(same).cloned().collect()
}
