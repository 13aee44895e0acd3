//! Rehearsals: an estate with real providers' types, in a cloud that is not there.
//!
//! No provider is installed in these tests, no lock file written, no id given.

use serde_json::Value as Json;

use crate::support::Estate;
use crate::support::Ran;

const ESTATE: &str = r#"
estate { name = "shop" }
group "platform" { signers = "groups/platform.signers" }
group "apps" { signers = "groups/apps.signers" }
layer "base" {
  owners    = ["platform"]
  approvals = 1
}
layer "apps" {
  owners    = ["apps"]
  approvals = 1
}
environment "dev" {}
environment "prod" {
  protected = true
  after     = ["dev"]
}
stack "network" {
  layer  = "base"
  source = "./stacks/network"
}
stack "data" {
  layer  = "base"
  source = "./stacks/data"
  inputs = { env = env.name }
}
stack "app" {
  layer  = "apps"
  source = "./stacks/app"
  inputs = { vpc_id = stack.network.vpc_id }
}
"#;

const NETWORK: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
output "vpc_id" { value = aws_vpc.main.id }
"#;

const DATA: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "env" { type = string }
resource "aws_s3_bucket" "orders" { bucket = "shop-${var.env}-orders" }
"#;

const APP: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "vpc_id" { type = string }
resource "aws_security_group" "app" {
  count       = 4
  name        = "app-${count.index}"
  description = "the app"
  vpc_id      = var.vpc_id
}
"#;

fn shop() -> Estate {
    Estate::of(&[
        ("strata.hcl", ESTATE),
        ("groups/platform.signers", "# nobody yet\n"),
        ("groups/apps.signers", "# nobody yet\n"),
        ("stacks/network/main.tf", NETWORK),
        ("stacks/data/main.tf", DATA),
        ("stacks/app/main.tf", APP),
    ])
}

const APPLY: [&str; 5] = ["apply", "--rehearse", "-auto-approve", "-env", "prod"];

/// The estate after a rehearsed apply of what comes before `prod`.
fn shop_with_dev() -> Estate {
    let shop = shop();
    shop.expect(&["apply", "--rehearse", "-auto-approve", "-env", "dev"], 0);
    shop
}

#[test]
fn a_rehearsal_is_the_same_each_time_and_touches_nothing_else() {
    let shop = shop();
    let first = shop.expect(&["rehearse"], 0);
    for part in [
        "Rehearsal of shop/prod",
        "It needs dev, which comes first.",
        "second plan of 6 stacks: no changes",
        "as apps, platform: they count nowhere else",
        "`prod/data//aws_s3_bucket.orders` holds",
        "0 lost, 0 doubled",
        "an app changes: 1 of 3 stacks planned",
        "Timeline, in virtual time",
    ] {
        assert!(first.contains(part), "{part} is not in\n{first}");
    }
    assert_eq!(shop.expect(&["rehearse"], 0), first, "the same seed");
    assert_ne!(shop.expect(&["rehearse", "--seed=1"], 0), first, "another seed");
    let file = std::fs::read_to_string(shop.path("strata.hcl")).expect("read");
    assert_eq!(file, ESTATE, "no id was written");
    let made: Vec<String> = std::fs::read_dir(shop.path(""))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(made, [".strata"]);
    assert!(!shop.path(".strata/estate.db").exists());
}

#[test]
fn a_rehearsal_is_told_to_programs_as_one_document() {
    let told: Json = serde_json::from_str(&shop().expect(&["rehearse", "-json"], 0)).expect("JSON");
    assert_eq!(told["went_well"], true);
    assert_eq!(told["environments"][1]["environment"], "prod");
    assert_eq!(told["environments"][1]["added"], 6);
    assert_eq!(told["scenes"][1]["lost"], 0);
    assert_eq!(told["scenes"][2]["planned"][0], "prod/app");
}

#[test]
fn steps_go_on_where_the_last_one_ended() {
    let shop = shop_with_dev();
    let plan = ["plan", "--rehearse", "-env", "dev", "-detailed-exitcode"];
    shop.expect(&plan, 0);
    let drift = "aws_security_group.app[0]:description=\"by hand\"";
    let told = shop.expect(&["drift", "--rehearse", "-env", "dev", "--drift", drift], 2);
    assert!(told.contains("dev/app//aws_security_group.app[0]  changed: description"), "{told}");
    let destroy = ["destroy", "--rehearse", "-auto-approve", "-env", "dev"];
    shop.fails(&destroy, "data-refused", "dev/data//aws_s3_bucket.orders");
    let named = [&destroy[..], &["--approve-data", "dev/data//aws_s3_bucket.orders"]].concat();
    shop.expect(&named, 0);
    let left = shop.expect(&["plan", "--rehearse", "-env", "dev"], 0);
    assert!(left.contains("6 to add"), "{left}");
}

#[test]
fn a_killed_apply_is_gone_on_with() {
    let shop = shop_with_dev();
    let killed = [&APPLY[..], &["--kill-at", "prod/app//aws_security_group.app[2]"]].concat();
    let Ran { code, .. } = shop.run(&killed);
    assert_eq!(code, 137);
    let plan = shop.run(&["plan", "--rehearse", "-env", "prod"]);
    assert!(plan.err.contains("[in-doubt]"), "{}", plan.err);
    let resolve = ["state", "resolve", "--rehearse", "-stack", "prod/app"];
    let doubts = shop.expect(&resolve, 0);
    assert!(doubts.contains("aws_security_group.app[2]"), "{doubts}");
}

#[test]
fn what_a_group_has_to_approve_nobody_else_does() {
    let shop = shop_with_dev();
    let as_platform = [&APPLY[..], &["--approve-as", "platform"]].concat();
    shop.fails(&as_platform, "approvals-missing", "prod/app");
    let both = [&as_platform[..], &["--approve-as", "apps"]].concat();
    let told = shop.expect(&both, 0);
    assert!(told.contains("Approved as apps, platform, by the rehearsal"), "{told}");
}

#[test]
fn faults_strike_and_those_of_nothing_are_refused() {
    let shop = shop_with_dev();
    let fault = [&APPLY[..], &["--fault", "aws_vpc.main:create:error"]].concat();
    let Ran { code, err, .. } = shop.run(&fault);
    assert_eq!(code, 1, "{err}");
    shop.expect(&APPLY, 0);
    let nothing =
        ["plan", "--rehearse", "-env", "prod", "--fault", "aws_eks_cluster.*:create:error"];
    shop.fails(&nothing, "fault-names-nothing", "aws_eks_cluster.*");
    let wrong = ["plan", "--rehearse", "-env", "prod", "--fault", "aws_vpc.main:create:fire"];
    shop.fails(&wrong, "fault-invalid", "fire");
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let shop = shop();
    shop.fails(&["plan", "-env", "dev", "--seed=1"], "rehearsal-option", "--seed");
    shop.fails(&["rehearse", "-env", "test"], "env-unknown", "dev, prod");
    shop.fails(&["rehearse", "--approve-as", "ops"], "group-unknown", "platform, apps");
    shop.fails(&["rehearse", "--kill-at=3"], "rehearse-kill-at", "second scene");
    let zero = ["apply", "--rehearse", "-env", "dev", "--kill-at=0"];
    shop.fails(&zero, "kill-at", "--kill-at=0");
    let late = ["apply", "--rehearse", "-auto-approve", "-env", "dev", "--kill-at=99"];
    shop.fails(&late, "kill-at", "was not reached");
    shop.fails(&["plan", "--rehearse", "-env", "dev", "--kill-at=1"], "kill-at", "--kill-at=1");
    shop.fails(&["rehearse", "--schema", "none.json"], "schema-unreadable", "none.json");
    shop.fails(&["rehearse", "--explore", "caves"], "explore-unknown", "caves");
    shop.fails(&["rehearse", "stacks"], "rehearse-estate", "stacks");
    let module = Estate::of(&[("main.tf", "output \"x\" { value = 1 }\n")]);
    module.fails(&["plan", "--rehearse"], "rehearse-estate", "strata.hcl");
}

#[test]
fn neither_kind_of_store_is_taken_for_the_other() {
    let hello = Estate::hello();
    hello.expect(&["init"], 0);
    hello.expect(&["rehearse"], 0);
    let copy = |from: &str, to: &str| {
        std::fs::copy(hello.path(from), hello.path(to)).expect("copied");
    };
    copy(".strata/estate.db", ".strata/kept.db");
    copy(".strata/rehearsal.db", ".strata/estate.db");
    hello.fails(&["plan", "-env", "dev"], "rehearsed-store", "estate.db");
    copy(".strata/kept.db", ".strata/rehearsal.db");
    hello.fails(&["plan", "--rehearse", "-env", "dev"], "real-store", "rehearsal.db");
    hello.fails(&["rehearse"], "real-store", "rehearsal.db");
    assert!(hello.path(".strata/rehearsal.db").exists(), "it is not ours to take away");
}

#[test]
fn an_overlay_of_nothing_that_was_rehearsed_is_told() {
    let shop = shop_with_dev();
    let own = "provider = \"hashicorp/aws\"\n[[type]]\nname = \"aws_vpcc\"\nid = \"foo-{hex:3}\"\n";
    shop.write("rehearsal/own.toml", own);
    let ran = shop.run(&["rehearse"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in ["overlay-unasked", "rehearsal/own.toml", "aws_vpcc"] {
        assert!(ran.err.contains(said) || ran.out.contains(said), "{said}: {}{}", ran.out, ran.err);
    }
    shop.write("rehearsal/own.toml", &own.replace("vpcc", "vpc"));
    let ran = shop.run(&["rehearse"]);
    assert!(!format!("{}{}", ran.out, ran.err).contains("overlay-unasked"));
}

#[test]
fn a_type_that_the_estate_changes_is_no_longer_measured() {
    let shop = shop_with_dev();
    let measured = || {
        let told = shop.expect(&["rehearse", "-json"], 0);
        let told: Json = serde_json::from_str(&told).expect("JSON");
        let kinds = told["types"].as_array().expect("kinds of types").clone();
        kinds.into_iter().find(|kind| kind["from"] == "measured").expect("measured ones")["types"]
            .clone()
    };
    assert_eq!(measured(), serde_json::json!(["aws_s3_bucket", "aws_security_group", "aws_vpc"]));
    let own = "provider = \"hashicorp/aws\"\n[[type]]\nname = \"aws_vpc\"\nid = \"foo-{hex:3}\"\n";
    shop.write("rehearsal/own.toml", own);
    assert_eq!(measured(), serde_json::json!(["aws_s3_bucket", "aws_security_group"]));
    shop.write("rehearsal/own.toml", &format!("{own}measured = true\n"));
    shop.fails(&["rehearse"], "overlay-invalid", "measured");
}
