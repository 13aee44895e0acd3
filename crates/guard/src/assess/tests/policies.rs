//! What findings of policies come to.

use super::*;
use crate::policy::{Decision, PolicySeverity, Undecided};

fn finding(severity: PolicySeverity, decision: Decision) -> PolicyFinding {
    PolicyFinding {
        policy: "starter".into(),
        rule: "main.deny".into(),
        stack: stack("prod/database"),
        address: Some("aws_rds_cluster.main".into()),
        text: "the cluster is not encrypted".into(),
        severity,
        decision,
    }
}

fn not_yet(undecided: Undecided) -> Decision {
    Decision::NotYet { on: vec!["aws_rds_cluster.main: kms_key_id".into()], undecided }
}

fn found(
    rules: &StackRules,
    findings: &[PolicyFinding],
    approvals: &[ValidApproval],
    glass: BreakGlass,
) -> Verdict {
    let (address, plan) = (stack("prod/database"), plan(vec![change(CLUSTER, Action::Create)]));
    let subject = Subject { address: &address, rules, plan: &plan, findings };
    assess(catalogue(), &[subject], approvals, glass, NOW)
}

fn open() -> StackRules {
    StackRules { approvals: 0, binding: Binding::Warns, ..rules() }
}

#[test]
fn what_is_denied_is_refused_in_every_environment_unless_the_glass_is_broken() {
    let denied = [finding(PolicySeverity::Deny, Decision::Decided)];
    let verdict = found(&open(), &denied, &[], BreakGlass::No);
    assert_eq!(codes(&verdict.refused), ["policy-denied"]);
    assert_eq!(verdict.refused[0].address.as_deref(), Some(FULL));
    assert_eq!(
        verdict.refused[0].text,
        "the cluster is not encrypted, says policy `starter` (main.deny)"
    );
    let verdict = found(&open(), &denied, &[], BreakGlass::Yes);
    assert!(verdict.may_be_applied());
    assert_eq!(codes(&verdict.warned), ["policy-denied"]);
}

#[test]
fn a_warning_refuses_nothing_and_is_told() {
    let warned = [finding(PolicySeverity::Warn, Decision::Decided)];
    let verdict = found(&open(), &warned, &[], BreakGlass::No);
    assert!(verdict.may_be_applied() && verdict.warned.is_empty());
    assert_eq!(verdict.policies, warned);
}

#[test]
fn a_group_has_to_approve_beside_the_owners() {
    let asks = [finding(PolicySeverity::Approve(Some("security".into())), Decision::Decided)];
    let owner = approval("k1", &[("platform", "ada")], &[]);
    let other = approval("k2", &[("security", "bob")], &[]);
    let verdict = found(&rules(), &asks, std::slice::from_ref(&owner), BreakGlass::No);
    assert_eq!(codes(&verdict.refused), ["approvals-missing"]);
    assert!(verdict.refused[0].text.contains("`security`"), "{}", verdict.refused[0].text);
    assert!(found(&rules(), &asks, &[owner, other], BreakGlass::No).may_be_applied());
}

#[test]
fn a_finding_without_a_group_needs_an_owner_where_none_was_needed() {
    let asks = [finding(PolicySeverity::Approve(None), Decision::Decided)];
    let unasked = StackRules { approvals: 0, ..rules() };
    let verdict = found(&unasked, &asks, &[], BreakGlass::No);
    assert_eq!(codes(&verdict.refused), ["approvals-missing"]);
    let owner = approval("k1", &[("platform", "ada")], &[]);
    assert!(found(&unasked, &asks, &[owner], BreakGlass::No).may_be_applied());
    assert_eq!(found(&rules(), &asks, &[], BreakGlass::No).needs.len(), 1);
}

#[test]
fn what_is_not_decided_yet_refuses_only_before_calls_that_it_does_not_want_open() {
    let denies = |undecided| [finding(PolicySeverity::Deny, not_yet(undecided))];
    let told = found(&rules(), &denies(Undecided::Told), &[], BreakGlass::No);
    assert!(!codes(&told.refused).contains(&"policy-undecided"));
    assert_eq!(told.policies.len(), 1);
    let refused = found(&open(), &denies(Undecided::Refused), &[], BreakGlass::No);
    assert_eq!(codes(&refused.refused), ["policy-undecided"]);
    assert!(refused.refused[0].text.ends_with("It waits for aws_rds_cluster.main: kms_key_id"));
    let warns = [finding(PolicySeverity::Warn, not_yet(Undecided::Refused))];
    assert!(found(&open(), &warns, &[], BreakGlass::No).may_be_applied());
}
