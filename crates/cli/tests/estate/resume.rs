//! Runs that are resumed after some of their stacks have come to their end, on `terraform_data` only.

use super::support::Estate;

/// Two bases, of which `bad` fails as long as there is no file; what stands on the good one, and what that hosts.
fn hosted() -> Estate {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            r#"
            estate {
              name = "resume"
            }
            layer "low" {}
            layer "middle" {}
            layer "high" {}
            environment "dev" {}
            stack "base" {
              layer  = "low"
              source = "./one"
              inputs = { from = "x" }
            }
            stack "bad" {
              layer  = "low"
              source = "./bad"
              inputs = { from = "x" }
            }
            stack "host" {
              layer  = "middle"
              source = "./one"
              inputs = { from = stack.base.id }
            }
            stack "app" {
              layer     = "high"
              source    = "./one"
              inputs    = { from = stack.host.id }
              hosted_by = stack.host
            }
            "#,
        ),
        (
            "one/main.tf",
            r#"
            variable "from" { type = string }
            resource "terraform_data" "one" { input = var.from }
            output "id" { value = terraform_data.one.id }
            "#,
        ),
        (
            "bad/main.tf",
            r#"
            variable "from" {
              type = string
              validation {
                condition     = var.from == "" ? false : fileexists("${path.module}/flag")
                error_message = "There is no flag."
              }
            }
            resource "terraform_data" "one" { input = var.from }
            "#,
        ),
        ("bad/flag", ""),
    ]);
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate
}

/// Applies a plan of which `bad` fails, then goes on with it.
fn fails_then_goes_on(estate: &Estate, more: &[&str]) {
    let mut args = vec!["plan", "-env", "dev", "-json"];
    args.extend(more);
    let document = estate.expect(&args, 0);
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let plan = document["plan"].as_str().expect("an id");
    std::fs::remove_file(estate.path("bad/flag")).expect("gone");
    estate.fails(&["apply", plan], "variable-invalid", "There is no flag.");
    estate.write("bad/flag", "");
    estate.expect(&["resume", plan], 0);
}

#[test]
fn what_a_destruction_has_taken_away_already_is_not_asked_for_again() {
    let estate = hosted();
    fails_then_goes_on(&estate, &["-destroy"]);
    for stack in ["dev/base", "dev/bad", "dev/host", "dev/app"] {
        let list = estate.run(&["state", "list", "-stack", stack]).out;
        assert!(!list.contains("terraform_data"), "{stack}: {list}");
    }
}

#[test]
fn what_a_reader_still_stands_on_stays_until_it_has_moved_over() {
    let estate = hosted();
    estate.edit("strata.hcl", "inputs = { from = stack.base.id }", "inputs = { from = \"y\" }");
    estate.edit(
        "strata.hcl",
        "source = \"./bad\"\n              inputs = { from = \"x\" }",
        "source = \"./bad\"\n              inputs = { from = stack.base.id }",
    );
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let new = "resource \"terraform_data\" \"new\" { input = var.from }";
    estate.edit("one/main.tf", "resource \"terraform_data\" \"one\" { input = var.from }", new);
    estate.edit("one/main.tf", "terraform_data.one.id", "terraform_data.new.id");
    let plan = || {
        let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        document["plan"].as_str().expect("an id").to_owned()
    };
    let stays = |command: &str, plan: &str| {
        std::fs::remove_file(estate.path("bad/flag")).ok();
        estate.fails(&[command, plan], "variable-invalid", "There is no flag.");
        estate.write("bad/flag", "");
        let list = estate.expect(&["state", "list", "-stack", "dev/base"], 0);
        assert!(list.contains("terraform_data.one"), "{command}: {list}");
    };
    let first = plan();
    stays("apply", &first);
    stays("resume", &first);
    let second = plan();
    stays("apply", &second);
    estate.expect(&["resume", &second], 0);
    let list = estate.expect(&["state", "list", "-stack", "dev/base"], 0);
    assert!(!list.contains("terraform_data.one"), "{list}");
}

#[test]
fn an_output_that_went_before_is_no_difference() {
    let estate = hosted();
    estate.edit("strata.hcl", "inputs    = { from = stack.host.id }", "inputs = { from = \"y\" }");
    estate.edit("bad/main.tf", "{ input = var.from }", "{ input = \"${var.from}!\" }");
    estate.edit("one/main.tf", "\"id\" {", "\"other\" {");
    estate.edit("strata.hcl", "stack.base.id", "stack.base.other");
    fails_then_goes_on(&estate, &[]);
}
