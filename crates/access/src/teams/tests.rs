//! Rights of teams: approvals by owners, and identities by what a team's people may become.

use super::*;
use crate::testing::objects;

const A: &str = "111111111111";

fn picture() -> Picture {
    let role = |name: &str, trusts: &str| {
        format!(
            r#"{{"type": "aws_iam_role", "value": {{"name": "{name}", "arn": "arn:aws:iam::{A}:role/{name}", "assume_role_policy": "{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{{\"AWS\":\"arn:aws:iam::{A}:role/{trusts}\"}}}}]}}"}}}}"#
        )
    };
    let looks = r#"{"type": "aws_iam_role_policy", "value": {"name": "p", "role": "dba", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"rds:Describe*\",\"Resource\":\"*\"}]}"}}"#;
    let all = [
        role("db-plan", "dba"),
        role("db-apply", "ci"),
        role("dba", "x"),
        role("ci", "x"),
        looks.to_owned(),
    ];
    Picture::read(&objects(&format!("[{}]", all.join(","))))
}

fn stack(owners: &[&str], types: &[&str]) -> Stack {
    Stack {
        address: "dev/database".into(),
        environment: "dev".into(),
        layer: "infrastructure".into(),
        owners: owners.iter().map(|one| Arc::from(*one)).collect(),
        owners_at: "strata.hcl:7".into(),
        approvals: 1,
        binds: true,
        identities: vec![Identity {
            kind: "aws".into(),
            plan: Some(format!("arn:aws:iam::{A}:role/db-plan").into()),
            apply: Some(format!("arn:aws:iam::{A}:role/db-apply").into()),
        }],
        types: types.iter().map(|one| (Arc::from(*one), None)).collect(),
    }
}

fn told(team: &Team, stack: Stack) -> String {
    let all = rights(&picture(), std::slice::from_ref(team), &[stack]);
    let word =
        |(right, decision): &(Right, Decision)| format!("{} {}", right.word(), decision.answer);
    all[0].rights.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn rights_come_from_identities_and_owners() {
    let team = |name: &str, principals: &[&str]| Team {
        name: name.into(),
        principals: principals.iter().map(|one| Arc::from(*one)).collect(),
    };
    let types = ["aws_rds_cluster", "aws_db_subnet_group"];
    let databases = team("databases", &["arn:aws:iam::*:role/dba"]);
    assert_eq!(
        told(&databases, stack(&["databases"], &types)),
        "read yes, plan yes, apply no, approve yes"
    );
    assert_eq!(
        told(&databases, stack(&["platform"], &["aws_rds_cluster", "aws_kms_key"])),
        "read if, plan yes, apply no, approve no"
    );
    assert_eq!(
        told(&databases, stack(&[], &["random_id"])),
        "read no, plan yes, apply no, approve yes"
    );
    let robots = team("robots", &["arn:aws:iam::*:role/ci"]);
    assert_eq!(
        told(&robots, stack(&["databases"], &types)),
        "read no, plan no, apply if, approve no"
    );
    let nobody = team("shop", &[]);
    assert_eq!(
        told(&nobody, stack(&["databases"], &types)),
        "read may, plan may, apply may, approve no"
    );
    let mut own = stack(&["databases"], &types);
    own.identities.clear();
    assert_eq!(told(&databases, own), "read yes, plan may, apply may, approve yes");
}

#[test]
fn of_a_trust_that_is_not_known_anybody_may_be_in_it() {
    let all = [
        format!(
            r#"{{"type": "aws_iam_role", "value": {{"name": "db-plan", "arn": "arn:aws:iam::{A}:role/db-plan", "assume_role_policy": "?"}}}}"#
        ),
        format!(
            r#"{{"type": "aws_iam_role", "value": {{"name": "dba", "arn": "arn:aws:iam::{A}:role/dba", "assume_role_policy": "{{\"Statement\":[]}}"}}}}"#
        ),
    ];
    let picture = Picture::read(&objects(&format!("[{}]", all.join(","))));
    let team =
        Team { name: "databases".into(), principals: vec!["arn:aws:iam::*:role/dba".into()] };
    let told = rights(&picture, &[team], &[stack(&["databases"], &[])]);
    let plan = told[0]
        .rights
        .iter()
        .find(|(right, _)| *right == Right::Plan)
        .map(|(_, decision)| decision.answer);
    assert_eq!(plan, Some(Answer::May));
}
