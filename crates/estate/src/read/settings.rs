//! `provider` and `credentials` blocks, which may stand in estate, layer, environment and stack.
//!
//! What a provider's settings may be is the provider's to say, so only their place and their names are checked here.
//! Invariant: no expression in them reads an output of a stack: who a provider is must be known before stacks are.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::{Block, Body};

use super::body;
use crate::model::{CredentialsBlock, Input, ProviderBlock};
use crate::references::mentions;

/// The settings that stand in a block.
pub(super) struct Settings {
    pub(super) providers: Vec<ProviderBlock>,
    pub(super) credentials: Vec<CredentialsBlock>,
}

/// Reads the settings within a block.
pub(super) fn read(outer: &Block, diags: &mut Diags) -> Settings {
    let mut settings = Settings { providers: Vec::new(), credentials: Vec::new() };
    for block in outer.body.blocks_of("provider") {
        let Some(provider) = provider(block, diags) else { continue };
        let same = |other: &&ProviderBlock| {
            let alias =
                |block: &ProviderBlock| block.alias.as_ref().map(|alias| alias.node.clone());
            other.name.node == provider.name.node && alias(other) == alias(&provider)
        };
        match settings.providers.iter().find(same) {
            Some(first) => diags.push(twice("provider", &provider.name, first.header)),
            None => settings.providers.push(provider),
        }
    }
    for block in outer.body.blocks_of("credentials") {
        let Some(credentials) = credentials(block, diags) else { continue };
        let same = |other: &&CredentialsBlock| other.name.node == credentials.name.node;
        match settings.credentials.iter().find(same) {
            Some(first) => diags.push(twice("credentials", &credentials.name, first.header)),
            None => settings.credentials.push(credentials),
        }
    }
    settings
}

fn provider(block: &Block, diags: &mut Diags) -> Option<ProviderBlock> {
    let name = local_name(block, diags)?;
    let mut body = block.body.clone();
    let alias = body::text_of(block, "alias", diags);
    body.attributes.retain(|attribute| &*attribute.name.text != "alias");
    check_body(&body, 0, diags);
    Some(ProviderBlock { name, alias, body, header: block.header })
}

fn credentials(block: &Block, diags: &mut Diags) -> Option<CredentialsBlock> {
    let name = local_name(block, diags)?;
    for inner in &block.body.blocks {
        diags.push(
            Diagnostic::error(
                "estate-block-unknown",
                format!("Unknown block `{}`", inner.kind.text),
            )
            .detail("A `credentials` block holds arguments only.")
            .remedy("Take it out.")
            .at(inner.header),
        );
    }
    check_body(&block.body, 0, diags);
    let attributes = block.body.attributes.iter();
    let attributes =
        attributes.map(|one| Input { name: one.name.clone(), expr: one.expr.clone() }).collect();
    Some(CredentialsBlock { name, attributes, header: block.header })
}

/// The one label, a provider's local name in the root modules.
fn local_name(block: &Block, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    match block.labels.as_slice() {
        [label] => Some(Spanned { node: label.text.clone(), span: label.span }),
        labels => {
            let kind = &block.kind.text;
            diags.push(
                Diagnostic::error("estate-labels", format!("A `{kind}` block has one label"))
                    .detail(format!(
                        "It is the provider's local name; this one has {} labels.",
                        labels.len()
                    ))
                    .remedy(format!("Write `{kind} \"NAME\" {{`."))
                    .at(block.header),
            );
            None
        }
    }
}

/// Deepest nesting of blocks in a provider's settings.
const DEPTH_MAX: usize = 32;

/// Outputs of stacks are not visible, and generated blocks would hide what is merged.
fn check_body(body: &Body, depth: usize, diags: &mut Diags) {
    for attribute in &body.attributes {
        if mentions(&attribute.expr, &["stack"]) {
            diags.push(
                Diagnostic::error("estate-setting-wired", "A provider's setting that reads another stack")
                    .detail("Settings and credentials are merged before stacks are planned, so they see no outputs.")
                    .remedy("Give the output to the stack as an input, and use the variable in its own provider block.")
                    .at(attribute.expr.span),
            );
        }
    }
    for block in &body.blocks {
        if &*block.kind.text == "dynamic" || depth == DEPTH_MAX {
            diags.push(
                Diagnostic::error("estate-setting-form", "A nested block that cannot be merged")
                    .detail(format!(
                        "Settings are merged as they are written, at most {DEPTH_MAX} blocks deep."
                    ))
                    .remedy("Write the block out.")
                    .at(block.header),
            );
            continue;
        }
        check_body(&block.body, depth + 1, diags);
    }
}

fn twice(kind: &str, name: &Spanned<Arc<str>>, first: diag::Span) -> Diagnostic {
    Diagnostic::error("estate-duplicate", format!("Two `{kind}` blocks for `{}`", name.node))
        .detail("On each level there is one for a provider and an alias.")
        .remedy("Merge the two.")
        .at(name.span)
        .label(first, "the first stands here")
}
