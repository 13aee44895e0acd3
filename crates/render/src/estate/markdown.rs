//! The page as Markdown, for a comment on a pull request.
//!
//! The same order as the text: answer, data, refusals, widened access, totals, table, foot; then each stack's changes,
//! folded. Invariants: at most [`MARKDOWN_BYTES_MAX`] bytes, so at most as many characters; cut by importance, and what
//! was cut is said; sensitive values are hidden; texts of others are quoted (`quoted`).

use std::fmt::Write as _;

use super::loss::{approve, reaches};
use super::model::{EstatePage, Force, Loss, LossApproval, StackPart};
use super::policy::{standing, waits};
use super::quoted::{block, cell, code, span};
use super::row::{Row, rows};
use super::summary;
use crate::changes::{Showing, changes, verb};
use crate::clean::{clean, middle};
use crate::paint::Paint;
use crate::value::Secrets;

/// Most bytes of the page: GitHub takes 65,536 characters of a comment; others add a head to it.
pub const MARKDOWN_BYTES_MAX: usize = 60_000;

/// What is kept for the foot and for the words on what was cut.
const FOOT_BYTES: usize = 2_500;
/// Most bytes of losses, of refusals, and of widenings.
const LOSSES_BYTES_MAX: usize = 14_000;
const REFUSALS_BYTES_MAX: usize = 6_000;
const WIDENINGS_BYTES_MAX: usize = 6_000;
/// Most bytes of what policies found.
const POLICIES_BYTES_MAX: usize = 4_000;
/// What the table leaves for the rest.
const DETAILS_BYTES_MIN: usize = 8_000;
/// Most bytes of one stack's changes, and fewest that are worth folding out.
const DETAIL_BYTES_MAX: usize = 8_000;
const DETAIL_BYTES_MIN: usize = 400;
/// Most characters of a text of others within a line.
const TEXT_CHARS_MAX: usize = 160;

/// The page.
pub fn estate_page_markdown(page: &EstatePage<'_>) -> String {
    let mut out = String::new();
    let room = MARKDOWN_BYTES_MAX - FOOT_BYTES;
    let _ = writeln!(out, "### {}\n", summary::answer(page).text);
    listed(page.losses.iter().map(|one| loss(page, one)), LOSSES_BYTES_MAX, &mut out);
    refusals(page, &mut out);
    policies(page, &mut out);
    widenings(page, &mut out);
    let _ = writeln!(out, "**{}**\n", escaped_totals(page));
    table(&rows(page), room - DETAILS_BYTES_MIN, &mut out);
    facts(page, &mut out);
    let left_out = details(page, room, &mut out);
    foot(page, left_out, &mut out);
    assert!(out.len() <= MARKDOWN_BYTES_MAX, "BUG: a page of {} bytes", out.len());
    out
}

/// Items as long as there is room, and how many more there are.
fn listed(items: impl Iterator<Item = String>, bytes_max: usize, out: &mut String) {
    let end = out.len() + bytes_max;
    let mut more = 0;
    for item in items {
        if more == 0 && out.len() + item.len() <= end {
            out.push_str(&item);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let _ = writeln!(out, "- +{more} more\n");
    }
}

/// A text of others, not longer than a line takes.
fn text(text: &str) -> String {
    span(&middle(text, TEXT_CHARS_MAX))
}

fn joined(all: &[String]) -> String {
    text(&all.join(" · "))
}

fn loss(page: &EstatePage<'_>, loss: &Loss) -> String {
    let mut out = String::new();
    let name = loss.name.as_ref().map_or_else(String::new, |name| format!(" {}", text(name)));
    let address = text(&format!("{}//{}", loss.stack, loss.address));
    let _ = writeln!(out, "- **{}** {address}{name}", verb(loss.action));
    for one in loss.forced_by.iter().take(3) {
        let change = text(&format!("{}  {} -> {}", one.path, one.before, one.after));
        let _ = writeln!(out, "  - why: {change} forces replacement");
    }
    if loss.forced_by.len() > 3 {
        let _ = writeln!(out, "  - why: +{} more", loss.forced_by.len() - 3);
    }
    let mut keyed = |key: &str, told: String| {
        if !told.is_empty() {
            let _ = writeln!(out, "  - {key}: {told}");
        }
    };
    loss.why.iter().take(3).for_each(|why| keyed("why", text(why)));
    let from: Vec<String> = loss.place.iter().chain(&loss.origin).cloned().collect();
    keyed("from", text(&from.join(", ")));
    keyed("guards", joined(&loss.guards));
    keyed("reaches", text(&reaches(&loss.reaches)));
    let keep =
        loss.keep.as_ref().map_or_else(String::new, |keep| format!("keep {}, or: ", text(keep)));
    keyed(
        "way out",
        match loss.approval {
            LossApproval::Given => "none is needed: its address was approved".to_owned(),
            // A command is not cut.
            LossApproval::Missing => {
                format!("{keep}{}", span(&approve(loss, page.foot.plan_id.as_deref())))
            }
        },
    );
    out.push('\n');
    out
}

fn refusals(page: &EstatePage<'_>, out: &mut String) {
    for (force, title) in
        [(Force::Refuses, "Refused"), (Force::Warns, "Would be refused if this were protected")]
    {
        let mut all = page.refusals.iter().filter(|one| one.force == force).peekable();
        if all.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "**{title}:**\n");
        let items = all.map(|one| {
            let stack = one
                .stack
                .as_ref()
                .map_or_else(String::new, |stack| format!("{} ", text(&stack.to_string())));
            let remedy = if one.remedy.is_empty() {
                String::new()
            } else {
                format!(" Way out: {}", text(&one.remedy))
            };
            format!("- {stack}{} ({}){remedy}\n", text(&one.text), text(&one.code))
        });
        listed(items, REFUSALS_BYTES_MAX, out);
        out.push('\n');
    }
}

fn policies(page: &EstatePage<'_>, out: &mut String) {
    if page.policies.is_empty() {
        return;
    }
    let _ = writeln!(out, "**Policies:**\n");
    let items = page.policies.iter().map(|one| {
        let waits = match waits(&one.standing) {
            waits if waits.is_empty() => waits,
            waits => format!(", {}", text(&waits)),
        };
        let (about, says) = (text(&one.about), text(&one.text));
        let (standing, policy) = (text(&standing(&one.standing)), text(&one.policy));
        format!("- {about} {standing}: {says} ({policy}{waits})\n")
    });
    listed(items, POLICIES_BYTES_MAX, out);
    out.push('\n');
}

fn widenings(page: &EstatePage<'_>, out: &mut String) {
    let all: Vec<_> = page
        .stacks
        .iter()
        .flat_map(|stack| stack.widens.iter().map(move |one| (&stack.address, one)))
        .collect();
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "**Widens access:**\n");
    let items = all.iter().map(|(stack, one)| {
        format!("- {} {}\n", text(&format!("{stack}//{}", one.address)), text(&one.what))
    });
    listed(items, WIDENINGS_BYTES_MAX, out);
    out.push('\n');
}

/// The totals; the estate's name is the only text in them that is not ours.
fn escaped_totals(page: &EstatePage<'_>) -> String {
    let title = summary::title(page);
    let line = summary::totals_line(page);
    let rest = line.strip_prefix(&title).expect("BUG: totals begin with the title");
    format!("{}{rest}", text(&title))
}

/// The table of stacks, at most up to this length of the page.
fn table(rows: &[Row], end: usize, out: &mut String) {
    if rows.is_empty() {
        return;
    }
    out.push_str(
        "| stack | add | change | destroy | cause | needs | |\n|---|--:|--:|--:|---|---|---|\n",
    );
    for (at, row) in rows.iter().enumerate() {
        let notes: Vec<String> = row
            .notes
            .iter()
            .map(|note| match note.as_str() {
                "REFUSED" => "**REFUSED**".to_owned(),
                other => cell(&middle(other, TEXT_CHARS_MAX)),
            })
            .collect();
        let line = format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            cell(&row.name),
            row.counts[0],
            row.counts[1],
            row.counts[2],
            cell(&row.cause),
            cell(&row.needs),
            notes.join(" · ")
        );
        if out.len() + line.len() > end {
            let _ = writeln!(out, "\n+{} more stacks, which matter less", rows.len() - at);
            break;
        }
        out.push_str(&line);
    }
    out.push('\n');
}

fn facts(page: &EstatePage<'_>, out: &mut String) {
    let facts = summary::facts(page).into_iter().map(|fact| {
        let own = page.foot.drift_command.as_ref().map(|command| clean(command));
        match own.filter(|command| fact.ends_with(&format!("({command})"))) {
            Some(command) => {
                let rest = &fact[..fact.len() - command.len() - 2];
                format!("{rest}({})", text(&command))
            }
            None => fact,
        }
    });
    let _ = writeln!(out, "{}\n", facts.collect::<Vec<_>>().join(" · "));
}

/// Each stack's changes, folded, as far as there is room; how many were left out, and how many cut.
fn details(page: &EstatePage<'_>, end: usize, out: &mut String) -> LeftOut {
    let mut left_out = LeftOut::default();
    for stack in summary::by_importance(page) {
        let Some(plan) = stack.plan else { continue };
        let room = end.saturating_sub(out.len()).min(DETAIL_BYTES_MAX);
        if room < DETAIL_BYTES_MIN {
            left_out.stacks += 1;
            continue;
        }
        let how = Showing { wires: &stack.wires, secrets: Secrets::Hidden, paint: Paint::Plain };
        let told = changes(plan, how);
        if told.is_empty() {
            continue;
        }
        match folded(page, stack, &told, room) {
            Some((text, Whole::Yes)) => out.push_str(&text),
            Some((text, Whole::No)) => {
                left_out.cut += 1;
                out.push_str(&text);
            }
            None => left_out.stacks += 1,
        }
    }
    left_out
}

#[derive(Default)]
struct LeftOut {
    /// Stacks whose changes are not there at all.
    stacks: usize,
    /// Stacks whose changes end before their end.
    cut: usize,
}

enum Whole {
    Yes,
    No,
}

/// One stack's changes within this many bytes; none if not even a line of them fits.
fn folded(
    page: &EstatePage<'_>,
    stack: &StackPart<'_>,
    told: &str,
    room: usize,
) -> Option<(String, Whole)> {
    let counts = &stack.counts;
    let head = format!(
        "<details><summary>{}: {} to add, {} to change, {} to destroy</summary>\n\n",
        code(&summary::name(&stack.address)),
        counts.add,
        counts.change,
        counts.destroy
    );
    let tail = "\n</details>\n\n";
    let all: Vec<&str> = told.trim_end().lines().collect();
    let whole = block("", &all.join("\n"));
    if head.len() + whole.len() + tail.len() <= room {
        return Some((format!("{head}{whole}{tail}"), Whole::Yes));
    }
    let plan = page.foot.plan_id.as_deref().unwrap_or("PLAN");
    let rest = |n: usize| {
        format!("\n+{n} more lines: {}\n", text(&format!("strata show {plan} {}", stack.address)))
    };
    // Cleaning may lengthen a line, and the fence grows with its longest run of ticks: measured as it is printed.
    let mut kept = all.len();
    loop {
        kept = kept * 3 / 4;
        if kept == 0 {
            return None;
        }
        let shown = block("", &all[..kept].join("\n"));
        let text = format!("{head}{shown}{}{tail}", rest(all.len() - kept));
        if text.len() <= room {
            return Some((text, Whole::No));
        }
    }
}

fn foot(page: &EstatePage<'_>, left_out: LeftOut, out: &mut String) {
    let plan = page.foot.plan_id.as_deref().unwrap_or("PLAN");
    if left_out.stacks + left_out.cut > 0 {
        let _ = writeln!(
            out,
            "Cut to fit: the changes of {} stack{} are not here, those of {} end early. All of them: {}\n",
            left_out.stacks,
            summary::plural(left_out.stacks),
            left_out.cut,
            text(&format!("strata show {plan}"))
        );
    }
    if let Some(line) = summary::plan_line(page) {
        let _ = writeln!(out, "{}\n", text(&line));
    }
    if let Some(next) = &page.foot.next {
        let _ = writeln!(out, "next: {}", text(next));
    }
}
