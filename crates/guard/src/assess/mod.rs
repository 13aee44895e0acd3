//! The verdict on the plans of an environment.
//!
//! One file for each question: what loses data, what exceeds a limit, who has approved, what policies deny, what widens access.
//! Invariant: the same plans, rules and approvals give the same verdict; subjects are judged in their order.

mod data;
mod limits;
mod needs;
mod policies;

use addr::StackAddr;
use plan::Plan;

use crate::approval::ValidApproval;
use crate::catalogue::Catalogue;
use crate::policy::PolicyFinding;
use crate::rules::{Binding, BreakGlass, StackRules};
use crate::verdict::{Refusal, Verdict};
use crate::widen;

/// A plan that is judged, with its rules.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The stack instance.
    pub address: &'a StackAddr,
    /// Its rules.
    pub rules: &'a StackRules,
    /// Its plan.
    pub plan: &'a Plan,
    /// What policies found in it.
    pub findings: &'a [PolicyFinding],
}

/// Judges plans: what they lose, what they need, what they exceed, what they widen, and whether they may be applied by
/// these approvals at this time (seconds since 1970).
pub fn assess(
    catalogue: &Catalogue,
    subjects: &[Subject<'_>],
    approvals: &[ValidApproval],
    break_glass: BreakGlass,
    now_s: u64,
) -> Verdict {
    let mut verdict = Verdict::default();
    for subject in subjects {
        verdict.data.extend(data::losses(catalogue, subject, approvals, now_s));
        verdict.needs.extend(needs::need(subject, approvals, now_s));
        verdict.needs.extend(policies::asked(subject, approvals, now_s));
        verdict.policies.extend(subject.findings.iter().cloned());
        verdict.widens.extend(widen::widenings(subject));
    }
    verdict.limits = limits::exceeded(catalogue, subjects);
    let not_approved: Vec<Refusal> = verdict.data_not_approved().map(data::refusal).collect();
    verdict.refused.extend(not_approved);
    let bound = needs::refusals(subjects, &verdict.needs)
        .chain(limits::refusals(subjects, &verdict.limits))
        .chain(policies::refusals(subjects));
    let (refused, warned): (Vec<_>, Vec<_>) =
        bound.partition(|(binding, _)| *binding == Binding::Binds && break_glass == BreakGlass::No);
    verdict.refused.extend(refused.into_iter().map(|(_, refusal)| refusal));
    verdict.warned.extend(warned.into_iter().map(|(_, refusal)| refusal));
    verdict
}

#[cfg(test)]
mod tests;
