//! `group` blocks, and the owners that name them.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::Group;

const ALLOWED: Allowed = Allowed { arguments: &["signers", "principals"], blocks: &[] };

/// Most approvals that can be asked for.
const APPROVALS_MAX: u64 = 100;

/// Reads one group.
pub(super) fn read(block: &Block, diags: &mut Diags) -> Option<Group> {
    body::check(block, &ALLOWED, diags);
    let name = names::of_block(block, diags);
    let signers = body::required(block, "signers", diags).and_then(|a| body::text(a, diags));
    let principals = body::texts_of(block, "principals", diags).unwrap_or_default();
    Some(Group { name: name?, signers: signers?, principals })
}

/// The `owners` of a block, each a group of the file.
pub(super) fn owners(
    block: &Block,
    groups: &[Group],
    diags: &mut Diags,
) -> Option<Vec<Spanned<Arc<str>>>> {
    let owners = body::texts_of(block, "owners", diags)?;
    owners.iter().for_each(|owner| check_known(owner, groups, diags));
    Some(owners)
}

/// Reports a name that no group of the file has.
pub(super) fn check_known(name: &Spanned<Arc<str>>, groups: &[Group], diags: &mut Diags) {
    if !groups.iter().any(|group| group.name.node == name.node) {
        let names: Vec<&str> = groups.iter().map(|group| &*group.name.node).collect();
        diags.push(names::unknown("group", name, &names));
    }
}

/// The `approvals` of a block; those that nobody could give are reported. `owners` are those that count there.
pub(super) fn approvals(
    block: &Block,
    owners: &[Spanned<Arc<str>>],
    diags: &mut Diags,
) -> Option<u32> {
    let number = body::number_of(block, "approvals", 0..=APPROVALS_MAX, diags)?;
    if number > 0 && owners.is_empty() {
        let at = block.body.attribute("approvals").map(|attribute| attribute.span);
        diags.push(
            Diagnostic::error("estate-approvals", "Approvals that nobody can give")
                .detail("No `owners` say whose approvals count.")
                .remedy("Add `owners = [\"GROUP\"]`, or take the number out.")
                .maybe_at(at),
        );
    }
    Some(number as u32)
}
