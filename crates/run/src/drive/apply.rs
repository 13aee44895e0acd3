//! Driving an applier: the journal before each call, and after each answer.
//!
//! Invariant: no call begins after the journal failed or the lease was lost; what is under way is awaited, and its
//! ends are handed to the journal, which rescues what it cannot write.

use engine::{Applier, Effect, Progress, Stop};
use state::journal::Seq;
use store::{Journal, JournalFailure};
use tokio::sync::mpsc;

use super::World;
use super::calls::Calls;
use crate::interrupt::{Interrupts, Level};

/// Why an applier was not driven to its end.
#[derive(Debug)]
pub(crate) enum ApplyFailure {
    /// The journal could not be written.
    Journal(JournalFailure),
    /// The lease was lost.
    LeaseLost,
}

/// Drives an applier until it is over.
///
/// # Errors
/// Where the journal or the lease was lost on the way; the applier's calls are over then, too.
pub(crate) async fn apply<W: World>(
    applier: &mut Applier,
    journal: &Journal,
    world: &W,
    parallelism: usize,
    interrupts: &mut Interrupts,
) -> Result<(), ApplyFailure> {
    let mut news = durability(journal);
    let mut calls = Calls::new(parallelism);
    let mut failure = None;
    let mut effects = Vec::new();
    loop {
        let progress = applier.advance(&mut effects);
        let mut answered = false;
        for effect in effects.drain(..) {
            match effect {
                Effect::Append(entries) => {
                    if let Err(error) = journal.append(entries) {
                        failed(applier, &mut failure, ApplyFailure::Journal(error));
                    }
                }
                Effect::Call(id, request) => {
                    match world.answer_now(&request, applier.providers()) {
                        Some(answer) => {
                            applier.answer(id, answer);
                            answered = true;
                        }
                        None => calls.push(id, request),
                    }
                }
            }
        }
        if answered {
            continue;
        }
        if !world.may_call() && failure.is_none() {
            failed(applier, &mut failure, ApplyFailure::LeaseLost);
            world.stop_calls();
        }
        if failure.is_none() {
            calls.begin(world, applier.providers());
        }
        match failure {
            Some(failure) if calls.is_idle() => return Err(failure),
            None if progress == Progress::Done => return Ok(()),
            _ => {}
        }
        tokio::select! {
            biased;
            level = interrupts.next() => interrupted(applier, world, level),
            Some(told) = news.recv() => match told {
                Ok(seq) => applier.durable(seq),
                Err(error) => failed(applier, &mut failure, ApplyFailure::Journal(error)),
            },
            (id, answer) = calls.next() => applier.answer(id, answer),
        }
        while let Some((id, answer)) = calls.try_next() {
            applier.answer(id, answer);
        }
        while let Ok(Ok(seq)) = news.try_recv() {
            applier.durable(seq);
        }
    }
}

/// Once: begin nothing new. Twice: ask the providers to stop. Three times: end them (ENGINE §11).
fn interrupted<W: World>(applier: &mut Applier, world: &W, level: Level) {
    applier.stop(Stop::BeginNothing);
    match level {
        Level::BeginNothing => {}
        Level::Stop => world.stop_calls(),
        Level::Kill => world.kill(),
    }
}

fn failed(applier: &mut Applier, failure: &mut Option<ApplyFailure>, cause: ApplyFailure) {
    applier.stop(Stop::BeginNothing);
    failure.get_or_insert(cause);
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
