//! Diagnostics for bodies that do not fit their schema.

use std::sync::Arc;

use diag::{Diagnostic, Span};
use schema::{Attr, Block, Nesting};

use super::block::{LoweredAttr, LoweredBlock};
use crate::suggest;

/// What the labels of a block are called.
pub(super) fn label_names(nesting: Nesting) -> &'static [&'static str] {
    if nesting == Nesting::Map { &["key"] } else { &[] }
}

/// A block is written where an argument is wanted, or the other way round.
pub(super) fn block_wanted(attr: &LoweredAttr) -> Diagnostic {
    Diagnostic::error("argument-unexpected", "A block is needed, not an argument")
        .detail(format!("`{}` is a block here.", attr.name))
        .remedy(format!("Write it without the equals sign: {} {{ ... }}", attr.name))
        .at(attr.name_span)
}

pub(super) fn attr_wanted(kind: &str, span: Span) -> Diagnostic {
    Diagnostic::error("block-unexpected", "An argument is needed, not a block")
        .detail(format!("`{kind}` is an argument here."))
        .remedy(format!("Write it with an equals sign: {kind} = ..."))
        .at(span)
}

pub(super) fn unexpected_attr(attr: &LoweredAttr, schema: &Block) -> Diagnostic {
    Diagnostic::error("argument-unexpected", "Unexpected argument")
        .detail(format!("No argument `{}` is expected here.", attr.name))
        .remedy(near(&attr.name, schema))
        .at(attr.name_span)
}

pub(super) fn unexpected_block(kind: &str, span: Span, schema: &Block) -> Diagnostic {
    Diagnostic::error("block-unexpected", "Unexpected block")
        .detail(format!("No block of type `{kind}` is expected here."))
        .remedy(near(kind, schema))
        .at(span)
}

/// Most names that are listed where none is near.
const KNOWN_MAX: usize = 12;

fn near(name: &str, schema: &Block) -> String {
    let known = || schema.slots().map(|slot| &**slot.name());
    let near = suggest::sentence(name, known());
    if !near.is_empty() {
        return near;
    }
    let names: Vec<&str> = known().take(KNOWN_MAX + 1).collect();
    match names.len() {
        0 => "Take it out: nothing is expected here.".to_owned(),
        count if count > KNOWN_MAX => "Take it out, or correct its name.".to_owned(),
        _ => format!("Take it out, or name one of: {}.", names.join(", ")),
    }
}

pub(super) fn twice(attr: &LoweredAttr, first: Span) -> Diagnostic {
    Diagnostic::error("argument-duplicate", "An argument stands twice")
        .detail(format!("`{}` was already set.", attr.name))
        .remedy("Take one of the two out.")
        .at(attr.name_span)
        .label(first, "set here first")
}

pub(super) fn missing_attr(attr: &Attr, end: Span) -> Diagnostic {
    Diagnostic::error("argument-missing", "A required argument is missing")
        .detail(format!("The argument `{}` has to be set.", attr.name))
        .remedy(format!("Write it into the block: {} = ...", attr.name))
        .at(end)
}

/// What is wrong with the labels of a block.
pub(super) fn labels(block: &LoweredBlock, names: &[&str]) -> Option<Diagnostic> {
    let (given, wanted) = (block.labels.len(), names.len());
    if given == wanted {
        return None;
    }
    let diagnostic = Diagnostic::error("block-labels", "Wrong number of labels");
    Some(if given > wanted {
        let detail = match wanted {
            0 => format!("A block of type `{}` has no labels.", block.kind),
            _ => format!("A block of type `{}` has one label ({}).", block.kind, names.join(", ")),
        };
        diagnostic.detail(detail).at(block.labels[wanted].1).within(block.header)
    } else {
        diagnostic
            .detail(format!(
                "A block of type `{}` needs a label: its {}.",
                block.kind,
                names.join(", ")
            ))
            .at(block.header)
    })
}

pub(super) fn dynamic_labels(
    kind: &Arc<str>,
    wanted: usize,
    given: usize,
    span: Span,
) -> Diagnostic {
    Diagnostic::error("block-labels", "Wrong number of labels")
        .detail(format!(
            "Blocks of type `{kind}` have {wanted} labels, and `labels` gives {given}."
        ))
        .at(span)
}

pub(super) fn missing_block(kind: &str, end: Span) -> Diagnostic {
    Diagnostic::error("block-missing", "A required block is missing")
        .detail(format!("A block of type `{kind}` has to stand here."))
        .at(end)
}

pub(super) fn too_few(kind: &str, least: u64, end: Span) -> Diagnostic {
    Diagnostic::error("block-missing", "Too few blocks")
        .detail(format!(
            "At least {least} {} of type `{kind}` have to stand here.",
            if least == 1 { "block" } else { "blocks" }
        ))
        .at(end)
}

pub(super) fn too_many(kind: &str, most: u64, span: Span) -> Diagnostic {
    Diagnostic::error("block-extra", "Too many blocks")
        .detail(format!(
            "At most {most} {} of type `{kind}` may stand here.",
            if most == 1 { "block" } else { "blocks" }
        ))
        .at(span)
}

pub(super) fn second_block(kind: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("block-extra", "Too many blocks")
        .detail(format!("Only one block of type `{kind}` may stand here."))
        .at(span)
        .label(first, "the first stands here")
}

pub(super) fn same_key(kind: &str, key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("block-duplicate", "Two blocks have the same label")
        .detail(format!("There is already a block `{kind}` with the label \"{key}\"."))
        .at(span)
        .label(first, "the first stands here")
}
