//! The `terraform` block.
//!
//! `required_version` is judged apart (see [`super::language`]), before anything else can fail; `experiments` and
//! `language` are those of OpenTofu's forebear and mean nothing.

use diag::Diags;

use super::{not_yet, required};
use crate::config::constant;
use crate::config::declared::{BackendDecl, FileDecl, MetaDecl};
use crate::config::provider_name::local_name;
use crate::config::source::{BlockSrc, Need, Shape};

const TERRAFORM: Shape = Shape {
    attributes: &[
        ("required_version", Need::Optional),
        ("experiments", Need::Optional),
        ("language", Need::Optional),
    ],
    blocks: &[
        ("backend", &["type"]),
        ("cloud", &[]),
        ("required_providers", &[]),
        ("provider_meta", &["provider"]),
        ("encryption", &[]),
    ],
};

/// Decodes the block.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, decl: &mut FileDecl<'s>, diags: &mut Diags) {
    for nested in block.body(diags).content(&TERRAFORM, diags).blocks {
        match &*nested.kind.text {
            "backend" => {
                let body = nested.body(diags);
                let kind = nested.labels[0].clone();
                decl.backends.push(BackendDecl { kind, body, header: nested.header });
            }
            "cloud" => decl.clouds.push(nested.header),
            "required_providers" => decl.required.push(required::decode(&nested, diags)),
            "provider_meta" => decl.metas.extend(meta(&nested, diags)),
            _ => diags.push(not_yet("state encryption", nested.header)),
        }
    }
}

/// What a module tells a provider about itself: constants only.
fn meta<'s>(block: &BlockSrc<'s>, diags: &mut Diags) -> Option<MetaDecl<'s>> {
    let errors = diags.error_count();
    for attribute in block.body(diags).attributes(diags) {
        constant::value(attribute.expr, diags);
    }
    let name = block.labels[0].clone();
    local_name(&name.text, block.header, diags);
    let body = block.body(diags);
    (diags.error_count() == errors).then_some(MetaDecl { name, body, header: block.header })
}
