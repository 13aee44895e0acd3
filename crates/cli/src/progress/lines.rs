//! Events as lines for people: a line for each change of an object, and for what takes long. A function per event.
//!
//! Not how lines are drawn. Invariant: no control character of an address gets to a terminal.

use std::time::Duration;

use addr::ResourceInstance;
use render::took as short;
use run::events::{Ended, Event, EventKind, Phase, Verb};

/// A stack's turn that took less is not worth a line of its own.
const WORTH_A_LINE: Duration = Duration::from_secs(1);
/// A call is told of every ten seconds in its first minute, then every minute.
const OFTEN: Duration = Duration::from_secs(60);

/// An object, with its stack in front where it has one.
pub(super) fn named(stack: &str, address: &ResourceInstance) -> String {
    match stack {
        "" => address.to_string(),
        stack => format!("{stack}//{address}"),
    }
}

/// The line of an event that stays where others are drawn again: what ended a stack, and what went wrong.
pub(super) fn lasting(event: &Event) -> Option<String> {
    match &event.kind {
        _ if event.stack.is_empty() => line(event),
        EventKind::StackEnded { .. }
        | EventKind::Interrupted
        | EventKind::ObjectEnded { ended: Ended::Badly, .. } => line(event),
        _ => None,
    }
}

/// The line of an event, where it has one.
pub(super) fn line(event: &Event) -> Option<String> {
    let of = |address: &ResourceInstance| named(&event.stack, address);
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
        EventKind::ObjectGoesOn { since, .. } if *since > OFTEN && since.as_secs() % 60 >= 10 => {
            None
        }
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

/// What is being done.
pub(super) fn doing(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "creating",
        Verb::Update => "updating",
        Verb::Destroy => "destroying",
        Verb::Read => "reading",
        Verb::Plan => "planning",
    }
}

/// What was done.
pub(super) fn done(verb: Verb, ended: Ended) -> &'static str {
    match (verb, ended) {
        (Verb::Create, Ended::Well) => "created",
        (Verb::Update, Ended::Well) => "updated",
        (Verb::Destroy, Ended::Well) => "destroyed",
        (Verb::Read | Verb::Plan, Ended::Well) => "done",
        (_, Ended::Badly) => "FAILED",
    }
}

/// What a run does in this phase.
pub(super) fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Plan => "planning",
        Phase::Apply => "applying",
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
