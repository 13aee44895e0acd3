//! `state resolve`: objects of a run that was killed.

use serde_json::json;
use store::StackKey;

use crate::support::Folder;
use crate::world::{Create, leave_in_doubt, store_of, store_of_estate};

#[test]
fn a_person_resolves_what_is_in_doubt() {
    let folder = Folder::applied();
    folder.write(
        "more.tf",
        "resource \"terraform_data\" \"new\" {}\nresource \"terraform_data\" \"other\" {}\n",
    );
    assert_eq!(folder.expect(&["state", "resolve"], 0), "Nothing is in doubt.\n");
    let creates = ["terraform_data.new", "terraform_data.other"].map(Create::built_in);
    leave_in_doubt(&store_of(&folder), &StackKey::root(), &creates);
    let doubt = |name: &str| json!({ "address": format!("terraform_data.{name}"), "action": "create", "run": "p-KILLED" });
    let listed = folder.json(&["state", "resolve", "-json"]);
    assert_eq!(listed, json!({ "in_doubt": [doubt("new"), doubt("other")] }));
    let plan = ["plan", "-detailed-exitcode", "-var", "unset=given"];
    // What is in doubt is left, and told; a destruction would go around it, and is refused.
    let page = folder.expect(&plan, 2);
    assert!(page.contains("nobody knows whether an object exists"), "{page}");
    assert!(page.contains("plan: 0 to add"), "{page}");
    folder.fails(&["plan", "-destroy", "-var", "unset=given"], "in-doubt");
    folder.expect(&["apply", "-auto-approve", "-var", "unset=given"], 0);
    assert_eq!(folder.json(&["state", "resolve", "-json"]), listed, "it stays in doubt");
    folder.fails(&["state", "resolve", "terraform_data.new"], "resolve-what");
    folder.fails(&["state", "resolve", "-absent"], "resolve-what");
    folder.fails(&["state", "resolve", "terraform_data.b", "-absent"], "not-in-doubt");
    let said = folder.expect(&["state", "resolve", "terraform_data.new", "-exists", "an-id"], 0);
    assert_eq!(said, "terraform_data.new is resolved: exists. 1 more in doubt.\n");
    let object = folder.json(&["state", "show", "-json", "terraform_data.new"]);
    assert_eq!(object["values"]["root_module"]["resources"][0]["values"]["id"], "an-id");
    assert_eq!(
        folder.json(&["state", "resolve", "-json"]),
        json!({ "in_doubt": [doubt("other")] })
    );
    folder.expect(&["state", "resolve", "terraform_data.other", "--absent"], 0);
    let left = folder.expect(&["state", "list", "terraform_data.new"], 0);
    assert_eq!(left, "terraform_data.new\n");
    assert_eq!(folder.expect(&["state", "resolve"], 0), "Nothing is in doubt.\n");
    let planned = folder.expect(&plan, 2);
    assert!(planned.contains("plan: 1 to add, 0 to change, 0 to destroy"), "{planned}");
}

#[test]
fn objects_of_an_estate_are_resolved_too() {
    let estate = Folder::estate();
    let stack = StackKey::from("dev/shop");
    let creates = ["terraform_data.extra[\"d\"]", "terraform_data.gone"].map(Create::built_in);
    leave_in_doubt(&store_of_estate(&estate), &stack, &creates);
    let list = estate.json(&["list", "-json"]);
    assert_eq!(list["stacks"][3]["in_doubt"], 2);
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 2);
    assert!(page.contains("deferred"), "{page}");
    let address = "dev/shop//terraform_data.extra[\"d\"]";
    estate.expect(&["state", "resolve", address, "-exists", "an-id"], 0);
    let gone = ["state", "resolve", "-stack", "dev/shop", "terraform_data.gone", "-absent"];
    let said = estate.json(&[&gone[..], &["-json"]].concat());
    assert_eq!(said, json!({ "resolved": "terraform_data.gone", "as": "absent", "in_doubt": 0 }));
    let page = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 2);
    assert!(
        page.contains("0 to add, 0 to change, 1 to destroy"),
        "one more than is configured: {page}"
    );
    let store = estate.json(&["store", "show", "-json"]);
    let events = store["events"]["last"].as_array().expect("events");
    let resolved = events.iter().filter(|event| event["what"] == "state-resolve");
    assert_eq!(resolved.count(), 2, "{events:?}");
}
