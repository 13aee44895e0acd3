//! `strata access derive` through the program, on `terraform_data` only: what is refused, and what it leaves behind. What is learned
//! is shown by `cargo xtask e2e derive`, on real parts.

use super::support::Estate;

/// A network that is applied, and an app upon it that is not.
fn standing() -> Estate {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            r#"
            estate {
              name = "derive"
            }
            group "platform" { signers = "platform.signers" }
            layer "low" {}
            layer "high" {
              owners    = ["platform"]
              approvals = 1
            }
            environment "dev" {}
            environment "prod" { protected = true }
            stack "net" {
              layer  = "low"
              source = "./net"
            }
            stack "app" {
              layer  = "high"
              source = "./app"
              inputs = { net = stack.net.id }
            }
            "#,
        ),
        ("platform.signers", ""),
        (
            "net/main.tf",
            r#"
            resource "terraform_data" "a" { input = "a" }
            output "id" { value = terraform_data.a.id }
            "#,
        ),
        (
            "app/main.tf",
            r#"
            variable "net" { type = string }
            resource "terraform_data" "app" { input = var.net }
            "#,
        ),
        ("audit.log", ""),
    ]);
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "dev/net", "-auto-approve"], 0);
    estate
}

const DERIVE: [&str; 3] = ["access", "derive", "-auto-approve"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&DERIVE[..], more].concat()
}

#[test]
fn what_cannot_be_derived_is_refused_before_anything_is_made() {
    let estate = standing();
    let log = ["-audit-log", "audit.log"];
    estate.fails(&with(&["dev/app"]), "derive-nothing", "--audit-log");
    estate.fails(&with(&["prod/app", log[0], log[1]]), "derive-protected", "strata.hcl");
    estate.fails(&with(&["dev/*", log[0], log[1]]), "derive-one-stack", "names 2");
    estate.fails(&with(&["dev/net", log[0], log[1]]), "derive-applied", "dev/net");
    estate.fails(&with(&["dev/app", log[0], "none.log"]), "derive-audit-log", "none.log");
    estate.fails(&with(&["dev/app", log[0], log[1], "-out", "net"]), "derive-folder", "net");
    assert!(!estate.path(".strata/derive").exists(), "nothing was begun");
}

/// The stack is made and destroyed upon what is applied, by approvals that count nowhere else; nothing of that is left.
#[test]
fn the_estates_own_store_is_as_it_was() {
    let estate = standing();
    let before = estate.expect(&["list", "-json"], 0);
    let ran = estate.run(&with(&["app", "-env", "dev", "-audit-log", "audit.log"]));
    for step in ["planned dev/app: 1 changes", "applied", "planned again: 0 changes", "destroyed"] {
        assert!(ran.out.contains(step), "{step} is not in:\n{}\n{}", ran.out, ran.err);
    }
    // The log has nothing of it: there was no cluster.
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("[derive-audit-log]"), "{}", ran.err);
    assert_eq!(estate.expect(&["list", "-json"], 0), before);
    let left = std::fs::read_dir(estate.path(".strata/derive")).expect("the folder");
    assert_eq!(left.count(), 0, "a store is left");
}
