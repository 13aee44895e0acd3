//! Crashes at every durable step, through the program itself.

use serde_json::Value as Json;

use crate::support::Estate;

#[test]
fn nothing_is_lost_or_doubled_wherever_it_crashes() {
    let shop = Estate::copy_of("scenarios/shop");
    let told = shop.expect(&["rehearse", "--explore", "crashes", "-json"], 0);
    let told: Json = serde_json::from_str(&told).expect("JSON");
    let told = &told["explored"][0];
    let number = |name: &str| told[name].as_u64().expect("a number");
    assert_eq!([number("lost"), number("doubled"), number("not_recovered")], [0, 0, 0], "{told:#}");
    assert_eq!(number("steps"), number("crashes"));
    assert!(number("steps") > 150, "{told:#}");
    for how in ["by_reading", "exists", "absent"] {
        assert!(told["in_doubt"][how].as_u64() > Some(5), "{how}: {told:#}");
    }
    assert!(!shop.path(".strata").exists(), "it works in memory alone");
}

#[test]
fn one_step_alone_is_the_same_each_time() {
    let shop = Estate::copy_of("scenarios/shop");
    let one = ["rehearse", "--explore", "crashes:12", "--seed=3"];
    let first = shop.expect(&one, 0);
    assert!(first.contains("durable steps, 1 crashes"), "{first}");
    assert_eq!(shop.expect(&one, 0), first);
    shop.fails(&["rehearse", "--explore", "fires"], "explore-unknown", "crashes");
}

/// A data source that is read only to destroy what stands on it, and an output that names an instance which is not made
/// when another of its resource is looked up.
#[test]
fn what_is_read_on_the_way_out_and_what_was_not_reached_hinder_no_recovery() {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            "estate { name = \"e\" }\nlayer \"base\" {}\nenvironment \"dev\" {}\nstack \"g\" {\n  layer  = \"base\"\n  source = \"./stacks/g\"\n}\n",
        ),
        (
            "stacks/g/main.tf",
            r#"
            terraform {
              required_providers {
                aws = { source = "hashicorp/aws" }
              }
            }
            data "aws_organizations_organization" "this" {}
            resource "aws_iam_role" "r" {
              for_each           = toset(["a", "b"])
              name               = "${each.key}-${data.aws_organizations_organization.this.id}"
              assume_role_policy = "{}"
            }
            output "second" { value = [for key in ["a", "b"] : aws_iam_role.r[key].arn] }
            "#,
        ),
    ]);
    let told = estate.expect(&["rehearse", "--explore", "crashes"], 0);
    assert!(told.contains("0 lost, 0 doubled; "), "{told}");
}
