//! Progress of a run on the terminal: a line for each change of an object, and for what takes long. A function per
//! event.

use std::time::Duration;

use addr::ResourceInstance;
use host::Stream;
use run::events::{Ended, Event, EventKind, Events, Phase, Verb};

use crate::commands::Context;
use crate::report::Format;

/// A stack's turn that took less is not worth a line of its own.
const WORTH_A_LINE: Duration = Duration::from_secs(1);

/// Shows progress on standard error, so that standard output holds only what was asked for.
pub(crate) struct Progress {
    shown: bool,
    terminal: host::Terminal,
}

impl Progress {
    /// Shows nothing where programs read along.
    pub(crate) fn new(context: &Context<'_>) -> Progress {
        Progress { shown: context.format == Format::Text, terminal: context.host.terminal.clone() }
    }
}

impl Events for Progress {
    fn event(&self, event: Event) {
        if !self.shown {
            return;
        }
        if let Some(line) = line(&event) {
            self.terminal.write(Stream::Err, &format!("{line}\n"));
        }
    }
}

/// The line of an event, where it has one.
fn line(event: &Event) -> Option<String> {
    let of = |address: &ResourceInstance| match event.stack.as_str() {
        "" => address.to_string(),
        stack => format!("{stack}//{address}"),
    };
    match &event.kind {
        EventKind::StackBegan(Phase::Apply) if !event.stack.is_empty() => {
            Some(format!("{}: applying", event.stack))
        }
        EventKind::StackBegan(_) | EventKind::RunBegan { .. } | EventKind::RunEnded => None,
        EventKind::StackEnded { phase, ended, took } => {
            stack_ended(&event.stack, *phase, *ended, *took)
        }
        // Most calls are over in no time; one that is not is told of while it goes on.
        EventKind::ObjectBegan { .. } => None,
        EventKind::ObjectGoesOn { address, verb, since } => {
            Some(format!("{}: still {} ({})", of(address), doing(*verb), short(*since)))
        }
        EventKind::ObjectEnded { address, verb, ended, took } => {
            Some(format!("{}: {} after {}", of(address), done(*verb, *ended), short(*took)))
        }
        EventKind::Interrupted => {
            Some("interrupted: waiting for what is under way; once more to stop it".to_owned())
        }
    }
}

fn stack_ended(stack: &str, phase: Phase, ended: Ended, took: Duration) -> Option<String> {
    let word = match (phase, ended) {
        (Phase::Plan, Ended::Well) if took < WORTH_A_LINE => return None,
        (Phase::Plan, Ended::Well) => "planned",
        (Phase::Apply, Ended::Well) => "applied",
        (Phase::Plan, Ended::Badly) => "could not be planned",
        (Phase::Apply, Ended::Badly) => "could not be applied whole",
    };
    (!stack.is_empty()).then(|| format!("{stack}: {word} after {}", short(took)))
}

fn doing(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "creating",
        Verb::Update => "updating",
        Verb::Destroy => "destroying",
        Verb::Read => "reading",
        Verb::Plan => "planning",
    }
}

fn done(verb: Verb, ended: Ended) -> &'static str {
    match (verb, ended) {
        (Verb::Create, Ended::Well) => "created",
        (Verb::Update, Ended::Well) => "updated",
        (Verb::Destroy, Ended::Well) => "destroyed",
        (Verb::Read | Verb::Plan, Ended::Well) => "done",
        (_, Ended::Badly) => "FAILED",
    }
}

fn short(took: Duration) -> String {
    match took.as_secs() {
        0 => format!("{} ms", took.as_millis()),
        s if s < 60 => format!("{s} s"),
        s => format!("{} min {} s", s / 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_stack_and_object() {
        let address = "local_file.a[0]".parse().expect("an address");
        let kind = EventKind::ObjectEnded {
            address,
            verb: Verb::Create,
            ended: Ended::Well,
            took: Duration::from_secs(75),
        };
        let shown = line(&Event { stack: "dev/files".into(), kind });
        assert_eq!(shown.as_deref(), Some("dev/files//local_file.a[0]: created after 1 min 15 s"));
    }
}
