//! What findings of policies come to: refusals, and approvals by groups.
//!
//! Invariant: what is denied binds in every environment that its policy judges; what needs a group's approval binds where approvals do.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Subject, needs};
use crate::approval::ValidApproval;
use crate::policy::{Decision, PolicyFinding, PolicySeverity, Undecided};
use crate::rules::{Binding, StackRules};
use crate::verdict::{Need, Refusal};

/// The approvals that findings ask for: one of each group, beyond those that the stack needs anyway.
pub(super) fn asked(
    subject: &Subject<'_>,
    approvals: &[ValidApproval],
    now_s: u64,
) -> impl Iterator<Item = Need> {
    let decided = subject.findings.iter().filter(|one| one.is_decided());
    let groups: BTreeSet<Option<&Arc<str>>> = decided
        .filter_map(|finding| match &finding.severity {
            PolicySeverity::Approve(group) => Some(group.as_ref()),
            _ => None,
        })
        .collect();
    groups.into_iter().filter_map(move |group| {
        let rules = match group {
            // Its owners approve it in any case.
            None if subject.rules.approvals > 0 => return None,
            None => StackRules { approvals: 1, ..subject.rules.clone() },
            Some(group) => {
                StackRules { owners: vec![group.clone()], approvals: 1, ..subject.rules.clone() }
            }
        };
        needs::need(&Subject { rules: &rules, ..*subject }, approvals, now_s)
    })
}

/// Why findings refuse, and whether that binds.
pub(super) fn refusals<'a>(
    subjects: &'a [Subject<'a>],
) -> impl Iterator<Item = (Binding, Refusal)> + 'a {
    let all = subjects.iter().flat_map(|subject| subject.findings);
    all.filter_map(|finding| refusal(finding).map(|refusal| (Binding::Binds, refusal)))
}

fn refusal(finding: &PolicyFinding) -> Option<Refusal> {
    let named = format!("policy `{}` ({})", finding.policy, finding.rule);
    let about = |code, text, remedy: &str| Refusal {
        stack: Some(finding.stack.clone()),
        address: finding.full_address(),
        code,
        text,
        remedy: remedy.to_owned(),
    };
    match (&finding.decision, &finding.severity) {
        (Decision::Decided, PolicySeverity::Deny) => Some(about(
            "policy-denied",
            format!("{}, says {named}", finding.text.trim_end_matches('.')),
            "Change the configuration so that the policy holds, or the policy, in a change of its own.",
        )),
        (Decision::NotYet { on, undecided: Undecided::Refused }, severity)
            if *severity != PolicySeverity::Warn =>
        {
            Some(about(
                "policy-undecided",
                format!(
                    "{named} cannot tell before the calls whether this holds: {}. It waits for {}",
                    finding.text.trim_end_matches('.'),
                    on.join(", ")
                ),
                "Write what the policy asks about as a value that is known before, or let it stay open with undecided = \"warn\".",
            ))
        }
        _ => None,
    }
}
