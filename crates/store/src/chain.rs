//! The chain that events are linked into, and what a fault in it looks like.
//!
//! Pure: whoever reads records, from a store or from a file, gives them one after the other.
//! Invariant: a record that was changed, dropped, moved or put in is told at its number; what is missing at the end is told
//! where somebody remembers how far the chain went: the store's own head, or a signed one kept elsewhere.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use state::Digest;

use crate::event::{Event, EventForm, EventRecord};

/// How far a chain goes: the number and the hash of its last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number.
    pub number: u64,
    /// The hash.
    pub hash: Digest,
}

/// Where a chain does not hold, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the event at which it shows.
    pub number: u64,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// What is wrong at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is not what was recorded under this number in this estate: changed, or another estate's.
    Changed,
    /// It is missing, and so are all up to this number.
    Missing {
        /// The last one that is missing.
        upto: u64,
    },
    /// Another one stands in its place: moved, or there twice.
    Order {
        /// The number that stands there.
        found: u64,
    },
    /// It does not follow the one before it: one of the two was put in, or the one before was written anew.
    Link,
    /// The chain was cut before it: it is remembered to go up to another one.
    Cut {
        /// The last event that there was.
        upto: u64,
        /// Who remembers.
        by: Memory,
    },
    /// It is another one than is remembered: the chain was written anew up to here or from before here.
    Rewritten {
        /// Who remembers.
        by: Memory,
    },
    /// It was put in behind the end that the store remembers.
    Extra,
    /// The store's memory of the chain's end is gone or forged.
    HeadMissing,
}

/// Who remembers how far a chain went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The store itself, sealed with the estate's key.
    Store,
    /// The first line of an exported file.
    File,
    /// A signed head.
    Seal,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Memory::Store => "the store's own head",
            Memory::File => "the file's first line",
            Memory::Seal => "a signed head",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { number, kind } = self;
        match kind {
            FaultKind::Changed => {
                write!(
                    f,
                    "event {number} is not what was recorded: it was changed, or is another estate's"
                )
            }
            FaultKind::Missing { upto } if upto == number => write!(f, "event {number} is missing"),
            FaultKind::Missing { upto } => write!(f, "events {number} to {upto} are missing"),
            FaultKind::Order { found } => {
                write!(f, "event {found} stands where event {number} belongs")
            }
            FaultKind::Link => write!(
                f,
                "event {number} does not follow the one before it: one of them was put in or written anew"
            ),
            FaultKind::Cut { upto, by } if upto == number => {
                write!(f, "event {number} was cut off the end: {by} says that there was one")
            }
            FaultKind::Cut { upto, by } => {
                write!(
                    f,
                    "events {number} to {upto} were cut off the end: {by} says that there were"
                )
            }
            FaultKind::Rewritten { by } => {
                write!(
                    f,
                    "event {number} is another one than {by} says: the chain was written anew"
                )
            }
            FaultKind::Extra => {
                write!(f, "event {number} was put in behind the end that the store remembers")
            }
            FaultKind::HeadMissing => write!(
                f,
                "the store's memory of the chain's end is gone or forged; its last event is {number}"
            ),
        }
    }
}

impl std::error::Error for Fault {}

/// The record that follows a head in an estate's chain.
pub(crate) fn chain(estate: &str, head: Option<Head>, event: Event) -> EventRecord {
    let (number, before) = head.map_or((1, Digest::default()), |head| (head.number + 1, head.hash));
    let (form, hash) = (EventForm::Second, Digest::default());
    let mut record = EventRecord { number, form, event, before, hash };
    record.hash = record.due_hash(estate);
    record
}

/// A chain as it is checked, from its first event on.
#[derive(Debug)]
pub struct ChainCheck {
    estate: Arc<str>,
    last: Option<Head>,
    form: EventForm,
    remembered: BTreeMap<u64, (Digest, Memory)>,
}

impl ChainCheck {
    /// A check of the chain of an estate, by its id.
    pub fn new(estate: impl Into<Arc<str>>) -> ChainCheck {
        let (last, form) = (None, EventForm::First);
        ChainCheck { estate: estate.into(), last, form, remembered: BTreeMap::new() }
    }

    /// Somebody remembers this event. Where two do not agree, the one that was given first counts.
    pub fn remember(&mut self, head: Head, by: Memory) {
        self.remembered.entry(head.number).or_insert((head.hash, by));
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// Where it is not the one that belongs there.
    pub fn take(&mut self, record: &EventRecord) -> Result<(), Fault> {
        let due = self.last.map_or(1, |last| last.number + 1);
        let at = |number, kind| Err(Fault { number, kind });
        if record.number > due {
            return at(due, FaultKind::Missing { upto: record.number - 1 });
        }
        if record.number < due {
            return at(due, FaultKind::Order { found: record.number });
        }
        // Once the estate is hashed, it stays hashed.
        if record.form < self.form || record.due_hash(&self.estate) != record.hash {
            return at(due, FaultKind::Changed);
        }
        let before = self.last.map_or(Digest::default(), |last| last.hash);
        if record.before != before {
            return at(due, FaultKind::Link);
        }
        match self.remembered.get(&due) {
            Some((hash, by)) if *hash != record.hash => {
                return at(due, FaultKind::Rewritten { by: *by });
            }
            _ => {}
        }
        self.form = record.form;
        self.last = Some(Head { number: due, hash: record.hash });
        Ok(())
    }

    /// How far it went so far.
    pub fn head(&self) -> Option<Head> {
        self.last
    }

    /// Whether an event was taken whose form has a head kept beside it.
    pub(crate) fn has_second_form(&self) -> bool {
        self.form == EventForm::Second
    }

    /// The chain ends here; tells how many events it has.
    ///
    /// # Errors
    /// Where it is remembered to go further.
    pub fn end(&self) -> Result<u64, Fault> {
        let last = self.last.map_or(0, |last| last.number);
        match self.remembered.range(last + 1..).next_back() {
            Some((upto, (_, by))) => {
                let kind = FaultKind::Cut { upto: *upto, by: *by };
                Err(Fault { number: last + 1, kind })
            }
            None => Ok(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(estate: &str, count: u64) -> Vec<EventRecord> {
        let mut records: Vec<EventRecord> = Vec::new();
        for at_ms in 0..count {
            let head = records.last().map(|last| Head { number: last.number, hash: last.hash });
            records.push(chain(estate, head, Event::new(at_ms, "local:a@b", "apply")));
        }
        records
    }

    fn checked(records: &[EventRecord], remembered: Option<Head>) -> Result<u64, Fault> {
        let mut check = ChainCheck::new("estate");
        remembered.into_iter().for_each(|head| check.remember(head, Memory::Seal));
        records.iter().try_for_each(|record| check.take(record))?;
        check.end()
    }

    #[test]
    fn each_kind_of_tampering_is_told_at_its_place() {
        let whole = records("estate", 9);
        let head = Some(Head { number: 9, hash: whole[8].hash });
        assert_eq!(checked(&whole, head), Ok(9));
        let check = |number, kind, change: &dyn Fn(&mut Vec<EventRecord>)| {
            let mut changed = whole.clone();
            change(&mut changed);
            assert_eq!(checked(&changed, head), Err(Fault { number, kind }));
        };
        check(3, FaultKind::Changed, &|all| all[2].event.at_ms = 99);
        check(3, FaultKind::Changed, &|all| all[2].form = EventForm::First);
        check(2, FaultKind::Missing { upto: 2 }, &|all| drop(all.remove(1)));
        check(1, FaultKind::Missing { upto: 4 }, &|all| drop(all.drain(..4)));
        check(4, FaultKind::Missing { upto: 5 }, &|all| all.swap(3, 5));
        check(4, FaultKind::Order { found: 3 }, &|all| all.insert(3, all[2].clone()));
        let by = Memory::Seal;
        check(8, FaultKind::Cut { upto: 9, by }, &|all| all.truncate(7));
        check(5, FaultKind::Changed, &|all| {
            all.splice(4.., records("another", 9).drain(4..)).for_each(drop);
        });
        // Somebody who reckons hashes: the rest holds in itself, and is not what was signed.
        check(9, FaultKind::Rewritten { by }, &|all| {
            all[4].event.who = "local:c@d".into();
            for at in 4..9 {
                all[at].before = all[at - 1].hash;
                all[at].hash = all[at].due_hash("estate");
            }
        });
        check(5, FaultKind::Link, &|all| {
            all[3].event.who = "local:c@d".into();
            all[3].hash = all[3].due_hash("estate");
        });
    }
}
