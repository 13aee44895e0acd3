//! `layer` blocks.

use diag::Diags;
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::Layer;

const ALLOWED: Allowed = Allowed {
    arguments: &["inputs"],
    later: &[
        ("owners", "owners of layers"),
        ("approvals", "approvals"),
        ("approval_hours", "approvals"),
        ("max_destroy", "limits on what is destroyed"),
        ("max_deferred", "limits on what is deferred"),
        ("provider", "provider blocks of the estate"),
        ("credentials", "credentials"),
    ],
};

/// Reads one layer.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Layer> {
    body::check(block, &ALLOWED, diags);
    let inputs = body::items_of(block, "inputs", diags);
    Some(Layer { name: names::of_block(block, diags)?, inputs })
}
