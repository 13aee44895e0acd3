//! From the text of `strata.hcl` to an [`Estate`]. One file per kind of block.
//!
//! Everything wrong in the file is reported in one pass; an estate is returned only where nothing was.

mod body;
mod environment;
mod estate;
mod layer;
mod names;
mod stack;

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use syntax::{Block, File};

use crate::model::{Estate, Stack, StackIdx};

/// Kinds of blocks that are part of the design, and come later.
const LATER: &[(&str, &str)] = &[
    ("group", "groups of signers"),
    ("secret", "secrets"),
    ("moved", "moved stacks"),
    ("removed", "removed stacks"),
    ("drift", "drift rules"),
];

/// Reads a parsed `strata.hcl`; `None` where it has errors, which are in `diags`.
pub fn read(file: &File, diags: &mut Diags) -> Option<Estate> {
    let before = diags.error_count();
    for attribute in &file.body.attributes {
        diags.push(
            Diagnostic::error("estate-argument-unexpected", "An argument outside of any block")
                .detail(format!("`{}` stands at the top of the estate file.", attribute.name.text))
                .remedy("Only blocks stand there: estate, layer, environment, stack.")
                .at(attribute.name.span),
        );
    }
    for block in &file.body.blocks {
        check_kind(block, diags);
    }
    let blocks = |kind: &'static str| file.body.blocks_of(kind);
    let layers: Vec<_> = blocks("layer").filter_map(|b| layer::read(b, diags)).collect();
    names::check_unique("layer", layers.iter().map(|l| &l.name), diags);
    let environments: Vec<_> =
        blocks("environment").filter_map(|b| environment::read(b, diags)).collect();
    names::check_unique("environment", environments.iter().map(|e| &e.name), diags);
    let estate = estate::read(blocks("estate").collect(), file.body.span.head(), diags);
    let mut estate = Estate { layers, environments, ..estate? };
    estate.stacks = blocks("stack").filter_map(|b| stack::read(b, &estate, diags)).collect();
    estate.stack_names = names_of(&estate.stacks);
    names::check_unique("stack", estate.stacks.iter().map(|s| &s.name), diags);
    check_not_empty(&estate, diags);
    (diags.error_count() == before).then_some(estate)
}

fn names_of(stacks: &[Stack]) -> HashMap<Arc<str>, StackIdx> {
    let named = stacks.iter().enumerate();
    // Of two with one name, which is an error, the first.
    named.rev().map(|(at, stack)| (stack.name.node.clone(), StackIdx(at as u32))).collect()
}

fn check_kind(block: &Block, diags: &mut Diags) {
    let kind = &*block.kind.text;
    if let Some((_, what)) = LATER.iter().find(|(name, _)| *name == kind) {
        diags.push(not_yet(what, block.header));
    } else if !matches!(kind, "estate" | "layer" | "environment" | "stack") {
        diags.push(
            Diagnostic::error("estate-block-unknown", format!("Unknown block `{kind}`"))
                .detail("The estate file has no blocks of this kind.")
                .remedy("Use estate, layer, environment or stack; OpenTofu's own blocks belong into a stack's folder.")
                .at(block.header),
        );
    }
}

fn check_not_empty(estate: &Estate, diags: &mut Diags) {
    let missing =
        [("layer", estate.layers.is_empty()), ("environment", estate.environments.is_empty())];
    for (kind, _) in missing.into_iter().filter(|(_, empty)| *empty) {
        diags.push(
            Diagnostic::error("estate-block-missing", format!("No `{kind}` block"))
                .detail(format!("An estate has at least one {kind}."))
                .remedy(format!("Add `{kind} \"NAME\" {{}}`."))
                .at(estate.span),
        );
    }
}

/// What the design has and this version does not: refused, never ignored.
pub(crate) fn not_yet(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("estate-not-yet", format!("Not yet in the estate file: {what}"))
        .detail(format!(
            "This version of Strata does not have {what}, and ignores nothing silently."
        ))
        .remedy("Take it out until a version has it.")
        .at(span)
}
