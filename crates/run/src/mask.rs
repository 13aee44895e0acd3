//! Sensitive values taken out of what providers and functions say.
//!
//! A provider that refuses a password may quote it, and its words go to a log, to a comment, to an audit. What is known
//! to be sensitive is replaced there.
//! Invariant: nothing is looked for where nothing was said: a plan without findings pays nothing.

use std::collections::BTreeSet;

use diag::{Diagnostic, Diags};
use engine::GivenVariable;
use plan::{Plan, Schemas};
use state::State;
use value::{Marks, Value};

/// What stands in the place of a sensitive value.
const HIDDEN: &str = "(sensitive value)";
/// Shorter texts are no secrets: taking them out would make nonsense of everything else.
const LENGTH_MIN: usize = 4;
/// Sensitive texts that are looked for, at most.
const WORDS_MAX: usize = 10_000;

/// Texts that must not be shown.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    words: BTreeSet<String>,
}

impl Mask {
    /// The sensitive ones of values that a stack is given.
    pub(crate) fn of_variables(variables: &[GivenVariable]) -> Mask {
        let mut mask = Mask::default();
        variables.iter().for_each(|given| mask.add(&given.value));
        mask
    }

    /// Adds those of the objects of a state.
    pub(crate) fn add_state(&mut self, state: &State, schemas: &Schemas) {
        for (at, row) in state.rows() {
            let schema = schemas.of(&row.provider.config.provider, &at.instance.resource);
            let (Some(schema), Some(json)) = (schema, row.object.attributes.as_json()) else {
                continue;
            };
            let Ok(value) = value::json::decode(json, schema.block.ty()) else { continue };
            let sensitive = row.object.sensitive.iter().map(|path| (path, Marks::SENSITIVE));
            self.add(&schema.block.marked_sensitive(&value.mark_with_paths(sensitive)));
        }
    }

    /// Adds those of what is planned.
    pub(crate) fn add_plan(&mut self, plan: &Plan) {
        for change in plan.changes.iter().chain(&plan.drift) {
            for value in [&change.before, &change.after, &change.configuration] {
                self.add(value);
            }
        }
        plan.outputs.iter().for_each(|output| self.add(&output.after));
    }

    /// Adds the sensitive texts in a value.
    fn add(&mut self, value: &Value) {
        if !value.deep_marks().is_sensitive() {
            return;
        }
        // Depth is bounded where values are made; a stack is no deeper than they are.
        let mut open = vec![(value.clone(), false)];
        while let Some((value, within)) = open.pop() {
            let sensitive = within || value.marks().is_sensitive();
            let (bare, _) = value.unmark();
            if !bare.is_known() || bare.is_null() {
                continue;
            }
            match bare.as_arc_str() {
                Some(text) if sensitive => self.word(text),
                Some(_) => {}
                None => open.extend(bare.elements().map(|(_, inner)| (inner, sensitive))),
            }
        }
    }

    fn word(&mut self, text: &str) {
        let lines = text.lines().filter(|line| line.len() < text.len());
        for word in std::iter::once(text).chain(lines) {
            if word.len() >= LENGTH_MIN && self.words.len() < WORDS_MAX {
                self.words.insert(word.to_owned());
                let quoted = word.escape_default().to_string();
                if quoted != word {
                    self.words.insert(quoted);
                }
            }
        }
    }

    /// The findings without them.
    pub(crate) fn over(&self, diags: Diags) -> Diags {
        if self.words.is_empty() {
            return diags;
        }
        let mut masked = Diags::new();
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for one in diags {
            masked.push(hidden(&words, one));
        }
        masked
    }
}

fn hidden(words: &[&str], one: Diagnostic) -> Diagnostic {
    let text = |text: String| {
        words.iter().fold(text, |text, word| match text.contains(word) {
            true => text.replace(word, HIDDEN),
            false => text,
        })
    };
    Diagnostic {
        summary: text(one.summary),
        detail: text(one.detail),
        remedy: text(one.remedy),
        values: one.values.into_iter().map(|(name, value)| (name, text(value))).collect(),
        ..one
    }
}

#[cfg(test)]
mod tests {
    use value::Type;

    use super::*;

    fn secret(text: &str) -> Value {
        Value::string(text).with_marks(Marks::SENSITIVE)
    }

    #[test]
    fn sensitive_texts_go_wherever_they_stand() {
        let values = [
            ("password", secret("hunter2")),
            ("longer", secret("hunter2-and-more")),
            ("open", Value::string("hunter")),
            ("short", secret("on")),
            (
                "list",
                Value::list(Type::STRING, vec![Value::string("in-a-list")])
                    .with_marks(Marks::SENSITIVE),
            ),
        ];
        let given = values.map(|(name, value)| GivenVariable { name: name.into(), value });
        let mask = Mask::of_variables(&given);
        let check = |said: &str, expect: &str| {
            let mut diags = Diags::new();
            diags.push(Diagnostic::error("provider-error", said).detail(said));
            let masked = mask.over(diags).into_vec();
            assert_eq!((&*masked[0].summary, &*masked[0].detail), (expect, expect));
        };
        check("bad password \"hunter2\"", "bad password \"(sensitive value)\"");
        check("hunter2-and-more", HIDDEN);
        check("[in-a-list]", "[(sensitive value)]");
        check("hunter is on", "hunter is on");
    }
}
