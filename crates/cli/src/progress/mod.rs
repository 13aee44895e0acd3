//! Progress of a run on standard error, so that standard output holds only what was asked for.
//!
//! On a terminal a few lines that are drawn again and again (`live`), elsewhere a line for each event (`lines`), for
//! programs an event a line as JSON (`json`). Invariants: a run that is over leaves nothing on the terminal that is still
//! drawn; of one stack at most [`OBJECT_LINES_MAX`] objects have a line, of all [`RUN_LINES_MAX`], and the rest is counted.

mod json;
mod lines;
mod live;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use host::Stream;
use render::Slow;
use run::events::{Ended, Event, EventKind, Events, Phase, Verb};

use self::live::Live;
use crate::commands::Context;
use crate::report::Format;

/// Most objects of a stack that have a line of their own.
const OBJECT_LINES_MAX: usize = 20;
/// Most lines of objects of a run; those that fail have one all the same.
const RUN_LINES_MAX: usize = 400;
/// Objects that took longest, kept for the summary.
const SLOW_MAX: usize = 5;
/// How often the lines that are drawn again are drawn though nothing happened.
const TICK: Duration = Duration::from_millis(500);

/// Shows progress.
pub(crate) struct Progress {
    terminal: host::Terminal,
    form: Form,
    state: Mutex<State>,
}

/// How progress is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Live { width: usize },
    Lines,
    Json,
}

#[derive(Default)]
struct State {
    live: Live,
    /// Objects that ended so far and had a line, and those that had none, by stack.
    objects: HashMap<String, Objects>,
    /// Lines of objects so far, of all stacks.
    lines: usize,
    slow: Vec<Slow>,
    began: Option<Instant>,
    took: Duration,
}

/// Objects of a stack that ended.
#[derive(Default)]
struct Objects {
    told: usize,
    more: usize,
}

/// What of a run that is over is worth telling.
pub(crate) struct Times {
    /// Objects that took longest.
    pub(crate) slow: Vec<Slow>,
    /// The run as a whole.
    pub(crate) took: Duration,
}

impl Progress {
    /// For a command: where it writes to decides how.
    pub(crate) fn new(context: &Context<'_>) -> Progress {
        let environment = &context.host.environment;
        let draws = context.host.terminal.is_terminal(Stream::Err)
            && environment.var("TERM").is_some_and(|term| term != "dumb");
        let form = match context.format {
            Format::Json => Form::Json,
            Format::Text if draws => Form::Live { width: live::width(environment) },
            Format::Text => Form::Lines,
        };
        Progress { terminal: context.host.terminal.clone(), form, state: Mutex::default() }
    }

    /// Draws again until it is dropped.
    pub(crate) async fn tick(&self) {
        let Form::Live { width } = self.form else { return };
        loop {
            tokio::time::sleep(TICK).await;
            let text = self.state().live.redrawn(width);
            self.write(&text);
        }
    }

    /// What took long of the last run.
    pub(crate) fn times(&self) -> Times {
        let state = self.state();
        Times { slow: state.slow.clone(), took: state.took }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, text: &str) {
        if !text.is_empty() {
            self.terminal.write(Stream::Err, text);
        }
    }
}

impl Events for Progress {
    fn event(&self, event: Event) {
        let mut state = self.state();
        state.remember(&event);
        let text = match self.form {
            Form::Json => format!("{}\n", json::line(&event)),
            Form::Lines => state.line(&event).map_or_else(String::new, |line| format!("{line}\n")),
            Form::Live { width } => {
                let line = lines::lasting(&event);
                state.live.told(&event, line, width)
            }
        };
        // Written under the lock: lines that are drawn again must not be parted.
        self.write(&text);
    }
}

impl State {
    /// Keeps what the summary tells.
    fn remember(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunBegan { phase, .. } if *phase != Phase::Plan => {
                self.began = Some(Instant::now());
                self.lines = 0;
                self.slow.clear();
            }
            EventKind::RunEnded => {
                self.took = self.began.take().map_or(self.took, |began| began.elapsed());
            }
            EventKind::ObjectEnded { address, verb, ended, took }
                if !matches!(verb, Verb::Read | Verb::Plan) =>
            {
                let address = lines::named(&event.stack, address);
                self.slow.push(Slow { address, did: lines::done(*verb, *ended), took: *took });
                self.slow.sort_by_key(|one| std::cmp::Reverse(one.took));
                self.slow.truncate(SLOW_MAX);
            }
            _ => {}
        }
    }

    /// The line of an event where none is drawn again; of a stack with many objects they are counted after a while.
    fn line(&mut self, event: &Event) -> Option<String> {
        let is_estate = !event.stack.is_empty();
        match &event.kind {
            EventKind::ObjectEnded { ended, .. } if is_estate => {
                let objects = self.objects.entry(event.stack.clone()).or_default();
                let room = objects.told < OBJECT_LINES_MAX && self.lines < RUN_LINES_MAX;
                if !room && *ended == Ended::Well {
                    objects.more += 1;
                    return None;
                }
                objects.told += 1;
                self.lines += 1;
                lines::line(event)
            }
            EventKind::StackEnded { .. } => {
                let more = self.objects.remove(&event.stack).map_or(0, |objects| objects.more);
                let line = lines::line(event)?;
                Some(if more > 0 { format!("{line}, +{more} objects more") } else { line })
            }
            _ => lines::line(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(stack: &str, ended: Ended, took: u64) -> Event {
        let address = "local_file.a[0]".parse().expect("an address");
        let took = Duration::from_secs(took);
        let kind = EventKind::ObjectEnded { address, verb: Verb::Create, ended, took };
        Event { stack: stack.into(), kind }
    }

    #[test]
    fn many_objects_of_a_stack_are_counted() {
        let mut state = State::default();
        let lines: Vec<String> =
            (0..30).filter_map(|_| state.line(&ended("dev/a", Ended::Well, 0))).collect();
        assert_eq!(lines.len(), OBJECT_LINES_MAX);
        assert!(state.line(&ended("dev/a", Ended::Badly, 0)).is_some(), "a failure is always told");
        let took = Duration::from_secs(2);
        let kind = EventKind::StackEnded { phase: Phase::Apply, ended: Ended::Well, took };
        let line = state.line(&Event { stack: "dev/a".into(), kind });
        assert_eq!(line.as_deref(), Some("dev/a: applied after 2 s, +10 objects more"));
    }

    #[test]
    fn many_objects_of_a_run_are_counted_too() {
        let mut state = State::default();
        let lines = (0..100).flat_map(|stack| (0..10).map(move |_| stack));
        let told = lines
            .filter_map(|stack| state.line(&ended(&format!("dev/s{stack}"), Ended::Well, 0)))
            .count();
        assert_eq!(told, RUN_LINES_MAX);
    }

    #[test]
    fn what_took_longest_is_kept() {
        let mut state = State::default();
        (0..20).for_each(|n| state.remember(&ended("dev/a", Ended::Well, n)));
        let seconds: Vec<u64> = state.slow.iter().map(|one| one.took.as_secs()).collect();
        assert_eq!(seconds, [19, 18, 17, 16, 15]);
    }
}
