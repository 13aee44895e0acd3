//! Templates: parts made strings and put in a row.
//!
//! Invariant: the result is never null; where a part is unknown, what stands before it is kept as the prefix.

use diag::Diagnostic;
use unicode_segmentation::UnicodeSegmentation;
use value::{Marks, Refinement, Type, Value, View, convert};

use super::machine::{Machine, Outcome, Worst};
use crate::expr::{ExprId, List};

/// Longest prefix that is kept of a string that is not known whole, in bytes.
const PREFIX_MAX: usize = 128;

impl Machine<'_> {
    pub(super) fn eval_template(&mut self, parts: List, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let mut worst = Worst::default();
        let mut text = String::new();
        let mut marks = Marks::NONE;
        let mut known = true;
        for part in exprs.list(parts) {
            let Some(value) = worst.see(self.eval(*part)) else { continue };
            marks = marks.union(value.marks());
            if !value.is_known() {
                known = false;
                continue;
            }
            let written = self.write_part(&value, *part, id, known.then_some(&mut text));
            worst.see(written);
        }
        worst.end()?;
        let value = if known { Value::string(text) } else { unfinished(text) };
        Ok(value.with_marks(marks))
    }

    /// Appends a part as text, where anything is still written.
    fn write_part(
        &mut self,
        value: &Value,
        part: ExprId,
        id: ExprId,
        out: Option<&mut String>,
    ) -> Outcome<()> {
        let refused = match value.view() {
            View::String(text) => {
                if let Some(out) = out {
                    out.push_str(text);
                }
                return Ok(());
            }
            View::Null => "it is null".to_owned(),
            _ => match convert::convert(&value.clone().unmark().0, Type::STRING) {
                Ok(converted) => {
                    if let (Some(out), Some(text)) = (out, converted.as_str()) {
                        out.push_str(text);
                    }
                    return Ok(());
                }
                Err(error) => error.to_string(),
            },
        };
        let diagnostic = Diagnostic::error("template-value", "Unsuitable value in a template")
            .detail(format!("What stands in a template has to be a string: {refused}."))
            .at(self.span(part))
            .within(self.span(id));
        self.fail_at(diagnostic, part)
    }
}

/// An unknown string that begins with this.
fn unfinished(mut prefix: String) -> Value {
    let mut end = prefix.len().min(PREFIX_MAX);
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    prefix.truncate(end);
    Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix(safe_prefix(&prefix)))
}

/// Characters that nothing after them can change: what is kept at the end of a prefix.
const SETTLED: &str = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";

/// Without the last grapheme cluster, which what follows may still change, unless it is a common delimiter.
fn safe_prefix(text: &str) -> &str {
    match text.grapheme_indices(true).next_back() {
        Some((_, last)) if SETTLED.contains(last) => text,
        Some((at, _)) => &text[..at],
        None => text,
    }
}
