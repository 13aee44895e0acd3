//! The first pass over a file: its blocks decoded to declarations.
//!
//! Every fault is reported at its place and the decoding goes on; what cannot be decoded is left out. References are
//! not resolved here, since another file may declare what this one refers to.
//!
//! Invariant: a block type that OpenTofu knows is either decoded or refused by name (see [`not_yet`]).

mod block;
mod call;
mod language;
mod lifecycle;
mod not_yet;
mod output;
mod provider;
mod reference;
mod repeat;
mod required;
mod resource;
mod rule;
mod terraform;
mod variable;

use diag::{Diagnostic, Diags};

use super::declared::{FileDecl, Role};
use super::source::{BlockSrc, BodySrc, Shape};

pub(super) use language::{Compatibility, INCOMPATIBLE};
pub(super) use not_yet::not_yet;
pub(super) use resource::declared_twice;
pub(super) use variable::invalid_default;

/// What may stand at the top of a file.
const FILE: Shape = Shape {
    attributes: &[],
    blocks: &[
        ("terraform", &[]),
        ("language", &[]),
        // Belongs within `terraform`; named here for a better message.
        ("required_providers", &[]),
        ("provider", &["name"]),
        ("variable", &["name"]),
        ("locals", &[]),
        ("output", &["name"]),
        ("module", &["name"]),
        ("resource", &["type", "name"]),
        ("data", &["type", "name"]),
        ("ephemeral", &["type", "name"]),
        ("moved", &[]),
        ("import", &[]),
        ("check", &["name"]),
        ("removed", &[]),
    ],
};

/// Decodes a file.
pub(super) fn file<'s>(body: BodySrc<'s>, role: Role, diags: &mut Diags) -> FileDecl<'s> {
    let mut decl = FileDecl::default();
    for block in body.content(&FILE, diags).blocks {
        top_level(&block, role, &mut decl, diags);
    }
    decl
}

fn top_level<'s>(block: &BlockSrc<'s>, role: Role, decl: &mut FileDecl<'s>, diags: &mut Diags) {
    match &*block.kind.text {
        "terraform" => terraform::decode(block, decl, diags),
        "language" => language::decode(block, role, diags),
        "required_providers" => diags.push(misplaced_requirements(block)),
        "provider" => decl.providers.extend(provider::decode(block, diags)),
        "variable" => decl.variables.push(variable::decode(block, role, diags)),
        "locals" => decl.locals.extend(output::locals(block, diags)),
        "output" => decl.outputs.push(output::decode(block, role, diags)),
        "module" => decl.calls.push(call::decode(block, role, diags)),
        "resource" => decl.resources.push(resource::managed(block, role, diags)),
        "data" => decl.resources.push(resource::data(block, role, diags)),
        "ephemeral" => resource::ephemeral(block, role, diags),
        "moved" | "import" | "removed" | "check" => {
            diags.push(not_yet(&format!("the block `{}`", block.kind.text), block.header));
        }
        other => unreachable!("BUG: the shape of a file names `{other}`, which nobody decodes"),
    }
}

fn misplaced_requirements(block: &BlockSrc<'_>) -> Diagnostic {
    Diagnostic::error(
        "misplaced-required-providers",
        "`required_providers` stands outside `terraform`",
    )
    .detail("What providers a module needs is said within its `terraform` block.")
    .remedy("Put the block inside `terraform { ... }`.")
    .at(block.kind.span)
}
