//! Each key of an overlay does what its specification says, for a provider that the user's document and overlay tell of.

use plan::{Mode, Options};
use provider::Wanted;
use run::cloud::Cloud;
use schema::version::Constraints;

use crate::driver::{Stack, actions, clean, load, told};

const DOCUMENT: &str = r#"{
  "format_version": "1.0",
  "provider_schemas": {
    "registry.opentofu.org/acme/cloud": {
      "provider": {"version": 0, "block": {"attributes": {
        "region": {"type": "string", "optional": true}, "tags": {"type": ["map", "string"], "optional": true}}}},
      "resource_schemas": {
        "cloud_net": {"version": 0, "block": {"attributes": {
          "id": {"type": "string", "computed": true},
          "name": {"type": "string", "required": true},
          "range": {"type": "string", "optional": true, "computed": true},
          "mode": {"type": "string", "optional": true},
          "etag": {"type": "string", "computed": true},
          "link": {"type": "string", "computed": true},
          "tags": {"type": ["map", "string"], "optional": true},
          "tags_all": {"type": ["map", "string"], "computed": true},
          "secret": {"type": "string", "optional": true, "write_only": true}},
          "block_types": {"policy": {"nesting_mode": "list", "block": {"attributes": {
            "text": {"type": "string", "optional": true}}}}, "rule": {"nesting_mode": "set", "block": {"attributes": {
            "port": {"type": "number", "required": true},
            "rule_id": {"type": "string", "computed": true}}}}}}},
        "cloud_host": {"version": 0, "block": {"attributes": {
          "id": {"type": "string", "computed": true},
          "net_id": {"type": "string", "required": true},
          "groups": {"type": ["set", "string"], "optional": true}}}}
      },
      "data_source_schemas": {
        "cloud_net": {"version": 0, "block": {"attributes": {
          "id": {"type": "string", "computed": true},
          "name": {"type": "string", "optional": true},
          "range": {"type": "string", "computed": true}}}},
        "cloud_hosts": {"version": 0, "block": {"attributes": {
          "net_id": {"type": "string", "required": true},
          "ids": {"type": ["list", "string"], "computed": true}}}}
      }
    }
  }
}"#;

const OVERLAY: &str = r#"
provider = "acme/cloud"
sdk = "legacy"
within = "{region}"

[names]
region = "{provider:region|'here'}"

[[merged]]
into = "tags_all"
of = ["provider:tags", "tags"]

[[type]]
name = "cloud_net"
id = "net-{hex:8}"
replaces = ["range", "rule.*.port"]
known_at_plan = ["range"]
changes = ["etag"]
defaults = { range = "10.0.0.0/16", mode = "routed" }
values = { link = "cloud://{region}/{attr:name}/{id}", etag = "{hex:8}", "rule.*.rule_id" = "rule-{hex:4}", policy = [{ text = "{id} is free" }] }
unique = ["name"]
holds = [{ type = "cloud_host", by = "net_id" }]

[[type]]
name = "cloud_host"
id = "host-{hex:8}"

[[data]]
name = "cloud_net"
finds = { type = "cloud_net", by = ["name"], required = true }

[[data]]
name = "cloud_hosts"
lists = { type = "cloud_host", by = ["net_id"] }
values = { ids = ["{each:id}"] }
"#;

fn with_provider(text: &str) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    cloud = {{ source = \"acme/cloud\" }}\n  }}\n}}\n\
         provider \"cloud\" {{\n  region = \"eu\"\n  tags = {{ owner = \"us\" }}\n}}\n{text}"
    )
}

fn stack(text: &str) -> Stack {
    Stack::of_own(&with_provider(text), DOCUMENT, OVERLAY)
}

const NET: &str = "resource \"cloud_net\" \"a\" {\n  name = \"a\"\n  tags = { x = \"y\" }\n  secret = \"s\"\n  rule {\n    port = 1\n  }\n}\n";

#[test]
fn values_defaults_and_merged_maps_are_as_told() {
    let mut stack = stack(NET);
    let plan = stack.plan();
    let after = &plan.changes[0].after;
    assert_eq!(after.attr("range").unwrap().as_str(), Some("10.0.0.0/16"), "known in the plan");
    assert_eq!(after.attr("mode").unwrap().as_str(), Some("routed"), "a legacy default");
    assert_eq!(after.attr("tags_all").unwrap().len(), Some(2));
    assert!(!after.attr("link").unwrap().is_known());
    assert!(!after.attr("policy").unwrap().is_known(), "blocks that the old SDK computes");
    let stack = stack.applied();
    let net = stack.attrs("cloud_net.a");
    let id = net["id"].as_str().unwrap();
    assert!(id.starts_with("net-") && id.len() == 12, "{id}");
    assert_eq!(net["link"], format!("cloud://eu/a/{id}"));
    assert!(net["rule"][0]["rule_id"].as_str().unwrap().starts_with("rule-"));
    assert!(net["secret"].is_null());
    assert_eq!(net["policy"][0]["text"], format!("{id} is free"));
}

#[test]
fn an_update_changes_what_follows_and_leaves_the_rest() {
    let mut stack = stack(NET).applied();
    let before = stack.attrs("cloud_net.a");
    stack.config = load(&with_provider(&NET.replace("\"a\"\n  tags", "\"b\"\n  tags")));
    let plan = stack.plan();
    assert_eq!(actions(&plan), ["Update cloud_net.a"]);
    clean(&stack.apply(plan));
    let after = stack.attrs("cloud_net.a");
    assert_eq!(before["id"], after["id"]);
    assert_ne!(before["etag"], after["etag"]);
    assert_eq!(after["link"], format!("cloud://eu/b/{}", after["id"].as_str().unwrap()));
    assert_eq!(before["rule"], after["rule"]);
}

#[test]
fn what_replaces_replaces() {
    for (from, to) in
        [("port = 1", "port = 2"), ("name = \"a\"", "name = \"a\"\n  range = \"10.1.0.0/16\"")]
    {
        let mut stack = stack(NET).applied();
        let before = stack.attrs("cloud_net.a");
        stack.config = load(&with_provider(&NET.replace(from, to)));
        let plan = stack.plan();
        assert_eq!(actions(&plan), ["DeleteThenCreate cloud_net.a"], "{to}");
        clean(&stack.apply(plan));
        assert_ne!(before["id"], stack.attrs("cloud_net.a")["id"]);
    }
}

#[test]
fn a_set_of_which_a_part_is_unknown_is_unknown_to_the_old_sdk() {
    let host =
        "resource \"cloud_host\" \"h\" {\n  net_id = \"n\"\n  groups = [cloud_net.a.id]\n}\n";
    let mut stack = stack(&format!("{NET}{host}"));
    let plan = stack.plan();
    let change = plan.changes.iter().find(|one| one.address.to_string() == "cloud_host.h");
    assert!(!change.unwrap().after.attr("groups").unwrap().is_known());
    stack.applied();
}

#[test]
fn two_of_one_name_are_refused() {
    let second = NET.replace("\"cloud_net\" \"a\"", "\"cloud_net\" \"b\"");
    let mut stack = stack(&format!("{NET}{second}"));
    let plan = stack.plan();
    let told = told(&stack.apply(plan));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("it exists") && told[0].contains("is that of cloud_net."), "{told:?}");
    assert_eq!(stack.rehearsal.existing().len(), 1);
}

#[test]
fn what_is_referred_to_does_not_go() {
    let host = "resource \"cloud_host\" \"h\" { net_id = cloud_net.a.id }\n";
    let mut stack = stack(&format!("{NET}{host}")).applied();
    // The host is in the cloud, and this state has forgotten it.
    stack.state.remove_resource(&"cloud_host.h".parse().unwrap()).unwrap();
    let (plan, diags) = stack.plan_with(Options { mode: Mode::Destroy, ..Options::default() });
    clean(&diags);
    let told = told(&stack.apply(plan));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("cloud_host.h still refers to it by net_id"), "{told:?}");
    assert!(stack.attrs("cloud_net.a")["id"].is_string());
}

#[test]
fn data_sources_find_what_is_there() {
    let text = format!(
        "{NET}resource \"cloud_host\" \"h\" {{ net_id = cloud_net.a.id }}\n\
         data \"cloud_net\" \"a\" {{\n  name = cloud_net.a.name\n  depends_on = [cloud_net.a]\n}}\n\
         data \"cloud_hosts\" \"h\" {{\n  net_id = cloud_net.a.id\n  depends_on = [cloud_host.h]\n}}\n\
         output \"net\" {{ value = data.cloud_net.a.id }}\n\
         output \"hosts\" {{ value = data.cloud_hosts.h.ids }}\n"
    );
    let stack = stack(&text).applied();
    let value = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&stack.state.outputs[name].value).unwrap()
    };
    assert_eq!(value("net"), stack.attrs("cloud_net.a")["id"]);
    assert_eq!(value("hosts")[0], stack.attrs("cloud_host.h")["id"]);
    let mut none = self::stack("data \"cloud_net\" \"a\" { name = \"z\" }\n");
    let (_, diags) = none.plan_with(Options::default());
    assert!(told(&diags)[0].contains("nothing to find"), "{:?}", told(&diags));
}

#[test]
fn an_overlay_that_does_not_fit_is_refused_with_its_place() {
    for (from, to, expect) in [
        (
            "changes = [\"etag\"]",
            "changes = [\"etags\"]",
            "cloud_net: etags leads nowhere in the schema.",
        ),
        (
            "range = \"10.0.0.0/16\", mode",
            "range = [1], mode",
            "cloud_net: range has a default of another type.",
        ),
        (
            "values = { link",
            "values = { name = \"x\", link",
            "cloud_net: name has a value, but is not computed.",
        ),
    ] {
        let stack = Stack::of_own(&with_provider(NET), DOCUMENT, &OVERLAY.replace(from, to));
        let address = "registry.opentofu.org/acme/cloud".parse().unwrap();
        let asked = stack.rehearsal.schemas("", &address, &Constraints::default(), &Wanted::All);
        let wrong = asked.unwrap_err();
        assert_eq!(wrong.detail, expect);
        assert!(wrong.span.is_some() && !wrong.remedy.is_empty());
    }
}
