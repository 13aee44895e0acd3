//! The page as text for a terminal.
//!
//! Invariants: at most [`PAGE_LINES_MAX`] lines; none longer than [`PAGE_LINE_CHARS_MAX`] characters unless it holds a
//! command, which is never cut.

use super::fit::{Item, Line, Tone, choose, share, wanted};
use super::loss;
use super::model::{EstatePage, Force, Refusal};
use super::policy;
use super::row;
use super::summary::{self, Apply};
use crate::clean::{clean, end, unheard};
use crate::paint::Paint;

/// Most lines of a page.
pub const PAGE_LINES_MAX: usize = 40;
/// Most characters of a line of a page that holds no command.
pub const PAGE_LINE_CHARS_MAX: usize = 120;

/// Lines that each section gets before another gets more: losses, refusals, findings of policies, widenings, rows.
const BASE_LINES: [usize; 5] = [9, 4, 3, 4, 7];

/// The page.
pub fn estate_page(page: &EstatePage<'_>, paint: Paint) -> String {
    unheard(whole(page, paint))
}

fn whole(page: &EstatePage<'_>, paint: Paint) -> String {
    let plan_id = page.foot.plan_id.as_deref();
    let losses: Vec<Item> = page.losses.iter().map(|one| loss::item(one, plan_id)).collect();
    let kind = match page.refusals.iter().all(|one| one.force == Force::Warns) {
        true => Title::Warned,
        false => Title::Refused,
    };
    let refusals: Vec<Item> = page.refusals.iter().map(|one| refusal(one, kind)).collect();
    let policies: Vec<Item> = page.policies.iter().map(policy::item).collect();
    let widenings = widenings(page);
    let (head, rows) = row::table(&row::rows(page));
    let foot = foot(page);

    let sections = [&losses, &refusals, &policies, &widenings, &rows];
    // The answer and the totals, each with an empty line after it; a title and an empty line for each section.
    let fixed = 4 + foot.len() + sections.iter().filter(|items| !items.is_empty()).count() * 2;
    let room = PAGE_LINES_MAX.saturating_sub(fixed);
    let lines = share(room, sections.map(|items| wanted(items)), BASE_LINES);

    let answer = summary::answer(page);
    let tone = match answer.apply {
        _ if answer.losses > 0 => Tone::Alarm,
        Apply::Refused => Tone::Alarm,
        Apply::Waits => Tone::Notice,
        Apply::Allowed => Tone::Bold,
    };
    let mut out = vec![Line::new(tone, answer.text), Line::plain("")];
    section(None, &losses, lines[0], &mut out);
    let title = match kind {
        Title::Warned => "Would be refused if this were protected:",
        Title::Refused if losses.is_empty() => "Refused:",
        Title::Refused => "Also refused:",
    };
    section(Some(title), &refusals, lines[1], &mut out);
    section(Some("Policies:"), &policies, lines[2], &mut out);
    section(Some("Widens access:"), &widenings, lines[3], &mut out);
    out.push(Line::plain(end(&summary::totals_line(page), PAGE_LINE_CHARS_MAX)));
    out.push(Line::plain(""));
    if !rows.is_empty() {
        out.push(head);
        choose(&rows, lines[4], &mut out);
    }
    out.extend(foot);
    out.iter().fold(String::new(), |mut text, line| {
        line.print(paint, &mut text);
        text
    })
}

/// What the title above refusals says of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Title {
    /// They refuse, some at least.
    Refused,
    /// None of them binds.
    Warned,
}

/// A section with its title, and an empty line after it.
fn section(title: Option<&str>, items: &[Item], room: usize, out: &mut Vec<Line>) {
    if items.is_empty() {
        return;
    }
    out.extend(title.map(|title| Line::new(Tone::Bold, title)));
    choose(items, room, out);
    out.push(Line::plain(""));
}

/// A refusal below this title.
fn refusal(refusal: &Refusal, title: Title) -> Item {
    let stack = refusal.stack.as_ref().map_or_else(String::new, |stack| format!("{stack}   "));
    let (tone, bound) = match refusal.force {
        Force::Refuses => (Tone::Alarm, ""),
        Force::Warns if title == Title::Warned => (Tone::Notice, ""),
        Force::Warns => (Tone::Notice, ", would it be protected"),
    };
    let line = |text: &str| end(&clean(text), PAGE_LINE_CHARS_MAX);
    let brief =
        Line::new(tone, line(&format!("  {stack}{} [{}]{bound}", refusal.text, refusal.code)));
    let mut full = vec![brief.clone()];
    if !refusal.remedy.is_empty() {
        full.push(Line::plain(line(&format!("    way out  {}", refusal.remedy))));
    }
    Item { brief, full }
}

/// What widens access, one by one; nothing where each stack's own row has room for all of it.
fn widenings(page: &EstatePage<'_>) -> Vec<Item> {
    if page.stacks.iter().all(|stack| stack.widens.len() < 2) {
        return Vec::new();
    }
    let of_all =
        page.stacks.iter().flat_map(|stack| stack.widens.iter().map(move |one| (stack, one)));
    let line = |(stack, one): (&super::StackPart<'_>, &super::Widening)| {
        let name = summary::name(&stack.address);
        let text = clean(&format!("{name}   {}   {}", one.address, one.what));
        Item::line(Line::new(Tone::Notice, end(&format!("  {text}"), PAGE_LINE_CHARS_MAX)))
    };
    of_all.map(line).collect()
}

/// What stands below the table: the facts, the plan, and what to type next.
fn foot(page: &EstatePage<'_>) -> Vec<Line> {
    let facts = wrapped(&summary::facts(page));
    let mut lines: Vec<Line> = facts.into_iter().map(Line::plain).collect();
    let plan = summary::plan_line(page).map(|text| end(&text, PAGE_LINE_CHARS_MAX));
    if plan.is_some() || page.foot.next.is_some() {
        lines.push(Line::plain(""));
    }
    lines.extend(plan.map(Line::plain));
    let next = page.foot.next.as_ref();
    lines.extend(next.map(|next| Line::new(Tone::Bold, format!("next: {}", clean(next)))));
    lines
}

/// The parts on as few lines as they need, none cut in two.
fn wrapped(parts: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + part.chars().count() + 3 <= PAGE_LINE_CHARS_MAX =>
            {
                line.push_str(" · ");
                line.push_str(part);
            }
            _ => lines.push(format!("  {}", end(part, PAGE_LINE_CHARS_MAX - 2))),
        }
    }
    lines
}
