//! What a journal says has ended: the third question of the refinement check.
//!
//! Invariant: what counts as made or changed has its end in the journal, with an object; nothing else is allowed for it.

use std::collections::HashMap;

use plan::refine::Ended;
use state::journal::{Action, Begin, Entry, InDoubt, OpId, Outcome, Record, RunId};

/// What ended under one approval, given the records of all its runs in order; records of runs under another approval are
/// to be left out. What was in doubt and resolved since counts as it was resolved.
pub fn ended<'r>(records: impl IntoIterator<Item = &'r Record>) -> Ended {
    let mut ended = Ended::default();
    let mut begun: HashMap<(&RunId, OpId), &Begin> = HashMap::new();
    for record in records {
        let (begin, outcome) = match &record.entry {
            Entry::Begin(begin) => {
                begun.insert((&record.run, begin.op), begin);
                continue;
            }
            Entry::InDoubt(doubt) => {
                begun.insert((&doubt.run, doubt.begin.op), &doubt.begin);
                continue;
            }
            Entry::End(end) => (begun.remove(&(&record.run, end.op)), &end.outcome),
            Entry::Resolved { op, outcome } => (begun.remove(&(&op.run, op.op)), &**outcome),
            _ => continue,
        };
        if let Some(begin) = begin {
            count(&mut ended, begin, outcome);
        }
    }
    begun.into_values().for_each(|begin| count_begun(&mut ended, begin));
    ended
}

/// Something that began and has no end. Whether an object that was to go is gone, the later plan sees by itself; what was
/// to be made stays in doubt, and nothing is planned for it.
fn count_begun(ended: &mut Ended, begin: &Begin) {
    let at = begin.at.clone();
    match begin.action {
        Action::Create => {}
        Action::Update => drop(ended.begun.insert(at.instance)),
        Action::Delete => drop(ended.destroyed.insert((at.instance, at.deposed))),
    }
}

/// Counts what is in doubt after runs under the approval: see [`ended`].
pub fn begun(ended: &mut Ended, in_doubt: &[InDoubt]) {
    in_doubt.iter().for_each(|doubt| count_begun(ended, &doubt.begin));
}

fn count(ended: &mut Ended, begin: &Begin, outcome: &Outcome) {
    let at = begin.at.clone();
    match (begin.action, outcome) {
        (Action::Create, Outcome::Object(_)) => drop(ended.created.insert(at.instance)),
        (Action::Update, Outcome::Object(_)) => drop(ended.updated.insert(at.instance)),
        (Action::Delete, Outcome::Gone) => drop(ended.destroyed.insert((at.instance, at.deposed))),
        _ => {}
    }
}
