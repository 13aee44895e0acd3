//! `for` expressions.
//!
//! The collection decides what is asked for: while it is blocked, nothing within is looked at. Then every element is
//! visited, so that everything blocked in them is united and every fault of the first kind is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::Diagnostic;
use value::{Marks, Type, Value, convert};

use super::choice::with_article;
use super::machine::{Machine, Outcome, Stop, Worst, nothing_known};
use crate::expr::{ExprId, ForNode};

/// What has been gathered so far.
#[derive(Default)]
struct Gathered {
    values: Vec<Value>,
    entries: BTreeMap<Arc<str>, Vec<Value>>,
    marks: Marks,
    /// Whether an unknown condition or key makes the whole unknown.
    undecided: bool,
    /// Whether an element was faulty.
    failed: bool,
    worst: Worst,
}

impl Machine<'_> {
    pub(super) fn eval_for(&mut self, at: u32, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let node = exprs.for_(at);
        let collection = self.eval(node.collection)?;
        if let Some(decided) = self.not_iterable(&collection, node, id)? {
            return Ok(decided);
        }
        let (collection, marks) = collection.unmark();
        let mut gathered = Gathered { marks, ..Gathered::default() };
        if node.key.is_none() && node.condition.is_none() {
            gathered.values.reserve(collection.len().unwrap_or(0));
        }
        for (key, value) in collection.elements() {
            if let Some(slot) = node.key_slot {
                self.bind(slot, key);
            }
            self.bind(node.value_slot, value);
            // Of several faulty elements the first is told.
            let (told, failed) = (self.diags.len(), gathered.failed);
            let outcome = self.visit(node, id, &mut gathered);
            if failed {
                self.diags.truncate(told);
            }
            gathered.failed |= matches!(outcome, Err(Stop::Error));
            gathered.worst.see(outcome);
        }
        self.gathered(node, gathered)
    }

    /// What the result is where there is nothing to go through yet; an error where there never will be.
    fn not_iterable(
        &mut self,
        collection: &Value,
        node: &ForNode,
        id: ExprId,
    ) -> Outcome<Option<Value>> {
        if collection.is_null() {
            let diagnostic = Diagnostic::error("iteration-invalid", "Iteration over null")
                .detail("`for` cannot go through a null value.")
                .at(self.span(node.collection))
                .within(self.span(id));
            return self.fail_at(diagnostic, node.collection);
        }
        let ty = collection.ty();
        if ty.is_dynamic() {
            return Ok(Some(nothing_known()));
        }
        if !(ty.is_collection() || ty.is_tuple() || ty.is_object()) {
            let diagnostic =
                Diagnostic::error("iteration-invalid", "Iteration over a single value")
                    .detail(format!(
                        "`for` goes through a collection; this is {}.",
                        with_article(ty)
                    ))
                    .at(self.span(node.collection))
                    .within(self.span(id));
            return self.fail_at(diagnostic, node.collection);
        }
        let marks = collection.marks().union(self.probe(node, id)?);
        Ok((!collection.is_known()).then(|| nothing_known().with_marks(marks)))
    }

    /// Evaluates the filter once for an element of which nothing is known, so that what is wrong with it shows even
    /// where there is no element, and once. As in HCL.
    fn probe(&mut self, node: &ForNode, id: ExprId) -> Outcome<Marks> {
        let mut marks = Marks::NONE;
        if let Some(condition) = node.condition {
            for slot in node.key_slot.into_iter().chain([node.value_slot]) {
                self.bind(slot, nothing_known());
            }
            self.included(condition, id, &mut marks)?;
        }
        Ok(marks)
    }

    fn visit(&mut self, node: &ForNode, id: ExprId, gathered: &mut Gathered) -> Outcome<()> {
        if let Some(condition) = node.condition {
            match self.included(condition, id, &mut gathered.marks)? {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => {
                    gathered.undecided = true;
                    return Ok(());
                }
            }
        }
        let Some(key) = node.key else {
            let value = self.eval(node.value)?;
            gathered.values.push(value);
            return Ok(());
        };
        let mut worst = Worst::default();
        let name =
            self.eval(key).and_then(|value| self.for_key(&value, key, id, &mut gathered.marks));
        let name = worst.see(name);
        if let Some(None) = name {
            gathered.undecided = true;
            return Ok(());
        }
        let value = worst.see(self.eval(node.value));
        worst.end()?;
        let (Some(Some(name)), Some(value)) = (name, value) else {
            panic!("BUG: an operand without outcome")
        };
        let there = gathered.entries.entry(name.clone()).or_default();
        if !there.is_empty() && !node.grouped {
            let diagnostic = Diagnostic::error("for-key-duplicate", "Two elements give the same key")
                .detail(format!("More than one element gives the key \"{name}\"."))
                .remedy("Make the keys differ, or gather the values of equal keys with `...` after the value.")
                .at(self.span(key))
                .within(self.span(id));
            return self.fail_at(diagnostic, key);
        }
        there.push(value);
        Ok(())
    }

    /// Whether the filter lets the element through; none where that is unknown.
    fn included(
        &mut self,
        condition: ExprId,
        id: ExprId,
        marks: &mut Marks,
    ) -> Outcome<Option<bool>> {
        let value = self.eval(condition)?;
        *marks = marks.union(value.marks());
        let refused = match convert::convert(&value, Type::BOOL) {
            Ok(value) if value.is_null() => "it is null".to_owned(),
            Ok(value) => return Ok(value.as_bool()),
            Err(error) => error.to_string(),
        };
        let diagnostic = Diagnostic::error("for-condition", "Unsuitable filter")
            .detail(format!("The condition after `if` has to be true or false: {refused}."))
            .at(self.span(condition))
            .within(self.span(id));
        self.fail_at(diagnostic, condition)
    }

    /// The key of an object's entry; none where it is unknown.
    fn for_key(
        &mut self,
        value: &Value,
        key: ExprId,
        id: ExprId,
        marks: &mut Marks,
    ) -> Outcome<Option<Arc<str>>> {
        *marks = marks.union(value.marks());
        let refused = match convert::convert(value, Type::STRING) {
            Ok(value) if value.is_null() => "it is null".to_owned(),
            Ok(value) => return Ok(value.as_arc_str().cloned()),
            Err(error) => error.to_string(),
        };
        let diagnostic = Diagnostic::error("object-key", "Unsuitable key")
            .detail(format!("The key before `=>` has to be a string: {refused}."))
            .at(self.span(key))
            .within(self.span(id));
        self.fail_at(diagnostic, key)
    }

    fn gathered(&mut self, node: &ForNode, gathered: Gathered) -> Outcome {
        gathered.worst.end()?;
        let value = if gathered.undecided {
            nothing_known()
        } else if node.key.is_none() {
            Value::tuple(gathered.values)
        } else {
            let grouped = node.grouped;
            Value::object(gathered.entries.into_iter().map(|(key, mut values)| {
                let value = if grouped { Some(Value::tuple(values)) } else { values.pop() };
                (key, value.expect("BUG: an entry without value"))
            }))
        };
        Ok(value.with_marks(gathered.marks))
    }

    /// A `for` in a template: its parts in a row.
    pub(super) fn eval_join(&mut self, tuple: ExprId, id: ExprId) -> Outcome {
        let (value, marks) = self.eval(tuple)?.unmark();
        let Some(parts) = value.as_slice() else {
            return Ok(Value::unknown(Type::STRING).with_marks(marks));
        };
        let mut text = String::new();
        let mut all = marks;
        for part in parts {
            match part.as_str() {
                Some(part) => text.push_str(part),
                None if !part.is_known() => {
                    return Ok(Value::unknown(Type::STRING).with_marks(marks));
                }
                None => {
                    let diagnostic =
                        Diagnostic::error("template-value", "Unsuitable value in a template")
                            .detail("A part of a repetition is no string.")
                            .at(self.span(id));
                    return self.fail_at::<Value>(diagnostic, id).map_err(|_| Stop::Error);
                }
            }
            all = all.union(part.marks());
        }
        Ok(Value::string(text).with_marks(all))
    }
}
