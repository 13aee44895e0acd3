//! Expanding `dynamic` blocks.
//!
//! Invariant: for an unknown collection one block is made, of unknown content.

use std::sync::Arc;

use diag::{Diagnostic, Span};
use value::{Marks, Type, Value, convert};

use super::block::{DynamicBlock, LoweredBody};
use super::faults;
use super::items::{Inside, Iteration, Knowledge, Made};
use crate::eval::{Machine, Outcome, Worst};
use crate::expr::ExprId;

/// What a native block or JSON says of blocks to be made.
pub(super) struct Source<'b> {
    pub(super) kind: Arc<str>,
    pub(super) kind_span: Span,
    pub(super) for_each: ExprId,
    pub(super) slot: u16,
    pub(super) labels: Option<Vec<ExprId>>,
    pub(super) labels_span: Span,
    pub(super) content: Content<'b>,
    pub(super) header: Span,
}

/// What each made block holds.
pub(super) enum Content<'b> {
    /// A native body.
    Lowered(&'b LoweredBody),
    /// JSON objects; each makes a block.
    Json(Vec<ExprId>),
}

impl<'b> Source<'b> {
    pub(super) fn of(block: &'b DynamicBlock) -> Source<'b> {
        Source {
            kind: block.kind.clone(),
            kind_span: block.kind_span,
            for_each: block.for_each,
            slot: block.slot,
            labels: block.labels.clone(),
            labels_span: block.header,
            content: Content::Lowered(&block.content),
            header: block.header,
        }
    }

    fn insides(&self) -> Vec<Inside<'b>> {
        match &self.content {
            Content::Lowered(body) => vec![Inside::Lowered(body)],
            Content::Json(objects) => objects.iter().map(|object| Inside::Json(*object)).collect(),
        }
    }
}

/// The blocks that are made; `labels` is what a block of this type has for labels.
pub(super) fn expand<'b>(
    source: &Source<'b>,
    labels: &[&str],
    knowledge: Knowledge,
    machine: &mut Machine<'_>,
) -> Outcome<Vec<Made<'b>>> {
    if let Some(diagnostic) = label_count(source, labels) {
        return machine.fail(diagnostic);
    }
    if knowledge == Knowledge::Unknown {
        return one(source, Knowledge::Unknown, Marks::NONE, machine);
    }
    let collection = machine.eval(source.for_each)?;
    let ty = collection.ty();
    let iterable = ty.is_collection() || ty.is_tuple() || ty.is_object();
    if collection.is_null() || !(iterable || ty.is_dynamic()) {
        let what =
            if collection.is_null() { "null".to_owned() } else { crate::eval::type_name(ty) };
        let diagnostic =
            Diagnostic::error("dynamic-block", "Unsuitable `for_each` of a dynamic block")
                .detail(format!("It has to be a collection; this is {what}."))
                .at(machine.exprs.span(source.for_each));
        return machine.fail_at(diagnostic, source.for_each);
    }
    let (collection, marks) = collection.unmark();
    if !collection.is_known() {
        return one(source, Knowledge::Unknown, marks, machine);
    }
    let mut worst = Worst::default();
    let mut made = Vec::with_capacity(collection.len().unwrap_or(0));
    for (key, value) in collection.elements() {
        let iteration = Iteration { slot: source.slot, key, value };
        made.extend(
            worst
                .see(make(source, iteration, Knowledge::Known, marks, machine))
                .into_iter()
                .flatten(),
        );
    }
    worst.end().map(|()| made)
}

fn one<'b>(
    source: &Source<'b>,
    knowledge: Knowledge,
    marks: Marks,
    machine: &mut Machine<'_>,
) -> Outcome<Vec<Made<'b>>> {
    let iteration = Iteration { slot: source.slot, key: Value::DYNAMIC, value: Value::DYNAMIC };
    make(source, iteration, knowledge, marks, machine)
}

fn make<'b>(
    source: &Source<'b>,
    iteration: Iteration,
    knowledge: Knowledge,
    marks: Marks,
    machine: &mut Machine<'_>,
) -> Outcome<Vec<Made<'b>>> {
    iteration.enter(machine);
    let mut worst = Worst::default();
    let mut labels = Vec::new();
    for label in source.labels.iter().flatten() {
        let text = label_text(*label, machine);
        labels.extend(worst.see(text).map(|text| (text, machine.exprs.span(*label))));
    }
    worst.end()?;
    let made = source.insides().into_iter().map(|inside| Made {
        inside,
        labels: labels.clone(),
        header: source.header,
        iteration: Some(iteration.clone()),
        knowledge,
        marks,
    });
    Ok(made.collect())
}

impl Iteration {
    /// Lets expressions see the element at hand.
    pub(super) fn enter(&self, machine: &mut Machine<'_>) {
        machine.bind(self.slot, self.key.clone());
        machine.bind(self.slot + 1, self.value.clone());
    }
}

fn label_count(source: &Source<'_>, labels: &[&str]) -> Option<Diagnostic> {
    let given = source.labels.as_ref().map_or(0, Vec::len);
    (given != labels.len())
        .then(|| faults::dynamic_labels(&source.kind, labels.len(), given, source.labels_span))
}

fn label_text(label: ExprId, machine: &mut Machine<'_>) -> Outcome<Arc<str>> {
    let value = machine.eval(label)?;
    let refused = match convert::convert(&value, Type::STRING) {
        Err(error) => error.to_string(),
        Ok(value) if !value.marks().is_empty() => "it is sensitive or ephemeral".to_owned(),
        Ok(value) if value.is_null() => "it is null".to_owned(),
        Ok(value) => match value.as_arc_str() {
            Some(text) => return Ok(text.clone()),
            None => "it is not known yet".to_owned(),
        },
    };
    let diagnostic = Diagnostic::error("dynamic-block", "Unsuitable label of a dynamic block")
        .detail(format!("A label has to be a known string: {refused}."))
        .at(machine.exprs.span(label));
    machine.fail_at(diagnostic, label)
}
