//! Runs over several stacks, through the program, on `terraform_data` only.

use super::support::{Estate, changed};

const LAYERS: &str = r#"
estate {
  name = "runs"
}
layer "low" {}
layer "high" {}
environment "dev" { values = { size = "1" } }
"#;

/// A network that is made anew where `size` changes, and an app that stands on it.
fn network_and_app(lifecycle: &str) -> Estate {
    Estate::of(&[
        (
            "strata.hcl",
            &format!(
                r#"{LAYERS}
                stack "net" {{
                  layer  = "low"
                  source = "./net"
                  inputs = {{ size = env.size }}
                }}
                stack "app" {{
                  layer  = "high"
                  source = "./app"
                  inputs = {{ net = stack.net.id }}
                }}
                "#
            ),
        ),
        (
            "net/main.tf",
            &format!(
                r#"
                variable "size" {{ type = string }}
                resource "terraform_data" "net" {{
                  input            = "net"
                  triggers_replace = var.size
                  {lifecycle}
                }}
                output "id" {{ value = terraform_data.net.id }}
                "#
            ),
        ),
        (
            "app/main.tf",
            r#"
            variable "net" { type = string }
            resource "terraform_data" "app" { input = var.net }
            output "net" { value = terraform_data.app.output }
            "#,
        ),
    ])
}

const FIRST: &str = "lifecycle {\n create_before_destroy = true\n }";

fn settle(estate: &Estate) {
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    nothing_left(estate);
}

fn nothing_left(estate: &Estate) {
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), [] as [&str; 0], "{document}");
}

/// The id of a plan that was kept.
fn planned(estate: &Estate, more: &[&str]) -> String {
    let mut args = vec!["plan", "-env", "dev", "-json"];
    args.extend(more);
    let document = estate.expect(&args, 0);
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    document["plan"].as_str().expect("an id").to_owned()
}

#[test]
fn what_others_use_is_replaced_in_one_run() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    let before = estate.expect(&["output", "dev/net", "-raw", "id"], 0);
    estate.edit("strata.hcl", "size = \"1\"", "size = \"2\"");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let after = estate.expect(&["output", "dev/net", "-raw", "id"], 0);
    assert_ne!(before, after);
    assert_eq!(estate.expect(&["output", "dev/app", "-raw", "net"], 0), after);
    let list = estate.expect(&["state", "list", "-stack", "dev/net"], 0);
    assert_eq!(list.lines().count(), 1, "nothing is left set aside: {list}");
    nothing_left(&estate);
}

#[test]
fn replacing_in_place_is_refused_with_its_remedy_unless_it_is_allowed_by_name() {
    let estate = network_and_app("");
    settle(&estate);
    estate.edit("strata.hcl", "size = \"1\"", "size = \"2\"");
    let plan = planned(&estate, &[]);
    estate.fails(&["apply", &plan], "run-breaks-reader", "create_before_destroy");
    let ran = estate.run(&["apply", &plan]);
    assert!(ran.err.contains("-allow-break dev/net//terraform_data.net"), "{}", ran.err);
    let ran = estate.run(&["apply", &plan, "-allow-break", "dev/net//terraform_data.nte"]);
    assert!(ran.code == 1 && ran.err.contains("[allow-break-idle]"), "{}", ran.err);
    estate.expect(&["apply", &plan, "-allow-break", "dev/net//terraform_data.net"], 0);
    let events = estate.expect(&["store", "show"], 0);
    let event = events.lines().find(|line| line.contains("allow-break")).expect(&events);
    assert!(event.ends_with("dev/net//terraform_data.net"), "{event}");
    nothing_left(&estate);
}

#[test]
fn a_reader_outside_of_the_run_is_not_left_standing_on_nothing() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    estate.edit("strata.hcl", "size = \"1\"", "size = \"2\"");
    estate.fails(&["apply", "dev/net", "-auto-approve"], "run-breaks-reader", "-with-dependents");
    estate.fails(&["destroy", "dev/net", "-auto-approve"], "run-breaks-reader", "dev/app");
    estate.expect(&["apply", "dev/net", "-with-dependents", "-auto-approve"], 0);
    nothing_left(&estate);
}

#[test]
fn an_output_goes_with_its_reader_in_one_run() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    estate.edit("net/main.tf", "output \"id\" { value = terraform_data.net.id }", "");
    estate.edit("strata.hcl", "inputs = { net = stack.net.id }", "");
    estate.edit("app/main.tf", "variable \"net\" { type = string }", "");
    estate.edit("app/main.tf", "input = var.net", "input = \"alone\"");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    nothing_left(&estate);
}

/// Two branches, of which one fails when it is applied as long as there is no file.
fn branches() -> Estate {
    Estate::of(&[
        (
            "strata.hcl",
            &format!(
                r#"{LAYERS}
                stack "bad" {{
                  layer  = "low"
                  source = "./bad"
                }}
                stack "upon" {{
                  layer  = "high"
                  source = "./one"
                  inputs = {{ from = stack.bad.id }}
                }}
                stack "good" {{
                  layer  = "low"
                  source = "./one"
                  inputs = {{ from = "x" }}
                }}
                "#
            ),
        ),
        (
            "bad/main.tf",
            r#"
            resource "terraform_data" "first" { input = 1 }
            resource "terraform_data" "second" {
              input = terraform_data.first.id
              lifecycle {
                precondition {
                  condition     = terraform_data.first.id == "" ? false : fileexists("${path.module}/flag")
                  error_message = "There is no flag."
                }
              }
            }
            output "id" { value = terraform_data.second.id }
            "#,
        ),
        (
            "one/main.tf",
            r#"
            variable "from" { type = string }
            resource "terraform_data" "one" { input = var.from }
            "#,
        ),
    ])
}

#[test]
fn one_branch_that_fails_blocks_only_its_own_and_the_run_is_resumed() {
    let estate = branches();
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    estate.fails(&["resume", &plan], "run-unknown", &plan);
    let ran = estate.run(&["apply", &plan]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("There is no flag."), "{}", ran.err);
    assert!(ran.err.contains("[stack-blocked]"), "{}", ran.err);
    estate.expect(&["state", "list", "-stack", "dev/good"], 0);
    let first = estate.expect(&["state", "show", "-stack", "dev/bad", "terraform_data.first"], 0);
    estate.fails(&["apply", &plan], "plan-stale", "dev/bad");
    estate.write("bad/flag", "");
    estate.expect(&["resume", &plan], 0);
    let again = estate.expect(&["state", "show", "-stack", "dev/bad", "terraform_data.first"], 0);
    assert_eq!(first, again, "what was done stays done");
    nothing_left(&estate);
}

#[test]
fn a_run_is_not_resumed_over_what_somebody_else_did() {
    let estate = branches();
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    assert_eq!(estate.run(&["apply", &plan]).code, 1);
    estate.write("bad/flag", "");
    estate.expect(&["state", "rm", "-stack", "dev/bad", "terraform_data.first"], 0);
    estate.fails(&["resume", &plan], "plan-stale", "dev/bad");
}

#[test]
fn a_stack_gets_its_new_name_and_another_is_forgotten() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    let id = estate.expect(&["output", "dev/net", "-raw", "id"], 0);
    estate.edit(
        "strata.hcl",
        "stack \"net\" {",
        "moved {\n from = stack.net\n to = stack.network\n}\nstack \"network\" {",
    );
    estate.edit("strata.hcl", "stack.net.id", "stack.network.id");
    let plan = planned(&estate, &[]);
    estate.expect(&["apply", &plan], 0);
    assert_eq!(estate.expect(&["output", "dev/network", "-raw", "id"], 0), id);
    nothing_left(&estate);

    estate.edit("strata.hcl", "stack \"app\" {", "removed { from = stack.app }\nstack \"other\" {");
    let plan = planned(&estate, &[]);
    let shown = estate.run(&["show", "-json", &plan]);
    assert!(shown.code == 0 && shown.err.contains("document-left-out"), "{}", shown.err);
    assert!(
        shown.out.contains("\"dev/other\"") && !shown.out.contains("\"dev/app\":"),
        "{}",
        shown.out
    );
    estate.expect(&["apply", &plan], 0);
    estate.expect(&["state", "list", "-stack", "dev/other"], 0);
    nothing_left(&estate);
}

#[test]
fn what_stands_on_a_host_is_forgotten_with_it() {
    let estate = network_and_app(FIRST);
    estate.edit(
        "strata.hcl",
        "inputs = { net = stack.net.id }",
        "inputs = { net = stack.net.id }\nhosted_by = stack.net",
    );
    settle(&estate);
    let plan = planned(&estate, &["-destroy"]);
    let page = estate.expect(&["show", &plan, "dev/app"], 0);
    assert!(page.contains("terraform_data.app"), "listed by its address: {page}");
    estate.expect(&["apply", &plan], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 2);
}

#[test]
fn an_environment_comes_after_another() {
    let estate = network_and_app(FIRST);
    estate.edit("strata.hcl", "environment \"dev\"", "environment \"prod\" {\n after = [\"dev\"]\n values = { size = \"9\" }\n}\nenvironment \"dev\"");
    estate.expect(&["init"], 0);
    estate.fails(&["apply", "-env", "prod", "-auto-approve"], "after-not-applied", "dev/net");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
    estate.edit("app/main.tf", "input = var.net", "input = \"${var.net}!\"");
    estate.fails(&["apply", "-env", "prod", "-auto-approve"], "after-not-applied", "dev/app");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
}

#[test]
fn a_key_that_is_not_there_goes_after_the_stacks_other_instances() {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            "estate { name = \"regions\" }\nlayer \"all\" {}\nenvironment \"dev\" { values = { regions = [\"eu\"] } }\n\
             environment \"prod\" {\n after = [\"dev\"]\n values = { regions = [\"eu\", \"us\"] }\n}\n\
             stack \"net\" {\n layer = \"all\"\n source = \"./net\"\n for_each = toset(env.regions)\n \
             inputs = { region = each.key }\n}\n",
        ),
        (
            "net/main.tf",
            "variable \"region\" {}\nresource \"terraform_data\" \"net\" { input = var.region }\n",
        ),
    ]);
    estate.expect(&["init"], 0);
    let only_here = ["apply", "prod/net:us", "-auto-approve"];
    estate.fails(&only_here, "after-not-applied", "strata apply dev/net:eu");
    estate.fails(&only_here, "after-not-applied", "strata.hcl:7,");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
}

#[test]
fn an_orphan_is_destroyed_by_name_with_what_it_was_last_applied_from() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    let text = std::fs::read_to_string(estate.path("strata.hcl")).expect("read");
    let (before, _) = text.split_once("stack \"app\"").expect("the app");
    estate.write("strata.hcl", before);
    std::fs::remove_dir_all(estate.path("app")).expect("gone");
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    assert!(page.contains("no longer in strata.hcl"), "an orphan is listed: {page}");
    estate.fails(&["plan", "dev/app"], "stack-unknown", "dev/app");
    estate.fails(&["destroy", "dev/ap*", "-auto-approve"], "stack-unknown", "dev/ap*");
    let page = estate.expect(&["destroy", "-env", "dev", "dev/app", "-auto-approve"], 0);
    assert!(!page.contains("no longer in strata.hcl"), "it stands on the page once: {page}");
    let list = estate.expect(&["list", "-env", "dev"], 0);
    assert!(!list.contains("dev/app"), "nothing is left of it: {list}");
    nothing_left(&estate);
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
}

#[test]
fn an_instance_whose_key_is_gone_is_an_orphan() {
    let estate = network_and_app(FIRST);
    let keys = |keys: &str| format!("source = \"./app\"\nfor_each = toset([{keys}])");
    estate.edit("strata.hcl", "source = \"./app\"", &keys("\"a\", \"b\""));
    estate.edit("strata.hcl", "net = stack.net.id", "net = \"${stack.net.id}-${each.key}\"");
    settle(&estate);
    estate.edit("strata.hcl", "toset([\"a\", \"b\"])", "toset([\"b\"])");
    let plan = planned(&estate, &["-destroy", "dev/app:a"]);
    estate.expect(&["apply", &plan], 0);
    estate.expect(&["state", "list", "-stack", "dev/app:b"], 0);
    nothing_left(&estate);
}

/// A stack whose keys are known only once its first resource is there, and one that reads what comes of them.
fn keys_from_below() -> Estate {
    Estate::of(&[
        (
            "strata.hcl",
            &format!(
                r#"{LAYERS}
                stack "keys" {{
                  layer  = "low"
                  source = "./keys"
                }}
                stack "upon" {{
                  layer  = "high"
                  source = "./one"
                  inputs = {{ from = stack.keys.all }}
                }}
                "#
            ),
        ),
        (
            "keys/main.tf",
            r#"
            resource "terraform_data" "first" { input = "x" }
            resource "terraform_data" "each" {
              for_each = toset([terraform_data.first.id])
              input    = each.key
            }
            output "all" { value = join(",", [for one in terraform_data.each : one.output]) }
            "#,
        ),
        (
            "one/main.tf",
            r#"
            variable "from" { type = string }
            resource "terraform_data" "one" { input = var.from }
            output "from" { value = terraform_data.one.output }
            "#,
        ),
    ])
}

#[test]
fn what_was_deferred_is_applied_in_the_next_round_before_anybody_reads_it() {
    let estate = keys_from_below();
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    estate.expect(&["apply", &plan], 0);
    let list = estate.expect(&["state", "list", "-stack", "dev/keys"], 0);
    assert_eq!(list.lines().count(), 2, "{list}");
    let id = estate.expect(&["state", "show", "-stack", "dev/upon", "terraform_data.one"], 0);
    assert!(id.contains("input"), "{id}");
    nothing_left(&estate);
}

#[test]
fn with_one_round_what_is_deferred_is_left_and_listed_and_nobody_reads_it() {
    let estate = keys_from_below();
    estate.edit("strata.hcl", "name = \"runs\"", "name = \"runs\"\n  rounds_max = 1\n ");
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    let ran = estate.run(&["apply", &plan]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("[stack-deferred]"), "{}", ran.err);
    let list = estate.expect(&["state", "list", "-stack", "dev/keys"], 0);
    assert_eq!(list.lines().count(), 1, "{list}");
    estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 2);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    nothing_left(&estate);
}

#[test]
fn what_was_destroyed_is_planned_as_new_with_unknown_values_and_not_with_none() {
    let estate = network_and_app(FIRST);
    settle(&estate);
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
    let plan = planned(&estate, &[]);
    estate.expect(&["apply", &plan], 0);
    let id = estate.expect(&["output", "dev/net", "-raw", "id"], 0);
    assert_eq!(estate.expect(&["output", "dev/app", "-raw", "net"], 0), id);
}

#[test]
fn an_output_that_is_null_is_known() {
    let estate = network_and_app(FIRST);
    estate.edit(
        "net/main.tf",
        "value = terraform_data.net.id",
        "value = terraform_data.net.id == \"\" ? \"x\" : null",
    );
    estate.edit("app/main.tf", "{ type = string }", "{\n type = string\n nullable = true\n }");
    estate.edit("app/main.tf", "input = var.net", "input = var.net == null ? \"none\" : var.net");
    settle(&estate);
    assert_eq!(estate.expect(&["output", "dev/app", "-raw", "net"], 0), "none");
    estate.edit("strata.hcl", "size = \"1\"", "size = \"2\"");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    nothing_left(&estate);
}

#[test]
fn a_run_of_a_plan_that_was_not_kept_is_resumed_too_and_the_refusal_says_how() {
    let estate = branches();
    estate.expect(&["init"], 0);
    let ran = estate.run(&["apply", "-env", "dev", "-auto-approve"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let at = ran.out.find("p-").expect("the run's id is told");
    let id = &ran.out[at..at + 8];
    let again = estate.run(&["apply", id]);
    assert!(again.err.contains(&format!("strata resume {id}")), "{}", again.err);
    estate.write("bad/flag", "");
    estate.expect(&["resume", id], 0);
    nothing_left(&estate);
}

#[test]
fn a_host_does_not_go_under_what_stands_on_it() {
    let estate = network_and_app(FIRST);
    estate.edit("strata.hcl", "inputs = { net = stack.net.id }", "hosted_by = stack.net");
    estate.edit("app/main.tf", "variable \"net\" { type = string }", "");
    estate.edit("app/main.tf", "input = var.net", "input = \"alone\"");
    settle(&estate);
    estate.fails(&["destroy", "dev/net", "-auto-approve"], "run-breaks-reader", "stands on it");
    estate.expect(&["destroy", "dev/net", "dev/app", "-auto-approve"], 0);
}

#[test]
fn a_stack_is_not_applied_upon_an_output_that_was_never_published_or_is_behind() {
    let estate = branches();
    estate.edit(
        "bad/main.tf",
        "value = terraform_data.second.id",
        "value = terraform_data.second.output",
    );
    estate.expect(&["init"], 0);
    assert_eq!(estate.run(&["apply", "-env", "dev", "-auto-approve"]).code, 1);
    estate.fails(&["apply", "dev/upon", "-auto-approve"], "input-not-published", "dev/bad");
    estate.expect(&["state", "list", "-stack", "dev/good"], 0);
    estate.write("bad/flag", "");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    // Once there, an output that a later apply could not compute is behind.
    std::fs::remove_file(estate.path("bad/flag")).expect("gone");
    estate.edit(
        "bad/main.tf",
        "\"first\" { input = 1 }",
        "\"first\" {\n  input = 1\n  triggers_replace = 2\n}",
    );
    assert_eq!(
        estate
            .run(&[
                "apply",
                "-env",
                "dev",
                "-auto-approve",
                "-allow-break",
                "dev/bad//terraform_data.first"
            ])
            .code,
        1
    );
    estate.fails(&["apply", "dev/upon", "-auto-approve"], "input-not-published", "dev/bad");
}

#[test]
fn a_plan_that_does_not_refine_stops_its_stack_before_any_call_and_no_other() {
    let estate = branches();
    estate.edit(
        "bad/main.tf",
        "terraform_data.first.id == \"\" ? false : fileexists(\"${path.module}/flag\")",
        "terraform_data.first.id != \"\"",
    );
    estate.edit("bad/main.tf", "input = 1", "input = file(\"${path.module}/text\")");
    estate.write("bad/text", "approved");
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    estate.write("bad/text", "another");
    let ran = estate.run(&["apply", &plan]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("[plan-not-refined]"), "{}", ran.err);
    assert!(ran.err.contains("terraform_data.first") && ran.err.contains("another"), "{}", ran.err);
    assert!(ran.err.contains("[stack-blocked]"), "{}", ran.err);
    let list = estate.expect(&["list", "-env", "dev", "-json"], 0);
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let objects = |stack: &str| {
        let found =
            list["stacks"].as_array().expect("stacks").iter().find(|one| one["address"] == stack);
        found.expect("the stack")["objects"].clone()
    };
    assert_eq!([objects("dev/bad"), objects("dev/upon"), objects("dev/good")], [0, 0, 1]);
}

#[test]
fn one_key_over_the_bound_stops_the_next_round_and_names_it() {
    let estate = keys_from_below();
    estate.edit("strata.hcl", "layer \"low\" {}", "layer \"low\" { max_deferred = 1 }");
    estate.edit("keys/main.tf", "input = \"x\"", "input = \"x,y\"");
    estate.edit(
        "keys/main.tf",
        "toset([terraform_data.first.id])",
        "toset(split(\",\", terraform_data.first.output))",
    );
    estate.expect(&["init"], 0);
    let plan = planned(&estate, &[]);
    let ran = estate.run(&["apply", &plan]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(
        ran.err.contains("[plan-not-refined]") && ran.err.contains("terraform_data.each"),
        "{}",
        ran.err
    );
    let list = estate.expect(&["state", "list", "-stack", "dev/keys"], 0);
    assert_eq!(list.lines().count(), 1, "{list}");
}

#[test]
fn a_stack_of_one_environment_is_read_from_another() {
    let estate = network_and_app(FIRST);
    estate.edit("strata.hcl", "layer  = \"low\"", "layer = \"low\"\nenvironments = [\"dev\"]");
    estate.edit(
        "strata.hcl",
        "environment \"dev\"",
        "environment \"prod\" {}\nenvironment \"dev\"",
    );
    estate.expect(&["init"], 0);
    estate.fails(&["apply", "-env", "prod", "-auto-approve"], "input-not-published", "dev/net");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
    let id = estate.expect(&["output", "dev/net", "-raw", "id"], 0);
    assert_eq!(estate.expect(&["output", "prod/app", "-raw", "net"], 0), id);
}

#[test]
fn a_destruction_is_given_what_was_published_last_also_where_that_is_behind() {
    let estate = branches();
    let condition = r#"
            type = string
            validation {
              condition     = var.from == "" ? false : fileexists("${path.module}/flag")
              error_message = "It is known."
            }
    "#;
    estate.edit("one/main.tf", "variable \"from\" { type = string }", &{
        format!("variable \"from\" {{{condition}}}")
    });
    estate.edit("bad/main.tf", "terraform_data.second.id }", "terraform_data.second.output }");
    estate.write("bad/flag", "");
    estate.write("one/flag", "");
    settle(&estate);
    std::fs::remove_file(estate.path("bad/flag")).expect("gone");
    estate.edit("bad/main.tf", "input = 1", "input = 2");
    estate.edit("bad/main.tf", "terraform_data.first.id\n", "terraform_data.first.output\n");
    assert_eq!(estate.run(&["apply", "-env", "dev", "-auto-approve"]).code, 1);
    std::fs::remove_file(estate.path("one/flag")).expect("gone");
    estate.fails(
        &["plan", "-env", "dev", "-destroy", "dev/upon"],
        "variable-invalid",
        "It is known",
    );
    estate.write("one/flag", "");
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
}

#[test]
fn a_host_of_which_nothing_is_there_takes_nothing_along() {
    let estate = network_and_app(FIRST);
    estate.edit("strata.hcl", "inputs = { net = stack.net.id }", "inputs = { net = \"alone\" }");
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "dev/app", "-auto-approve"], 0);
    estate.edit(
        "strata.hcl",
        "inputs = { net = \"alone\" }",
        "inputs = { net = \"alone\" }\nhosted_by = stack.net",
    );
    let plan = planned(&estate, &["-destroy"]);
    let ran = estate.run(&["apply", &plan]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("1 destroyed"), "not forgotten: {}", ran.out);
}

#[test]
fn a_trail_that_waits_for_what_is_deferred_is_left_for_later_and_no_failure() {
    let estate = keys_from_below();
    let gone = "resource \"terraform_data\" \"gone\" { input = 1 }";
    let more = "output \"first\" { value = terraform_data.first.output }\noutput \"all\" {";
    estate.edit("keys/main.tf", "output \"all\" {", &format!("{gone}\n{more}"));
    estate.edit("keys/main.tf", "terraform_data.first.id", "terraform_data.first.output");
    settle(&estate);
    // The reader moves from what waits to what is known in the first round, which is the only one.
    estate.edit("strata.hcl", "name = \"runs\"", "name = \"runs\"\n  rounds_max = 1\n ");
    estate.edit("strata.hcl", "stack.keys.all", "stack.keys.first");
    estate.edit("keys/main.tf", "input = \"x\"", "input = \"y\"");
    estate.edit("keys/main.tf", gone, "");
    let ran = estate.run(&["apply", "-env", "dev", "-auto-approve"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(!ran.out.contains("stopped"), "{}", ran.out);
    let list = || estate.expect(&["state", "list", "-stack", "dev/keys"], 0);
    assert!(list().contains("terraform_data.gone"), "{}", list());
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    assert!(!list().contains("terraform_data.gone"), "{}", list());
    nothing_left(&estate);
}
