//! `layer` blocks.

use diag::Diags;
use syntax::Block;

use super::body::{self, Allowed};
use super::{group, names, settings};
use crate::model::{Group, Layer};

const ALLOWED: Allowed = Allowed {
    arguments: &["inputs", "owners", "approvals", "approval_hours", "max_destroy", "max_deferred"],
    blocks: body::SETTINGS,
};

/// Resources that a deferred resource may turn out to be, where the file does not say (ENGINE §9).
const MAX_DEFERRED: u64 = 20;
/// Hours that an approval counts, where the file does not say (DESIGN §3).
const APPROVAL_HOURS: u64 = 72;

/// Longest time that an approval counts: a year of hours.
const APPROVAL_HOURS_MAX: u64 = 8_760;
/// Highest limit that means anything.
const LIMIT_MAX: u64 = 1_000_000;

/// Reads one layer; groups have been read.
pub(super) fn read(block: &Block, groups: &[Group], diags: &mut Diags) -> Option<Layer> {
    body::check(block, &ALLOWED, diags);
    let inputs = body::items_of(block, "inputs", diags);
    let owners = group::owners(block, groups, diags).unwrap_or_default();
    let approvals = group::approvals(block, &owners, diags);
    let limit = |name: &str, diags: &mut Diags| body::number_of(block, name, 0..=LIMIT_MAX, diags);
    let hours = body::number_of(block, "approval_hours", 1..=APPROVAL_HOURS_MAX, diags);
    let settings = settings::read(block, diags);
    Some(Layer {
        name: names::of_block(block, diags)?,
        inputs,
        approvals: approvals.unwrap_or(u32::from(!owners.is_empty())),
        owners,
        max_destroy: limit("max_destroy", diags),
        max_deferred: limit("max_deferred", diags).unwrap_or(MAX_DEFERRED),
        approval_hours: hours.unwrap_or(APPROVAL_HOURS),
        providers: settings.providers,
        credentials: settings.credentials,
    })
}
