//! Lines on a terminal that are drawn again in their place.
//!
//! Invariant: before anything else is written the lines are taken away, so that what lasts stands above them; they are
//! not drawn more often than a person can read.

use std::time::{Duration, Instant};

use host::Environment;
use render::{Fate, LiveRun};
use run::events::{Ended, Event, EventKind};

use super::lines::{doing, phase_word};

/// Not drawn again before this is over.
const REST: Duration = Duration::from_millis(100);
/// Columns of a terminal that does not say how many it has, less one: a full line would wrap.
const WIDTH: usize = 79;

/// The view, and how many of its lines are on the terminal.
#[derive(Default)]
pub(super) struct Live {
    run: Option<Running>,
    drawn: usize,
}

struct Running {
    view: LiveRun,
    began: Instant,
    drawn_at: Option<Instant>,
}

/// The columns that lines may take, as `COLUMNS` says.
pub(super) fn width(environment: &Environment) -> usize {
    let columns = environment.var("COLUMNS").and_then(|text| text.parse::<usize>().ok());
    columns.filter(|n| *n >= 40).map_or(WIDTH, |n| n - 1)
}

impl Live {
    /// What to write when this happened: what lasts of it, and the lines drawn again.
    pub(super) fn told(&mut self, event: &Event, lasting: Option<String>, width: usize) -> String {
        self.heed(event);
        let rests =
            self.run.as_ref().is_some_and(|run| run.drawn_at.is_some_and(|at| at.elapsed() < REST));
        match lasting {
            Some(line) => format!("{}{line}\n{}", self.cleared(), self.drawn(width)),
            None if self.run.is_none() => self.cleared(),
            None if rests => String::new(),
            None => self.redrawn(width),
        }
    }

    /// The lines drawn again, as things are now.
    pub(super) fn redrawn(&mut self, width: usize) -> String {
        if self.run.is_none() {
            return String::new();
        }
        format!("{}{}", self.cleared(), self.drawn(width))
    }

    /// Takes the lines off the terminal (ECMA-48: cursor up, erase to the end).
    fn cleared(&mut self) -> String {
        match std::mem::take(&mut self.drawn) {
            0 => String::new(),
            n => format!("\u{1b}[{n}A\u{1b}[J"),
        }
    }

    fn drawn(&mut self, width: usize) -> String {
        let Some(run) = &mut self.run else { return String::new() };
        run.drawn_at = Some(Instant::now());
        let lines = run.view.lines(run.began.elapsed(), width);
        self.drawn = lines.len();
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn heed(&mut self, event: &Event) {
        let stack = event.stack.as_str();
        match (&event.kind, &mut self.run) {
            (EventKind::RunBegan { phase, stacks }, _) => {
                let members = stacks.iter().map(|one| (one.stack.as_str(), one.layer.as_str()));
                let view = LiveRun::new(phase_word(*phase), members, Duration::ZERO);
                self.run = Some(Running { view, began: Instant::now(), drawn_at: None });
            }
            (EventKind::RunEnded, _) => self.run = None,
            (_, None) => {}
            (EventKind::StackBegan(_), Some(run)) => run.view.stack_began(stack),
            (EventKind::StackEnded { phase, ended, .. }, Some(run)) => {
                // While a run is applied a stack is planned again first: that is not yet its end.
                if run.view.is_about(phase_word(*phase)) || *ended == Ended::Badly {
                    let fate = if *ended == Ended::Well { Fate::Well } else { Fate::Badly };
                    run.view.stack_ended(stack, fate);
                }
            }
            (EventKind::ObjectBegan { address, verb }, Some(run)) => {
                let now = run.began.elapsed();
                run.view.call_began(stack, &address.to_string(), doing(*verb), now);
            }
            (EventKind::ObjectEnded { address, .. }, Some(run)) => {
                run.view.call_ended(stack, &address.to_string());
            }
            (EventKind::ObjectGoesOn { .. } | EventKind::Interrupted, Some(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use run::events::{Member, Phase};

    use super::*;

    fn tell(live: &mut Live, stack: &str, kind: EventKind, lasting: Option<&str>) -> String {
        live.told(&Event { stack: stack.into(), kind }, lasting.map(str::to_owned), 79)
    }

    #[test]
    fn lines_are_taken_away_before_what_lasts_is_written() {
        let mut live = Live::default();
        let stacks = vec![Member { stack: "dev/a".into(), layer: "network".into() }];
        let begun = tell(&mut live, "", EventKind::RunBegan { phase: Phase::Apply, stacks }, None);
        assert_eq!(begun, "applying: 0 of 1 stacks · 0 under way · 0 ms\n");
        let rests = tell(&mut live, "dev/a", EventKind::StackBegan(Phase::Apply), None);
        assert_eq!(rests, "", "it was drawn only just now");
        let lasts = tell(&mut live, "dev/a", EventKind::Interrupted, Some("stop"));
        assert!(lasts.starts_with("\u{1b}[1A\u{1b}[Jstop\napplying: "), "{lasts:?}");
        let ended = tell(&mut live, "", EventKind::RunEnded, None);
        assert_eq!(ended, "\u{1b}[2A\u{1b}[J");
        assert_eq!(live.redrawn(79), "");
    }
}
