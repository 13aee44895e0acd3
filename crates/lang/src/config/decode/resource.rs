//! `resource`, `data` and `ephemeral` blocks.

use addr::Mode;
use diag::{Diagnostic, Diags};

use super::block::{Once, escape, identifier, reserved};
use super::lifecycle;
use super::not_yet;
use super::reference;
use super::repeat;
use crate::config::declared::{LifecycleDecl, ResourceDecl, Role};
use crate::config::source::{AttrSrc, BlockSrc, Need, Shape};

const META: &[(&str, Need)] = &[
    ("count", Need::Optional),
    ("for_each", Need::Optional),
    ("provider", Need::Optional),
    ("depends_on", Need::Optional),
];

const MANAGED: Shape = Shape {
    attributes: META,
    blocks: &[
        ("locals", &[]), // reserved
        ("lifecycle", &[]),
        ("connection", &[]),
        ("provisioner", &["type"]),
        ("_", &[]),
    ],
};

const READ_ONLY: Shape =
    Shape { attributes: META, blocks: &[("lifecycle", &[]), ("locals", &[]), ("_", &[])] };

/// Decodes `resource "TYPE" "NAME"`.
pub(super) fn managed<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> ResourceDecl<'s> {
    resource(block, Mode::Managed, role, diags)
}

/// Decodes `data "TYPE" "NAME"`.
pub(super) fn data<'s>(block: &BlockSrc<'s>, role: Role, diags: &mut Diags) -> ResourceDecl<'s> {
    resource(block, Mode::Data, role, diags)
}

/// Checks `ephemeral "TYPE" "NAME"`, and refuses it.
pub(super) fn ephemeral(block: &BlockSrc<'_>, role: Role, diags: &mut Diags) {
    diags.push(not_yet("ephemeral resources", block.header));
    resource(block, Mode::Ephemeral, role, diags);
}

fn resource<'s>(
    block: &BlockSrc<'s>,
    mode: Mode,
    role: Role,
    diags: &mut Diags,
) -> ResourceDecl<'s> {
    let shape = if mode == Mode::Managed { &MANAGED } else { &READ_ONLY };
    let (content, rest) = block.body(diags).partial(shape, diags);
    let mut decl = named(block, mode, diags);
    decl.body = rest;
    decl.provider =
        content.expr("provider").and_then(|it| reference::provider(it, "provider", diags));
    if let Some(list) = content.expr("depends_on") {
        decl.depends_on = reference::depends_on(list, diags);
    }
    let mut inner = Inner::default();
    for nested in &content.blocks {
        inner.decode(nested, role, &mut decl, diags);
    }
    decl.repeat = repeat::decode(&content, inner.enabled, diags);
    decl
}

/// The declaration with nothing but its names.
fn named<'s>(block: &BlockSrc<'s>, mode: Mode, diags: &mut Diags) -> ResourceDecl<'s> {
    let [kind, name] = &block.labels[..] else {
        unreachable!("BUG: a resource's shape has two labels")
    };
    identifier(kind, "a resource type", diags);
    identifier(name, "a resource", diags);
    ResourceDecl {
        mode,
        kind: kind.clone(),
        name: name.clone(),
        repeat: Default::default(),
        provider: None,
        depends_on: Vec::new(),
        lifecycle: LifecycleDecl::default(),
        preconditions: Vec::new(),
        postconditions: Vec::new(),
        body: crate::config::source::BodySrc { items: Vec::new(), end: block.header },
        header: block.header,
    }
}

/// The blocks within a resource, of which some may stand only once.
#[derive(Default)]
struct Inner<'s> {
    lifecycle: Once,
    escape: Once,
    connection: Once,
    enabled: Option<AttrSrc<'s>>,
}

impl<'s> Inner<'s> {
    fn decode(
        &mut self,
        block: &BlockSrc<'s>,
        role: Role,
        decl: &mut ResourceDecl<'s>,
        diags: &mut Diags,
    ) {
        match &*block.kind.text {
            "lifecycle" => {
                if self.lifecycle.first(block, diags) {
                    self.enabled = lifecycle::decode(block, role, decl, diags);
                }
            }
            "_" => {
                if self.escape.first(block, diags) {
                    escape(block, &mut decl.body, diags);
                }
            }
            "connection" => {
                if self.connection.first(block, diags) {
                    diags.push(not_yet("the block `connection`", block.header));
                }
            }
            "provisioner" => diags.push(not_yet("provisioners", block.header)),
            _ => diags.push(reserved(block, decl.mode.block_kind())),
        }
    }
}

/// Reports a second declaration of one address.
pub(in crate::config) fn declared_twice(
    again: &ResourceDecl<'_>,
    first: &ResourceDecl<'_>,
) -> Diagnostic {
    Diagnostic::error("duplicate-declaration", format!("`{}` is declared twice", again.addr()))
        .detail("Names of resources are unique for each type in a module.")
        .remedy("Rename one of the two.")
        .at(again.header)
        .label(first.header, "declared here first")
}
