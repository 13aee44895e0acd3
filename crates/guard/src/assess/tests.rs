//! Verdicts on plans made by hand, as tables and as properties over generated ones.

use std::sync::Arc;

use plan::{
    Action, Base, Change, Completeness, CreateBeforeDestroy, Deferred, DeferredItem,
    DeferredReason, Digests, Options, ProviderIndex, Provisional, Reason,
};
use proptest::prelude::*;
use state::{Digest, State};
use value::{Type, Value};

mod policies;

use super::*;
use crate::approval::Person;
use crate::catalogue::OwnType;
use crate::verdict::{Approved, Limit};

const NOW: u64 = 1_700_000_000;

fn plan(changes: Vec<Change>) -> Plan {
    Plan {
        options: Options::default(),
        completeness: Completeness::Whole,
        base: Base { lineage: "l".into(), serial: 1, digest: Digest::default() },
        digests: Digests::default(),
        time_s: 0,
        variables: Vec::new(),
        providers: Vec::new(),
        changes,
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(State::new()),
        relevant: Vec::new(),
        impure: Vec::new(),
    }
}

fn change(address: &str, action: Action) -> Change {
    let object = Value::object([
        ("cluster_identifier".into(), Value::string("acme-prod-orders")),
        ("deletion_protection".into(), Value::bool(true)),
        ("skip_final_snapshot".into(), Value::bool(false)),
        ("backup_retention_period".into(), Value::int(7)),
    ]);
    let none = || Value::null(Type::DYNAMIC);
    Change {
        address: address.parse().expect(address),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action,
        reason: Reason::None,
        before: if action == Action::Create { none() } else { object.clone() },
        after: if action == Action::Delete { none() } else { object },
        configuration: none(),
        replace_paths: Vec::new(),
        planned_private: Arc::new([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: Vec::new(),
    }
}

fn rules() -> StackRules {
    StackRules {
        layer: "infrastructure".into(),
        owners: vec!["platform".into()],
        approvals: 1,
        approval_hours: 72,
        max_destroy: None,
        max_deferred: 20,
        binding: Binding::Binds,
    }
}

fn stack(text: &str) -> StackAddr {
    text.parse().expect(text)
}

/// An approval by a person of a group, of these addresses.
fn approval(key: &str, persons: &[(&str, &str)], destroy_data: &[&str]) -> ValidApproval {
    let person = |(group, principal): &(&str, &str)| Person {
        group: (*group).into(),
        principal: (*principal).into(),
    };
    ValidApproval {
        key: key.into(),
        persons: persons.iter().map(person).collect(),
        at_s: NOW - 60,
        destroy_data: destroy_data.iter().map(|one| Arc::from(*one)).collect(),
    }
}

/// The built-in catalogue, read once.
fn catalogue() -> &'static Catalogue {
    static READ: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    READ.get_or_init(|| Catalogue::new(&[]))
}

fn judge(
    rules: &StackRules,
    changes: Vec<Change>,
    approvals: &[ValidApproval],
    glass: BreakGlass,
) -> Verdict {
    let (address, plan) = (stack("prod/database"), plan(changes));
    let subject = Subject { address: &address, rules, plan: &plan, findings: &[] };
    assess(catalogue(), &[subject], approvals, glass, NOW)
}

fn codes(refusals: &[Refusal]) -> Vec<&'static str> {
    refusals.iter().map(|refusal| refusal.code).collect()
}

const CLUSTER: &str = "aws_rds_cluster.main";
const FULL: &str = "prod/database//aws_rds_cluster.main";

#[test]
fn a_loss_is_told_with_what_protects_it() {
    let mut replaced = change(CLUSTER, Action::DeleteThenCreate);
    replaced.replace_paths = vec![value::Path::new().attr("kms_key_id")];
    let alice = approval("SHA256:a", &[("platform", "alice")], &[]);
    let verdict = judge(&rules(), vec![replaced], &[alice], BreakGlass::No);
    let loss = &verdict.data[0];
    assert_eq!(loss.name.as_deref(), Some("acme-prod-orders"));
    assert_eq!(
        loss.guards.join(" · "),
        "deletion_protection = true · final snapshot on · backups 7 days"
    );
    assert_eq!(loss.full_address(), FULL);
    assert_eq!(loss.why.len(), 1);
    assert_eq!(codes(&verdict.refused), ["data-refused"]);
    assert!(verdict.refused[0].remedy.contains(FULL), "{}", verdict.refused[0].remedy);
}

#[test]
fn what_loses_an_object_and_what_does_not() {
    for (action, lost) in [
        (Action::NoOp, false),
        (Action::Read, false),
        (Action::Create, false),
        (Action::Update, false),
        (Action::DeleteThenCreate, true),
        (Action::CreateThenDelete, true),
        (Action::Delete, true),
        (Action::Forget, false),
        (Action::ForgetThenCreate, true),
    ] {
        let verdict = judge(&rules(), vec![change(CLUSTER, action)], &[], BreakGlass::Yes);
        assert_eq!(verdict.data.len(), usize::from(lost), "{action:?}");
        assert_eq!(verdict.may_be_applied(), !lost, "{action:?}");
        let other = judge(&rules(), vec![change("aws_vpc.main", action)], &[], BreakGlass::Yes);
        assert!(other.data.is_empty() && other.may_be_applied(), "{action:?}");
    }
}

#[test]
fn a_remedy_is_one_command_whatever_the_key_holds() {
    let key = |key: &str| format!("aws_rds_cluster.main[\"{key}\"]");
    let remedy = |name: &str| {
        let lost = change(&key(name), Action::Delete);
        judge(&rules(), vec![lost], &[], BreakGlass::No).refused[0].remedy_for("p-7Q4K9Z")
    };
    let quoted = remedy("it's; reboot '");
    assert!(quoted.contains(r#"'prod/database//aws_rds_cluster.main["it'\''s; reboot '\''"]'"#));
    let named = remedy("a PLAN");
    assert!(named.contains("approve p-7Q4K9Z") && named.contains(&key("a PLAN")), "{named}");
}

#[test]
fn deposed_objects_and_data_sources() {
    let mut deposed = change(CLUSTER, Action::Delete);
    deposed.deposed = Some("00000001".parse().expect("a key"));
    assert_eq!(judge(&rules(), vec![deposed], &[], BreakGlass::No).data.len(), 1);
    let data = change("data.aws_rds_cluster.main", Action::Delete);
    assert!(judge(&rules(), vec![data], &[], BreakGlass::No).data.is_empty());
}

#[test]
fn types_of_the_estate_bear_data_too() {
    let own = OwnType {
        type_name: "terraform_data".into(),
        holds: "a ledger".into(),
        protected_by: vec!["deletion_protection".into()],
    };
    let (address, rules) = (stack("prod/database"), rules());
    let plan = plan(vec![change("terraform_data.x", Action::Delete)]);
    let subject = Subject { address: &address, rules: &rules, plan: &plan, findings: &[] };
    let catalogue = Catalogue::new(&[own]);
    let verdict = assess(&catalogue, &[subject], &[], BreakGlass::No, NOW);
    assert_eq!(&*verdict.data[0].holds, "a ledger");
    assert_eq!(verdict.data[0].guards, ["deletion_protection = true"]);
    assert_ne!(catalogue.digest(), Catalogue::new(&[]).digest());
}

#[test]
fn only_an_owner_approves_a_loss_and_by_its_address() {
    let lost = || vec![change(CLUSTER, Action::Delete)];
    let check = |approvals: &[ValidApproval], expect: Approved| {
        let verdict = judge(&rules(), lost(), approvals, BreakGlass::No);
        assert_eq!(verdict.data[0].approved, expect, "{approvals:?}");
        assert_eq!(verdict.may_be_applied(), expect != Approved::No, "{approvals:?}");
    };
    check(&[], Approved::No);
    check(&[approval("k", &[("platform", "alice")], &[])], Approved::No);
    check(&[approval("k", &[("platform", "alice")], &[FULL])], Approved::By("alice".into()));
    check(&[approval("k", &[("apps", "bob")], &[FULL])], Approved::No);
    check(
        &[approval("k", &[("platform", "alice")], &["dev/database//aws_rds_cluster.main"])],
        Approved::No,
    );
    let mut old = approval("k", &[("platform", "alice")], &[FULL]);
    old.at_s = NOW - 72 * 3600;
    check(&[old], Approved::No);
    // Where nobody owns the stack, a signature that counts at all counts; without groups, any.
    let open = StackRules { owners: Vec::new(), approvals: 0, ..rules() };
    for persons in [&[("apps", "bob")][..], &[]] {
        let approvals = [approval("k", persons, &[FULL])];
        assert!(judge(&open, lost(), &approvals, BreakGlass::No).may_be_applied());
    }
}

#[test]
fn protection_does_not_matter_for_losses() {
    let open = StackRules { binding: Binding::Warns, approvals: 0, ..rules() };
    for glass in [BreakGlass::No, BreakGlass::Yes] {
        let verdict = judge(&open, vec![change(CLUSTER, Action::Delete)], &[], glass);
        assert_eq!(codes(&verdict.refused), ["data-refused"]);
    }
}

#[test]
fn a_person_counts_once() {
    let two = StackRules { approvals: 2, ..rules() };
    let check = |approvals: &[ValidApproval], have: u32| {
        let verdict =
            judge(&two, vec![change("aws_vpc.a", Action::Create)], approvals, BreakGlass::No);
        assert_eq!(verdict.needs[0].have(), have, "{approvals:?}");
        assert_eq!(verdict.may_be_applied(), have >= 2, "{approvals:?}");
    };
    let by = |key: &str, persons: &[(&str, &str)]| approval(key, persons, &[]);
    check(&[], 0);
    check(&[by("1", &[("platform", "alice")])], 1);
    check(&[by("1", &[("platform", "alice")]), by("2", &[("platform", "bob")])], 2);
    check(&[by("1", &[("platform", "alice")]), by("2", &[("platform", "alice")])], 1);
    check(&[by("1", &[("platform", "alice")]), by("1", &[("platform", "bob")])], 1);
    check(&[by("1", &[("platform", "alice")]), by("2", &[("apps", "bob")])], 1);
    // Two keys of different names that a third line joins.
    check(
        &[
            by("1", &[("platform", "alice")]),
            by("2", &[("platform", "bob")]),
            by("3", &[("apps", "alice"), ("apps", "bob")]),
        ],
        1,
    );
}

#[test]
fn approvals_expire_and_are_not_of_the_future() {
    for (at_s, holds) in [
        (NOW - 60, true),
        (NOW, true),
        (NOW + 299, true),
        (NOW + 301, false),
        (NOW - 72 * 3600 + 1, true),
        (NOW - 72 * 3600, false),
        (0, false),
        (u64::MAX, false),
    ] {
        let mut one = approval("k", &[("platform", "alice")], &[]);
        one.at_s = at_s;
        let verdict =
            judge(&rules(), vec![change("aws_vpc.a", Action::Create)], &[one], BreakGlass::No);
        assert_eq!(verdict.may_be_applied(), holds, "{at_s}");
    }
}

#[test]
fn approvals_bind_where_protected_and_warn_elsewhere() {
    let created = || vec![change("aws_vpc.a", Action::Create)];
    let bound = judge(&rules(), created(), &[], BreakGlass::No);
    assert_eq!(codes(&bound.refused), ["approvals-missing"]);
    let open = StackRules { binding: Binding::Warns, ..rules() };
    let warned = judge(&open, created(), &[], BreakGlass::No);
    assert!(warned.may_be_applied());
    assert_eq!(codes(&warned.warned), ["approvals-missing"]);
    let broken = judge(&rules(), created(), &[], BreakGlass::Yes);
    assert!(broken.may_be_applied());
    let nothing = judge(&rules(), vec![change("aws_vpc.a", Action::NoOp)], &[], BreakGlass::No);
    assert!(nothing.needs.is_empty(), "nothing changes, so nobody is needed");
}

#[test]
fn limits_count_over_a_layer_and_without_what_bears_data() {
    let limited = StackRules { max_destroy: Some(1), approvals: 0, ..rules() };
    let (one, two) = (stack("prod/a"), stack("prod/b"));
    let deletes = plan(vec![
        change("aws_vpc.a", Action::Delete),
        change(CLUSTER, Action::Delete),
        change("aws_vpc.b", Action::Create),
    ]);
    let subject = |address| Subject { address, rules: &limited, plan: &deletes, findings: &[] };
    let data = [
        approval("k", &[("platform", "a")], &["prod/a//aws_rds_cluster.main"]),
        approval("l", &[("platform", "b")], &["prod/b//aws_rds_cluster.main"]),
    ];
    let of = |subjects: &[Subject<'_>]| assess(catalogue(), subjects, &data, BreakGlass::No, NOW);
    assert!(of(&[subject(&one)]).limits.is_empty());
    let verdict = of(&[subject(&one), subject(&two)]);
    let exceeded = &verdict.limits[0];
    assert_eq!((exceeded.limit, exceeded.allowed, exceeded.planned), (Limit::Destroy, 1, 2));
    assert_eq!(exceeded.stacks, [one.clone(), two.clone()]);
    assert_eq!(codes(&verdict.refused), ["limit-exceeded"]);
}

#[test]
fn a_deferred_item_has_its_bound() {
    let mut deferring = plan(Vec::new());
    deferring.deferred = vec![Deferred {
        what: DeferredItem::Pattern("aws_subnet.a[*]".into()),
        reason: DeferredReason::KeysUnknown,
        waits_for: vec!["var.zones".into()],
        configuration: Value::null(Type::DYNAMIC),
        creates_max: Some(21),
    }];
    let (address, rules) = (stack("prod/a"), StackRules { approvals: 0, ..rules() });
    let subject = Subject { address: &address, rules: &rules, plan: &deferring, findings: &[] };
    let verdict = assess(catalogue(), &[subject], &[], BreakGlass::No, NOW);
    assert_eq!(verdict.limits[0].limit, Limit::Deferred);
    assert_eq!(codes(&verdict.refused), ["limit-exceeded"]);
}

const ACTIONS: [Action; 9] = [
    Action::NoOp,
    Action::Read,
    Action::Create,
    Action::Update,
    Action::DeleteThenCreate,
    Action::CreateThenDelete,
    Action::Delete,
    Action::Forget,
    Action::ForgetThenCreate,
];
const ADDRESSES: [&str; 4] =
    [CLUSTER, "aws_s3_bucket.b", "aws_vpc.v", "module.m[\"k\"].aws_db_instance.d[0]"];

fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (0..ADDRESSES.len(), 0..ACTIONS.len())
        .prop_map(|(address, action)| change(ADDRESSES[address], ACTIONS[action]));
    prop::collection::vec(one, 0..6)
}

fn any_approvals() -> impl Strategy<Value = Vec<ValidApproval>> {
    let one = (0..3usize, 0..2usize, 0..3usize, 0..ADDRESSES.len() + 1, 0..200u64).prop_map(
        |(key, group, name, address, hours)| {
            let (group, name) = (["platform", "apps"][group], ["alice", "bob", "carol"][name]);
            let full = ADDRESSES.get(address).map(|one| format!("prod/database//{one}"));
            let destroy: Vec<&str> = full.iter().map(String::as_str).collect();
            let mut approval = approval(["1", "2", "3"][key], &[(group, name)], &destroy);
            approval.at_s = NOW - hours * 3600;
            approval
        },
    );
    prop::collection::vec(one, 0..5)
}

fn any_rules() -> impl Strategy<Value = StackRules> {
    (0..3u32, any::<bool>(), prop::option::of(0..3u64), any::<bool>()).prop_map(
        |(approvals, binds, max_destroy, owned)| StackRules {
            approvals,
            max_destroy,
            binding: if binds { Binding::Binds } else { Binding::Warns },
            owners: if owned { vec!["platform".into()] } else { Vec::new() },
            ..rules()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_bears_data_goes_only_by_its_address(
        changes in any_changes(), approvals in any_approvals(), rules in any_rules(), glass in any::<bool>(),
    ) {
        let glass = if glass { BreakGlass::Yes } else { BreakGlass::No };
        let verdict = judge(&rules, changes.clone(), &approvals, glass);
        let named = |change: &Change| {
            let full = format!("prod/database//{}", change.address);
            approvals.iter().any(|approval| approval.destroy_data.contains(full.as_str()))
        };
        let loses = |change: &&Change| {
            (change.action.destroys() || change.action == Action::ForgetThenCreate)
                && &*change.address.resource.type_name != "aws_vpc"
        };
        prop_assert_eq!(verdict.data.len(), changes.iter().filter(loses).count());
        if verdict.may_be_applied() {
            prop_assert!(changes.iter().filter(loses).all(named));
        }
    }

    #[test]
    fn another_approval_never_refuses_more(
        changes in any_changes(), approvals in any_approvals(), rules in any_rules(),
    ) {
        // Approvals of people who are not the same: each has their own key and name, as far as they go.
        let distinct: Vec<ValidApproval> = approvals
            .into_iter()
            .enumerate()
            .map(|(at, approval)| ValidApproval {
                key: format!("key-{at}").into(),
                persons: approval.persons.iter().map(|person| Person {
                    group: person.group.clone(),
                    principal: format!("{}-{at}", person.principal).into(),
                }).collect(),
                ..approval
            })
            .collect();
        for fewer in 0..distinct.len() {
            let less = judge(&rules, changes.clone(), &distinct[..fewer], BreakGlass::No);
            let more = judge(&rules, changes.clone(), &distinct[..=fewer], BreakGlass::No);
            prop_assert!(more.refused.len() <= less.refused.len());
        }
    }

    #[test]
    fn the_order_of_approvals_does_not_matter(
        changes in any_changes(), approvals in any_approvals(), rules in any_rules(),
    ) {
        let mut turned = approvals.clone();
        turned.reverse();
        let one = judge(&rules, changes.clone(), &approvals, BreakGlass::No);
        let other = judge(&rules, changes, &turned, BreakGlass::No);
        prop_assert_eq!(one.may_be_applied(), other.may_be_applied());
        let have = |verdict: &Verdict| verdict.needs.iter().map(crate::Need::have).collect::<Vec<_>>();
        prop_assert_eq!(have(&one), have(&other));
    }

    #[test]
    fn protection_and_break_glass_only_move_refusals_to_warnings(
        changes in any_changes(), approvals in any_approvals(), rules in any_rules(),
    ) {
        let all = |verdict: &Verdict| verdict.refused.len() + verdict.warned.len();
        let bound = StackRules { binding: Binding::Binds, ..rules.clone() };
        let open = StackRules { binding: Binding::Warns, ..rules };
        let binds = judge(&bound, changes.clone(), &approvals, BreakGlass::No);
        let warns = judge(&open, changes.clone(), &approvals, BreakGlass::No);
        let broken = judge(&bound, changes, &approvals, BreakGlass::Yes);
        prop_assert_eq!(all(&binds), all(&warns));
        prop_assert_eq!(all(&binds), all(&broken));
        prop_assert!(binds.warned.is_empty());
        prop_assert_eq!(codes(&warns.refused), codes(&broken.refused));
    }
}
