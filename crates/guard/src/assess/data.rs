//! What loses data: objects of the catalogue's types that a plan destroys or lets go.
//!
//! Invariant: only an approval that names the address, by an owner of the stack, lets it be; protection does not, nor does
//! `--break-glass`.

use std::sync::Arc;

use plan::{Action, Change};

use super::Subject;
use crate::approval::ValidApproval;
use crate::assess::needs;
use crate::catalogue::Catalogue;
use crate::verdict::{Approved, DataLoss, Refusal, full_address};

/// The data losses of a plan, in the order of its changes.
pub(super) fn losses(
    catalogue: &Catalogue,
    subject: &Subject<'_>,
    approvals: &[ValidApproval],
    now_s: u64,
) -> Vec<DataLoss> {
    let managed = |change: &&Change| change.address.resource.mode == addr::Mode::Managed;
    let changes = subject.plan.changes.iter().filter(managed);
    let lost = changes.filter(|change| loses_object(change.action));
    lost.filter_map(|change| loss(catalogue, subject, change, approvals, now_s)).collect()
}

/// Whether a change loses the object that was there, or lets it out of sight for another in its stead. What is forgotten
/// alone stays; where it goes with its host, the host is what is guarded: a cluster bears data.
fn loses_object(action: Action) -> bool {
    action.destroys() || action == Action::ForgetThenCreate
}

/// Whether a change loses what bears data.
pub(super) fn bears(catalogue: &Catalogue, change: &Change) -> bool {
    let entry = catalogue.entry(&change.address.resource.type_name);
    entry.is_some_and(|entry| entry.bears(&change.before))
}

fn loss(
    catalogue: &Catalogue,
    subject: &Subject<'_>,
    change: &Change,
    approvals: &[ValidApproval],
    now_s: u64,
) -> Option<DataLoss> {
    if !bears(catalogue, change) {
        return None;
    }
    let entry = catalogue.entry(&change.address.resource.type_name)?;
    Some(DataLoss {
        stack: subject.address.clone(),
        address: change.address.clone(),
        deposed: change.deposed.clone(),
        type_name: change.address.resource.type_name.clone(),
        name: entry.name_of(&change.before),
        holds: entry.holds.clone(),
        action: change.action,
        why: change.replace_paths.clone(),
        guards: entry.guards_of(&change.before),
        approved: approved(subject, change, approvals, now_s),
    })
}

fn approved(
    subject: &Subject<'_>,
    change: &Change,
    approvals: &[ValidApproval],
    now_s: u64,
) -> Approved {
    let address: Arc<str> = full_address(subject.address, &change.address).into();
    let named = approvals.iter().filter(|approval| approval.destroy_data.contains(&address));
    named
        .filter(|approval| needs::holds(approval, subject.rules, now_s))
        .find_map(|approval| needs::owner(approval, subject.rules))
        .map_or(Approved::No, Approved::By)
}

/// Why a data loss is refused.
pub(super) fn refusal(loss: &DataLoss) -> Refusal {
    let address = loss.full_address();
    let deposed = loss.deposed.as_ref().map_or_else(String::new, |key| format!(" (deposed {key})"));
    Refusal {
        stack: Some(loss.stack.clone()),
        address: Some(address.clone()),
        code: "data-refused",
        text: format!(
            "`{address}`{deposed} holds {}, and the plan {}",
            loss.holds,
            done(loss.action)
        ),
        remedy: format!(
            "Keep the object; or an owner of the stack approves its loss: `strata approve PLAN --destroy-data '{}'`.",
            // As one word of a shell, whatever its key holds.
            address.replace('\'', r"'\''")
        ),
    }
}

fn done(action: Action) -> &'static str {
    match action {
        Action::DeleteThenCreate => "deletes it, then creates another",
        Action::CreateThenDelete => "creates another, then deletes it",
        Action::ForgetThenCreate => "forgets it and creates another in its stead",
        _ => "deletes it",
    }
}
