//! `stack` blocks.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::{group, names, settings};
use crate::model::{EnvironmentIdx, Estate, LayerIdx, Origin, Stack};

const ALLOWED: Allowed = Allowed {
    arguments: &[
        "layer",
        "source",
        "inputs",
        "environments",
        "for_each",
        "hosted_by",
        "defer",
        "owners",
        "approvals",
    ],
    blocks: body::SETTINGS,
};

/// Where a `stack` block stands.
pub(super) enum Home<'a> {
    /// In `strata.hcl`: `source` says where its root module is.
    Estate,
    /// In the `stack.hcl` of this folder, relative to the estate's, which is its root module's.
    Own(&'a Arc<str>),
}

/// Reads one stack; layers and environments of the estate have been read.
pub(super) fn read(
    block: &Block,
    home: &Home<'_>,
    estate: &Estate,
    diags: &mut Diags,
) -> Option<Stack> {
    body::check(block, &ALLOWED, diags);
    let name = names::of_block(block, diags);
    let layer = body::required(block, "layer", diags)
        .and_then(|a| body::text(a, diags))
        .and_then(|layer| layer_of(&layer, estate, diags));
    let source = source(block, home, diags);
    let inputs = body::items_of(block, "inputs", diags);
    let environments = match block.body.attribute("environments") {
        Some(attribute) => Some(environments_of(&body::texts(attribute, diags)?, estate, diags)),
        None => None,
    };
    let owners = group::owners(block, &estate.groups, diags);
    let of_layer = layer.map_or(&[][..], |layer| &estate[layer].owners);
    let approvals = group::approvals(block, owners.as_deref().unwrap_or(of_layer), diags);
    let defer = body::texts_of(block, "defer", diags).unwrap_or_default();
    let settings = settings::read(block, diags);
    Some(Stack {
        origin: Origin::File,
        name: name?,
        layer: layer?,
        source: source?,
        inputs,
        environments,
        for_each: block.body.attribute("for_each").map(|attribute| attribute.expr.clone()),
        hosted_by: block.body.attribute("hosted_by").map(|attribute| attribute.expr.clone()),
        defer,
        owners,
        approvals,
        providers: settings.providers,
        credentials: settings.credentials,
    })
}

fn layer_of(layer: &Spanned<Arc<str>>, estate: &Estate, diags: &mut Diags) -> Option<LayerIdx> {
    let found = estate.layer(&layer.node);
    if found.is_none() {
        let names: Vec<&str> = estate.layers.iter().map(|l| &*l.name.node).collect();
        diags.push(names::unknown("layer", layer, &names));
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
                diags.push(names::unknown("environment", name, &names));
            }
        }
    }
    found
}

fn source(block: &Block, home: &Home<'_>, diags: &mut Diags) -> Option<Spanned<Arc<str>>> {
    let given = block.body.attribute("source");
    match (home, given) {
        (Home::Estate, _) => body::required(block, "source", diags)
            .and_then(|a| body::text(a, diags))
            .and_then(|source| check_source(source, diags)),
        (Home::Own(folder), None) => Some(Spanned { node: (*folder).clone(), span: block.header }),
        (Home::Own(_), Some(attribute)) => {
            diags.push(
                Diagnostic::error("estate-source", "A `source` in stack.hcl")
                    .detail("The stack's root module is the folder in which the file stands.")
                    .remedy("Take it out; a stack of another folder stands in strata.hcl.")
                    .at(attribute.span),
            );
            None
        }
    }
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
