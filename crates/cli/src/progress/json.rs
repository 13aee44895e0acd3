//! Events for programs: one JSON object a line. `docs/specs/page.md` says what each member is.
//!
//! Invariant: the member `event` names the kind, and a kind keeps its members.

use run::events::{Ended, Event, EventKind, Phase, Verb};
use serde_json::{Value, json};

/// The line of an event, without its end.
pub(super) fn line(event: &Event) -> String {
    let mut document = kind(&event.kind);
    if !event.stack.is_empty() {
        document["stack"] = json!(event.stack);
    }
    document.to_string()
}

fn kind(kind: &EventKind) -> Value {
    match kind {
        EventKind::RunBegan { phase, stacks } => json!({
            "event": "run_began",
            "phase": word(*phase),
            "stacks": stacks
                .iter()
                .map(|one| json!({ "address": one.stack, "layer": one.layer }))
                .collect::<Vec<_>>(),
        }),
        EventKind::RunEnded => json!({ "event": "run_ended" }),
        EventKind::StackBegan(phase) => json!({ "event": "stack_began", "phase": word(*phase) }),
        EventKind::StackEnded { phase, ended, took } => json!({
            "event": "stack_ended",
            "phase": word(*phase),
            "ended": how(*ended),
            "ms": took.as_millis() as u64,
        }),
        EventKind::ObjectBegan { address, verb } => json!({
            "event": "object_began",
            "address": address.to_string(),
            "verb": did(*verb),
        }),
        EventKind::ObjectGoesOn { address, verb, since } => json!({
            "event": "object_goes_on",
            "address": address.to_string(),
            "verb": did(*verb),
            "ms": since.as_millis() as u64,
        }),
        EventKind::ObjectEnded { address, verb, ended, took } => json!({
            "event": "object_ended",
            "address": address.to_string(),
            "verb": did(*verb),
            "ended": how(*ended),
            "ms": took.as_millis() as u64,
        }),
        EventKind::Interrupted => json!({ "event": "interrupted" }),
    }
}

fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Plan => "plan",
        Phase::Apply => "apply",
    }
}

fn how(ended: Ended) -> &'static str {
    match ended {
        Ended::Well => "well",
        Ended::Badly => "badly",
    }
}

fn did(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Destroy => "destroy",
        Verb::Read => "read",
        Verb::Plan => "plan",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_event_is_one_object() {
        let address = "a.b[\"k\"]".parse().expect("an address");
        let took = Duration::from_millis(12);
        let kind =
            EventKind::ObjectEnded { address, verb: Verb::Destroy, ended: Ended::Badly, took };
        let line = line(&Event { stack: "dev/a".into(), kind });
        let document: Value = serde_json::from_str(&line).expect("JSON");
        let expect = json!({
            "event": "object_ended", "stack": "dev/a", "address": "a.b[\"k\"]", "verb": "destroy",
            "ended": "badly", "ms": 12,
        });
        assert_eq!(document, expect);
    }
}
