//! From the texts of `strata.hcl` and of the stacks' own `stack.hcl` to an [`Estate`]. One file per kind of block.
//!
//! Everything wrong in the files is reported in one pass; an estate is returned only where nothing was.

mod adopted;
mod audit;
mod body;
mod ci;
mod data_bearing;
mod drift;
mod environment;
mod estate;
mod group;
mod layer;
mod moved;
mod names;
mod policy;
mod pull_requests;
#[cfg(test)]
pub(crate) mod sample;
mod secret;
mod settings;
mod stack;

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use syntax::{Block, File};

pub use names::is_name;

use crate::model::{EnvironmentIdx, Estate, Stack, StackIdx};

/// The kinds of blocks of `strata.hcl`.
const KINDS: &[&str] = &[
    "estate",
    "layer",
    "environment",
    "stack",
    "group",
    "secret",
    "moved",
    "removed",
    "data_bearing",
    "policy",
    "ci",
    "drift",
    "pull_requests",
    "audit",
    "adopted",
];

/// The `stack.hcl` of a folder.
#[derive(Clone, Debug)]
pub struct StackFile {
    /// The folder, relative to the estate's, beginning with `./`: the root module of its stacks.
    pub folder: Arc<str>,
    /// What stands in it.
    pub file: File,
}

/// Reads a parsed `strata.hcl` and the `stack.hcl` files beneath; `None` where they have errors, which are in `diags`.
pub fn read(file: &File, stack_files: &[StackFile], diags: &mut Diags) -> Option<Estate> {
    let before = diags.error_count();
    check_kinds(file, diags);
    let blocks = |kind: &'static str| file.body.blocks_of(kind);
    let groups: Vec<_> = blocks("group").filter_map(|b| group::read(b, diags)).collect();
    names::check_unique("group", groups.iter().map(|g| &g.name), diags);
    let layers: Vec<_> = blocks("layer").filter_map(|b| layer::read(b, &groups, diags)).collect();
    names::check_unique("layer", layers.iter().map(|l| &l.name), diags);
    let environments = environments(file, diags);
    let secrets: Vec<_> = blocks("secret").filter_map(|b| secret::read(b, diags)).collect();
    names::check_unique("secret", secrets.iter().map(|s| &s.name), diags);
    let data_bearing: Vec<_> =
        blocks("data_bearing").filter_map(|b| data_bearing::read(b, diags)).collect();
    let types = data_bearing.iter().map(|one| &one.type_name);
    names::check_unique("data-bearing type", types, diags);
    let ignored_drift = blocks("drift").filter_map(|b| drift::read(b, diags)).collect();
    let estate = estate::read(blocks("estate").collect(), file.body.span.head(), diags);
    let pull_requests = pull_requests::read(blocks("pull_requests").collect(), diags);
    let moved = blocks("moved").filter_map(|b| moved::moved(b, diags)).collect();
    let removed = blocks("removed").filter_map(|b| moved::removed(b, diags)).collect();
    let mut estate = Estate {
        groups,
        layers,
        environments,
        secrets,
        data_bearing,
        ignored_drift,
        moved,
        removed,
        ..estate?
    };
    estate.pull_requests = pull_requests;
    estate.audit = audit::read(blocks("audit").collect(), diags);
    let known = policy::Known {
        groups: &estate.groups,
        layers: &estate.layers,
        environments: &estate.environments,
    };
    let policies: Vec<_> =
        blocks("policy").filter_map(|b| policy::read(b, &known, diags)).collect();
    names::check_unique("policy", policies.iter().map(|p| &p.name), diags);
    estate.policies = policies;
    blocks("adopted").for_each(|b| adopted::read(b, &mut estate.adopted, diags));
    let ci: Vec<&Block> = blocks("ci").collect();
    estate.ci = ci::read(&ci, &estate.groups, &estate.environments, diags);
    estate.stacks = stacks(file, stack_files, &estate, diags);
    estate.stack_names = names_of(&estate.stacks);
    names::check_unique("stack", estate.stacks.iter().map(|s| &s.name), diags);
    moved::check(&estate, diags);
    check_not_empty(&estate, diags);
    (diags.error_count() == before).then_some(estate)
}

fn environments(file: &File, diags: &mut Diags) -> Vec<crate::model::Environment> {
    let mut environments = Vec::new();
    let mut read = Vec::new();
    for block in file.body.blocks_of("environment") {
        if let Some(environment) = environment::read(block, diags) {
            read.push((block, EnvironmentIdx(environments.len() as u32)));
            environments.push(environment);
        }
    }
    names::check_unique("environment", environments.iter().map(|e| &e.name), diags);
    environment::after(&read, &mut environments, diags);
    environments
}

/// The stacks of the estate file, then those of the folders, in the order of the folders.
fn stacks(
    file: &File,
    stack_files: &[StackFile],
    estate: &Estate,
    diags: &mut Diags,
) -> Vec<Stack> {
    let home = stack::Home::Estate;
    let own = file.body.blocks_of("stack");
    let mut stacks: Vec<Stack> =
        own.filter_map(|block| stack::read(block, &home, estate, diags)).collect();
    for one in stack_files {
        for attribute in &one.file.body.attributes {
            diags.push(outside_of_blocks(attribute, "stack"));
        }
        let home = stack::Home::Own(&one.folder);
        for block in &one.file.body.blocks {
            if &*block.kind.text == "stack" {
                stacks.extend(stack::read(block, &home, estate, diags));
            } else {
                diags.push(
                    Diagnostic::error(
                        "estate-block-unknown",
                        format!("A `{}` block in stack.hcl", block.kind.text),
                    )
                    .detail("A stack's own file holds `stack` blocks only.")
                    .remedy("Move it into strata.hcl; OpenTofu's own blocks belong into .tf files.")
                    .at(block.header),
                );
            }
        }
    }
    stacks
}

fn names_of(stacks: &[Stack]) -> HashMap<Arc<str>, StackIdx> {
    let named = stacks.iter().enumerate();
    // Of two with one name, which is an error, the first.
    named.rev().map(|(at, stack)| (stack.name.node.clone(), StackIdx(at as u32))).collect()
}

fn check_kinds(file: &File, diags: &mut Diags) {
    for attribute in &file.body.attributes {
        diags.push(outside_of_blocks(attribute, &KINDS.join(", ")));
    }
    for block in &file.body.blocks {
        check_kind(block, diags);
    }
}

fn outside_of_blocks(attribute: &syntax::Attribute, kinds: &str) -> Diagnostic {
    Diagnostic::error("estate-argument-unexpected", "An argument outside of any block")
        .detail(format!("`{}` stands at the top of the file.", attribute.name.text))
        .remedy(format!("Only blocks stand there: {kinds}."))
        .at(attribute.name.span)
}

fn check_kind(block: &Block, diags: &mut Diags) {
    let kind = &*block.kind.text;
    if !KINDS.contains(&kind) {
        diags.push(
            Diagnostic::error("estate-block-unknown", format!("Unknown block `{kind}`"))
                .detail("The estate file has no blocks of this kind.")
                .remedy(format!(
                    "Use one of: {}; OpenTofu's own blocks belong into a stack's folder.",
                    KINDS.join(", ")
                ))
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
