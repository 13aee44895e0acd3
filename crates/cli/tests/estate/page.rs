//! The page of a plan, what `show` shows of it, and the events of a run, through the program.

use serde_json::Value as Json;

use crate::support::Estate;

const STRATA: &str = r#"
estate {
  name = "acme"
}
data_bearing "terraform_data" {
  reason       = "a ledger"
  protected_by = ["input"]
}
layer "infrastructure" {}
layer "apps" {}
environment "dev" {}
stack "database" {
  layer  = "infrastructure"
  source = "./database"
}
stack "shop" {
  layer  = "apps"
  source = "./shop"
  inputs = { endpoint = stack.database.endpoint }
}
"#;
const DATABASE: &str = r#"
resource "terraform_data" "main" {
  input            = "ledger"
  triggers_replace = "one"
  lifecycle { create_before_destroy = true }
}
output "endpoint" { value = "${terraform_data.main.id}.internal" }
"#;
const SHOP: &str = r#"
variable "endpoint" {}
resource "terraform_data" "app" {
  input = { policy = jsonencode({ statement = [{ effect = "Allow", resource = var.endpoint }] }) }
}
"#;

/// An estate that was applied, and of which a change of the database replaces what bears data.
fn changed() -> Estate {
    let estate = Estate::of(&[
        ("strata.hcl", STRATA),
        ("database/main.tf", DATABASE),
        ("shop/main.tf", SHOP),
    ]);
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("database/main.tf", "\"one\"", "\"two\"");
    estate
}

fn contains_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn the_page_tells_what_is_lost_why_from_where_and_whom_it_reaches() {
    let estate = changed();
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    assert!(page.starts_with("DESTROYS DATA: 1 resource. Apply is refused.\n"), "{page}");
    contains_all(
        &page,
        &[
            "  dev/database   terraform_data.main",
            "create, then DELETE",
            "why      triggers_replace  \"one\" -> \"two\"",
            "forces replacement",
            "from     database/main.tf:2, this change",
            "reaches  shop: database.endpoint becomes unknown",
            "way out  keep triggers_replace as it is, or: strata approve p-",
            "--destroy-data dev/database//terraform_data.main",
            "acme/dev: 1 to add, 1 to change, 1 to destroy (1 of them replaced), in 2 of 2 stacks",
            "REFUSED",
            "database.endpoint",
            "1 value known after apply",
        ],
    );
    assert!(page.lines().count() <= 40, "{page}");
}

#[test]
fn the_three_forms_say_the_same() {
    let estate = changed();
    let json = estate.expect(&["plan", "-env", "dev", "-json", "-markdown=page.md"], 0);
    let json: Json = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["refused"], true);
    assert_eq!(json["data_losses"][0]["address"], "terraform_data.main");
    assert_eq!(json["stacks"][1]["causes"][0], "database.endpoint");
    let written = std::fs::read_to_string(estate.path("page.md")).expect("the file");
    contains_all(
        &written,
        &[
            "### DESTROYS DATA: 1 resource. Apply is refused.",
            "`dev/database//terraform_data.main`",
            "<details><summary><code>shop</code>: 0 to add, 1 to change, 0 to destroy</summary>",
        ],
    );
    let id = json["plan"].as_str().expect("an id");
    let shown = estate.expect(&["show", "-markdown", id], 0);
    assert_eq!(shown, written, "in a folder without version control");
}

#[test]
fn a_stack_and_a_resource_of_a_plan_are_shown() {
    let estate = changed();
    let json = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    let json: Json = serde_json::from_str(&json).expect("JSON");
    let id = json["plan"].as_str().expect("an id");

    let page = estate.expect(&["show", id], 0);
    assert!(page.starts_with("DESTROYS DATA: 1 resource."), "{page}");
    let database = estate.expect(&["show", id, "dev/database"], 0);
    contains_all(
        &database,
        &[
            "  terraform_data.main  create, then DELETE",
            "~ triggers_replace = \"one\" -> \"two\"  forces replacement",
            "1 argument unchanged",
        ],
    );
    let shop = estate.expect(&["show", id, "dev/shop"], 0);
    contains_all(&shop, &["input reads database.endpoint", "terraform_data.app  update in place"]);
    let one = estate.expect(&["show", id, "dev/database//terraform_data.main"], 0);
    contains_all(
        &one,
        &["by     provider[\"terraform.io/builtin/terraform\"]", "input = \"ledger\""],
    );
    estate.fails(&["show", id, "dev/none"], "show-stack", "dev/database");
    estate.fails(&["show", id, "dev/shop//terraform_data.none"], "show-resource", "");
    estate.fails(&["show", id, "dev//"], "show-stack", "");

    let documents = estate.expect(&["show", "-json", id], 0);
    let documents: Json = serde_json::from_str(&documents).expect("JSON");
    assert_eq!(documents["format_version"], "1.0");
    let shop = &documents["stacks"]["dev/shop"];
    assert_eq!(shop["resource_changes"][0]["address"], "terraform_data.app");
    let said = &shop["configuration"]["root_module"]["resources"][0]["expressions"]["input"];
    assert_eq!(said["references"][0], "var.endpoint");
}

#[test]
fn events_are_lines_for_programs_and_the_summary_names_what_was_done() {
    let estate = Estate::of(&[
        ("strata.hcl", STRATA),
        ("database/main.tf", DATABASE),
        ("shop/main.tf", SHOP),
    ]);
    estate.expect(&["init"], 0);
    let ran = estate.run(&["apply", "-env", "dev", "-auto-approve", "-json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let events: Vec<Json> =
        ran.err.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let of = |kind: &str, stack: &str| {
        events.iter().position(|one| one["event"] == kind && one["stack"] == stack)
    };
    let began = events.iter().find(|one| one["event"] == "run_began" && one["phase"] == "apply");
    let began = began.expect("the apply begins");
    assert_eq!(began["stacks"][0]["address"], "dev/database");
    assert_eq!(began["stacks"][0]["layer"], "infrastructure");
    assert!(of("object_ended", "dev/database") < of("object_ended", "dev/shop"), "{}", ran.err);
    let summary: Json = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(summary["stacks"][1]["address"], "dev/shop");
    assert_eq!(summary["stacks"][1]["ended"], "well");
    assert_eq!(summary["next"], Json::Null);

    let again = estate.run(&["destroy", "-env", "dev", "-auto-approve"]);
    assert!(again.err.contains("[data-refused]"), "{}", again.err);
    estate.edit("strata.hcl", "data_bearing \"terraform_data\"", "data_bearing \"random_pet\"");
    let destroyed = estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
    contains_all(&destroyed, &["Destroyed p-", ": 0 added, 0 changed, 2 destroyed, in 2 stacks"]);
}
