//! An estate from an empty folder to nothing left, with built-in providers only.

use serde_json::Value;

use crate::support::{Estate, changed};

#[test]
fn from_nothing_to_applied_and_to_nothing_again() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["validate"], 0);
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 2);
    assert!(page.starts_with("Destroys no data."), "{page}");
    assert!(page.contains("in 4 of 4 stacks"), "{page}");
    assert!(page.contains("2 values known after apply"), "{page}");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    assert!(page.contains("hello/dev: no changes."), "{page}");
    let document = estate.expect(&["plan", "-env", "prod", "-json"], 0);
    assert_eq!(changed(&document).len(), 4, "the other environment has nothing yet");
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 4);
}

#[test]
fn one_changed_input_plans_what_it_touches() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("strata.hcl", "replicas = 1", "replicas = 2");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), ["dev/shop"]);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("strata.hcl", "10.1.0.0/16", "10.9.0.0/16");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), ["dev/network"], "ids stay, so nobody above is touched");
}

#[test]
fn a_kept_plan_is_applied_once_and_is_stale_afterwards() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let id = document["plan"].as_str().expect("an id").to_owned();
    estate.expect(&["apply", &id], 0);
    estate.fails(&["apply", &id], "plan-stale", "dev/network");
    estate.fails(&["apply", "p-NOSUCH"], "plan-unknown", "p-NOSUCH");
}

#[test]
fn a_plan_is_refused_when_the_configuration_moved() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["plan", "-env", "dev", "-out", "plan.file"], 0);
    estate.edit("stacks/network/main.tf", "\"b\", \"c\"", "\"b\"");
    estate.fails(&["apply", "plan.file"], "plan-stale", "dev/network");
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 4, "nothing was applied");
}

#[test]
fn what_a_reader_uses_goes_after_the_reader_has_moved_over() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.edit("stacks/network/main.tf", "[\"a\", \"b\", \"c\"]", "[\"a\", \"b\"]");
    estate.fails(&["apply", "dev/network", "-auto-approve"], "run-breaks-reader", "private_subnet");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document), [] as [&str; 0]);
}

#[test]
fn stores_are_never_made_silently_and_never_another_estates() {
    let estate = Estate::hello();
    estate.fails(&["plan", "-env", "dev"], "estate-no-id", "strata.hcl:");
    estate.expect(&["init"], 0);
    let ignored = std::fs::read_to_string(estate.path(".strata/.gitignore")).expect("read");
    assert_eq!(ignored, "*\n", "the key is not committed");
    std::fs::rename(estate.path(".strata/estate.db"), estate.path("kept.db")).expect("moved");
    estate.fails(&["plan", "-env", "dev"], "store-missing", "strata.hcl:");
    estate.fails(&["init"], "store-missing", "strata.hcl:");
    assert!(!estate.path(".strata/estate.db").exists(), "nothing was made");

    let other = Estate::hello();
    other.expect(&["init"], 0);
    for name in ["estate.db", "master.key"] {
        std::fs::copy(other.path(".strata").join(name), estate.path(".strata").join(name))
            .expect("copied");
    }
    estate.fails(&["plan", "-env", "dev"], "store-foreign", "strata.hcl:");
    std::fs::remove_dir_all(estate.path(".strata")).expect("removed");
    estate.expect(&["validate"], 0);
    assert!(!estate.path(".strata").exists(), "a fresh clone is checked without its store");
}

#[test]
fn wrong_wiring_is_found_without_anything_else() {
    let check = |from: &str, to: &str, code: &str, place: &str| {
        let estate = Estate::hello();
        estate.edit("strata.hcl", from, to);
        estate.fails(&["validate"], code, place);
        assert!(!estate.path(".strata").exists());
    };
    check("stack.network.id", "stack.network.idd", "wiring-output-unknown", "stack.network.idd");
    check("stack.network.id", "stack.shop.services", "wiring-upward", "stack.shop.services");
    check("cidr = env.cidr", "cidr = stack.database.endpoint", "wiring-circle", "strata.hcl:");
    check(
        "stack.network.private_subnets\n  }\n}\n\nstack \"cluster\"",
        "\"x\"\n  }\n}\n\nstack \"cluster\"",
        "input-type",
        "\"x\"",
    );
    check("replicas = env.replicas", "replicsa = env.replicas", "input-undeclared", "replicsa");
    check("network_id = stack.network.id\n", "", "input-missing", "network_id");
    check("stack.cluster.endpoint", "stack.clutser.endpoint", "wiring-stack-unknown", "clutser");
    check("./stacks/shop", "./stacks/shopp", "stack-source", "./stacks/shopp");
}

#[test]
fn commands_ask_for_the_environment_where_there_are_several() {
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.fails(&["plan"], "env-needed", "dev, prod");
    estate.fails(&["plan", "-env", "test"], "env-unknown", "dev, prod");
    estate.fails(&["plan", "dev/nothing"], "stack-unknown", "dev/network");
    let document = estate.expect(&["plan", "dev/net*", "-json"], 0);
    assert_eq!(changed(&document), ["dev/network"]);
}
