//! The lines of a change that destroys data: what, why, from where, what guards it, what it reaches, and the way out.

use super::fit::{Item, Line, Tone};
use super::model::{Loss, LossApproval, Reach};
use super::text::PAGE_LINE_CHARS_MAX;
use crate::changes::verb;
use crate::clean::{clean, end};

/// Arguments that are told of one that force a replacement, and other reasons.
const REASONS_MAX: usize = 3;
/// Readers and outputs that are named.
const REACHES_MAX: usize = 4;
/// Between what is on the left and the column of what happens.
const GAP: usize = 5;

/// The item of a loss.
pub(super) fn item(loss: &Loss, plan_id: Option<&str>) -> Item {
    let head = head(loss);
    let why: Vec<String> = loss.forced_by.iter().take(REASONS_MAX).map(forced).collect();
    let widest = why.iter().map(|text| 13 + text.chars().count()).chain([head.chars().count()]);
    // A line that is too long to have a right column goes without.
    let column = widest.max().unwrap_or(0).min(PAGE_LINE_CHARS_MAX - 25) + GAP;
    let action = verb(loss.action);
    let mut full = vec![Line::new(Tone::Alarm, right(&head, action, column))];
    for text in &why {
        let left = format!("    why      {text}");
        full.push(Line::plain(right(&left, "forces replacement", column)));
    }
    if loss.forced_by.len() > REASONS_MAX {
        full.push(Line::plain(format!(
            "             +{} more",
            loss.forced_by.len() - REASONS_MAX
        )));
    }
    for text in loss.why.iter().take(REASONS_MAX) {
        full.extend(keyed("why", text));
    }
    full.extend(from(loss).and_then(|text| keyed("from", &text)));
    full.extend(keyed("guards", &loss.guards.join(" · ")));
    full.extend(keyed("reaches", &reaches(&loss.reaches)));
    full.push(way_out(loss, plan_id));
    Item { brief: Line::new(Tone::Alarm, right(&head, action, head.chars().count() + GAP)), full }
}

fn head(loss: &Loss) -> String {
    let name = loss.name.as_ref().map_or_else(String::new, |name| format!("  \"{}\"", clean(name)));
    let text = clean(&format!("{}   {}", loss.stack, loss.address));
    end(&format!("  {text}{name}"), PAGE_LINE_CHARS_MAX - 25)
}

fn forced(forced: &super::model::Forced) -> String {
    clean(&format!("{}  {} -> {}", forced.path, forced.before, forced.after))
}

fn right(left: &str, text: &str, column: usize) -> String {
    end(&format!("{left:<column$}{text}"), PAGE_LINE_CHARS_MAX)
}

/// A line with its key; none where there is nothing to say.
fn keyed(key: &str, text: &str) -> Option<Line> {
    let line = format!("    {key:<9}{}", clean(text));
    (!text.is_empty()).then(|| Line::plain(end(&line, PAGE_LINE_CHARS_MAX)))
}

/// Where its block stands, and what made it come about.
fn from(loss: &Loss) -> Option<String> {
    let parts: Vec<&str> = loss.place.iter().chain(&loss.origin).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `payments, checkout: database.endpoint becomes unknown`, output by output.
pub(super) fn reaches(all: &[Reach]) -> String {
    let told = all.iter().take(REACHES_MAX).map(|reach| {
        let readers = names(&reach.readers);
        format!("{readers}: {} becomes unknown", reach.output)
    });
    let mut text = told.collect::<Vec<_>>().join(" · ");
    if all.len() > REACHES_MAX {
        text.push_str(&format!(" · +{} more", all.len() - REACHES_MAX));
    }
    text
}

fn names(all: &[String]) -> String {
    match all.len() {
        n if n <= REACHES_MAX => all.join(", "),
        n => format!("{} and {} more", all[..REACHES_MAX].join(", "), n - REACHES_MAX),
    }
}

/// What to do instead, or to have it all the same. A command is never cut.
fn way_out(loss: &Loss, plan_id: Option<&str>) -> Line {
    let text = match (loss.approval, &loss.keep) {
        (LossApproval::Given, _) => "none is needed: its address was approved".to_owned(),
        (LossApproval::Missing, Some(keep)) => {
            format!("keep {}, or: {}", clean(keep), approve(loss, plan_id))
        }
        (LossApproval::Missing, None) => approve(loss, plan_id),
    };
    Line::plain(format!("    way out  {text}"))
}

/// The command that approves a loss by its address.
pub(super) fn approve(loss: &Loss, plan_id: Option<&str>) -> String {
    let address = shell_word(&clean(&format!("{}//{}", loss.stack, loss.address)));
    format!("strata approve {} --destroy-data {address}", clean(plan_id.unwrap_or("PLAN")))
}

/// A text as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_shell_gets_the_address_whole() {
        assert_eq!(super::shell_word("prod/a//b.c"), "prod/a//b.c");
        assert_eq!(super::shell_word("p/a//b.c[\"it's\"]"), r#"'p/a//b.c["it'\''s"]'"#);
    }
}
