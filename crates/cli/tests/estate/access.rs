//! `strata access`: tables, questions and differences over a rehearsed estate, and what is asked wrongly.

use serde_json::Value as Json;

use crate::support::Estate;

const ESTATE: &str = r#"
estate {
  name = "shop"
  credentials "aws" {
    plan_role  = self.layer == "base" ? null : "arn:aws:iam::111111111111:role/${self.name}-plan"
    apply_role = self.layer == "base" ? null : "arn:aws:iam::111111111111:role/${self.name}-apply"
  }
}
group "platform" {
  signers    = "groups/platform.signers"
  principals = ["arn:aws:iam::*:role/people-*"]
}
group "shop" { signers = "groups/shop.signers" }
layer "base" { owners = ["platform"] }
layer "apps" {
  owners    = ["shop"]
  approvals = 1
}
environment "dev" {}
stack "identity" {
  layer  = "base"
  source = "./stacks/identity"
}
stack "orders" {
  layer  = "apps"
  source = "./stacks/orders"
}
"#;

/// `NAME-apply` may delete what begins with `orders-`; people become `orders-plan`.
const IDENTITY: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
locals {
  trust = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:role/people-platform" } }] }
}
resource "aws_iam_role" "people" {
  name               = "people-platform"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }] })
}
resource "aws_iam_role" "plan" {
  name               = "orders-plan"
  assume_role_policy = jsonencode(local.trust)
}
resource "aws_iam_role" "apply" {
  name               = "orders-apply"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy" "apply" {
  name   = "stack"
  role   = aws_iam_role.apply.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["rds:DeleteDBCluster", "rds:Describe*"], Resource = "arn:aws:rds:*:111111111111:cluster:orders-*" }] })
}
"#;

const ORDERS: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "orders" { bucket = "shop-orders" }
"#;

fn estate() -> Estate {
    Estate::of(&[
        ("strata.hcl", ESTATE),
        ("groups/platform.signers", ""),
        ("groups/shop.signers", ""),
        ("stacks/identity/main.tf", IDENTITY),
        ("stacks/orders/main.tf", ORDERS),
    ])
}

fn json(estate: &Estate, args: &[&str]) -> Json {
    let ran = estate.run(args);
    assert_eq!(ran.code, 0, "{args:?}\n{}{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}\n{}", ran.out))
}

/// Who is named, with their answers.
fn who(told: &Json) -> Vec<String> {
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    let all = told["who"].as_array().expect("who");
    all.iter().map(|one| format!("{} {}", text(&one["name"]), text(&one["answer"]))).collect()
}

#[test]
fn a_plan_is_told_before_anything_is_applied() {
    let estate = estate();
    let planned = json(&estate, &["plan", "--rehearse", "-env", "dev", "-json"]);
    let plan = planned["plan"]
        .as_str()
        .or_else(|| planned["plan"]["id"].as_str())
        .expect("an id")
        .to_owned();

    let table = json(&estate, &["access", "dev", "--rehearse", "-json"]);
    assert_eq!(table["planned"].as_array().expect("planned").len(), 2, "{table:#}");
    let rights: Vec<String> = table["rights"]
        .as_array()
        .expect("rights")
        .iter()
        .map(|one| {
            let of = |right: &str| one["rights"][right]["answer"].as_str().unwrap().to_owned();
            let words = ["read", "plan", "apply", "approve"].map(of).join(" ");
            format!("{} {} {words}", one["stack"].as_str().unwrap(), one["team"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        rights,
        [
            "dev/identity platform no may may yes",
            "dev/identity shop may may may no",
            "dev/orders platform no yes no no",
            "dev/orders shop may may may yes",
        ]
    );

    let ask = |args: &[&str]| {
        let whole = [&["access", "who-can", "--rehearse", "-json", "-env", "dev"], args].concat();
        who(&json(&estate, &whole))
    };
    assert_eq!(ask(&["rds:DeleteDBCluster"]), ["orders-apply yes"]);
    assert_eq!(
        ask(&["rds:DeleteDBCluster", "arn:aws:rds:eu-west-1:111111111111:cluster:orders-1"]),
        ["orders-apply yes"]
    );
    assert_eq!(
        ask(&["rds:DeleteDBCluster", "arn:aws:rds:eu-west-1:111111111111:cluster:other"]),
        Vec::<String>::new()
    );
    assert_eq!(ask(&["plan@dev/orders"]), ["platform yes", "shop may"]);

    let differences = json(&estate, &["access", "diff", &plan, "--rehearse", "-json"]);
    let all = differences["differences"].as_array().expect("differences");
    assert!(!all.is_empty() && all.iter().all(|one| one["widens"] == true), "{differences:#}");
    let grants =
        all.iter().any(|one| one["change"]["class"] == "delete" && one["change"]["place"] == "rds");
    assert!(grants, "{differences:#}");
}

#[test]
fn pages_are_for_people() {
    let estate = estate();
    assert_eq!(estate.run(&["plan", "--rehearse", "-env", "dev"]).code, 0);
    let page = estate.run(&["access", "dev", "--rehearse", "-paths"]).out;
    assert!(
        page.starts_with(
            "shop/dev: who may do what, as applied (2 stacks, not applied, as planned)\n"
        ),
        "{page}"
    );
    assert!(page.contains("by inline policy stack, statement 1 [dev/identity//aws_iam_role_policy.apply (planned)]"), "{page}");
    let page = estate.run(&["access", "dev", "--rehearse", "-markdown"]).out;
    assert!(page.contains("| stack | layer | team | read | plan | apply | approve |\n"), "{page}");
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let estate = estate();
    assert_eq!(estate.run(&["plan", "--rehearse", "-env", "dev"]).code, 0);
    for (args, code) in [
        (&["access", "prod", "--rehearse"][..], "env-unknown"),
        (&["access", "who-can", "delete", "--rehearse"], "access-question"),
        (&["access", "who-can", "secrets.steal@dev/shop", "--rehearse"], "access-question"),
        (&["access", "who-can", "apply@dev/nothing", "--rehearse"], "stack-unknown"),
        (&["access", "who-can", "s3:GetObject", "-with=region", "--rehearse"], "access-key"),
        (
            &["access", "who-can", "secrets.get@dev/shop", "-env", "prod", "--rehearse"],
            "access-other-environment",
        ),
        (&["access", "diff", "p-NONE", "--rehearse"], "plan-unknown"),
    ] {
        let ran = estate.run(args);
        assert_eq!(ran.code, 1, "{args:?}");
        assert!(ran.err.contains(code), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
}
