//! What policies found, in the words of the page.
//!
//! Invariant: a finding that is not decided yet says so first, and what it waits for.

use super::fit::{Item, Line, Tone};
use super::model::{PolicyStanding, PolicyTold};
use super::text::PAGE_LINE_CHARS_MAX;
use crate::clean::{clean, end};

/// Most things that a finding says it waits for; more are counted.
const NAMES_MAX: usize = 3;

/// What it comes to, in a few words.
pub(super) fn standing(standing: &PolicyStanding) -> String {
    match standing {
        PolicyStanding::Warns => "warns".to_owned(),
        PolicyStanding::Needs(group) => format!("needs {group}"),
        PolicyStanding::NotYet { .. } => "not yet decided".to_owned(),
    }
}

/// What it waits for; empty where it waits for nothing.
pub(super) fn waits(standing: &PolicyStanding) -> String {
    let PolicyStanding::NotYet { on } = standing else { return String::new() };
    let shown: Vec<&str> = on.iter().take(NAMES_MAX).map(String::as_str).collect();
    let more = match on.len().saturating_sub(NAMES_MAX) {
        0 => String::new(),
        more => format!(" +{more} more"),
    };
    match shown.is_empty() {
        true => String::new(),
        false => format!("waits for {}{more}", shown.join(", ")),
    }
}

/// On the text page.
pub(super) fn item(told: &PolicyTold) -> Item {
    let line = |text: String| end(&clean(&text), PAGE_LINE_CHARS_MAX);
    let tone = match told.standing {
        PolicyStanding::Warns => Tone::Plain,
        PolicyStanding::Needs(_) | PolicyStanding::NotYet { .. } => Tone::Notice,
    };
    let brief = Line::new(
        tone,
        line(format!("  {}   {}: {}", told.about, standing(&told.standing), told.text)),
    );
    let waits = waits(&told.standing);
    let by = match waits.is_empty() {
        true => format!("    policy   {}", told.policy),
        false => format!("    policy   {} · {waits}", told.policy),
    };
    Item { full: vec![brief.clone(), Line::plain(line(by))], brief }
}
