//! `provider` blocks.

use diag::{Diagnostic, Diags};

use super::block::{Once, escape, reserved};
use super::not_yet;
use crate::config::constant;
use crate::config::declared::ProviderDecl;
use crate::config::provider_name::local_name;
use crate::config::source::{BlockSrc, Content, Need, Shape};
use crate::config::version::VersionConstraint;

const PROVIDER: Shape = Shape {
    attributes: &[
        ("alias", Need::Optional),
        ("version", Need::Optional),
        ("for_each", Need::Optional),
        // reserved
        ("count", Need::Optional),
        ("depends_on", Need::Optional),
        ("source", Need::Optional),
    ],
    blocks: &[("_", &[]), ("lifecycle", &[]), ("locals", &[])],
};

/// Decodes `provider "NAME"`; nothing where its name is wrong.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, diags: &mut Diags) -> Option<ProviderDecl<'s>> {
    let (content, mut body) = block.body(diags).partial(&PROVIDER, diags);
    let name = block.labels[0].clone();
    if !local_name(&name.text, block.header, diags) {
        return None;
    }
    let alias = content.attribute("alias").and_then(|attribute| {
        let alias = constant::text(attribute, diags)?;
        if !addr::is_identifier(&alias) {
            diags.push(
                Diagnostic::error("invalid-name", format!("`{alias}` cannot be an alias"))
                    .detail("An alias begins with a letter or an underscore and goes on with letters, digits, underscores and dashes.")
                    .remedy("Choose another alias.")
                    .at(attribute.expr.span()),
            );
        }
        Some(alias)
    });
    let version = version(&content, diags);
    refuse(&content, alias.is_some(), diags);
    let mut escaping = Once::default();
    for nested in &content.blocks {
        if &*nested.kind.text != "_" {
            diags.push(reserved(nested, "provider"));
        } else if escaping.first(nested, diags) {
            escape(nested, &mut body, diags);
        }
    }
    Some(ProviderDecl { name, alias, version, body, header: block.header })
}

fn version(content: &Content<'_>, diags: &mut Diags) -> Option<VersionConstraint> {
    let attribute = content.attribute("version")?;
    diags.push(
        Diagnostic::warning(
            "provider-version",
            "Version constraints in `provider` blocks are deprecated",
        )
        .detail("Which versions of a provider will do is said in `required_providers`.")
        .remedy("Move the constraint to `required_providers` within the `terraform` block.")
        .at(attribute.expr.span()),
    );
    let text = constant::text(attribute, diags)?;
    VersionConstraint::read(&text, attribute.expr.span(), attribute.span, diags)
}

/// Reports what is reserved or not supported yet.
fn refuse(content: &Content<'_>, aliased: bool, diags: &mut Diags) {
    if let Some(attribute) = content.attribute("for_each") {
        diags.push(not_yet("`for_each` of provider configurations", attribute.name.span));
        if !aliased {
            diags.push(
                Diagnostic::error("alias-required", "`for_each` of a provider needs an alias")
                    .detail(
                        "Only a provider configuration with an alias may have several instances.",
                    )
                    .remedy("Add `alias = ...`.")
                    .at(attribute.expr.span()),
            );
        }
    }
    for name in ["count", "depends_on", "source"] {
        if let Some(attribute) = content.attribute(name) {
            diags.push(
                Diagnostic::error("reserved-argument", format!("`{name}` is reserved within `provider`"))
                    .detail(format!("OpenTofu keeps the argument `{name}` for a later version of the language."))
                    .remedy("If an argument of the provider's own is meant, put it inside `_ { ... }` within the block.")
                    .at(attribute.name.span),
            );
        }
    }
}
