//! `strata audit log` and `show`: events as text, or as lines of JSON.

use std::collections::VecDeque;

use diag::Diagnostic;
use render::clean;
use run::audit::{event_line, hex, time};
use store::{Event, EventRecord};

use super::filter::Filter;
use super::opened;
use crate::args::AuditLogArgs;
use crate::report::Format;
use crate::session::{Session, now_ms};

/// Events read at once.
const BATCH: usize = 1_000;

/// The events that are asked for.
pub(super) fn log(session: &mut Session<'_>, args: &AuditLogArgs) -> Option<String> {
    let filter = session.heed(Filter::new(args, now_ms()))?;
    let (_, store) = opened(session)?;
    let mut found: VecDeque<EventRecord> = VecDeque::new();
    let mut from = 1;
    loop {
        let batch = store.events(from, BATCH).map_err(|error| run::failure::port("", &error));
        let batch = session.heed(batch)?;
        let Some(last) = batch.last() else { break };
        from = last.number + 1;
        for record in batch.into_iter().filter(|record| filter.takes(&record.event)) {
            if args.last.is_some_and(|last| found.len() >= last) {
                found.pop_front();
            }
            found.push_back(record);
        }
    }
    if args.last == Some(0) {
        found.clear();
    }
    let line = match session.context.format {
        Format::Json => event_line,
        Format::Text => text_line,
    };
    Some(found.iter().map(line).collect())
}

/// One line of an event for people. What somebody wrote cannot look like another line.
fn text_line(record: &EventRecord) -> String {
    let event = &record.event;
    let mut line = format!("{:>6}  {}  {}", record.number, time(event.at_ms), clean(&event.what));
    for part in [place(event), serials(event), event.plan.as_deref().map(str::to_owned)] {
        line.extend(part.map(|part| format!("  {}", clean(&part))));
    }
    line.push_str(&format!("  {}", clean(event.who.as_str())));
    if !event.detail.is_empty() {
        line.push_str(&format!("  {}", clean(&event.detail)));
    }
    line.push('\n');
    line
}

fn place(event: &Event) -> Option<String> {
    match (&event.stack, &event.object) {
        (Some(stack), Some(object)) => Some(format!("{stack}//{object}")),
        (Some(stack), None) => Some(stack.to_string()),
        (None, _) => event.environment.as_deref().map(str::to_owned),
    }
}

fn serials(event: &Event) -> Option<String> {
    event.serials.map(|(before, after)| format!("serial {before} to {after}"))
}

/// One event whole.
pub(super) fn show(session: &mut Session<'_>, number: u64) -> Option<String> {
    let (_, store) = opened(session)?;
    let found = store.events(number, 1).map_err(|error| run::failure::port("", &error));
    let found = session.heed(found)?.into_iter().find(|record| record.number == number);
    let record = session.heed(found.ok_or_else(|| unknown(number)))?;
    Some(match session.context.format {
        Format::Json => event_line(&record),
        Format::Text => whole(&record),
    })
}

fn whole(record: &EventRecord) -> String {
    let event = &record.event;
    let text = |value: &Option<std::sync::Arc<str>>| value.as_deref().map(str::to_owned);
    let rows = [
        ("event", Some(record.number.to_string())),
        ("time", Some(time(event.at_ms))),
        ("who", Some(event.who.to_string())),
        ("what", Some(event.what.to_string())),
        ("environment", event.about_environment().map(str::to_owned)),
        ("stack", text(&event.stack)),
        ("object", text(&event.object)),
        ("plan", text(&event.plan)),
        ("serials", event.serials.map(|(before, after)| format!("{before} to {after}"))),
        ("detail", Some(event.detail.to_string()).filter(|detail| !detail.is_empty())),
        ("before", Some(hex(&record.before))),
        ("hash", Some(hex(&record.hash))),
    ];
    let shown = rows.into_iter().filter_map(|(name, value)| Some((name, value?)));
    shown.map(|(name, value)| format!("{name:<12} {}\n", clean(&value))).collect()
}

fn unknown(number: u64) -> Diagnostic {
    Diagnostic::error("audit-unknown", format!("There is no event {number}"))
        .detail("The store has recorded none under this number.")
        .remedy("List events with: strata audit log.")
}
