//! The audit's events: who did what, when, where, to which stack, under which plan, between which serials.
//!
//! What is hashed stands here, the chain of hashes in [`chain`](crate::chain); the stores keep the rows.
//! Invariant: two events that differ in anything, their place and their estate among it, have different hashes.

use std::fmt;
use std::sync::Arc;

use state::Digest;

use crate::chain::Fault;
use crate::error::PortError;
use crate::who::Who;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who did it.
    pub who: Who,
    /// What, as a word or two with hyphens: `apply`, `lock-break`.
    pub what: Arc<str>,
    /// In which environment.
    pub environment: Option<Arc<str>>,
    /// To which stack.
    pub stack: Option<Arc<str>>,
    /// Under which plan.
    pub plan: Option<Arc<str>>,
    /// To which object of the stack.
    pub object: Option<Arc<str>>,
    /// The state's serials before and after.
    pub serials: Option<(u64, u64)>,
    /// More about it, for people.
    pub detail: Arc<str>,
}

impl Event {
    /// An event about nothing in particular yet.
    pub fn new(at_ms: u64, who: impl Into<Who>, what: impl Into<Arc<str>>) -> Event {
        Event {
            at_ms,
            who: who.into(),
            what: what.into(),
            environment: None,
            stack: None,
            plan: None,
            object: None,
            serials: None,
            detail: "".into(),
        }
    }

    /// In this environment.
    #[must_use]
    pub fn in_environment(self, environment: impl Into<Arc<str>>) -> Event {
        Event { environment: Some(environment.into()), ..self }
    }

    /// To this stack, `ENV/STACK[:KEY]`, and so in its environment.
    #[must_use]
    pub fn of_stack(self, stack: impl Into<Arc<str>>) -> Event {
        let stack = stack.into();
        let environment = environment_of(&stack).map(Arc::from).or(self.environment);
        Event { environment, stack: Some(stack), ..self }
    }

    /// Under this plan.
    #[must_use]
    pub fn under(self, plan: impl Into<Arc<str>>) -> Event {
        Event { plan: Some(plan.into()), ..self }
    }

    /// To this object of the stack.
    #[must_use]
    pub fn to_object(self, object: impl Into<Arc<str>>) -> Event {
        Event { object: Some(object.into()), ..self }
    }

    /// Between these serials of the state.
    #[must_use]
    pub fn between(self, before: u64, after: u64) -> Event {
        Event { serials: Some((before, after)), ..self }
    }

    /// With this about it.
    #[must_use]
    pub fn saying(self, detail: impl Into<Arc<str>>) -> Event {
        Event { detail: detail.into(), ..self }
    }

    /// The environment that it is about: its own, or that of its stack.
    pub fn about_environment(&self) -> Option<&str> {
        self.environment.as_deref().or_else(|| self.stack.as_deref().and_then(environment_of))
    }
}

/// The environment in a stack's address.
fn environment_of(stack: &str) -> Option<&str> {
    stack.split_once('/').map(|(environment, _)| environment)
}

/// How an event is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventForm {
    /// As the first stores did: without estate, environment and object.
    First,
    /// With the estate's id, so that no other estate's event fits, and with all parts.
    Second,
}

impl EventForm {
    /// Its number.
    pub fn number(self) -> u64 {
        match self {
            EventForm::First => 1,
            EventForm::Second => 2,
        }
    }

    /// The form of a number; `None` for one that this version does not know.
    pub fn of_number(number: u64) -> Option<EventForm> {
        [EventForm::First, EventForm::Second].into_iter().find(|form| form.number() == number)
    }
}

/// An event with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// How it is hashed.
    pub form: EventForm,
    /// What happened.
    pub event: Event,
    /// The hash of the event before; zeros for the first.
    pub before: Digest,
    /// Its own.
    pub hash: Digest,
}

impl EventRecord {
    /// What its hash has to be in the chain of an estate.
    pub fn due_hash(&self, estate: &str) -> Digest {
        match self.form {
            EventForm::First => first_hash(self.number, &self.before, &self.event),
            EventForm::Second => second_hash(estate, self.number, &self.before, &self.event),
        }
    }
}

/// Why the chain of events does not hold.
#[derive(Clone, Debug)]
pub enum ChainError {
    /// At this place.
    Broken(Fault),
    /// The port failed.
    Port(PortError),
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainError::Broken(fault) => fault.fmt(f),
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

/// What is hashed before the parts: place, link, time and serials.
fn begun(mark: &[u8], number: u64, before: &Digest, event: &Event) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    text.extend_from_slice(mark);
    text.extend_from_slice(&number.to_le_bytes());
    text.extend_from_slice(&before.0);
    text.extend_from_slice(&event.at_ms.to_le_bytes());
    let (from, to) = event.serials.unwrap_or_default();
    text.push(u8::from(event.serials.is_some()));
    text.extend_from_slice(&from.to_le_bytes());
    text.extend_from_slice(&to.to_le_bytes());
    text
}

/// Each part is preceded by its length, so that no two events hash the same text.
fn hashed(mut text: Vec<u8>, parts: &[Option<&str>]) -> Digest {
    for part in parts {
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        text.extend_from_slice(&length.to_le_bytes());
        text.extend_from_slice(part.map_or(b"", str::as_bytes));
    }
    Digest::of(&text)
}

fn first_hash(number: u64, before: &Digest, event: &Event) -> Digest {
    let parts = [
        Some(event.who.as_str()),
        Some(&*event.what),
        event.stack.as_deref(),
        event.plan.as_deref(),
        Some(&*event.detail),
    ];
    hashed(begun(b"strata event 1\0", number, before, event), &parts)
}

fn second_hash(estate: &str, number: u64, before: &Digest, event: &Event) -> Digest {
    let parts = [
        Some(estate),
        Some(event.who.as_str()),
        Some(&*event.what),
        event.environment.as_deref(),
        event.stack.as_deref(),
        event.plan.as_deref(),
        event.object.as_deref(),
        Some(&*event.detail),
    ];
    hashed(begun(b"strata event 2\0", number, before, event), &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_and_every_place_has_a_hash_of_its_own() {
        let base = Event::new(7, "local:a@b", "apply").of_stack("dev/net").under("p-1");
        let others = [
            Event { at_ms: 8, ..base.clone() },
            Event { who: "local:a@c".into(), ..base.clone() },
            Event { what: "plan".into(), ..base.clone() },
            Event { environment: None, ..base.clone() },
            Event { stack: None, ..base.clone() },
            Event { stack: Some("".into()), ..base.clone() },
            Event { plan: None, object: Some("p-1".into()), ..base.clone() },
            base.clone().to_object("x.a"),
            base.clone().between(0, 0),
            base.clone().saying("more"),
        ];
        let hash = |event: &Event| second_hash("estate", 3, &Digest::default(), event);
        for other in &others {
            assert_ne!(hash(&base), hash(other), "{other:?}");
        }
        assert_ne!(hash(&base), second_hash("another", 3, &Digest::default(), &base));
        assert_ne!(hash(&base), second_hash("estate", 4, &Digest::default(), &base));
        assert_ne!(hash(&base), second_hash("estate", 3, &Digest::of(b""), &base));
        assert_ne!(hash(&base), first_hash(3, &Digest::default(), &base));
    }

    /// What stores of layout 3 hold has to hash as it did.
    #[test]
    fn the_first_form_is_what_it_was() {
        let event = Event { environment: None, ..Event::new(1, "a@b", "init").of_stack("p/n") };
        let event = event.between(1, 2);
        let text = [
            &b"strata event 1\0"[..],
            &1u64.to_le_bytes(),
            &[0; 32],
            &1u64.to_le_bytes(),
            &[1],
            &1u64.to_le_bytes(),
            &2u64.to_le_bytes(),
            &3u64.to_le_bytes(),
            b"a@b",
            &4u64.to_le_bytes(),
            b"init",
            &3u64.to_le_bytes(),
            b"p/n",
            &u64::MAX.to_le_bytes(),
            &0u64.to_le_bytes(),
        ]
        .concat();
        assert_eq!(first_hash(1, &Digest::default(), &event), Digest::of(&text));
    }
}
