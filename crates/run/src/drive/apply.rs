//! Driving an applier: the journal before each call, and after each answer.
//!
//! Invariant: no call begins after the journal failed or the lease was lost; what is under way is awaited, and its
//! ends are handed to the journal, which rescues what it cannot write. What is told of a failure tells all of that.

use std::time::Duration;

use ::plan::ProviderInstance;
use engine::{Answer, Applier, Effect, Progress, Request, Stop};
use schema::protocol::{CallFailure, FailureKind};
use state::journal::Seq;
use store::{Journal, JournalFailure};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::World;
use super::calls::Calls;
use crate::interrupt::{Interrupts, Level};

/// How often it is looked whether the lease is still believed, while nothing else happens.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Why an applier was not driven to its end.
#[derive(Debug)]
pub(crate) enum ApplyFailure {
    /// The journal could not be written.
    Journal(JournalFailure),
    /// The lease was lost.
    LeaseLost,
}

/// Drives an applier until its lead is over and a trail is left, or until all is over; tells which.
///
/// # Errors
/// Where the journal or the lease was lost on the way; the applier's calls are over then, too, and it is known what
/// became of each of its entries.
pub(crate) async fn apply<W: World>(
    applier: &mut Applier,
    journal: &Journal,
    world: &W,
    parallelism: usize,
    interrupts: &mut Interrupts,
) -> Result<Progress, ApplyFailure> {
    let mut news = durability(journal);
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let calls = Calls::new(parallelism);
    let mut driving = Driving { applier, journal, world, calls, failure: None };
    loop {
        let progress = driving.advance();
        if driving.failure.is_some() {
            if driving.is_at_rest() {
                return Err(driving.failed());
            }
        } else if progress != Progress::Waiting {
            return Ok(progress);
        }
        tokio::select! {
            biased;
            level = interrupts.next() => driving.interrupted(level),
            Some(told) = news.recv() => driving.told(told),
            (id, answer) = driving.calls.next() => driving.applier.answer(id, answer),
            _ = look.tick() => {}
        }
        while let Some((id, answer)) = driving.calls.try_next() {
            driving.applier.answer(id, answer);
        }
        while let Ok(told) = news.try_recv() {
            driving.told(told);
        }
    }
}

/// An applier on its way.
struct Driving<'d, W> {
    applier: &'d mut Applier,
    journal: &'d Journal,
    world: &'d W,
    calls: Calls,
    failure: Option<ApplyFailure>,
}

impl<W: World> Driving<'_, W> {
    /// Does all that needs no waiting.
    fn advance(&mut self) -> Progress {
        let mut effects = Vec::new();
        loop {
            let progress = self.applier.advance(&mut effects);
            let mut answered = false;
            for effect in effects.drain(..) {
                answered |= self.carry_out(effect);
            }
            if !self.world.may_call() && self.failure.is_none() && progress == Progress::Waiting {
                self.fail(ApplyFailure::LeaseLost);
                self.world.stop_calls();
            }
            match self.failure {
                Some(_) => answered |= self.refuse_waiting(),
                None if !answered => self.calls.begin(self.world, self.applier.providers()),
                None => {}
            }
            if !answered {
                return progress;
            }
        }
    }

    /// Does what the applier wants; tells whether that answered it.
    fn carry_out(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Append(entries) => {
                if let Err(error) = self.journal.append(entries) {
                    self.fail(ApplyFailure::Journal(error));
                }
                false
            }
            Effect::Call(id, request) => {
                match self.world.answer_now(&request, self.applier.providers()) {
                    Some(answer) => {
                        self.applier.answer(id, answer);
                        true
                    }
                    None => {
                        self.calls.push(id, request);
                        false
                    }
                }
            }
        }
    }

    /// Calls that wait when everything fails never come to their provider, so nothing is in doubt for their sake; tells
    /// whether there were any.
    fn refuse_waiting(&mut self) -> bool {
        let mut refused = false;
        for (id, request) in self.calls.give_up() {
            if let Some(answer) = refusal(&request, self.applier.providers()) {
                self.applier.answer(id, answer);
                refused = true;
            }
        }
        refused
    }

    fn fail(&mut self, failure: ApplyFailure) {
        self.applier.stop(Stop::BeginNothing);
        self.failure.get_or_insert(failure);
    }

    /// What the journal tells.
    fn told(&mut self, told: Result<Seq, JournalFailure>) {
        match told {
            Ok(seq) => self.applier.durable(seq),
            Err(error) => self.fail(ApplyFailure::Journal(error)),
        }
    }

    /// Once: begin nothing new. Twice: ask the providers to stop. Three times: end them (ENGINE §11).
    fn interrupted(&mut self, level: Level) {
        self.applier.stop(Stop::BeginNothing);
        match level {
            Level::BeginNothing => {}
            Level::Stop => self.world.stop_calls(),
            Level::Kill => self.world.kill(),
        }
    }

    /// Whether no call is under way, and it is known what became of every entry.
    fn is_at_rest(&self) -> bool {
        self.calls.is_idle() && self.journal.is_settled()
    }

    /// Why it failed. By now the journal knows where all entries went, which it did not when it failed first.
    fn failed(self) -> ApplyFailure {
        match (self.journal.durable(), self.failure) {
            (Err(failure), _) => ApplyFailure::Journal(failure),
            (Ok(_), Some(failure)) => failure,
            (Ok(_), None) => unreachable!("BUG: nothing failed"),
        }
    }
}

/// The answer to a call of a provider that is not made.
fn refusal(request: &Request, providers: &[ProviderInstance]) -> Option<Answer> {
    let Request::Provider { provider, call, .. } = request else { return None };
    Some(Answer::Provider(Err(CallFailure {
        kind: FailureKind::Refused,
        provider: providers[provider.0 as usize].config.provider.to_string().into(),
        call: call.kind().name(),
        message: "no call is begun any more".to_owned(),
        last_lines: Vec::new(),
    })))
}

/// The journal's news, as a channel.
fn durability(journal: &Journal) -> mpsc::UnboundedReceiver<Result<Seq, JournalFailure>> {
    let (sender, receiver) = mpsc::unbounded_channel();
    journal.listen(Box::new(move |told| {
        // The receiver goes only when the run is over; then nobody needs to know.
        let _ = sender.send(told);
    }));
    receiver
}
