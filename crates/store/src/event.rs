//! The audit's events: who did what, when, to which stack, under which plan, between which serials.
//!
//! Append-only, each row carrying the hash of the row before; this says what is hashed, the stores keep the rows.
//! Invariant: changing, removing or inserting any event but the last ones breaks the chain at that place.

use std::fmt;
use std::sync::Arc;

use state::Digest;

use crate::error::PortError;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who did it: `user@host`.
    pub who: Arc<str>,
    /// What, as a word or two with hyphens: `apply`, `lock-break`.
    pub what: Arc<str>,
    /// To which stack.
    pub stack: Option<Arc<str>>,
    /// Under which plan.
    pub plan: Option<Arc<str>>,
    /// The state's serials before and after.
    pub serials: Option<(u64, u64)>,
    /// More about it, for people.
    pub detail: Arc<str>,
}

/// An event with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// What happened.
    pub event: Event,
    /// The hash of the event before; zeros for the first.
    pub before: Digest,
    /// Its own.
    pub hash: Digest,
}

/// Why the chain of events does not hold.
#[derive(Clone, Debug)]
pub enum ChainError {
    /// At this event: its hash, its number or its link to the one before is wrong.
    Broken {
        /// Its number, or the one that is missing.
        number: u64,
    },
    /// The port failed.
    Port(PortError),
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainError::Broken { number } => {
                write!(f, "event {number} was changed or removed after it was recorded")
            }
            ChainError::Port(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ChainError {}

impl From<PortError> for ChainError {
    fn from(error: PortError) -> ChainError {
        ChainError::Port(error)
    }
}

/// The hash of an event in its place. Each part is preceded by its length, so that no two events hash the same text.
pub(crate) fn hash(number: u64, before: &Digest, event: &Event) -> Digest {
    let mut text = Vec::new();
    text.extend_from_slice(b"strata event 1\0");
    text.extend_from_slice(&number.to_le_bytes());
    text.extend_from_slice(&before.0);
    text.extend_from_slice(&event.at_ms.to_le_bytes());
    let (from, to) = event.serials.unwrap_or_default();
    text.push(u8::from(event.serials.is_some()));
    text.extend_from_slice(&from.to_le_bytes());
    text.extend_from_slice(&to.to_le_bytes());
    let parts = [
        Some(&event.who),
        Some(&event.what),
        event.stack.as_ref(),
        event.plan.as_ref(),
        Some(&event.detail),
    ];
    for part in parts {
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        text.extend_from_slice(&length.to_le_bytes());
        text.extend_from_slice(part.map_or(b"", |part| part.as_bytes()));
    }
    Digest::of(&text)
}

/// The record that follows another.
pub(crate) fn chain(last: Option<(u64, Digest)>, event: Event) -> EventRecord {
    let (number, before) = last.map_or((1, Digest::default()), |(number, hash)| (number + 1, hash));
    let hash = hash(number, &before, &event);
    EventRecord { number, event, before, hash }
}

/// Checks records that begin with the first.
pub(crate) fn verify<'a>(
    records: impl IntoIterator<Item = &'a EventRecord>,
    mut last: Option<(u64, Digest)>,
) -> Result<Option<(u64, Digest)>, ChainError> {
    for record in records {
        let due = chain(last, record.event.clone());
        if due != *record {
            return Err(ChainError::Broken { number: due.number });
        }
        last = Some((record.number, record.hash));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(what: &str) -> Event {
        Event {
            at_ms: 1,
            who: "a@b".into(),
            what: what.into(),
            stack: Some("prod/network".into()),
            plan: None,
            serials: Some((1, 2)),
            detail: "".into(),
        }
    }

    #[test]
    fn any_change_breaks_the_chain() {
        let mut records: Vec<EventRecord> = Vec::new();
        for what in ["init", "plan", "apply"] {
            let last = records.last().map(|record| (record.number, record.hash));
            records.push(chain(last, event(what)));
        }
        assert!(verify(&records, None).is_ok());
        let check = |change: &dyn Fn(&mut Vec<EventRecord>), at| {
            let mut changed = records.clone();
            change(&mut changed);
            match verify(&changed, None) {
                Err(ChainError::Broken { number }) => assert_eq!(number, at),
                other => panic!("{other:?}"),
            }
        };
        check(&|records| records[1].event.who = "c@d".into(), 2);
        check(&|records| drop(records.remove(1)), 2);
        check(&|records| records[0].event.plan = Some("".into()), 1);
        check(&|records| records.swap(0, 1), 1);
    }
}
