//! The events of ops: what an open journal's entries say of the audit.
//!
//! Made beside the entries and made durable with them, so that an op costs no sync of its own.
//! Invariant: each op that ended is one event, and so is each object that left the state without an op.

use std::collections::HashMap;
use std::sync::Arc;

use state::journal::{Action, Entry, OpId, Outcome, RunId};

use crate::contract::Recovered;
use crate::event::Event;
use crate::lease::Lease;
use crate::world::World;

/// What makes events of a journal's entries.
pub(crate) struct OpEvents {
    world: Arc<dyn World>,
    blank: Event,
    begun: HashMap<OpId, Action>,
}

impl OpEvents {
    /// Those of a run that holds this lease.
    pub(crate) fn new(lease: &Lease, run: &RunId, world: Arc<dyn World>) -> OpEvents {
        let blank = Event::new(0, lease.request().author(), "op")
            .of_stack(lease.stack().as_str())
            .under(run.as_str());
        OpEvents { world, blank, begun: HashMap::new() }
    }

    /// The event of an entry, where it has one.
    pub(crate) fn of(&mut self, entry: &Entry) -> Option<Event> {
        let (at, detail) = match entry {
            Entry::Begin(begin) => {
                self.begun.insert(begin.op, begin.action);
                return None;
            }
            Entry::End(end) => (&end.at, said(self.begun.remove(&end.op), &end.outcome)),
            _ => return None,
        };
        let at_ms = self.world.now_ms();
        Some(Event { at_ms, ..self.blank.clone() }.to_object(at.to_string()).saying(detail))
    }
}

/// The event of a journal that an earlier run left open and that is folded now.
pub(crate) fn recovery(lease: &Lease, recovered: &Recovered, now_ms: u64) -> Event {
    let event = Event::new(now_ms, lease.request().author(), "recover");
    let event = event.of_stack(lease.stack().as_str()).under(recovered.run.as_str());
    event.saying(format!("a run that had not ended: {} entries", recovered.entries))
}

fn said(action: Option<Action>, outcome: &Outcome) -> &'static str {
    match (action, outcome) {
        (Some(Action::Create), Outcome::Object(_)) => "created",
        (Some(Action::Create), Outcome::Gone) => "create left nothing",
        (Some(Action::Update), Outcome::Object(_)) => "updated",
        (Some(Action::Update), Outcome::Gone) => "update left nothing",
        (Some(Action::Delete), Outcome::Object(_)) => "delete left it",
        (Some(Action::Delete), Outcome::Gone) => "deleted",
        (Some(_), Outcome::Unreadable { .. }) => "in doubt: the answer cannot be read",
        (None, Outcome::Object(_)) => "recorded without a call",
        (None, Outcome::Gone) => "forgotten without a call",
        (None, Outcome::Unreadable { .. }) => "in doubt",
    }
}
