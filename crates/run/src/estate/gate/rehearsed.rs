//! Approvals that a rehearsal gives itself, in the place of people who would sign.
//!
//! Invariant: they are read from the store of a rehearsal only, and a real store takes none: nothing that there is can
//! be changed by their word.

use std::collections::BTreeSet;
use std::sync::Arc;

use diag::Diagnostic;
use guard::ValidApproval;
use guard::approval::Person;
use plan::Digest;
use store::{EstateStore, PortError, Put, StoreKind, StoredApproval};

use super::PlanName;

/// How the keys of such approvals begin.
const KEY: &str = "rehearsal:";

/// Approves a plan as so many people of a group; that these objects lose their data, too, by full addresses.
///
/// # Errors
/// Where the store fails, or is a real one.
pub fn approve_rehearsal(
    store: &dyn EstateStore,
    plan: &PlanName,
    group: &str,
    people: u32,
    destroy_data: &BTreeSet<String>,
    now_ms: u64,
) -> Result<(), Diagnostic> {
    let failed = |error: PortError| crate::failure::port("", &error);
    if store.kind() == StoreKind::Real {
        return Err(Diagnostic::error("real-store", "A rehearsal approves nothing real")
            .detail("The store is that of a real estate.")
            .remedy("Let its signers approve: strata approve PLAN."));
    }
    let digest = plan.digest.expect("BUG: a plan is kept before it is approved");
    for person in 1..=people {
        let approval = StoredApproval {
            plan: plan.id.clone(),
            digest: state::Digest(digest.0),
            signer_key: format!("{KEY}{group}/{person}").into(),
            at_ms: now_ms,
            body: lines(destroy_data).into_bytes(),
        };
        match store.put_approval(&approval).map_err(failed)? {
            Put::Kept | Put::Already => {}
        }
    }
    Ok(())
}

fn lines(addresses: &BTreeSet<String>) -> String {
    addresses.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// The approval of a rehearsal that this is; `None` where it is another's, another plan's, or stands in a real store.
pub(super) fn read(
    kind: StoreKind,
    stored: &StoredApproval,
    digest: Option<Digest>,
) -> Option<ValidApproval> {
    let name = stored.signer_key.strip_prefix(KEY)?;
    let (group, _) = name.split_once('/')?;
    if kind == StoreKind::Real || digest.is_none_or(|digest| digest.0 != stored.digest.0) {
        return None;
    }
    let data = String::from_utf8_lossy(&stored.body);
    let person = Person { group: group.into(), principal: Arc::from(name) };
    Some(ValidApproval {
        key: stored.signer_key.clone(),
        persons: [person].into(),
        at_s: stored.at_ms / 1000,
        destroy_data: data.lines().map(Arc::from).collect(),
    })
}
