//! Tuples and objects as they are written.
//!
//! Invariant: an object whose keys are all literal is made without looking at its keys again.

use std::sync::Arc;

use diag::Diagnostic;
use value::{Marks, Type, Value, convert};

use super::machine::{Machine, Outcome, Worst, nothing_known};
use crate::expr::{ExprId, List};

impl Machine<'_> {
    pub(super) fn eval_tuple(&mut self, items: List) -> Outcome {
        self.eval_all(items).map(Value::tuple)
    }

    pub(super) fn eval_object(&mut self, at: u32) -> Outcome {
        let node = self.exprs.object(at);
        let pairs = self.exprs.list(node.pairs);
        let Some(sorted) = &node.sorted else { return self.eval_keyed_object(pairs) };
        let mut worst = Worst::default();
        let mut items = Vec::with_capacity(sorted.len());
        for (key, at) in sorted {
            let value = worst.see(self.eval(pairs[*at as usize * 2 + 1]));
            items.extend(value.map(|value| (key.clone(), value)));
        }
        worst.end().map(|()| Value::object(items))
    }

    fn eval_keyed_object(&mut self, pairs: &[ExprId]) -> Outcome {
        let mut worst = Worst::default();
        let mut items = Vec::with_capacity(pairs.len() / 2);
        let mut marks = Marks::NONE;
        let mut known = true;
        for pair in pairs.chunks_exact(2) {
            let key = self.eval(pair[0]).and_then(|key| self.object_key(&key, pair[0]));
            let key = worst.see(key);
            let value = worst.see(self.eval(pair[1]));
            let (Some((key, own)), Some(value)) = (key, value) else { continue };
            marks = marks.union(own);
            match key {
                Some(key) => items.push((key, value)),
                None => known = false,
            }
        }
        worst.end()?;
        if !known {
            return Ok(nothing_known());
        }
        // Of two equal keys the later holds.
        let mut last: Vec<(Arc<str>, Value)> = items;
        last.reverse();
        last.sort_by(|a, b| a.0.cmp(&b.0));
        last.dedup_by(|a, b| a.0 == b.0);
        Ok(Value::object(last).with_marks(marks))
    }

    /// The key as text (none where it is unknown), and its marks.
    pub(super) fn object_key(
        &mut self,
        key: &Value,
        id: ExprId,
    ) -> Outcome<(Option<Arc<str>>, Marks)> {
        let (key, marks) = key.clone().unmark();
        if key.is_null() {
            let diagnostic = Diagnostic::error("object-key", "Null as key")
                .detail("The key of an object's item cannot be null.")
                .at(self.exprs.span(id));
            return self.fail_at(diagnostic, id);
        }
        match convert::convert(&key, Type::STRING) {
            Ok(text) => Ok((text.as_arc_str().cloned(), marks)),
            Err(error) => {
                let diagnostic = Diagnostic::error("object-key", "Unsuitable key")
                    .detail(format!("The key of an object's item has to be a string: {error}."))
                    .at(self.exprs.span(id));
                self.fail_at(diagnostic, id)
            }
        }
    }
}
