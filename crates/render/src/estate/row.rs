//! The table of stacks: a row each, most important first, columns aligned.

use super::fit::{Item, Line, Tone};
use super::model::{EstatePage, Need, Refused, StackPart, Standing};
use super::summary::{self, bound};
use super::text::PAGE_LINE_CHARS_MAX;
use crate::clean::{clean, end, middle};

/// Least and most characters of the column of causes.
const CAUSE_CHARS: (usize, usize) = (19, 28);
/// Most characters of a stack's name, and of what it needs.
const NAME_CHARS_MAX: usize = 32;
const NEEDS_CHARS_MAX: usize = 32;

/// What stands in a row.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) counts: [String; 3],
    pub(super) cause: String,
    pub(super) needs: String,
    pub(super) notes: Vec<String>,
    tone: Tone,
}

/// The rows of all stacks that have something to say.
pub(super) fn rows(page: &EstatePage<'_>) -> Vec<Row> {
    summary::by_importance(page).into_iter().map(row).collect()
}

fn row(stack: &StackPart<'_>) -> Row {
    let number = |n: usize| if n == 0 { ".".to_owned() } else { n.to_string() };
    let tone = match () {
        () if stack.refused == Refused::Yes => Tone::Alarm,
        () if !stack.widens.is_empty() || stack.counts.destroy > 0 => Tone::Notice,
        () => Tone::Plain,
    };
    let counts = &stack.counts;
    Row {
        name: summary::name(&stack.address),
        counts: [number(counts.add), number(counts.change), number(counts.destroy)],
        cause: clean(&causes(&stack.causes)),
        needs: clean(&needs(&stack.needs)),
        notes: notes(stack),
        tone,
    }
}

/// The first causes, and how many more.
fn causes(all: &[String]) -> String {
    let joined = all.join(", ");
    if joined.chars().count() <= CAUSE_CHARS.1 || all.len() < 2 {
        return joined;
    }
    format!("{} and {} more", all[0], all.len() - 1)
}

/// `security (2)`: whose approvals and how many are missing; `security (1 of 2)` once there are some.
fn needs(all: &[Need]) -> String {
    let one = |need: &Need| {
        let groups = need.groups.join(" or ");
        match (need.have, need.of) {
            (0, of) => format!("{groups} ({of})"),
            (have, of) => format!("{groups} ({} of {of})", have.min(of)),
        }
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What else is to be said of a stack, what matters most first.
fn notes(stack: &StackPart<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if stack.refused == Refused::Yes {
        notes.push("REFUSED".to_owned());
    }
    match stack.widens.as_slice() {
        [] => {}
        [one] => notes.push(format!("widens access: {}", one.what)),
        all => notes.push(format!("widens access ({})", all.len())),
    }
    match &stack.standing {
        Standing::Planned | Standing::CutOff => {}
        Standing::NotPlannable { waits_for } => {
            notes.push(format!("not plannable before {} is known", waits_for.join(", ")));
        }
        Standing::Orphan => notes.push("no longer in strata.hcl".to_owned()),
        Standing::Forgotten => notes.push("removed, its objects stay".to_owned()),
    }
    notes.extend(deferred(stack));
    if let Some(was) = &stack.was {
        notes.push(format!("was {was}"));
    }
    match stack.unknown_inputs {
        0 => {}
        n => notes.push(format!("{n} value{} known after apply", summary::plural(n))),
    }
    match stack.provisional {
        0 => {}
        n => notes.push(format!("{n} planned from the schema alone")),
    }
    if let Some(first) = stack.forgets.first() {
        let host = summary::name(&first.host);
        notes.push(format!("forgets {} that go with {host}", stack.forgets.len()));
    }
    notes.iter().map(|note| clean(note)).collect()
}

/// What waits, with its bound and what for.
fn deferred(stack: &StackPart<'_>) -> Option<String> {
    let creates = stack.deferred.iter().map(|one| one.creates_max).fold(0, u64::saturating_add);
    let mut waits: Vec<&str> =
        stack.deferred.iter().flat_map(|one| &one.waits_for).map(String::as_str).collect();
    waits.sort_unstable();
    waits.dedup();
    let count = stack.deferred.len();
    let until = match waits.as_slice() {
        [] => String::new(),
        [one] => format!(", until {one} is known"),
        [first, rest @ ..] => format!(", until {first} and {} more are known", rest.len()),
    };
    (count > 0).then(|| format!("{count} deferred: {}{until}", bound(creates)))
}

/// The head line and an item for each row.
pub(super) fn table(rows: &[Row]) -> (Line, Vec<Item>) {
    let widest = |of: fn(&Row) -> &str, least: usize, most: usize| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).clamp(least, most)
    };
    let name = widest(|row| &row.name, "stack".len(), NAME_CHARS_MAX);
    let cause = widest(|row| &row.cause, CAUSE_CHARS.0, CAUSE_CHARS.1);
    let needs = widest(|row| &row.needs, "needs".len(), NEEDS_CHARS_MAX);
    let head = format!("  {:<name$}   add  change  destroy   {:<cause$}   needs", "stack", "cause");
    let items = rows.iter().map(|row| {
        let text = format!(
            "  {:<name$}   {:>3}  {:>6}  {:>7}   {:<cause$}   {:<needs$}",
            middle(&row.name, name),
            row.counts[0],
            row.counts[1],
            row.counts[2],
            middle(&row.cause, cause),
            middle(&row.needs, needs),
        );
        item(row, &text)
    });
    (Line::new(Tone::Dim, head), items.collect())
}

/// A row with its notes: as many as fit behind it, the others below it, a line each.
fn item(row: &Row, text: &str) -> Item {
    let brief = format!("{text}   {}", row.notes.join(" · "));
    let brief = Line::new(row.tone, end(brief.trim_end(), PAGE_LINE_CHARS_MAX));
    let mut first = text.to_owned();
    let mut below = Vec::new();
    for note in &row.notes {
        let gap = if first.len() == text.len() { "   " } else { " · " };
        let width = first.chars().count() + gap.chars().count() + note.chars().count();
        if below.is_empty() && width <= PAGE_LINE_CHARS_MAX {
            first.push_str(gap);
            first.push_str(note);
        } else {
            below.push(Line::new(row.tone, end(&format!("      {note}"), PAGE_LINE_CHARS_MAX)));
        }
    }
    let mut full = vec![Line::new(row.tone, first)];
    full.extend(below);
    Item { brief, full }
}
