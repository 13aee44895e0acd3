//! What the guard says, as the page has it.
//!
//! Invariant: what refuses a plan stands on its page: as a loss, as a missing approval, or as a refusal.

use addr::StackAddr;
use guard::{Approved, DataLoss, Decision, PolicyFinding, PolicySeverity, Verdict};
use render::{Force, Need, PolicyStanding, PolicyTold, Refusal};
use run::estate::Broken;

/// The codes of refusals that the page tells elsewhere: as losses, and as needs.
const DATA: &str = "data-refused";
const APPROVALS: &str = "approvals-missing";

/// Whether something stands against applying a stack, beside missing approvals.
pub(super) fn is_refused(verdict: &Verdict, address: &StackAddr) -> bool {
    let about = |one: &&guard::Refusal| one.stack.as_ref() == Some(address);
    verdict.refused.iter().filter(about).any(|one| one.code != APPROVALS)
}

/// The approvals that a stack needs: first those by address, then those of its owners.
pub(super) fn needs(verdict: &Verdict, address: &StackAddr) -> Vec<Need> {
    let losses: Vec<&DataLoss> =
        verdict.data.iter().filter(|loss| loss.stack == *address).collect();
    let approved = losses.iter().filter(|loss| loss.approved != Approved::No).count();
    let data = (!losses.is_empty()).then(|| Need {
        groups: vec!["data".to_owned()],
        of: losses.len() as u32,
        have: approved as u32,
        force: Force::Refuses,
    });
    let is_missing = |one: &guard::Refusal| {
        one.code == APPROVALS && one.stack.as_ref().is_none_or(|stack| stack == address)
    };
    let force = if verdict.warned.iter().any(is_missing) { Force::Warns } else { Force::Refuses };
    let of_owners = verdict.needs.iter().filter(|need| need.stack == *address).map(|need| Need {
        groups: match need.groups.as_slice() {
            [] => vec!["anybody".to_owned()],
            groups => groups.iter().map(ToString::to_string).collect(),
        },
        of: need.of,
        have: need.have(),
        force,
    });
    data.into_iter().chain(of_owners).collect()
}

/// What stands against applying, beside losses and missing approvals.
pub(super) fn refusals(verdict: &Verdict, plan_id: &str) -> Vec<Refusal> {
    let of = |one: &guard::Refusal, force: Force| Refusal {
        stack: one.stack.clone(),
        force,
        code: one.code.to_owned(),
        text: one.text.clone(),
        remedy: one.remedy.replace("PLAN", plan_id),
    };
    let refused = verdict.refused.iter().map(|one| of(one, Force::Refuses));
    let warned = verdict.warned.iter().map(|one| of(one, Force::Warns));
    refused.chain(warned).filter(|one| one.code != DATA && one.code != APPROVALS).collect()
}

/// What policies found, but for what is denied: that stands among the refusals. What is not decided yet first.
pub(super) fn policies(verdict: &Verdict) -> Vec<PolicyTold> {
    let mut told: Vec<PolicyTold> = verdict.policies.iter().filter_map(policy).collect();
    told.sort_by_key(|one| match one.standing {
        PolicyStanding::NotYet { .. } => 0,
        PolicyStanding::Needs(_) => 1,
        PolicyStanding::Warns => 2,
    });
    told
}

fn policy(finding: &PolicyFinding) -> Option<PolicyTold> {
    let standing = match (&finding.decision, &finding.severity) {
        (Decision::NotYet { on, .. }, _) => {
            PolicyStanding::NotYet { on: on.iter().map(ToString::to_string).collect() }
        }
        (Decision::Decided, PolicySeverity::Deny) => return None,
        (Decision::Decided, PolicySeverity::Warn) => PolicyStanding::Warns,
        (Decision::Decided, PolicySeverity::Approve(group)) => {
            PolicyStanding::Needs(group.as_deref().unwrap_or("an owner").to_owned())
        }
    };
    Some(PolicyTold {
        about: finding.full_address().unwrap_or_else(|| finding.stack.to_string()),
        policy: format!("{} ({})", finding.policy, finding.rule),
        text: finding.text.to_string(),
        standing,
    })
}

/// What would go under a stack that still uses it; refused when applied, unless it is allowed by name.
pub(super) fn broken(broken: &Broken) -> Refusal {
    let address = broken.address();
    let from = format!("{}.{}", broken.stack, broken.output);
    let text = match (&broken.object, broken.in_run) {
        (None, _) if broken.output.is_empty() => {
            format!("{address} is destroyed, and {} stands on it", broken.reader)
        }
        (None, _) => {
            format!("{address} is destroyed, and {} reads its {}", broken.reader, broken.output)
        }
        (Some(_), true) => {
            format!(
                "{address} is gone before {}, which reads {from}, has moved over",
                broken.reader
            )
        }
        (Some(_), false) => {
            format!("{address} goes, and {}, which reads {from}, is not in this run", broken.reader)
        }
    };
    let mend = match (&broken.object, broken.in_run) {
        (None, _) => "destroy the reader too",
        (Some(_), true) => "lifecycle { create_before_destroy = true }",
        (Some(_), false) => "take the reader into the run",
    };
    Refusal {
        stack: Some(broken.stack.clone()),
        force: Force::Refuses,
        code: "run-breaks-reader".to_owned(),
        text,
        remedy: format!("{mend}, or: -allow-break {address}"),
    }
}
