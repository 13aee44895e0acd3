//! `module` blocks.

use diag::Diags;

use super::block::{Once, escape, identifier, reserved};
use super::not_yet;
use super::{reference, repeat};
use crate::config::declared::{CallDecl, Role};
use crate::config::source::{AttrSrc, BlockSrc, Need, Shape};

/// The arguments and blocks of a module call that are not the called module's variables.
pub(super) const CALL: Shape = Shape {
    attributes: &[
        ("source", Need::Required),
        ("version", Need::Optional),
        ("count", Need::Optional),
        ("for_each", Need::Optional),
        ("depends_on", Need::Optional),
        ("providers", Need::Optional),
    ],
    blocks: BLOCKS,
};

const OVERRIDE: Shape = Shape {
    attributes: &[
        ("source", Need::Optional),
        ("version", Need::Optional),
        ("count", Need::Optional),
        ("for_each", Need::Optional),
        ("depends_on", Need::Optional),
        ("providers", Need::Optional),
    ],
    blocks: BLOCKS,
};

const BLOCKS: &[(&str, &[&str])] = &[
    ("_", &[]),
    ("lifecycle", &[]),
    ("locals", &[]),         // reserved
    ("provider", &["type"]), // reserved
];

const LIFECYCLE: Shape = Shape { attributes: &[("enabled", Need::Optional)], blocks: &[] };

/// Decodes `module "NAME"`.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> CallDecl<'s> {
    let shape = if role == Role::Override { &OVERRIDE } else { &CALL };
    let (content, mut body) = block.body(diags).partial(shape, diags);
    let name = block.labels[0].clone();
    identifier(&name, "a module", diags);
    let (mut lifecycle, mut escaping) = (Once::default(), Once::default());
    let mut enabled = None;
    for nested in &content.blocks {
        match &*nested.kind.text {
            "lifecycle" => {
                if lifecycle.first(nested, diags) {
                    enabled = self::enabled(nested, diags);
                }
            }
            "_" => {
                if escaping.first(nested, diags) {
                    escape(nested, &mut body, diags);
                }
            }
            _ => diags.push(reserved(nested, "module")),
        }
    }
    CallDecl {
        name,
        source: content.expr("source"),
        version: content.attribute("version").map(|it| (it.expr, it.span)),
        repeat: repeat::decode(&content, enabled, diags),
        depends_on: content
            .expr("depends_on")
            .map(|list| reference::depends_on(list, diags))
            .unwrap_or_default(),
        providers: content
            .expr("providers")
            .map(|map| reference::passed(map, diags))
            .unwrap_or_default(),
        body,
        header: block.header,
    }
}

fn enabled<'s>(block: &BlockSrc<'s>, diags: &mut Diags) -> Option<AttrSrc<'s>> {
    let enabled = block.body(diags).content(&LIFECYCLE, diags).attribute("enabled")?;
    diags.push(not_yet("`enabled`", enabled.name.span));
    Some(enabled)
}
