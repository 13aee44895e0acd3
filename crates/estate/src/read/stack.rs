//! `stack` blocks.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::{EnvironmentIdx, Estate, LayerIdx, Stack};

const ALLOWED: Allowed = Allowed {
    arguments: &["layer", "source", "inputs", "environments", "for_each", "hosted_by"],
    later: &[
        ("defer", "deferred providers"),
        ("provider", "provider blocks of the estate"),
        ("credentials", "credentials"),
    ],
};

/// Reads one stack; layers and environments of the estate have been read.
pub(super) fn read(block: &Block, estate: &Estate, diags: &mut Diags) -> Option<Stack> {
    body::check(block, &ALLOWED, diags);
    let name = names::of_block(block, diags);
    let layer = body::required(block, "layer", diags)
        .and_then(|a| body::text(a, diags))
        .and_then(|layer| layer_of(&layer, estate, diags));
    let source = body::required(block, "source", diags)
        .and_then(|a| body::text(a, diags))
        .and_then(|source| check_source(source, diags));
    let inputs = body::items_of(block, "inputs", diags);
    let environments = match block.body.attribute("environments") {
        Some(attribute) => Some(environments_of(&body::texts(attribute, diags)?, estate, diags)),
        None => None,
    };
    Some(Stack {
        name: name?,
        layer: layer?,
        source: source?,
        inputs,
        environments,
        for_each: block.body.attribute("for_each").map(|attribute| attribute.expr.clone()),
        hosted_by: block.body.attribute("hosted_by").map(|attribute| attribute.expr.clone()),
        defer: Vec::new(),
        owners: None,
        approvals: None,
        providers: Vec::new(),
        credentials: Vec::new(),
    })
}

fn layer_of(layer: &Spanned<Arc<str>>, estate: &Estate, diags: &mut Diags) -> Option<LayerIdx> {
    let found = estate.layer(&layer.node);
    if found.is_none() {
        let names: Vec<&str> = estate.layers.iter().map(|l| &*l.name.node).collect();
        diags.push(unknown("layer", layer, &names));
    }
    found
}

fn environments_of(
    listed: &[Spanned<Arc<str>>],
    estate: &Estate,
    diags: &mut Diags,
) -> Vec<EnvironmentIdx> {
    let mut found = Vec::new();
    for name in listed {
        match estate.environment(&name.node) {
            Some(environment) => found.push(environment),
            None => {
                let names: Vec<&str> = estate.environments.iter().map(|e| &*e.name.node).collect();
                diags.push(unknown("environment", name, &names));
            }
        }
    }
    found
}

fn unknown(kind: &str, name: &Spanned<Arc<str>>, known: &[&str]) -> Diagnostic {
    Diagnostic::error("estate-unknown-name", format!("No {kind} named `{}`", name.node))
        .detail(format!("The estate file has no `{kind}` block of this name."))
        .remedy(format!("Name one of: {}.", known.join(", ")))
        .at(name.span)
}

fn check_source(source: Spanned<Arc<str>>, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    let local =
        source.node.starts_with("./") || source.node.starts_with("../") || &*source.node == ".";
    if local {
        return Some(source);
    }
    diags.push(
        Diagnostic::error("estate-source", "A stack's source is a folder of the repository")
            .detail(format!("`{}` does not begin with `./` or `../`.", source.node))
            .remedy("Write the folder's path relative to strata.hcl, beginning with `./`.")
            .at(source.span),
    );
    None
}
