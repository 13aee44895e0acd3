//! The example page of the design, made from data: to the letter.

use addr::StackAddr;
use insta::assert_snapshot;
use plan::{Action, Counts};

use crate::Paint;
use crate::estate::{
    Changes, DeferredPart, EstatePage, Foot, Force, Forced, HostedForget, Loss, LossApproval, Need,
    PolicyStanding, PolicyTold, Reach, Refusal, Refused, StackPart, Standing, Widening,
    estate_page, estate_page_markdown,
};

fn addr(text: &str) -> StackAddr {
    text.parse().expect("an address")
}

fn part(
    name: &str,
    (add, change, destroy): (usize, usize, usize),
    cause: &str,
    group: &str,
    of: u32,
) -> StackPart<'static> {
    StackPart {
        changes: Changes::Some,
        counts: Counts { add, change, destroy, ..Counts::default() },
        causes: vec![cause.to_owned()],
        needs: vec![Need { groups: vec![group.to_owned()], of, have: 0, force: Force::Refuses }],
        ..StackPart::new(addr(&format!("prod/{name}")))
    }
}

fn loss() -> Loss {
    Loss {
        stack: addr("prod/database"),
        address: "aws_rds_cluster.main".into(),
        name: Some("acme-prod-orders".into()),
        action: Action::DeleteThenCreate,
        forced_by: vec![Forced {
            path: "kms_key_id".into(),
            before: "\"arn:...:key/1a2b\"".into(),
            after: "\"alias/orders\"".into(),
        }],
        why: Vec::new(),
        place: Some("stacks/database/main.tf:31".into()),
        origin: vec!["this change (4be91c2)".into()],
        guards: ["deletion_protection = true", "final snapshot on", "backups 7 days"]
            .map(String::from)
            .to_vec(),
        reaches: vec![Reach {
            output: "database.endpoint".into(),
            readers: vec!["payments".into(), "checkout".into()],
        }],
        keep: Some("the ARN".into()),
        approval: LossApproval::Missing,
    }
}

/// The design's example.
pub(super) fn example() -> EstatePage<'static> {
    let mut stacks = vec![
        part("logging", (2, 0, 1), "this change", "platform", 1),
        part("database", (2, 1, 2), "this change", "data", 1),
        part("roles", (1, 1, 0), "this change", "security", 2),
        part("payments", (0, 1, 0), "database.endpoint", "payments", 1),
        part("checkout", (0, 1, 0), "database.endpoint", "checkout", 1),
    ];
    stacks[1].refused = Refused::Yes;
    stacks[1].counts.replace = 2;
    stacks[2].widens = vec![Widening {
        address: "aws_iam_role_policy.a".into(),
        what: "s3:PutObject on acme-logs-*".into(),
    }];
    stacks[3].unknown_inputs = 1;
    stacks[4].unknown_inputs = 1;
    stacks.extend((0..9).map(|n| StackPart::new(addr(&format!("prod/s{n}")))));
    stacks[5].drift = 2;
    EstatePage {
        estate: "acme".into(),
        environment: "prod".into(),
        stacks,
        losses: vec![loss()],
        refusals: Vec::new(),
        policies: Vec::new(),
        foot: Foot {
            plan_id: Some("p-7Q4K".into()),
            commit: Some("4be91c2".into()),
            onto: Some("a01f3d9".into()),
            serials: 5,
            drift_command: Some("strata drift prod".into()),
            next: Some("strata show p-7Q4K prod/database".into()),
        },
    }
}

#[test]
fn the_example_of_the_design() {
    assert_snapshot!(estate_page(&example(), Paint::Plain), @r#"
    DESTROYS DATA: 1 resource. Apply is refused.

      prod/database   aws_rds_cluster.main  "acme-prod-orders"        DELETE, then create
        why      kms_key_id  "arn:...:key/1a2b" -> "alias/orders"     forces replacement
        from     stacks/database/main.tf:31, this change (4be91c2)
        guards   deletion_protection = true · final snapshot on · backups 7 days
        reaches  payments, checkout: database.endpoint becomes unknown
        way out  keep the ARN, or: strata approve p-7Q4K --destroy-data prod/database//aws_rds_cluster.main

    acme/prod: 5 to add, 4 to change, 3 to destroy (2 of them replaced), in 5 of 14 stacks

      stack      add  change  destroy   cause                 needs
      database     2       1        2   this change           data (1)       REFUSED
      roles        1       1        .   this change           security (2)   widens access: s3:PutObject on acme-logs-*
      logging      2       .        1   this change           platform (1)
      payments     .       1        .   database.endpoint     payments (1)   1 value known after apply
      checkout     .       1        .   database.endpoint     checkout (1)   1 value known after apply
      9 stacks unchanged · deferred: none · drift, not part of this plan: 2 (strata drift prod)

    plan p-7Q4K · 4be91c2 onto a01f3d9 · void when any of 5 state serials moves
    next: strata show p-7Q4K prod/database
    "#);
}

#[test]
fn the_example_as_markdown() {
    assert_snapshot!(estate_page_markdown(&example()), @r#"
    ### DESTROYS DATA: 1 resource. Apply is refused.

    - **DELETE, then create** `prod/database//aws_rds_cluster.main` `acme-prod-orders`
      - why: `kms_key_id  "arn:...:key/1a2b" -> "alias/orders"` forces replacement
      - from: `stacks/database/main.tf:31, this change (4be91c2)`
      - guards: `deletion_protection = true · final snapshot on · backups 7 days`
      - reaches: `payments, checkout: database.endpoint becomes unknown`
      - way out: keep `the ARN`, or: `strata approve p-7Q4K --destroy-data prod/database//aws_rds_cluster.main`

    **Widens access:**

    - `prod/roles//aws_iam_role_policy.a` `s3:PutObject on acme-logs-*`

    **`acme/prod`: 5 to add, 4 to change, 3 to destroy (2 of them replaced), in 5 of 14 stacks**

    | stack | add | change | destroy | cause | needs | |
    |---|--:|--:|--:|---|---|---|
    | `database` | 2 | 1 | 2 | `this change` | `data (1)` | **REFUSED** |
    | `roles` | 1 | 1 | . | `this change` | `security (2)` | `widens access: s3:PutObject on acme-logs-*` |
    | `logging` | 2 | . | 1 | `this change` | `platform (1)` |  |
    | `payments` | . | 1 | . | `database.endpoint` | `payments (1)` | `1 value known after apply` |
    | `checkout` | . | 1 | . | `database.endpoint` | `checkout (1)` | `1 value known after apply` |

    9 stacks unchanged · deferred: none · drift, not part of this plan: 2 (`strata drift prod`)

    `plan p-7Q4K · 4be91c2 onto a01f3d9 · void when any of 5 state serials moves`

    next: `strata show p-7Q4K prod/database`
    "#);
}

/// A page without losses, with what else may stand on one.
fn another() -> EstatePage<'static> {
    let mut page = example();
    page.losses.clear();
    page.foot.next = Some("strata show p-7Q4K prod/logging".into());
    let refusal = |force, code: &str, text: &str| Refusal {
        stack: Some(addr("prod/logging")),
        force,
        code: code.into(),
        text: text.into(),
        remedy: "raise it, or destroy less".into(),
    };
    page.refusals = vec![
        refusal(Force::Refuses, "limit-exceeded", "layer platform destroys 7 of at most 5"),
        refusal(Force::Warns, "frozen", "prod is frozen"),
    ];
    let stacks = &mut page.stacks;
    stacks[0].refused = Refused::Yes;
    stacks[1].refused = Refused::No;
    stacks[1].needs.clear();
    stacks[2].needs[0].have = 1;
    let more = Widening { address: "aws_iam_role.a".into(), what: "trusts account 1".into() };
    stacks[2].widens.push(more);
    stacks[3].deferred = vec![DeferredPart {
        address: "helm_release.app[*]".into(),
        creates_max: 14,
        waits_for: vec!["cluster.endpoint".into()],
    }];
    stacks[4].was = Some(addr("prod/shop"));
    stacks[5].standing = Standing::NotPlannable { waits_for: vec!["cluster.version".into()] };
    stacks[6].standing = Standing::Orphan;
    stacks[7].standing = Standing::CutOff;
    stacks[8].changes = Changes::Some;
    stacks[8].forgets =
        vec![HostedForget { address: "helm_release.a".into(), host: addr("prod/cluster") }];
    page
}

#[test]
fn what_else_may_stand_on_a_page() {
    assert_snapshot!(estate_page(&another(), Paint::Plain), @r#"
    Destroys no data. Apply is refused.

    Refused:
      prod/logging   layer platform destroys 7 of at most 5 [limit-exceeded]
        way out  raise it, or destroy less
      prod/logging   prod is frozen [frozen], would it be protected
        way out  raise it, or destroy less

    Widens access:
      roles   aws_iam_role_policy.a   s3:PutObject on acme-logs-*
      roles   aws_iam_role.a   trusts account 1

    acme/prod: 5 to add, 4 to change, 3 to destroy (2 of them replaced), in 6 of 14 stacks

      stack      add  change  destroy   cause                 needs
      logging      2       .        1   this change           platform (1)        REFUSED
      roles        1       1        .   this change           security (1 of 2)   widens access (2)
      database     2       1        2   this change
      payments     .       1        .   database.endpoint     payments (1)
          1 deferred: at most 14 creates, no destroy, until cluster.endpoint is known
          1 value known after apply
      checkout     .       1        .   database.endpoint     checkout (1)        was prod/shop · 1 value known after apply
      s0           .       .        .
          not plannable before cluster.version is known
      s1           .       .        .                                             no longer in strata.hcl
      s3           .       .        .                                             forgets 1 that go with cluster
      6 stacks unchanged (1 cut off: what they read stays the same)
      deferred: 1 in 1 stack (at most 14 creates, no destroy) · 1 not plannable yet: to be planned and approved of their own
      drift, not part of this plan: 2 (strata drift prod)

    plan p-7Q4K · 4be91c2 onto a01f3d9 · void when any of 5 state serials moves
    next: strata show p-7Q4K prod/logging
    "#);
}

#[test]
fn what_policies_found_stands_before_the_table() {
    let told = |about: &str, text: &str, standing| PolicyTold {
        about: about.into(),
        policy: "starter (open_security_groups.deny)".into(),
        text: text.into(),
        standing,
    };
    let on = ["stack.network: cidr", "a", "b", "c", "d"].map(str::to_owned).to_vec();
    let page = EstatePage {
        losses: Vec::new(),
        policies: vec![
            told(
                "prod/app//aws_security_group.web",
                "port 22 is open",
                PolicyStanding::NotYet { on },
            ),
            told("prod/roles", "a new role", PolicyStanding::Needs("security".into())),
            told("prod/app", "no owner's tag", PolicyStanding::Warns),
        ],
        ..example()
    };
    let text = estate_page(&page, Paint::Plain);
    let section: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "Policies:")
        .take_while(|line| !line.is_empty())
        .collect();
    assert_snapshot!(section.join("\n"), @r#"
    Policies:
      prod/app//aws_security_group.web   not yet decided: port 22 is open
        policy   starter (open_security_groups.deny) · waits for stack.network: cidr, a, b +2 more
      prod/roles   needs security: a new role
        policy   starter (open_security_groups.deny)
      prod/app   warns: no owner's tag
        policy   starter (open_security_groups.deny)
    "#);
    let document: serde_json::Value =
        serde_json::from_str(&crate::estate_page_json(&page)).expect("JSON");
    assert_eq!(document["policies"][0]["standing"], "not_yet_decided");
    assert_eq!(document["policies"][0]["waits_for"].as_array().map(Vec::len), Some(5));
    assert_eq!(document["policies"][1]["group"], "security");
    let markdown = crate::estate_page_markdown(&page);
    assert!(
        markdown.contains("**Policies:**") && markdown.contains("port 22 is open"),
        "{markdown}"
    );
}
