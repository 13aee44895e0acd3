//! The simulated provider under the real planner and applier: a plan from nothing, an apply, a second plan without
//! changes, drift, replacement, faults, a destroy.

use std::sync::Arc;

use plan::{Mode, Options};
use sim::{Outcome, Provenance, Verb};

use crate::driver::{Stack, actions, clean, load, rehearsal, told};

const NETWORK: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { owner = "platform" }
  }
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port = 5432
    to_port   = 5432
    protocol  = "tcp"
  }
}
"#;

#[test]
fn a_network_is_made_stays_and_goes() {
    let mut stack = Stack::new(NETWORK).applied();
    assert_eq!(stack.rehearsal.existing().len(), 3);
    assert_eq!(stack.attrs("aws_subnet.a")["vpc_id"], stack.attrs("aws_vpc.main")["id"]);
    let (plan, diags) = stack.plan_with(Options { mode: Mode::Destroy, ..Options::default() });
    clean(&diags);
    clean(&stack.apply(plan));
    assert!(stack.rehearsal.existing().is_empty());
}

#[test]
fn two_rehearsals_of_one_seed_are_alike_and_those_of_another_are_not() {
    let ids = |seed: u64| {
        let mut stack = Stack::new(NETWORK);
        stack.rehearsal = rehearsal(&stack.rows, seed, &[], &[]);
        let plan = stack.plan();
        clean(&stack.apply(plan));
        (stack.attrs("aws_vpc.main")["id"].clone(), stack.rehearsal.log())
    };
    assert_eq!(ids(0), ids(0));
    assert_ne!(ids(0).0, ids(1).0);
}

#[test]
fn drift_is_seen_by_the_next_plan() {
    let mut stack = Stack::new(NETWORK).applied();
    stack.again(&[], &["aws_security_group.db:ingress.0.from_port=22"]);
    let drifted = stack.rehearsal.drift().unwrap();
    assert_eq!(drifted[0].path.as_deref(), Some("ingress.0.from_port"));
    let plan = stack.plan();
    assert_eq!(actions(&plan), ["Update aws_security_group.db"]);
    clean(&stack.apply(plan));
    stack.again(&[], &["aws_subnet.a:gone", "aws_vpc.other:gone", "aws_vpc.main:colour=1"]);
    let wrong = stack.rehearsal.drift().unwrap_err();
    assert_eq!(wrong.error_count(), 2);
    assert_eq!(actions(&stack.plan()), Vec::<String>::new(), "one that is wrong drops all");
    stack.again(&[], &["aws_subnet.a:gone"]);
    assert_eq!(stack.rehearsal.drift().unwrap()[0].path, None);
    assert_eq!(actions(&stack.plan()), ["Create aws_subnet.a"]);
}

#[test]
fn faults_do_what_they_say() {
    let failing = |fault: &str| {
        let mut stack = Stack::new(NETWORK);
        stack.again(&[fault], &[]);
        let plan = stack.plan();
        let diags = stack.apply(plan);
        (stack, diags)
    };
    let (mut stack, diags) = failing("aws_vpc.*:create:error");
    assert!(told(&diags)[0].contains("rehearsed cloud refused"), "{:?}", told(&diags));
    assert!(stack.rehearsal.existing().is_empty());
    stack.again(&[], &[]);
    let plan = stack.plan();
    clean(&stack.apply(plan));
    assert_eq!(stack.rehearsal.existing().len(), 3);

    let (stack, diags) = failing("aws_vpc.*:create:partial");
    assert!(diags.has_errors() && stack.rehearsal.existing().len() == 1);
    assert!(stack.attrs("aws_vpc.main")["id"].is_string(), "what exists is in the state");

    let (stack, diags) = failing("aws_vpc.*:create:throttle");
    clean(&diags);
    let log = stack.rehearsal.log();
    let vpc = log.iter().find(|one| one.verb == Verb::Create && &*one.type_name == "aws_vpc");
    assert_eq!(vpc.map(|one| (one.attempts, one.outcome)), Some((3, Outcome::Done)));

    let (stack, _) = failing("aws_vpc.*:create:timeout");
    assert_eq!(stack.in_doubt.len(), 1);
    let known = [(Arc::from("dev/net"), "aws_subnet.a".parse().unwrap())];
    assert_eq!(stack.rehearsal.unmatched(&known).error_count(), 1);
}

#[test]
fn the_small_providers_make_values_of_the_asked_form() {
    let stack = Stack::new(
        r#"
terraform {
  required_providers {
    random = { source = "hashicorp/random" }
    tls    = { source = "hashicorp/tls" }
    time   = { source = "hashicorp/time" }
    local  = { source = "hashicorp/local" }
  }
}
resource "random_password" "p" {
  length  = 24
  special = false
}
resource "random_id" "i" { byte_length = 4 }
resource "random_integer" "n" {
  min = 3
  max = 5
}
resource "random_pet" "p" {}
resource "tls_private_key" "k" { algorithm = "RSA" }
resource "time_static" "t" {}
resource "local_file" "f" {
  filename = "${path.module}/x"
  content  = "hello"
}
"#,
    )
    .applied();
    let password = stack.attrs("random_password.p")["result"].as_str().unwrap().to_owned();
    assert!(password.len() == 24 && password.chars().all(char::is_alphanumeric), "{password}");
    assert_eq!(stack.attrs("random_id.i")["hex"].as_str().unwrap().len(), 8);
    assert!((3..=5).contains(&stack.attrs("random_integer.n")["result"].as_i64().unwrap()));
    assert!(
        stack.attrs("tls_private_key.k")["private_key_pem"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN RSA")
    );
    assert_eq!(stack.attrs("time_static.t")["year"], 2026);
    let sha1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    assert_eq!(stack.attrs("local_file.f")["content_sha1"], sha1);
    assert!(!std::path::Path::new("x").exists());
    assert_ne!(stack.rehearsal.provenance()["random_id"], Provenance::SchemaOnly);
}

#[test]
fn another_length_makes_another_password() {
    let text = |length: u32| {
        format!(
            "terraform {{\n required_providers {{\n random = {{ source = \"hashicorp/random\" }}\n }}\n}}\n\
             resource \"random_password\" \"p\" {{ length = {length} }}\n"
        )
    };
    let mut stack = Stack::new(&text(8)).applied();
    stack.config = load(&text(9));
    let plan = stack.plan();
    assert_eq!(actions(&plan).len(), 1);
    assert!(actions(&plan)[0].contains("Delete"), "{:?}", actions(&plan));
    clean(&stack.apply(plan));
    assert_eq!(stack.attrs("random_password.p")["result"].as_str().unwrap().chars().count(), 9);
}

#[test]
fn a_chart_and_a_namespace_are_made() {
    let stack = Stack::new(
        r#"
terraform {
  required_providers {
    kubernetes = { source = "hashicorp/kubernetes" }
    helm       = { source = "hashicorp/helm" }
  }
}
provider "helm" { kubernetes = { host = "https://x" } }
resource "kubernetes_namespace_v1" "a" {
  metadata { name = "a" }
}
resource "helm_release" "r" {
  name      = "r"
  chart     = "c"
  namespace = kubernetes_namespace_v1.a.metadata[0].name
}
"#,
    )
    .applied();
    assert_eq!(stack.attrs("helm_release.r")["namespace"], "a");
}
