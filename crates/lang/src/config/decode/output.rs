//! `output` blocks, and `locals`.

use diag::{Diagnostic, Diags};

use super::block::identifier;
use super::{not_yet, reference, rule};
use crate::config::constant;
use crate::config::declared::{LocalDecl, OutputDecl, Role};
use crate::config::source::{BlockSrc, Need, Shape};

macro_rules! output_shape {
    ($value:expr) => {
        Shape {
            attributes: &[
                ("description", Need::Optional),
                ("value", $value),
                ("depends_on", Need::Optional),
                ("sensitive", Need::Optional),
                ("ephemeral", Need::Optional),
                ("deprecated", Need::Optional),
            ],
            blocks: &[("precondition", &[]), ("postcondition", &[])],
        }
    };
}

const OUTPUT: Shape = output_shape!(Need::Required);
const OVERRIDE: Shape = output_shape!(Need::Optional);

/// Decodes `output "NAME"`.
pub(super) fn decode<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> OutputDecl<'s> {
    let shape = if role == Role::Override { &OVERRIDE } else { &OUTPUT };
    let content = block.body(diags).content(shape, diags);
    let name = block.labels[0].clone();
    identifier(&name, "an output", diags);
    if let Some(attribute) = content.attribute("ephemeral")
        && constant::flag(attribute, diags) == Some(true)
    {
        diags.push(not_yet("ephemeral outputs", attribute.span));
    }
    let mut decl = OutputDecl {
        name,
        description: content.attribute("description").and_then(|it| constant::text(it, diags)),
        value: content.expr("value"),
        sensitive: content.attribute("sensitive").and_then(|it| constant::flag(it, diags)),
        deprecated: content.attribute("deprecated").and_then(|it| constant::advice(it, diags)),
        depends_on: Vec::new(),
        preconditions: Vec::new(),
        header: block.header,
    };
    if let Some(list) = content.expr("depends_on") {
        decl.depends_on = reference::depends_on(list, diags);
    }
    for nested in &content.blocks {
        match &*nested.kind.text {
            "precondition" => decl.preconditions.push(rule::decode(nested, role, diags)),
            _ => diags.push(
                Diagnostic::error("unexpected-block", "An output has no postconditions")
                    .detail("What an output gives out can be checked before it is given out.")
                    .remedy("Write a `precondition` block.")
                    .at(nested.kind.span),
            ),
        }
    }
    decl
}

/// Decodes `locals`.
pub(super) fn locals<'s>(block: &BlockSrc<'s>, diags: &mut Diags) -> Vec<LocalDecl<'s>> {
    let attributes = block.body(diags).attributes(diags);
    attributes
        .into_iter()
        .map(|attribute| {
            identifier(attribute.name, "a local value", diags);
            LocalDecl { name: attribute.name.clone(), expr: attribute.expr, span: attribute.span }
        })
        .collect()
}
