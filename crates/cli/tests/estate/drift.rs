//! Drift of a rehearsed estate: found, classed, left by other plans, accepted, put back and ignored.

use serde_json::Value as Json;

use crate::support::Estate;

const GROUP: &str = "prod/network//aws_security_group.database";
const LOOK: [&str; 4] = ["drift", "--rehearse", "-env", "prod"];
const APPLY: [&str; 5] = ["apply", "--rehearse", "-auto-approve", "-env", "prod"];
/// The rule is taken away by hand.
const CLOSED: [&str; 2] = ["--drift", "aws_security_group.database:ingress=[]"];

/// The estate of the scenarios, applied.
fn shop() -> Estate {
    let shop = Estate::copy_of("scenarios/shop");
    shop.expect(&APPLY, 0);
    shop
}

fn look(shop: &Estate, more: &[&str], code: i32) -> Vec<Json> {
    let told = shop.expect(&[&LOOK[..], &["-json"], more].concat(), code);
    let document: Json = serde_json::from_str(&told).expect("JSON");
    assert_eq!(document["format_version"], "1.0");
    document["drift"].as_array().expect("a list").clone()
}

fn addresses(drift: &[Json]) -> Vec<&str> {
    drift.iter().map(|one| one["address"].as_str().expect("an address")).collect()
}

#[test]
fn nothing_drifts_after_an_apply() {
    let shop = shop();
    let told = shop.expect(&LOOK, 0);
    assert_eq!(told, "No drift in shop/prod: 6 stacks looked at.\n");
}

#[test]
fn drift_is_told_with_layer_class_owner_and_place() {
    let shop = shop();
    let drift = look(&shop, &CLOSED, 2);
    assert_eq!(addresses(&drift), [GROUP]);
    let one = &drift[0];
    assert_eq!((&one["layer"], &one["owners"][0]), (&"infrastructure".into(), &"platform".into()));
    assert_eq!((&one["class"], &one["security"]), (&"drift-security".into(), &true.into()));
    assert_eq!(one["narrows"][0], "in: tcp 5432 from 10.0.0.0/24");
    assert_eq!(one["attributes"][0]["name"], "ingress");
    assert_eq!(one["place"]["file"], "stacks/network/main.tf");
    assert_eq!(one["by"], Json::Null);
}

#[test]
fn what_bears_data_and_is_gone_is_the_gravest() {
    let shop = shop();
    let gone = ["--drift", "aws_db_instance.primary:gone", "--drift", "aws_vpc.main:tags={}"];
    let drift = look(&shop, &gone, 2);
    let told: Vec<&str> = drift.iter().map(|one| one["class"].as_str().expect("a class")).collect();
    assert_eq!(told, ["drift-data-gone", "drift"]);
}

#[test]
fn drift_is_never_carried_out_by_a_plan_for_something_else() {
    let shop = shop();
    look(&shop, &CLOSED, 2);
    let plan = shop.expect(&["plan", "--rehearse", "-env", "prod", "-detailed-exitcode"], 0);
    let told = "drift, not part of this plan: 1 (strata drift -env prod --rehearse)";
    assert!(plan.contains(told), "{plan}");
    // Of the same stack, another object.
    shop.edit(
        "stacks/network/main.tf",
        "tags                 = { env",
        "tags = { by = \"us\", env",
    );
    let done = shop.expect(&APPLY, 0);
    assert!(done.contains("0 added, 1 changed, 0 destroyed"), "{done}");
    assert_eq!(addresses(&look(&shop, &[], 2)), [GROUP]);
    // Of another stack.
    shop.edit("stacks/orders/main.tf", "retention_in_days = 30", "retention_in_days = 90");
    let done = shop.expect(&APPLY, 0);
    assert!(done.contains("0 added, 1 changed, 0 destroyed"), "{done}");
    assert_eq!(addresses(&look(&shop, &[], 2)), [GROUP]);
}

#[test]
fn an_object_whose_own_configuration_changes_is_put_back_by_that_plan() {
    let shop = shop();
    look(&shop, &CLOSED, 2);
    shop.edit("stacks/network/main.tf", "from the subnets", "from all subnets");
    let plan = shop.expect(&["plan", "--rehearse", "-env", "prod"], 0);
    assert!(plan.contains("drift") && plan.contains("1 to change"), "{plan}");
    shop.expect(&APPLY, 0);
    look(&shop, &[], 0);
}

#[test]
fn reverting_is_a_plan_of_its_own() {
    let shop = shop();
    let two = [&CLOSED[..], &["--drift", "aws_vpc.main:tags={}"]].concat();
    look(&shop, &two, 2);
    let page = shop.expect(&["drift", "revert", GROUP, "--rehearse", "-json"], 0);
    let page: Json = serde_json::from_str(&page).expect("JSON");
    let id = page["plan"].as_str().or(page["plan"]["id"].as_str()).expect("a plan's id");
    assert_eq!(addresses(&look(&shop, &[], 2)).len(), 2, "reverting touched something");
    let done = shop.expect(&["apply", id, "--rehearse", "-auto-approve"], 0);
    assert!(done.contains("0 added, 1 changed, 0 destroyed"), "{done}");
    assert_eq!(addresses(&look(&shop, &[], 2)), ["prod/network//aws_vpc.main"]);
}

#[test]
fn accepting_moves_the_state_alone() {
    let shop = shop();
    let two = [&CLOSED[..], &["--drift", "aws_vpc.main:tags={}"]].concat();
    look(&shop, &two, 2);
    let accept = ["drift", "accept", GROUP, "--rehearse", "-auto-approve", "-reason", "OPS-12"];
    shop.expect(&accept, 0);
    assert_eq!(addresses(&look(&shop, &[], 2)), ["prod/network//aws_vpc.main"]);
    // The configuration says otherwise still: that is a plan's business now.
    let plan = shop.expect(&["plan", "--rehearse", "-env", "prod"], 0);
    assert!(plan.contains("0 to add, 1 to change"), "{plan}");
    shop.fails(&accept, "drift-unknown", "prod/network//aws_vpc.main");
    let without = ["drift", "accept", GROUP, "--rehearse", "-auto-approve", "-reason", " "];
    shop.fails(&without, "reason-missing", "audit");
}

#[test]
fn what_the_file_ignores_counts_for_nothing_until_its_day() {
    let shop = shop();
    let file = std::fs::read_to_string(shop.path("strata.hcl")).expect("read");
    let block = |more: &str| {
        format!(
            "{file}\ndrift \"prod/*//aws_security_group.*\" {{\n  reason = \"OPS-12\"\n  date = \"2020-01-01\"\n{more}}}\n"
        )
    };
    shop.write("strata.hcl", &block("  attributes = [\"ingress\"]\n"));
    let told = shop.expect(&[&LOOK[..], &CLOSED].concat(), 0);
    assert!(told.contains("No drift") && told.contains("OPS-12 (2020-01-01)"), "{told}");
    let plan = shop.expect(&["plan", "--rehearse", "-env", "prod"], 0);
    assert!(!plan.contains("drift, not part"), "{plan}");
    shop.write("strata.hcl", &block("  attributes = [\"egress\"]\n"));
    assert_eq!(addresses(&look(&shop, &[], 2)), [GROUP]);
    shop.write("strata.hcl", &block("  until = \"2020-02-01\"\n"));
    let drift = look(&shop, &[], 2);
    assert_eq!(drift[0]["ignored_until"], "2020-02-01");
}

#[test]
fn reports_are_written_for_forges() {
    let shop = shop();
    let files = ["-sarif=drift.sarif", "-markdown=drift.md"];
    let told = shop.expect(&[&LOOK[..], &CLOSED, &files].concat(), 2);
    assert!(told.starts_with("DRIFT in shop/prod: 1 object in 1 of 6 stacks (1 is about access)"));
    let sarif = std::fs::read_to_string(shop.path("drift.sarif")).expect("written");
    let sarif: Json = serde_json::from_str(&sarif).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "drift-security");
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*uri, "stacks/network/main.tf");
    let page = std::fs::read_to_string(shop.path("drift.md")).expect("written");
    assert!(page.contains("| object | what |") && page.contains("strata drift revert"), "{page}");
    let printed = shop.expect(&[&LOOK[..], &["-markdown"]].concat(), 2);
    assert!(printed.starts_with("### DRIFT in shop/prod"), "{printed}");
}

#[test]
fn a_stack_that_cannot_be_looked_at_hides_no_other() {
    let shop = shop();
    let gone = ["--drift", "aws_db_instance.primary:gone", "--fault", "aws_vpc.main:read:error"];
    let ran = shop.run(&[&LOOK[..], &["-json"], &gone].concat());
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    let document: Json = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(document["failed"], serde_json::json!(["prod/network"]));
    assert_eq!(document["drift"][0]["address"], "prod/database//aws_db_instance.primary");
}

#[test]
fn drift_is_of_estates() {
    let alone = Estate::of(&[("main.tf", "")]);
    alone.fails(&["drift"], "no-estate", "strata.hcl");
}
