//! The record of a run: how far each of its stacks came, so that another command can go on with it.
//!
//! Kept in the store under the run's id, written before a stack's journal opens and after it closes.
//! Invariant: a stack whose state moved by somebody else is never told to have moved by the run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use addr::StackAddr;
use store::{EstateStore, Event, PortError, StoredRun};

/// The first line.
const FIRST: &str = "strata run 1";

/// What the event of a resolved op is called.
const RESOLVED: &str = "state-resolve";

/// How far a stack came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Its journal was about to be opened upon this serial; it may have moved by one since.
    Begun {
        /// The serial of the state.
        serial: u64,
    },
    /// It was closed with this serial.
    Closed {
        /// The serial of the state.
        serial: u64,
    },
}

impl Came {
    /// Whether a state of this serial has moved by the run alone.
    pub fn explains(self, now: u64) -> bool {
        match self {
            Came::Begun { serial } => now == serial || now == serial + 1,
            Came::Closed { serial } => now == serial,
        }
    }
}

/// How far a run came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress(pub BTreeMap<StackAddr, Came>);

impl Progress {
    fn text(&self) -> String {
        let mut text = format!("{FIRST}\n");
        for (stack, came) in &self.0 {
            let _ = match came {
                Came::Begun { serial } => writeln!(text, "begun {serial} {stack}"),
                Came::Closed { serial } => writeln!(text, "closed {serial} {stack}"),
            };
        }
        text
    }

    /// Reads what a store kept; `None` where it is in a form that this version does not know.
    pub fn parse(body: &[u8]) -> Option<Progress> {
        let mut lines = std::str::from_utf8(body).ok()?.lines();
        if lines.next() != Some(FIRST) {
            return None;
        }
        let mut found = BTreeMap::new();
        for line in lines {
            let mut parts = line.splitn(3, ' ');
            let (word, serial, stack) = (parts.next()?, parts.next()?, parts.next()?);
            let serial = serial.parse().ok()?;
            let came = match word {
                "begun" => Came::Begun { serial },
                "closed" => Came::Closed { serial },
                _ => return None,
            };
            found.insert(stack.parse().ok()?, came);
        }
        Some(Progress(found))
    }

    /// Goes on over what people said of ops that the run left in doubt: events that begin where the run came to. What
    /// others did where the run had only begun is theirs.
    pub fn heard(&mut self, run: &str, event: &Event) {
        let (Some(stack), Some((before, after))) = (&event.stack, event.serials) else { return };
        if before == after || event.plan.as_deref() == Some(run) {
            return;
        }
        let came = stack.parse().ok().and_then(|stack: StackAddr| self.0.get_mut(&stack));
        let Some(came) = came.filter(|came| came.explains(before)) else { return };
        match &*event.what {
            RESOLVED => *came = Came::Closed { serial: after },
            _ => *came = Came::Closed { serial: before },
        }
    }
}

/// The record of a run that is on its way.
pub(super) struct Recorder {
    head: StoredRun,
    progress: Mutex<Progress>,
}

impl Recorder {
    /// A record that goes on from what is known already.
    pub(super) fn new(head: StoredRun, progress: Progress) -> Recorder {
        Recorder { head, progress: Mutex::new(progress) }
    }

    /// Keeps how far a stack came.
    ///
    /// # Errors
    /// Where the store fails.
    pub(super) fn came(
        &self,
        store: &dyn EstateStore,
        stack: &StackAddr,
        came: Came,
    ) -> Result<(), PortError> {
        // Held while it is written, so that an older record does not take the place of a newer one.
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.0.insert(stack.clone(), came);
        let body = progress.text().into_bytes();
        store.put_run(&StoredRun { body, ..self.head.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let addr = |text: &str| text.parse::<StackAddr>().expect("an address");
        let progress = Progress(BTreeMap::from([
            (addr("dev/net:eu"), Came::Begun { serial: 3 }),
            (addr("dev/db"), Came::Closed { serial: 9 }),
        ]));
        assert_eq!(Progress::parse(progress.text().as_bytes()), Some(progress));
        assert_eq!(Progress::parse(b"strata run 2\n"), None);
        assert_eq!(Progress::parse(b"strata run 1\nbegun x dev/db\n"), None);
    }

    #[test]
    fn what_people_resolved_is_part_of_the_run() {
        let stack: StackAddr = "dev/net".parse().expect("an address");
        let event = |what: &str, (before, after)| {
            Event::new(1, "local:me@here", what).of_stack("dev/net").between(before, after)
        };
        let mut progress = Progress(BTreeMap::from([(stack.clone(), Came::Begun { serial: 3 })]));
        progress.heard("p", &event("state-resolve", (4, 5)));
        progress.heard("p", &event("state-rm", (5, 6)));
        progress.heard("p", &event("state-resolve", (6, 7)));
        assert_eq!(progress.0[&stack], Came::Closed { serial: 5 }, "the rest is somebody else's");
        progress.heard("p", &event("state-resolve", (5, 6)));
        assert_eq!(progress.0[&stack], Came::Closed { serial: 6 });
        // Where the run had only begun, it did not move the serial: the event says who did.
        progress.0.insert(stack.clone(), Came::Begun { serial: 3 });
        progress.heard("p", &Event { plan: Some("p".into()), ..event("apply", (3, 4)) });
        assert_eq!(progress.0[&stack], Came::Begun { serial: 3 });
        progress.heard("p", &event("state-rm", (3, 4)));
        assert!(!progress.0[&stack].explains(4));
    }

    #[test]
    fn a_serial_is_explained_only_by_the_run_itself() {
        let begun = Came::Begun { serial: 3 };
        assert_eq!([2, 3, 4, 5].map(|now| begun.explains(now)), [false, true, true, false]);
        assert!(!Came::Closed { serial: 3 }.explains(4));
    }
}
