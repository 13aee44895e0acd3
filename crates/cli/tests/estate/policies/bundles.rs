//! The estate's own bundles through the program: severities, glass, staleness, commits, tests, imports.

use std::process::Command;

use serde_json::Value as Json;

use crate::support::Estate;

const STRATA: &str = r#"
estate { name = "shop" }
layer "base" {}
layer "apps" {}
environment "dev" {}
policy "own" {
  source = "./policies"
  values = { forbidden = ["open"] }
}
stack "below" {
  layer  = "base"
  source = "./below"
}
stack "above" {
  layer  = "apps"
  source = "./above"
  inputs = { mode = stack.below.mode }
}
"#;
const BELOW: &str = "resource \"terraform_data\" \"mode\" { input = \"closed\" }\noutput \"mode\" { value = terraform_data.mode.output }\n";
const ABOVE: &str =
    "variable \"mode\" {}\nresource \"terraform_data\" \"door\" { input = var.mode }\n";
const RULE: &str = r#"package doors

import rego.v1

deny contains {"msg": sprintf("%s is %s", [rc.address, rc.change.after.input]), "address": rc.address} if {
	some rc in input.resource_changes
	input.strata.stack.name == "above"
	rc.change.after.input in input.strata.values.forbidden
}

warn contains "somebody looks" if input.strata.what.step == "nobody"
"#;

fn estate() -> Estate {
    let estate = Estate::of(&[
        ("strata.hcl", STRATA),
        ("below/main.tf", BELOW),
        ("above/main.tf", ABOVE),
        ("policies/doors.rego", RULE),
    ]);
    estate.expect(&["init"], 0);
    estate
}

fn id(out: &str) -> String {
    let id = out.split_whitespace().find(|word| word.starts_with("p-")).expect(out);
    id.trim_end_matches([',', '.']).to_owned()
}

#[test]
fn what_is_not_decided_is_listed_and_decided_before_the_calls() {
    let estate = estate();
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    assert!(page.contains("not yet decided") && page.contains("own"), "{page}");
    // It turns out well.
    estate.expect(&["apply", "-auto-approve", "-env", "dev"], 0);
    // It does not.
    estate.edit("below/main.tf", "\"closed\"", "\"open\"");
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    assert!(page.contains("not yet decided"), "{page}");
    let ran = estate.run(&["apply", &id(&page), "-auto-approve"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(
        ran.err.contains("[policy-denied]") && ran.err.contains("terraform_data.door is open"),
        "{}",
        ran.err
    );
    // Now it is known when it is planned.
    let refused = estate.run(&["apply", "-auto-approve", "-env", "dev"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("[policy-denied]"), "{}", refused.err);
    // In an emergency, with a reason that is kept.
    estate.expect(
        &["apply", "-auto-approve", "-env", "dev", "--break-glass", "the door must open"],
        0,
    );
}

#[test]
fn a_bundle_that_changes_makes_the_plan_stale() {
    let estate = estate();
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    estate.write(
        "policies/more.rego",
        "package doors\n\nimport rego.v1\n\nwarn contains \"more\" if false\n",
    );
    estate.fails(&["apply", &id(&page), "-auto-approve"], "plan-stale", "");
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    // Its tests decide nothing.
    estate.write(
        "policies/doors_test.rego",
        "package doors_test\n\nimport rego.v1\n\ntest_it if true\n",
    );
    estate.expect(&["apply", &id(&page), "-auto-approve"], 0);
}

#[test]
fn a_broken_bundle_is_told_with_its_place() {
    let estate = estate();
    estate.write(
        "policies/doors.rego",
        "package doors\n\nimport rego.v1\n\ndeny contains 1 if strartswith(\"a\", \"b\")\n",
    );
    estate.fails(&["plan", "-env", "dev"], "policy-unknown-name", "doors.rego:5");
    estate.fails(&["validate"], "policy-unknown-name", "strata.hcl:");
    estate.write("policies/doors.rego", "package doors\ndeny contains {\n");
    estate.fails(&["validate"], "policy-syntax", "doors.rego:");
    estate.write("policies/doors.rego", "package doors\n\nimport rego.v1\n\ndeny contains 1 if { x := 1; x := 2; f(x) }\nf(x) if x\nf(x) if x + \"a\"\na := 1\na := 2\ndeny contains a if true\n");
    estate.fails(&["apply", "-auto-approve", "-env", "dev"], "policy-failed", "two values at once");
}

#[test]
fn a_bundle_of_a_repository_is_that_of_its_commit() {
    let estate = estate();
    let git = |args: &[&str]| {
        let out = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-C"])
            .arg(estate.path("repository"))
            .args(args)
            .output()
            .expect("git runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    estate.write("repository/rules/doors.rego", RULE);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let commit = git(&["rev-parse", "HEAD"]);
    estate.edit(
        "strata.hcl",
        "source = \"./policies\"",
        &format!("git    = \"./repository\"\n  commit = \"{commit}\"\n  source = \"rules\""),
    );
    let list = estate.expect(&["policy", "list"], 0);
    assert!(list.contains("doors.deny") && list.contains(&commit[..12]), "{list}");
    // What the branch says later is nothing to it.
    estate.write("repository/rules/doors.rego", "package doors\n");
    git(&["commit", "-qam", "two"]);
    assert_eq!(estate.expect(&["policy", "list"], 0), list);
    let unknown = "0123456789012345678901234567890123456789";
    estate.edit("strata.hcl", &commit, unknown);
    estate.fails(&["validate"], "policy-unreadable", unknown);
}

#[test]
fn tests_and_fixtures_pass_or_fail_by_name() {
    let estate = estate();
    let fixture = |decided: bool| {
        format!(
            r#"{{ "plan": {{ "resource_changes": [{{ "address": "a.b", "change": {{ "actions": ["create"], "after": {{}}, "after_unknown": {{ "input": true }} }} }}] }},
  "strata": {{ "stack": {{ "name": "above" }}, "values": {{ "forbidden": ["open"] }} }},
  "expect": [{{ "rule": "doors.deny", "decided": {decided} }}] }}"#
        )
    };
    estate.write("policies/wired.fixture.json", &fixture(false));
    estate.write(
        "policies/doors_test.rego",
        "package doors_test\n\nimport data.doors\nimport rego.v1\n\ntest_open if count(doors.deny) == 1 with input as {\"strata\": {\"stack\": {\"name\": \"above\"}, \"values\": {\"forbidden\": [\"open\"]}}, \"resource_changes\": [{\"address\": \"a.b\", \"change\": {\"after\": {\"input\": \"open\"}}}]}\n\ntest_unknown if count(doors.deny) == 1 with input as data.fixtures.wired\n",
    );
    let ran = estate.run(&["policy", "test", "policies"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("passed  policies: doors_test.test_open"), "{}", ran.out);
    assert!(ran.out.contains("depends on a.b.input, which is unknown"), "{}", ran.out);
    assert!(ran.out.contains("2 passed, 1 failed"), "{}", ran.out);
    estate.write("policies/wired.fixture.json", &fixture(true));
    assert!(estate.run(&["policy", "test"]).out.contains("not found: doors.deny"));
    estate.fails(&["policy", "test", "below"], "policy-empty", "below");
    estate.write("policies/wired.fixture.json", "{ \"plan\": {");
    estate.fails(&["policy", "test"], "policy-syntax", "as JSON");
}

#[test]
fn the_list_says_what_a_block_makes_of_its_rules() {
    let estate = estate();
    let source = "source = \"./policies\"";
    estate.edit("strata.hcl", source, &format!("{source}\n  severity = \"warn\""));
    let list = estate.expect(&["policy", "list"], 0);
    assert!(list.contains(" · at most warn"), "{list}");
    let list = estate.expect(&["policy", "list", "-json"], 0);
    assert!(list.contains("\"at_most\": \"warn\""), "{list}");
}

#[test]
fn a_plan_is_checked_by_the_estate_or_by_a_bundle() {
    let estate = estate();
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    let told = estate.expect(&["policy", "check", &id(&page), "-json"], 0);
    let told: Json = serde_json::from_str(&told).expect("JSON");
    let finding = &told["findings"][0];
    assert_eq!(finding["decided"], false, "{told}");
    assert!(finding["policy"].is_string() && finding["severity"] == "deny", "{told}");
    assert!(!finding["rule"].as_str().expect("a rule").contains(' '), "{told}");
    let document = estate.expect(&["show", "-json", &id(&page)], 0);
    estate.write("plan.json", &document);
    estate.write("strict/a.rego", "package strict\n\ndeny[msg] { input.resource_changes[_].type == \"terraform_data\"; msg := \"no data\" }\n");
    let ran = estate.run(&["policy", "check", "plan.json", "-bundle=strict"]);
    assert_eq!((ran.code, ran.out.contains("no data")), (1, true), "{}\n{}", ran.out, ran.err);
    estate.fails(&["policy", "check", "plan.json"], "policy-bundle", "");
}

#[test]
fn policies_of_conftest_are_taken_in() {
    let estate = estate();
    estate.write(
        "theirs/policy/base.rego",
        "package main\n\nimport data.lib\n\nblocked := [\"aws_iam_user\"]\n\nresources := [r | r := input.resource_changes[_]]\n\ndeny[msg] {\n\tr := resources[_]\n\tlib.creates(r)\n\tr.type == blocked[_]\n\tmsg := sprintf(\"%s is not wanted\", [r.address])\n}\n\nviolation[{\"msg\": msg, \"details\": {}}] {\n\tinput.planned_values.root_module.resources[_].values.input == \"open\"\n\tmsg := \"open\"\n}\n\nwarn[msg] {\n\tnot input.configuration\n\tmsg = \"no configuration\"\n}\n",
    );
    estate.write(
        "theirs/policy/lib.rego",
        "package lib\n\ncreates(r) { r.change.actions[_] == \"create\" }\n",
    );
    let told = estate.expect(&["policy", "import", "theirs/policy", "-name=theirs"], 0);
    for part in ["main.deny", "main.violation", "main.warn", "policies/theirs", "policy \"theirs\""]
    {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    estate.fails(&["policy", "import", "theirs/policy", "-name=theirs"], "policy-exists", "");
    estate.edit("strata.hcl", "policy \"own\" {", "policy \"theirs\" {\n  source   = \"./policies/theirs\"\n  packages = [\"main\"]\n}\npolicy \"own\" {");
    estate.edit("below/main.tf", "\"closed\"", "\"open\"");
    let ran = estate.run(&["apply", "-auto-approve", "-env", "dev"]);
    assert!(
        ran.err.contains("[policy-denied]") && ran.err.contains("main.violation"),
        "{}",
        ran.err
    );
    // What cannot be taken is told, and nothing is written.
    estate.write("theirs/policy/net.rego", "package net\n\ndeny[m] { m := http.send({}) }\n");
    estate.fails(
        &["policy", "import", "theirs/policy", "-name=other"],
        "policy-not-taken",
        "net.rego:3",
    );
    assert!(!estate.path("policies/other").exists());
}

#[test]
fn what_a_group_has_to_approve_waits_for_it_where_approvals_bind() {
    let estate = estate();
    estate.edit("strata.hcl", "environment \"dev\" {}", "environment \"dev\" {}\nenvironment \"prod\" { protected = true }\ngroup \"security\" { signers = \"security.signers\" }");
    estate.edit(
        "strata.hcl",
        "source = \"./policies\"",
        "source = \"./policies\"\n  severity = \"approve\"\n  group = \"security\"",
    );
    estate.write("security.signers", "# nobody yet\n");
    estate.edit("above/main.tf", "var.mode }", "\"open\" }");
    let page = estate.expect(&["plan", "-env", "prod", "-json"], 0);
    let page: Json = serde_json::from_str(&page).expect("JSON");
    assert_eq!(page["policies"][0]["standing"], "needs_approval", "{page:#}");
    assert_eq!(page["policies"][0]["group"], "security", "{page:#}");
    estate.fails(&["apply", "-auto-approve", "-env", "prod"], "approvals-missing", "`security`");
    // Not protected: it is told, and goes on.
    estate.expect(&["apply", "-auto-approve", "-env", "dev"], 0);
    // A group that is none refuses, rather than that nobody is asked.
    estate.edit(
        "policies/doors.rego",
        "\"address\": rc.address}",
        "\"address\": rc.address, \"group\": \"nobody\"}",
    );
    estate.fails(&["apply", "-auto-approve", "-env", "prod"], "policy-failed", "nobody");
}

#[test]
fn what_only_the_calls_will_tell_goes_on_unless_the_block_says_otherwise() {
    let estate = estate();
    estate.write("policies/doors.rego", "package doors\n\nimport rego.v1\n\ndeny contains \"an id of ours\" if {\n\tsome rc in input.resource_changes\n\tstartswith(rc.change.after.id, \"ours\")\n}\n");
    let page = estate.expect(&["plan", "-env", "dev"], 0);
    assert!(page.contains("not yet decided"), "{page}");
    estate.edit(
        "strata.hcl",
        "source = \"./policies\"",
        "source = \"./policies\"\n  undecided = \"deny\"",
    );
    estate.fails(&["apply", "-auto-approve", "-env", "dev"], "policy-undecided", "terraform_data.");
    estate.edit("strata.hcl", "undecided = \"deny\"", "undecided = \"warn\"");
    estate.expect(&["apply", "-auto-approve", "-env", "dev"], 0);
}
