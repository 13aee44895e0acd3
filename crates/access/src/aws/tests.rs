//! The published order of evaluation: denials, boundaries, policies of resources, trust, service control policies, and what is
//! not known.

use std::sync::Arc;

use super::*;
use crate::answer::Answer;
use crate::picture::Picture;
use crate::testing::objects;

const A: &str = "111111111111";

fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\"{resource}\"}}]}}"#
    )
}

fn role(name: &str, more: &str) -> String {
    let trust = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"}}]}"#;
    format!(
        r#"{{"type": "aws_iam_role", "value": {{"name": "{name}", "arn": "arn:aws:iam::{A}:role/{name}", "assume_role_policy": "{trust}"{more}}}}}"#
    )
}

fn inline(role: &str, policy: &str) -> String {
    format!(
        r#"{{"type": "aws_iam_role_policy", "value": {{"name": "p-{role}", "role": "{role}", "policy": "{policy}"}}}}"#
    )
}

fn picture(all: &[String]) -> Picture {
    Picture::read(&objects(&format!("[{}]", all.join(","))))
}

fn ask(
    picture: &Picture,
    who: &str,
    action: &str,
    resource: &str,
    context: &[(&str, &str)],
) -> Answer {
    let arn = format!("arn:aws:iam::{A}:role/{who}");
    let who = picture.aws.principal(&arn).unwrap_or_else(|| panic!("{arn} is known"));
    let context =
        context.iter().map(|(key, value)| (Arc::from(*key), vec![Arc::from(*value)])).collect();
    picture
        .aws
        .may(who, &Request { action: action.into(), resource: resource.into(), context })
        .answer
}

#[test]
fn a_denial_wins_and_a_boundary_cuts() {
    let boundary = format!(
        r#"{{"type": "aws_iam_policy", "value": {{"name": "b", "arn": "arn:aws:iam::{A}:policy/b", "policy": "{}"}}}}"#,
        r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"rds:*\",\"s3:*\"],\"Resource\":\"*\"},{\"Sid\":\"Stays\",\"Effect\":\"Deny\",\"Action\":\"rds:Delete*\",\"Resource\":\"arn:aws:rds:*:*:db:store\"}]}"#
    );
    let bounded = format!(r#", "permissions_boundary": "arn:aws:iam::{A}:policy/b""#);
    let all = [
        boundary,
        role("app", &bounded),
        inline("app", &allow("*", "*")),
        role("free", ""),
        inline("free", &allow("rds:DeleteDB*", "arn:aws:rds:*:*:db:orders-*")),
    ];
    let picture = picture(&all);
    let check = |who: &str, action: &str, resource: &str, expect: Answer| {
        assert_eq!(ask(&picture, who, action, resource, &[]), expect, "{who} {action} {resource}");
    };
    check("app", "rds:DeleteDBInstance", "arn:aws:rds:eu:1:db:orders-1", Answer::Yes);
    check("app", "rds:DeleteDBInstance", "arn:aws:rds:eu:1:db:store", Answer::No);
    check("app", "rds:DeleteDBInstance", "*", Answer::Yes);
    check("app", "ec2:RunInstances", "*", Answer::No);
    check("free", "rds:DeleteDBInstance", "arn:aws:rds:eu:1:db:orders-1", Answer::Yes);
    check("free", "rds:deletedbinstance", "arn:aws:rds:eu:1:db:orders-1", Answer::Yes);
    check("free", "rds:DeleteDBInstance", "arn:aws:rds:eu:1:db:other", Answer::No);
    check("free", "rds:Delete*", "*", Answer::Yes);
    let app = picture.aws.principal(&format!("arn:aws:iam::{A}:role/app")).expect("known");
    let request = Request {
        action: "rds:DeleteDBInstance".into(),
        resource: "arn:aws:rds:eu:1:db:store".into(),
        context: Vec::new(),
    };
    let path: Vec<String> =
        picture.aws.may(app, &request).path.iter().map(ToString::to_string).collect();
    assert_eq!(
        path,
        ["denied by boundary: policy b, statement 2 (Stays) [dev/test//aws_iam_policy.0]"]
    );
}

#[test]
fn resources_have_policies_of_their_own() {
    let bucket = format!(
        r#"{{"type": "aws_s3_bucket_policy", "value": {{"bucket": "logs", "policy": "{}"}}}}"#,
        r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::logs/*\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:role/reader\"}},{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::logs/*\",\"Principal\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}]}"#
    );
    let key = format!(
        r#"{{"type": "aws_kms_key", "value": {{"arn": "arn:aws:kms:eu:{A}:key/k", "tags_all": {{"stack": "db"}}, "policy": "{}"}}}}"#,
        r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:role/keeper\"}}]}"#
    );
    let all = [
        bucket,
        key,
        role("reader", ""),
        role("keeper", ""),
        role("hopeful", ""),
        inline("hopeful", &allow("*", "*")),
    ];
    let picture = picture(&all);
    let tls = [("aws:SecureTransport", "true")];
    assert_eq!(ask(&picture, "reader", "s3:GetObject", "arn:aws:s3:::logs/x", &tls), Answer::Yes);
    assert_eq!(ask(&picture, "reader", "s3:GetObject", "arn:aws:s3:::logs/x", &[]), Answer::If);
    assert_eq!(ask(&picture, "reader", "s3:PutObject", "arn:aws:s3:::logs/x", &tls), Answer::No);
    assert_eq!(ask(&picture, "reader", "s3:GetObject", "arn:aws:s3:::other/x", &tls), Answer::No);
    let key = format!("arn:aws:kms:eu:{A}:key/k");
    assert_eq!(ask(&picture, "keeper", "kms:Decrypt", &key, &[]), Answer::Yes);
    // A key lets in only whom its own policy lets in.
    assert_eq!(ask(&picture, "hopeful", "kms:Decrypt", &key, &[]), Answer::No);
    assert_eq!(ask(&picture, "hopeful", "kms:CreateKey", "*", &[]), Answer::Yes);
}

#[test]
fn conditions_see_tags_of_the_resource() {
    let key = |name: &str, tag: &str| {
        format!(
            r#"{{"type": "aws_kms_key", "value": {{"arn": "arn:aws:kms:eu:{A}:key/{name}", "tags_all": {{"stack": "{tag}"}}, "policy": "{}"}}}}"#,
            r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"}}]}"#
        )
    };
    let policy = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:ScheduleKeyDeletion\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/stack\":\"db\"}}}]}"#;
    let picture = picture(&[
        key("db", "db"),
        key("store", "bootstrap"),
        role("db", ""),
        inline("db", policy),
    ]);
    let ask = |name: &str| {
        ask(
            &picture,
            "db",
            "kms:ScheduleKeyDeletion",
            &format!("arn:aws:kms:eu:{A}:key/{name}"),
            &[],
        )
    };
    assert_eq!(ask("db"), Answer::Yes);
    assert_eq!(ask("store"), Answer::No);
    assert_eq!(ask("of-nobody"), Answer::If);
}

#[test]
fn what_is_not_known_stays_may() {
    let planned = r#"{"type": "aws_iam_role_policy", "value": {"name": "x", "role": "planned", "policy": "?"}}"#.to_owned();
    let attachment = r#"{"type": "aws_iam_role_policy_attachment", "value": {"role": "foreign", "policy_arn": "arn:aws:iam::111111111111:policy/of-nobody"}}"#.to_owned();
    let admin = r#"{"type": "aws_iam_role_policy_attachment", "value": {"role": "admin", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}}"#.to_owned();
    let broken = inline("broken", "{}");
    let all = [
        planned,
        attachment,
        admin,
        broken,
        role("planned", ""),
        role("foreign", ""),
        role("admin", ""),
        role("broken", ""),
        role("plain", ""),
    ];
    let picture = picture(&all);
    for (who, expect) in [
        ("planned", Answer::May),
        ("foreign", Answer::May),
        ("broken", Answer::May),
        ("admin", Answer::Yes),
        ("plain", Answer::No),
    ] {
        assert_eq!(ask(&picture, who, "s3:GetObject", "arn:aws:s3:::b/k", &[]), expect, "{who}");
    }
    let told: Vec<String> = picture.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "dev/test//aws_iam_role_policy.3: `policy` is no policy that is understood: it has no `Statement`",
            "dev/test//aws_iam_role_policy_attachment.1: policy arn:aws:iam::111111111111:policy/of-nobody is made by no stack of the estate",
        ]
    );
}

#[test]
fn a_policy_of_nobody_known_is_everybodys_doubt() {
    let lost = r#"{"type": "aws_iam_role_policy", "value": {"name": "x", "role": "?", "policy": "{\"Statement\":[]}"}}"#.to_owned();
    let picture = picture(&[lost, role("one", "")]);
    assert_eq!(ask(&picture, "one", "s3:GetObject", "*", &[]), Answer::May);
}

#[test]
fn trust_is_followed_from_outside_in() {
    let trusting = |name: &str, principal: &str, condition: &str| {
        let trust = format!(
            r#"{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole*\",\"Principal\":{principal}{condition}}}]}}"#
        );
        format!(
            r#"{{"type": "aws_iam_role", "value": {{"name": "{name}", "arn": "arn:aws:iam::{A}:role/{name}", "assume_role_policy": "{trust}"}}}}"#
        )
    };
    let all = [
        trusting(
            "ci",
            r#"{\"Federated\":\"arn:aws:iam::111111111111:oidc-provider/forge\"}"#,
            r#",\"Condition\":{\"StringEquals\":{\"forge:sub\":\"repo:acme\"}}"#,
        ),
        inline("ci", &allow("sts:AssumeRole", &format!("arn:aws:iam::{A}:role/stack"))),
        trusting("stack", r#"{\"AWS\":\"arn:aws:iam::111111111111:root\"}"#, ""),
        role("idle", ""),
    ];
    let picture = picture(&all);
    let stack = picture.aws.principal(&format!("arn:aws:iam::{A}:role/stack")).expect("known");
    let told: Vec<String> = picture
        .aws
        .comers(stack)
        .iter()
        .map(|one| {
            format!("{} {} {}", one.decision.answer, one.who, one.decision.conditions.join("; "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "yes arn:aws:iam::111111111111:root ",
            "yes arn:aws:iam::111111111111:role/ci ",
            "if identities of arn:aws:iam::111111111111:oidc-provider/forge forge:sub StringEquals repo:acme",
        ]
    );
}

#[test]
fn service_control_policies_bind_the_account() {
    let control = r#"{"type": "aws_organizations_policy", "value": {"id": "p-1", "name": "no-deletes", "type": "SERVICE_CONTROL_POLICY", "content": "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*:Delete*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}}"#.to_owned();
    let attached = r#"{"type": "aws_organizations_policy_attachment", "value": {"policy_id": "p-1", "target_id": "ou-1"}}"#.to_owned();
    let account = r#"{"type": "aws_organizations_account", "value": {"id": "111111111111", "parent_id": "ou-1"}}"#.to_owned();
    let picture =
        picture(&[control, attached, account, role("one", ""), inline("one", &allow("*", "*"))]);
    assert_eq!(ask(&picture, "one", "rds:DeleteDBCluster", "*", &[]), Answer::No);
    assert_eq!(ask(&picture, "one", "rds:CreateDBCluster", "*", &[]), Answer::Yes);
}

#[test]
fn users_hold_what_their_groups_hold() {
    let all = [
        format!(r#"{{"type": "aws_iam_user", "value": {{"name": "ada", "arn": "arn:aws:iam::{A}:role/ada"}}}}"#),
        r#"{"type": "aws_iam_group", "value": {"name": "dbas"}}"#.to_owned(),
        format!(r#"{{"type": "aws_iam_group_policy", "value": {{"group": "dbas", "policy": "{}"}}}}"#, allow("rds:*", "*")),
        r#"{"type": "aws_iam_user_group_membership", "value": {"user": "ada", "groups": ["dbas"]}}"#.to_owned(),
    ];
    let picture = picture(&all);
    assert_eq!(ask(&picture, "ada", "rds:DeleteDBCluster", "*", &[]), Answer::Yes);
}

#[test]
fn classes_are_told_by_service() {
    let policy = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"rds:Describe*\",\"rds:DeleteDBCluster\",\"iam:PassRole\"],\"Resource\":\"*\"}]}"#;
    let picture = picture(&[role("one", ""), inline("one", policy)]);
    let who = &picture.aws.principals[0];
    let told: Vec<String> = classes(&picture.aws, who)
        .iter()
        .map(|one| format!("{} {} {}", one.place, one.class.word(), one.decision.answer))
        .collect();
    assert_eq!(told, ["iam become yes", "rds read yes", "rds delete yes"]);
}

#[test]
fn nothing_unknown_is_left_out_in_silence() {
    let user = format!(
        r#"{{"type": "aws_iam_user", "value": {{"name": "ada", "arn": "arn:aws:iam::{A}:role/ada"}}}}"#
    );
    let whole = [
        // A policy of a resource that is not known yet may name anybody.
        r#"{"type": "aws_secretsmanager_secret_policy", "value": {"secret_arn": "?", "policy": "{\"Statement\":[]}"}}"#,
        r#"{"type": "aws_iam_group_membership", "value": {"group": "?", "users": ["ada"]}}"#,
        r#"{"type": "aws_iam_policy_attachment", "value": {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess", "users": ["?"]}}"#,
        r#"{"type": "aws_iam_group_policy", "value": {"group": "?", "policy": "{\"Statement\":[]}"}}"#,
    ];
    for (one, action) in whole.iter().zip(["secretsmanager:GetSecretValue", "s3:x", "s3:x", "s3:x"])
    {
        let picture = picture(&[user.clone(), (*one).to_owned()]);
        assert_eq!(ask(&picture, "ada", action, "*", &[]), Answer::May, "{one}");
    }
    // Without any of these nothing is in doubt.
    assert_eq!(ask(&picture(&[user]), "ada", "s3:x", "*", &[]), Answer::No);
}

#[test]
fn accounts_do_not_let_one_another_in_by_one_side_alone() {
    let bucket = |principal: &str| {
        let policy = allow("sns:Publish", "*").replace(
            r#"\"Action\""#,
            &format!(r#"\"Principal\":{{\"AWS\":\"{principal}\"}},\"Action\""#),
        );
        format!(
            r#"{{"type": "aws_sns_topic_policy", "value": {{"arn": "arn:aws:sns:eu:222222222222:t", "policy": "{policy}"}}}}"#
        )
    };
    let topic = "arn:aws:sns:eu:222222222222:t";
    let own = || [role("one", ""), inline("one", &allow("sns:Publish", "*")), role("idle", "")];
    let both = picture(&[&[bucket("arn:aws:iam::111111111111:root")][..], &own()].concat());
    assert_eq!(ask(&both, "one", "sns:Publish", topic, &[]), Answer::Yes);
    assert_eq!(ask(&both, "idle", "sns:Publish", topic, &[]), Answer::No);
    let one_side = picture(&[&[bucket("arn:aws:iam::333333333333:root")][..], &own()].concat());
    assert_eq!(ask(&one_side, "one", "sns:Publish", topic, &[]), Answer::No);
    let outside = one_side.aws.outsiders_who_may(&Request {
        action: "sns:Publish".into(),
        resource: topic.into(),
        context: Vec::new(),
    });
    let named: Vec<&str> = outside.iter().map(|(who, _)| &**who).collect();
    assert_eq!(named, ["arn:aws:iam::333333333333:root"]);
}

#[test]
fn the_policy_of_one_resource_denies_nothing_of_another() {
    let locked = r#"{"type": "aws_kms_key", "value": {"arn": "arn:aws:kms:eu:111111111111:key/locked", "policy": "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Principal\":\"*\"}]}"}}"#;
    let picture =
        picture(&[locked.to_owned(), role("one", ""), inline("one", &allow("kms:*", "*"))]);
    let ask = |resource: &str| ask(&picture, "one", "kms:Decrypt", resource, &[]);
    assert_eq!(ask("arn:aws:kms:eu:111111111111:key/locked"), Answer::No);
    assert_eq!(ask("arn:aws:kms:eu:111111111111:key/other"), Answer::Yes);
    assert_eq!(ask("*"), Answer::Yes);
}

#[test]
fn the_region_is_that_of_the_resource() {
    let policy = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"rds:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:RequestedRegion\":\"eu-west-1\"}}}]}"#;
    let picture = picture(&[role("one", ""), inline("one", policy)]);
    let ask = |resource: &str| ask(&picture, "one", "rds:DeleteDBCluster", resource, &[]);
    assert_eq!(ask("arn:aws:rds:eu-west-1:111111111111:cluster:c"), Answer::Yes);
    assert_eq!(ask("arn:aws:rds:us-east-1:111111111111:cluster:c"), Answer::No);
    assert_eq!(ask("*"), Answer::If);
}
