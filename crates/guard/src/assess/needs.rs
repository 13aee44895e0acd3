//! Who has to approve, who has, and whether their approvals still hold.
//!
//! Invariant: a person counts once, however many keys or names sign: approvals are one person's where their keys are the
//! same or their files call the signers by a name that both have.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Subject;
use crate::approval::{Person, ValidApproval};
use crate::rules::{Binding, StackRules};
use crate::verdict::{Need, Refusal};

/// Clocks may differ by this much; a signature from further ahead does not count.
const SKEW_S: u64 = 300;

/// The approvals that a stack needs and has; none where nothing of it changes or none are asked for.
pub(super) fn need(subject: &Subject<'_>, approvals: &[ValidApproval], now_s: u64) -> Option<Need> {
    let rules = subject.rules;
    if rules.approvals == 0 || !subject.plan.has_changes() {
        return None;
    }
    let valid = approvals.iter().filter(|approval| holds(approval, rules, now_s));
    Some(Need {
        stack: subject.address.clone(),
        groups: rules.owners.clone(),
        of: rules.approvals,
        by: people(valid, rules),
    })
}

/// Whether an approval holds now, by the hours that the rules give it.
pub(super) fn holds(approval: &ValidApproval, rules: &StackRules, now_s: u64) -> bool {
    let until = approval.at_s.saturating_add(rules.approval_hours.saturating_mul(3600));
    approval.at_s <= now_s.saturating_add(SKEW_S) && now_s < until
}

/// The name of an approval's signer among the owners of a stack; `None` where they are none of them.
pub(super) fn owner(approval: &ValidApproval, rules: &StackRules) -> Option<Arc<str>> {
    let owns = |person: &&Person| rules.owners.is_empty() || rules.owners.contains(&person.group);
    let named = approval.persons.iter().find(owns).map(|person| person.principal.clone());
    let anybody = rules.owners.is_empty() && approval.persons.is_empty();
    named.or_else(|| anybody.then(|| approval.key.clone()))
}

/// The owners who approved, each person once, in the order of the approvals.
fn people<'a>(
    approvals: impl Iterator<Item = &'a ValidApproval>,
    rules: &StackRules,
) -> Vec<Arc<str>> {
    /// What a person is told by, and by which name they count.
    struct One<'a> {
        names: BTreeSet<&'a Arc<str>>,
        counts_as: Option<Arc<str>>,
    }
    let mut people: Vec<One<'a>> = Vec::new();
    for approval in approvals {
        let mut names: BTreeSet<&Arc<str>> =
            approval.persons.iter().map(|person| &person.principal).collect();
        names.insert(&approval.key);
        let mut counts_as = owner(approval, rules);
        // What shares a name is one person.
        people.retain_mut(|one| {
            if one.names.is_disjoint(&names) {
                return true;
            }
            names.append(&mut one.names);
            counts_as = one.counts_as.take().or(counts_as.take());
            false
        });
        people.push(One { names, counts_as });
    }
    people.into_iter().filter_map(|one| one.counts_as).collect()
}

/// Why approvals are missing, and whether that binds.
pub(super) fn refusals<'a>(
    subjects: &'a [Subject<'a>],
    needs: &'a [Need],
) -> impl Iterator<Item = (Binding, Refusal)> + 'a {
    needs.iter().filter(|need| !need.is_satisfied()).map(|need| {
        let of_stack = subjects.iter().find(|subject| *subject.address == need.stack);
        let binding = of_stack.map_or(Binding::Binds, |subject| subject.rules.binding);
        let groups = match &need.groups[..] {
            [] => "any group".to_owned(),
            groups => {
                groups.iter().map(|group| format!("`{group}`")).collect::<Vec<_>>().join(" or ")
            }
        };
        let refusal = Refusal {
            stack: Some(need.stack.clone()),
            address: None,
            code: "approvals-missing",
            text: format!(
                "`{}` needs {} by signers of {groups}, and has {}",
                need.stack,
                match need.of {
                    1 => "1 approval".to_owned(),
                    of => format!("{of} approvals"),
                },
                need.have()
            ),
            remedy: "Each of them runs `strata approve PLAN`; then apply the same plan.".to_owned(),
        };
        (binding, refusal)
    })
}
