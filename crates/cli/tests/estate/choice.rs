//! An estate of many instances: chosen by address, layer, change and order; told about, listed and drawn.

use std::process::Command;

use serde_json::Value;

use crate::support::{Estate, changed};

const FILE: &str = r#"estate {
  name  = "acme"
  store = "sqlite:.strata/estate.db"
}

group "platform" {
  signers = "platform.signers"
}

layer "low" {
  owners = ["platform"]
}

layer "mid" {
  max_destroy = 5
}

layer "top" {}

environment "dev" {
  values = { cidrs = { eu = "10.1", us = "10.2" } }
}

environment "prod" {
  protected = true
  values    = { cidrs = { eu = "10.3" } }
}

stack "network" {
  layer    = "low"
  source   = "./stacks/network"
  for_each = env.cidrs
  inputs   = { cidr = each.value }
}

stack "cluster" {
  layer    = "mid"
  source   = "./stacks/cluster"
  for_each = env.cidrs
  inputs   = { network = stack.network[each.key].id }
}
"#;

const NETWORK: &str = r#"variable "cidr" {
  type = string
}

resource "terraform_data" "it" {
  input = var.cidr
}

output "id" {
  value = "net-${terraform_data.it.output}"
}
"#;

const CLUSTER: &str = r#"variable "network" {
  type = string
}

module "it" {
  source = "../../modules/data"
  text   = var.network
}

output "endpoint" {
  value = module.it.text
}
"#;

const DATA: &str = r#"variable "text" {
  type = string
}

resource "terraform_data" "it" {
  input = var.text
}

output "text" {
  value = terraform_data.it.output
}
"#;

const APPS: &str = r#"stack "apps" {
  layer  = "top"
  inputs = { clusters = { for key, one in stack.cluster : key => one.endpoint } }
}
"#;

const APPS_MODULE: &str = r#"variable "clusters" {
  type = map(string)
}

resource "terraform_data" "it" {
  input = var.clusters
}
"#;

fn acme() -> Estate {
    let estate = Estate::of(&[
        ("strata.hcl", FILE),
        ("stacks/network/main.tf", NETWORK),
        ("stacks/cluster/main.tf", CLUSTER),
        ("modules/data/main.tf", DATA),
        ("stacks/apps/stack.hcl", APPS),
        ("stacks/apps/main.tf", APPS_MODULE),
        ("platform.signers", ""),
        (".gitignore", ".strata\n"),
    ]);
    estate.expect(&["init"], 0);
    estate
}

/// The addresses in a document's `stacks`.
fn addresses(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let stacks = document["stacks"].as_array().expect("stacks");
    stacks.iter().map(|one| one["address"].as_str().expect("an address").to_owned()).collect()
}

fn git(estate: &Estate, args: &[&str]) {
    let fixed = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").args(fixed).args(args).current_dir(estate.path(".")).status();
    assert!(status.expect("git runs").success(), "git {args:?}");
}

#[test]
fn instances_are_planned_and_applied_by_key() {
    let estate = acme();
    let all = ["dev/network:eu", "dev/network:us", "dev/cluster:eu", "dev/cluster:us", "dev/apps"];
    assert_eq!(changed(&estate.expect(&["plan", "-env", "dev", "-json"], 0)), all);
    let some = estate.expect(&["plan", "dev/*:us", "-json"], 0);
    assert_eq!(changed(&some), ["dev/network:us", "dev/cluster:us"]);
    estate.expect(&["apply", "-env=dev", "-up-to=cluster:us", "-auto-approve"], 0);
    let outputs = estate.expect(&["output", "-env=dev", "-json"], 0);
    let outputs: Value = serde_json::from_str(&outputs).expect("JSON");
    assert_eq!(outputs["stacks"]["dev/cluster:us"]["endpoint"]["value"], "net-10.2");
    assert_eq!(outputs["stacks"]["dev/cluster:eu"], serde_json::json!({}));
    assert_eq!(estate.expect(&["output", "dev/cluster:us", "endpoint", "-raw"], 0), "net-10.2");
    estate.expect(&["apply", "-env=dev", "-auto-approve"], 0);
    let left = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert!(changed(&left).is_empty());
}

#[test]
fn a_stack_stands_in_a_file_of_its_own() {
    let estate = acme();
    let listed = estate.expect(&["list", "-json", "-env=prod"], 0);
    assert_eq!(addresses(&listed), ["prod/network:eu", "prod/cluster:eu", "prod/apps"]);
    estate.edit("stacks/apps/stack.hcl", "layer ", "source = \".\"\n  layer ");
    estate.fails(&["validate"], "estate-source", "stacks/apps/stack.hcl:2");
}

#[test]
fn a_stacks_folder_is_told_from_its_estate() {
    let estate = acme();
    let own = ["-chdir=stacks/network", "plan", "-var=cidr=10.1"];
    let ran = estate.run(&own);
    assert!(ran.err.contains("[stack-alone]") && ran.err.contains("`network`"), "{}", ran.err);
    for more in ["-env=dev", "-layer=low", "dev/network"] {
        estate.fails(&["-chdir=stacks/network", "plan", more], "no-estate", "-chdir=");
    }
}

#[test]
fn choices_narrow_widen_and_end() {
    let estate = acme();
    let list = |args: &[&str]| {
        let mut all = vec!["list", "-json"];
        all.extend(args);
        addresses(&estate.expect(&all, 0))
    };
    assert_eq!(list(&["-layer=mid"]), ["dev/cluster:eu", "dev/cluster:us", "prod/cluster:eu"]);
    assert_eq!(
        list(&["-layer=low", "*/*:us", "-with-dependents"]),
        ["dev/network:us", "dev/cluster:us", "dev/apps"]
    );
    assert_eq!(list(&["-env=prod", "-up-to=cluster"]), ["prod/network:eu", "prod/cluster:eu"]);
    estate.fails(&["list", "-layer=mdi"], "layer-unknown", "mid");
    estate.fails(&["list", "dev/nowhere"], "stack-unknown", "dev/network:eu");
    estate.fails(&["plan", "-env=dev", "-up-to=nowhere"], "stack-unknown", "nowhere");
    estate.fails(&["plan"], "env-needed", "prod");
    let far = ["plan", "-env=dev", "-target=dev/apps//terraform_data.it"];
    estate.fails(&far, "bad-address", "dev/apps -target=terraform_data.it");
    estate.fails(&["plan", "-env=dev", "-lock-timeout=soon"], "options-duration", "soon");
    estate.fails(&["plan", "dev/apps", "-layer=low"], "choice-empty", "-layer");
    estate.fails(&["plan", "dev/apps", "dve/network:us"], "env-unknown", "dve/network:us");
    estate.fails(&["validate", "dev/apps", "dve/apps"], "env-unknown", "dve/apps");
    estate.fails(&["plan", "-env=dev", "prod/apps"], "env-unknown", "Leave -env out");
}

#[test]
fn a_change_affects_what_it_reaches() {
    let estate = acme();
    let affected = || addresses(&estate.expect(&["affected", "HEAD", "-json"], 0));
    estate.fails(&["affected", "HEAD"], "git-no-repository", "");
    git(&estate, &["init", "-q"]);
    git(&estate, &["add", "."]);
    git(&estate, &["commit", "-qm", "first"]);
    assert_eq!(affected(), [""; 0]);
    // A leaf.
    estate.edit("stacks/apps/main.tf", "\"it\" {", "\"it\" {\n  triggers_replace = 1");
    assert_eq!(affected(), ["dev/apps", "prod/apps"]);
    git(&estate, &["commit", "-qam", "second"]);
    // A module that only one stack uses.
    estate.edit("modules/data/main.tf", "input = var.text", "input = upper(var.text)");
    let document = estate.expect(&["affected", "HEAD", "-json", "-env=dev"], 0);
    assert_eq!(addresses(&document), ["dev/cluster:eu", "dev/cluster:us", "dev/apps"]);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["stacks"][0]["causes"][0]["what"], "modules/data/main.tf");
    assert_eq!(document["stacks"][2]["changed"], false);
    assert_eq!(document["stacks"][2]["reads"][0], "dev/cluster:eu");
    git(&estate, &["commit", "-qam", "third"]);
    // One value of one environment.
    estate.edit("strata.hcl", "us = \"10.2\"", "us = \"10.9\"");
    assert_eq!(affected(), ["dev/network:us", "dev/cluster:us", "dev/apps"]);
    let text = estate.expect(&["affected", "HEAD", "-env=dev"], 0);
    assert!(text.contains("1 of 5 stacks changed, 2 more read them"), "{text}");
    assert!(text.contains("strata.hcl: inputs.cidr"), "{text}");
    let why = estate.expect(&["why", "dev/apps", "-affected=HEAD"], 0);
    assert!(why.contains("affected   reads dev/cluster:us"), "{why}");
    // Only a comment.
    git(&estate, &["commit", "-qam", "fourth"]);
    estate.edit("strata.hcl", "stack \"network\"", "# the ground\nstack \"network\"");
    assert_eq!(affected(), [""; 0]);
    let plan = estate.expect(&["plan", "-env=dev", "-affected=HEAD", "-json"], 0);
    assert_eq!(addresses(&plan), [""; 0]);
    let plan = estate.expect(&["plan", "-env=dev", "-affected=HEAD~1", "-json"], 0);
    assert_eq!(changed(&plan), ["dev/network:us", "dev/cluster:us", "dev/apps"]);
    estate.fails(&["affected", "nowhere"], "git-reference", "nowhere");
}

#[test]
fn validate_leaves_out_what_is_not_chosen() {
    let estate = acme();
    estate.edit("stacks/apps/stack.hcl", "inputs = {", "inputs = { x = 1,");
    estate.fails(&["validate"], "input-undeclared", "stacks/apps/stack.hcl");
    estate.fails(&["validate", "*/apps"], "input-undeclared", "stacks/apps/stack.hcl");
    estate.fails(
        &["validate", "-layer=low", "-with-dependents"],
        "input-undeclared",
        "stacks/apps",
    );
    estate.expect(&["validate", "-layer=low"], 0);
    estate.expect(&["validate", "dev/network:*"], 0);
    estate.fails(&["validate", "dev/nowhere"], "stack-unknown", "dev/network:eu");
}

#[test]
fn locked_versions_and_secrets_affect_who_uses_them() {
    let lock = |version: &str| {
        format!(
            "provider \"registry.opentofu.org/hashicorp/aws\" {{\n  version = \"{version}\"\n}}\n"
        )
    };
    let estate = acme();
    let aws =
        "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n";
    estate.write("modules/data/versions.tf", aws);
    estate.write(".terraform.lock.hcl", &lock("5.1.0"));
    estate.write("psk", "one");
    estate.edit("strata.hcl", "group \"", "secret \"psk\" {\n  file = \"psk\"\n}\n\ngroup \"");
    estate.edit("strata.hcl", "cidr = each.value", "cidr = \"${each.value}${secret.psk}\"");
    git(&estate, &["init", "-q"]);
    git(&estate, &["add", "."]);
    git(&estate, &["commit", "-qm", "first"]);
    let causes = || {
        let document = estate.expect(&["affected", "HEAD", "-env=prod", "-json"], 0);
        let document: Value = serde_json::from_str(&document).expect("JSON");
        let stacks = document["stacks"].as_array().expect("stacks").clone();
        let changed = stacks.into_iter().filter(|one| one["changed"] == true);
        changed.map(|one| (one["address"].clone(), one["causes"][0].clone())).collect::<Vec<_>>()
    };
    estate.write(".terraform.lock.hcl", &lock("5.2.0"));
    let name = "registry.opentofu.org/hashicorp/aws";
    let cause = serde_json::json!({ "kind": "provider", "what": name });
    assert_eq!(causes(), [("prod/cluster:eu".into(), cause)]);
    // Further hashes of the same version change nothing.
    let hashes = lock("5.1.0").replace("\n}", "\n  hashes  = [\"h1:x\"]\n}");
    estate.write(".terraform.lock.hcl", &hashes);
    assert_eq!(causes(), []);
    estate.write("psk", "two");
    let cause = serde_json::json!({ "kind": "secret", "what": "psk" });
    assert_eq!(causes(), [("prod/network:eu".into(), cause)]);
}

#[test]
fn why_tells_wires_owners_and_limits() {
    let estate = acme();
    let text = estate.expect(&["why", "dev/cluster:eu"], 0);
    for part in [
        "layer      mid (2 of 3)",
        "source     stacks/cluster",
        "approvals  none needed",
        "limits     at most 5 destroyed in the layer, at most 20 deferred",
        "dev/network:eu  id -> network  (strata.hcl:41,26)",
        "dev/apps  endpoint -> clusters  (stacks/apps/stack.hcl:3,66)",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let text = estate.expect(&["why", "*/network:eu"], 0);
    assert!(text.contains("1 of platform, for 72 h; only warn here"), "{text}");
    assert!(text.contains("1 of platform, for 72 h; bind here"), "{text}");
    let document = estate.expect(&["why", "dev/apps", "-json"], 0);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["stacks"][0]["reads"][1]["stack"], "dev/cluster:us");
    estate.edit("stacks/apps/stack.hcl", "inputs", "hosted_by = stack.network[\"eu\"]\n  inputs");
    let text = estate.expect(&["why", "dev/network:eu", "dev/apps"], 0);
    assert!(text.contains("hosts      dev/apps"), "{text}");
    assert!(text.contains("hosted by  dev/network:eu"), "{text}");
    estate.fails(&["why", "dev/nowhere"], "stack-unknown", "strata list");
}

#[test]
fn layers_are_drawn() {
    let estate = acme();
    let text = estate.expect(&["graph", "-layers", "-env=dev"], 0);
    assert_eq!(
        text,
        "acme/dev: 3 layers, 5 stacks\n\n\
         top\n  apps        reads cluster:eu, cluster:us\n\n\
         mid\n  cluster:eu  reads network:eu\n  cluster:us  reads network:us\n\n\
         low\n  network:eu\n  network:us\n"
    );
    let mermaid = estate.expect(&["graph", "-layers", "-env=dev", "-format=mermaid"], 0);
    assert!(
        mermaid.starts_with("flowchart BT\n") && mermaid.contains("|\"endpoint\"|"),
        "{mermaid}"
    );
    let svg = estate.expect(&["graph", "-layers", "-format=svg", "dev/*:eu"], 0);
    assert!(svg.starts_with("<svg ") && svg.matches("class=\"stack\"").count() == 2, "{svg}");
}

#[test]
fn what_the_file_no_longer_names_is_listed() {
    let estate = acme();
    estate.expect(&["apply", "-env=dev", "-up-to=network", "-auto-approve"], 0);
    estate.edit("strata.hcl", "us = \"10.2\"", "ap = \"10.2\"");
    let list = |args: &[&str]| estate.expect(&[&["list"], args].concat(), 0);
    assert!(list(&["dev/network:us"]).contains("dev/network:us  ORPHAN"), "{}", list(&[]));
    assert_eq!(addresses(&list(&["dev/network:us", "-json"])), ["dev/network:us"]);
    let moved = "moved {\n  from = stack.network[\"us\"]\n  to   = stack.network[\"ap\"]\n}\n";
    estate.edit("strata.hcl", "group \"platform\"", &format!("{moved}\ngroup \"platform\""));
    assert!(
        list(&[]).contains("MOVED") && list(&[]).contains("becomes dev/network:ap"),
        "{}",
        list(&[])
    );
    estate.edit("strata.hcl", moved, "removed {\n  from = stack.network[\"us\"]\n}\n");
    assert!(list(&[]).contains("REMOVED"), "{}", list(&[]));
}

#[test]
fn bad_files_are_told_by_code_place_and_remedy() {
    let check = |from: &str, to: &str, code: &str, place: &str| {
        let estate = acme();
        estate.edit("strata.hcl", from, to);
        estate.fails(&["validate"], code, place);
    };
    check("[\"platform\"]", "[\"plaform\"]", "estate-unknown-name", "strata.hcl:12,13");
    check("max_destroy = 5", "provider \"asw\" {}", "provider-unrequired", "strata.hcl:16,3");
    check("cidr = each.value", "cidr = 1", "stack-shared-state", "strata.hcl:");
    check("[each.key].id", "[\"mars\"].id", "wiring-key-unknown", "strata.hcl:");
    check(
        "for_each = env.cidrs\n  inputs   = { cidr",
        "for_each = env.cidr\n  inputs   = { cidr",
        "estate-reference-unknown",
        "strata.hcl:",
    );
}
