//! The same commands in an estate, where each state is a stack's.

use serde_json::{Value, json};

use crate::support::{Folder, lines};

#[test]
fn in_an_estate_each_command_names_its_stack() {
    let estate = Folder::estate();
    estate.fails(&["state", "list"], "stack-needed");
    estate.fails(&["output"], "env-needed");
    let outputs = estate.json(&["output", "-env", "dev", "-json"]);
    assert_eq!(outputs["stacks"].as_object().map(serde_json::Map::len), Some(4));
    estate.fails(&["state", "list", "-stack", "dev/none"], "stack-unknown");
    estate.fails(&["state", "pull", "-stack", "dev/network", "-state", "x"], "options-state");
    estate.fails(&["state", "rm", "-stack", "dev/shop", "dev/network//a.b"], "stacks-differ");
    let by_option = estate.expect(&["state", "list", "-stack", "dev/network"], 0);
    assert_eq!(lines(&by_option).len(), 4);
    let vpc = "dev/network//terraform_data.vpc";
    assert_eq!(estate.expect(&["state", "list", vpc], 0), "terraform_data.vpc\n");
    let id = estate.expect(&["output", "dev/network", "id"], 0);
    assert_eq!(estate.expect(&["output", "-env", "dev", "network", "id"], 0), id);
    let ran = estate.run_with(&["console", "dev/database"], "var.network_id\n");
    assert_eq!((ran.out, ran.code), (id, 0), "{}", ran.err);
    let shown = estate.json(&["show", "-json", "dev/network"]);
    assert_eq!(shown["values"]["root_module"]["resources"].as_array().map(Vec::len), Some(4));
    let all = estate.json(&["show", "-json", "-env", "dev"]);
    assert_eq!(all["stacks"].as_object().map(serde_json::Map::len), Some(4));
    let list = estate.json(&["list", "-json"]);
    assert_eq!(list["stacks"].as_array().map(Vec::len), Some(8));
    assert_eq!(list["stacks"][0]["objects"], 4);
    let graph = estate.json(&["graph", "-env", "dev", "-json"]);
    let edge = json!({ "from": "dev/shop", "to": "dev/cluster", "through": "endpoint" });
    assert!(graph["edges"].as_array().expect("edges").contains(&edge));
    assert!(estate.expect(&["providers", "dev/network"], 0).contains("required by dev/network:"));
    assert_eq!(estate.expect(&["lock", "show"], 0), "No lease is held.\n");
}

#[test]
fn a_changed_state_of_an_estate_leaves_an_event() {
    let estate = Folder::estate();
    estate.fails(&["store", "create"], "store-exists");
    let pulled = estate.expect(&["state", "pull", "-stack", "dev/network"], 0);
    estate.expect(
        &["state", "mv", "-stack", "dev/network", "terraform_data.vpc", "terraform_data.v"],
        0,
    );
    estate.expect(&["state", "rm", "dev/network//terraform_data.v"], 0);
    estate.write("pulled", &pulled);
    estate.fails(&["state", "push", "-stack", "dev/network", "pulled"], "state-serial");
    estate.expect(&["state", "push", "-stack", "dev/network", "-force", "pulled"], 0);
    let store = estate.json(&["store", "show", "-json"]);
    let events = store["events"]["last"].as_array().expect("events");
    let told: Vec<(&str, &Value)> =
        events.iter().map(|e| (e["what"].as_str().expect("a word"), &e["serials"])).collect();
    assert_eq!(
        told[told.len() - 3..],
        [
            ("state-mv", &json!([1, 2])),
            ("state-rm", &json!([2, 3])),
            ("state-push", &json!([3, 4])),
        ]
    );
    let plan = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    assert!(plan.contains("no changes"), "{plan}");
    let id = plan.split_whitespace().find(|word| word.starts_with("p-")).expect("an id").to_owned();
    let document = estate.json(&["show", "-json", &id]);
    assert_eq!(document["stacks"].as_object().map(serde_json::Map::len), Some(4));
    let one = estate.json(&["show", "-json", &id, "dev/shop"]);
    assert_eq!(one["stacks"].as_object().map(serde_json::Map::len), Some(1));
    assert!(estate.expect(&["show", &id, "dev/shop"], 0).contains("hello/dev: no changes."));
    estate.fails(&["show", &id, "dev/none"], "show-stack");
}
