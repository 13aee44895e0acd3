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

/// Resources that a deferred resource may turn out to be, where the file does not say (ENGINE §9).
const MAX_DEFERRED: u64 = 20;
/// Hours that an approval counts, where the file does not say (DESIGN §3).
const APPROVAL_HOURS: u64 = 72;

/// Reads one layer.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Layer> {
    body::check(block, &ALLOWED, diags);
    let inputs = body::items_of(block, "inputs", diags);
    Some(Layer {
        name: names::of_block(block, diags)?,
        inputs,
        owners: Vec::new(),
        approvals: 0,
        max_destroy: None,
        max_deferred: MAX_DEFERRED,
        approval_hours: APPROVAL_HOURS,
        providers: Vec::new(),
        credentials: Vec::new(),
    })
}
