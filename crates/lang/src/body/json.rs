//! Reading lowered JSON values as bodies and blocks.
//!
//! Invariant: an array stands for the blocks or members in it, one after the other, as in HCL's JSON syntax.

use std::sync::Arc;

use diag::{Diagnostic, Span};
use value::Marks;

use super::block::LoweredAttr;
use super::dynamic::{Content, Source};
use super::items::{Inside, Knowledge, Made};
use crate::eval::{Machine, Outcome, Worst};
use crate::expr::{ExprId, Node};

/// What a JSON value is.
enum Kind<'a> {
    Null,
    Object(&'a [ExprId]),
    Array(&'a [ExprId]),
    Other,
}

fn kind<'a>(id: ExprId, machine: &Machine<'a>) -> Kind<'a> {
    let exprs = machine.exprs;
    match exprs.node(id) {
        Node::Literal(value) if value.is_null() => Kind::Null,
        Node::Object(at) => Kind::Object(exprs.list(exprs.object(*at).pairs)),
        Node::Tuple(list) => Kind::Array(exprs.list(*list)),
        _ => Kind::Other,
    }
}

/// The bracket that opens an object: the place of the whole.
fn opening(id: ExprId, machine: &Machine<'_>) -> Span {
    let span = machine.exprs.span(id);
    Span { end: span.start + 1, ..span }
}

/// The bracket that closes an object: the place of what is missing in it.
pub(super) fn closing(id: ExprId, machine: &Machine<'_>) -> Span {
    let span = machine.exprs.span(id);
    Span { start: span.end.saturating_sub(1), ..span }
}

/// The members of an object, or of the objects in an array.
pub(super) fn members(id: ExprId, machine: &mut Machine<'_>) -> Outcome<Vec<LoweredAttr>> {
    match kind(id, machine) {
        Kind::Null => Ok(Vec::new()),
        Kind::Object(pairs) => {
            pairs.chunks_exact(2).map(|pair| member(pair[0], pair[1], machine)).collect()
        }
        Kind::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                match kind(*item, machine) {
                    Kind::Object(_) => all.extend(members(*item, machine)?),
                    _ => return not_an_object(*item, machine),
                }
            }
            Ok(all)
        }
        Kind::Other => not_an_object(id, machine),
    }
}

fn member(key: ExprId, value: ExprId, machine: &mut Machine<'_>) -> Outcome<LoweredAttr> {
    let exprs = machine.exprs;
    let name = match exprs.node(key) {
        Node::Literal(value) => value.as_arc_str().cloned(),
        _ => None,
    };
    let Some(name) = name else {
        return machine.fail(
            Diagnostic::error("json-key", "A name cannot be computed")
                .detail("This object stands for a block, so its keys are names of arguments and blocks.")
                .at(exprs.span(key)),
        );
    };
    let (name_span, end) = (exprs.span(key), exprs.span(value));
    let span = if name_span.file == end.file { name_span.to(end) } else { name_span };
    Ok(LoweredAttr { name, name_span, expr: value, span })
}

fn not_an_object<T>(id: ExprId, machine: &mut Machine<'_>) -> Outcome<T> {
    let span = machine.exprs.span(id);
    machine.fail(
        Diagnostic::error("json-object", "An object is needed here")
            .detail("This stands for a block, which JSON writes as an object, or as an array of objects.")
            .at(span),
    )
}

/// The blocks that a JSON value stands for, below objects whose keys are their labels.
pub(super) fn blocks<'b>(
    id: ExprId,
    labels: usize,
    knowledge: Knowledge,
    machine: &mut Machine<'_>,
) -> Outcome<Vec<Made<'b>>> {
    let mut found = Vec::new();
    gather(id, labels, &mut Vec::new(), knowledge, &mut found, machine)?;
    Ok(found)
}

fn gather<'b>(
    id: ExprId,
    labels: usize,
    path: &mut Vec<(Arc<str>, Span)>,
    knowledge: Knowledge,
    found: &mut Vec<Made<'b>>,
    machine: &mut Machine<'_>,
) -> Outcome<()> {
    let mut worst = Worst::default();
    if labels > 0 {
        for label in members(id, machine)? {
            path.push((label.name, label.name_span));
            worst.see(gather(label.expr, labels - 1, path, knowledge, found, machine));
            path.pop();
        }
        return worst.end();
    }
    match kind(id, machine) {
        Kind::Null => {}
        Kind::Object(_) => found.push(Made {
            inside: Inside::Json(id),
            labels: path.clone(),
            header: opening(id, machine),
            iteration: None,
            knowledge,
            marks: Marks::NONE,
        }),
        Kind::Array(items) => {
            for item in items {
                worst.see(gather(*item, 0, path, knowledge, found, machine));
            }
        }
        Kind::Other => return not_an_object(id, machine),
    }
    worst.end()
}

/// What stands under `"dynamic"`.
pub(super) fn dynamics<'b>(id: ExprId, machine: &mut Machine<'_>) -> Outcome<Vec<Source<'b>>> {
    let mut found = Vec::new();
    let mut worst = Worst::default();
    for kind_of in members(id, machine)? {
        let specs = match kind(kind_of.expr, machine) {
            Kind::Array(items) => items.to_vec(),
            _ => vec![kind_of.expr],
        };
        for spec in specs {
            found.extend(worst.see(dynamic(&kind_of, spec, machine)));
        }
    }
    worst.end().map(|()| found)
}

fn dynamic<'b>(
    kind_of: &LoweredAttr,
    spec: ExprId,
    machine: &mut Machine<'_>,
) -> Outcome<Source<'b>> {
    let parts = members(spec, machine)?;
    let part = |name: &str| parts.iter().find(|part| &*part.name == name).map(|part| part.expr);
    let known = ["for_each", "iterator", "labels", "content", "//"];
    if let Some(other) = parts.iter().find(|part| !known.contains(&&*part.name)) {
        return machine.fail(
            Diagnostic::error("dynamic-block", "Unexpected argument in a `dynamic` block")
                .detail(format!("`{}` does not belong here.", other.name))
                .at(other.name_span),
        );
    }
    let (Some(for_each), Some(content)) = (part("for_each"), part("content")) else {
        let missing = if part("content").is_none() { "content" } else { "for_each" };
        return machine.fail(
            Diagnostic::error("dynamic-block", format!("A `dynamic` block needs `{missing}`"))
                .detail(format!("`{missing}` is missing."))
                .at(machine.exprs.span(spec)),
        );
    };
    let objects = match kind(content, machine) {
        Kind::Object(_) => vec![content],
        Kind::Array([only]) => vec![*only],
        _ => return not_an_object(content, machine),
    };
    let labels = match part("labels").map(|labels| (labels, kind(labels, machine))) {
        None => None,
        Some((_, Kind::Array(items))) => Some(items.to_vec()),
        Some((labels, _)) => {
            let span = machine.exprs.span(labels);
            return machine.fail(
                Diagnostic::error("dynamic-block", "`labels` has to be a list as written")
                    .detail("The labels of a dynamic block are an array, one expression each.")
                    .at(span),
            );
        }
    };
    let slot =
        machine.exprs.iterator(content).expect("BUG: a dynamic block whose iterator has no slot");
    Ok(Source {
        kind: kind_of.name.clone(),
        kind_span: kind_of.name_span,
        for_each,
        slot,
        labels,
        labels_span: part("labels").map_or(kind_of.name_span, |labels| machine.exprs.span(labels)),
        content: Content::Json(objects),
        header: kind_of.name_span,
    })
}
