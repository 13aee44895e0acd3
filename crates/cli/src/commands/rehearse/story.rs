//! What a rehearsal tells: lines for people as they come, one document for programs at the end.
//!
//! Invariant: nothing in it comes from a clock or from chance that the seed does not give.

use std::collections::BTreeSet;

use plan::Counts;
use serde_json::{Map, Value as Json, json};
use sim::timeline::{self, Timeline};

use super::environments::Order;
use crate::commands::Context;
use crate::rehearsal::Given;
use crate::report::Format;

/// What was told so far.
pub(super) struct Story {
    format: Format,
    text: String,
    facts: Map<String, Json>,
    well: bool,
    approved: BTreeSet<String>,
    lasted: Option<Timeline>,
}

impl Story {
    /// Nothing told yet.
    pub(super) fn new(context: &Context<'_>, seed: u64) -> Story {
        let mut facts = Map::new();
        facts.insert("format_version".to_owned(), json!("1.0"));
        facts.insert("seed".to_owned(), json!(seed));
        Story {
            format: context.format,
            text: String::new(),
            facts,
            well: true,
            approved: BTreeSet::new(),
            lasted: None,
        }
    }

    /// Tells a line.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref().trim_end());
        self.text.push('\n');
    }

    /// Tells a scene: a title, and a word and a text for each of its lines.
    pub(super) fn scene(&mut self, title: &str, lines: &[(&str, String)]) {
        self.line(format!("\n{title}"));
        for (word, text) in lines {
            self.line(format!("  {word:<9} {text}"));
        }
    }

    /// Adds a fact to those under a name.
    pub(super) fn fact(&mut self, name: &str, fact: Json) {
        let facts = self.facts.entry(name).or_insert_with(|| json!([]));
        facts.as_array_mut().expect("BUG: facts are lists").push(fact);
    }

    /// Approvals were given.
    pub(super) fn approved(&mut self, given: &Given) {
        self.approved.extend(given.keys().cloned());
    }

    /// How long an apply would have lasted; the last one is told.
    pub(super) fn lasted(&mut self, timeline: &Timeline) {
        self.lasted = Some(timeline.clone());
    }

    /// Who approved, and how long the last apply would have lasted.
    pub(super) fn sums_up(&mut self) {
        if !self.approved.is_empty() {
            let groups: Vec<&str> = self.approved.iter().map(String::as_str).collect();
            let line = format!(
                "  approvals are the rehearsal's own, as {}: they count nowhere else",
                groups.join(", ")
            );
            self.line(line);
        }
    }

    /// The timeline of the last apply.
    pub(super) fn tells_time(&mut self, order: &Order) {
        let Some(timeline) = self.lasted.take() else { return };
        if timeline.total_ms == 0 {
            return;
        }
        self.line(format!("\nThe apply of {}, durations estimated", order.target()));
        self.text.push_str(&timeline::text(&timeline));
        self.facts.insert("timeline".to_owned(), timeline::json(&timeline));
    }

    /// Something did not come to the end that it should.
    pub(super) fn fails(&mut self) {
        self.well = false;
    }

    /// Whether everything did.
    pub(super) fn went_well(&self) -> bool {
        self.well
    }

    /// What is rehearsed, and why.
    pub(super) fn opens(&mut self, order: &Order) {
        let (estate, target) = (&order.estate, order.target());
        self.line(format!(
            "Rehearsal of {estate}/{target}: no account, no provider, nothing real is touched."
        ));
        let before = &order.all[..order.all.len() - 1];
        let mut about = match before {
            [] => String::new(),
            [one] => format!("It needs {one}, which comes first."),
            more => format!("It needs {}, which come first.", more.join(" and ")),
        };
        if !order.named {
            about.push_str(" Another: -env ENV.");
        }
        self.line(about.trim_start());
        self.line("");
        self.facts.insert("estate".to_owned(), json!(estate));
        self.facts.insert("environment".to_owned(), json!(target));
    }

    /// What to do next.
    pub(super) fn closes(&mut self, order: &Order) {
        let target = order.target();
        self.line("\nNext");
        self.line(format!(
            "  look around   strata plan --rehearse -env {target}; break it: --fault, --drift, --kill-at"
        ));
        self.line("  your own      in your repository: write strata.hcl around your root modules (docs/estate.md), then: strata rehearse");
        self.line(
            "  for real      strata init, then strata plan: the same commands without --rehearse",
        );
    }

    /// Prints what was told, where anything was.
    pub(super) fn end(&self, context: &Context<'_>) {
        if self.text.is_empty() {
            return;
        }
        match self.format {
            Format::Text => context.out(&self.text),
            Format::Json => {
                let mut facts = self.facts.clone();
                facts.insert("went_well".to_owned(), json!(self.well));
                context.out(&format!("{:#}\n", Json::Object(facts)));
            }
        }
    }
}

/// A number of things.
pub(super) fn many(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Counts added up.
pub(super) fn counted(all: impl Iterator<Item = Counts>) -> Counts {
    all.fold(Counts::default(), |sum, one| Counts {
        add: sum.add + one.add,
        change: sum.change + one.change,
        destroy: sum.destroy + one.destroy,
        replace: sum.replace + one.replace,
        forget: sum.forget + one.forget,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_words() {
        assert_eq!(many(1, "stack"), "1 stack");
        assert_eq!(many(0, "stack"), "0 stacks");
        let one = Counts { add: 2, destroy: 1, ..Counts::default() };
        assert_eq!(counted([one, one].into_iter()).add, 4);
    }
}
