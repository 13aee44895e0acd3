//! What stands on a stack of a run and takes no part in it, through the program, on `terraform_data` only.

use super::support::Estate;

/// A network of two objects, one behind its output, and an app that was applied upon that.
fn standing() -> Estate {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            r#"
            estate {
              name = "outside"
            }
            layer "low" {}
            layer "high" {}
            environment "dev" {}
            environment "prod" {}
            stack "net" {
              layer        = "low"
              source       = "./net"
              environments = ["dev"]
            }
            stack "app" {
              layer  = "high"
              source = "./app"
              inputs = { net = stack.net.id }
            }
            "#,
        ),
        (
            "net/main.tf",
            r#"
            resource "terraform_data" "a" { input = "a" }
            resource "terraform_data" "b" { input = "b" }
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
    ]);
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate
}

/// That `dev/net` may not be applied alone, since `a` goes under the app; and that both may be in one run.
fn only_together(estate: &Estate) {
    estate.fails(&["apply", "dev/net", "-auto-approve"], "run-breaks-reader", "dev/app");
    let objects = estate.expect(&["state", "list", "-stack", "dev/net"], 0);
    assert!(objects.contains("terraform_data.a"), "{objects}");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
}

#[test]
fn what_an_output_derived_from_does_not_go_under_a_reader_outside() {
    let estate = standing();
    estate.edit("net/main.tf", "resource \"terraform_data\" \"a\" { input = \"a\" }", "");
    estate.edit("net/main.tf", "terraform_data.a.id", "terraform_data.b.id");
    only_together(&estate);
}

#[test]
fn one_that_reads_no_longer_stands_on_what_it_was_applied_with() {
    let estate = standing();
    estate.edit("net/main.tf", "resource \"terraform_data\" \"a\" { input = \"a\" }", "");
    estate.edit("net/main.tf", "output \"id\" { value = terraform_data.a.id }", "");
    estate.edit("strata.hcl", "inputs = { net = stack.net.id }", "inputs = { net = \"alone\" }");
    only_together(&estate);
}

#[test]
fn nothing_is_destroyed_under_an_orphan() {
    let estate = standing();
    let text = std::fs::read_to_string(estate.path("strata.hcl")).expect("read");
    let (before, _) = text.split_once("stack \"app\"").expect("the app");
    estate.write("strata.hcl", before);
    estate.fails(&["destroy", "-env", "dev", "-auto-approve"], "run-breaks-reader", "dev/app");
    estate.expect(&["state", "list", "-stack", "dev/net"], 0);
    estate.expect(&["destroy", "dev/app", "-env", "dev", "-auto-approve"], 0);
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
}

#[test]
fn nothing_is_destroyed_under_a_stack_of_another_environment() {
    let estate = standing();
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
    estate.fails(&["destroy", "-env", "dev", "-auto-approve"], "run-breaks-reader", "prod/app");
    estate.expect(&["destroy", "-env", "prod", "-auto-approve"], 0);
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
}
