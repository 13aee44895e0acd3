//! `strata adopt`, `strata store adopt` and `strata shadow`: a Terragrunt tree becomes an estate that changes nothing.

use crate::support::Estate;

const BASE: &str = "resource \"terraform_data\" \"it\" {\n  input = \"base\"\n}\n\noutput \"name\" {\n  value = terraform_data.it.output\n}\n";
const TOP: &str = "variable \"name\" {\n  type = string\n}\n\nresource \"terraform_data\" \"it\" {\n  input = var.name\n}\n";
const TOP_UNIT: &str = "dependency \"base\" {\n  config_path = \"../base\"\n}\n\ninputs = {\n  name = \"${dependency.base.outputs.name}-top\"\n}\n";

/// A tree of two units whose root modules lie beside them and have been applied, and the folder of the tree.
fn tree() -> Estate {
    let tree = Estate::of(&[
        ("dev/base/main.tf", BASE),
        ("dev/base/terragrunt.hcl", ""),
        ("dev/top/main.tf", TOP),
        ("dev/top/terragrunt.hcl", TOP_UNIT),
    ]);
    tree.expect(&["-chdir=dev/base", "apply", "-auto-approve"], 0);
    tree.expect(&["-chdir=dev/top", "apply", "-auto-approve", "-var", "name=base-top"], 0);
    tree
}

/// A program in the place of `tofu` that shows this document as its plan.
fn stand_in(tree: &Estate, document: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    tree.write("document.json", document);
    let shown = tree.path("document.json").display().to_string();
    tree.write(
        "tofu",
        &format!("#!/bin/sh\nif [ \"$1\" = show ]; then cat {shown}; fi\nls -a >> {shown}.seen\n"),
    );
    let program = tree.path("tofu");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made");
    format!("-tofu={}", program.display())
}

#[test]
fn a_tree_becomes_an_estate_that_changes_nothing() {
    let tree = tree();
    let before = std::fs::read(tree.path("dev/top/terraform.tfstate")).expect("a state");
    let shown = tree.expect(&["adopt", ".", "-dry-run"], 0);
    assert!(shown.contains("name = \"${stack.base.name}-top\""), "{shown}");
    assert!(!tree.path("strata.hcl").exists(), "a dry run writes nothing");
    let told = tree.expect(&["adopt", "."], 0);
    assert!(
        told.contains("2 stacks with 2 instances") && told.contains("All of the tree was read"),
        "{told}"
    );
    tree.fails(&["adopt", "."], "adopt-exists", "strata.hcl");
    assert_eq!(tree.expect(&["validate"], 0), "Valid.\n");
    tree.expect(&["fmt", "-check", "strata.hcl"], 0);
    tree.expect(&["init"], 0);
    // Without the states everything would be made anew.
    tree.fails(&["plan"], "state-not-adopted", "strata.hcl:");
    tree.fails(&["apply", "-auto-approve"], "state-not-adopted", "strata store adopt 'dev/base'");
    let taken = tree.expect(&["store", "adopt"], 0);
    assert!(taken.contains("2 of 2 states were taken"), "{taken}");
    tree.expect(&["plan", "-detailed-exitcode"], 0);
    let again = tree.expect(&["store", "adopt", "dev/base"], 0);
    assert!(again.contains("there already") && again.contains("0 of 1"), "{again}");
    assert_eq!(std::fs::read(tree.path("dev/top/terraform.tfstate")).expect("a state"), before);
}

#[test]
fn states_are_taken_all_or_none_and_never_over_others() {
    let tree = tree();
    tree.expect(&["adopt", "."], 0);
    tree.expect(&["init"], 0);
    let state = std::fs::read_to_string(tree.path("dev/top/terraform.tfstate")).expect("a state");
    tree.write("dev/top/terraform.tfstate", "{");
    tree.fails(&["store", "adopt"], "adopted-unreadable", "dev/top");
    tree.fails(&["plan"], "state-not-adopted", "dev/base"); // which could be read
    tree.write("dev/top/terraform.tfstate", &state);
    tree.fails(&["store", "adopt", "prod/*"], "env-unknown", "prod");
    tree.expect(&["store", "adopt"], 0);
    tree.edit("dev/base/terraform.tfstate", "\"lineage\": \"", "\"lineage\": \"0");
    tree.fails(&["store", "adopt", "dev/base"], "adopted-otherwise", "dev/base");
    tree.expect(&["plan", "-detailed-exitcode"], 0);
}

#[test]
fn shadow_compares_and_writes_nothing() {
    let tree = tree();
    tree.expect(&["adopt", "."], 0);
    tree.expect(&["init"], 0);
    let same = r#"{ "resource_changes": [], "output_changes": {} }"#;
    let told = tree.expect(&["shadow", &stand_in(&tree, same)], 0);
    assert!(told.contains("2 of 2 stacks gave the same plan. Nothing was written."), "{told}");
    // What it was given lay in a folder of its own, which is gone.
    let seen = std::fs::read_to_string(tree.path("document.json.seen")).expect("it was run");
    for file in
        ["main.tf", "terraform.tfstate", "strata.auto.tfvars.json", "zz_strata_shadow_override.tf"]
    {
        assert!(seen.contains(file), "{file} is not in {seen}");
    }
    assert!(!tree.path("dev/top/strata.auto.tfvars.json").exists());
    tree.fails(&["plan"], "state-not-adopted", "strata.hcl:"); // the store has nothing still
    let other = r#"{ "resource_changes": [
        { "address": "terraform_data.it", "change": { "actions": ["delete", "create"] } }
    ] }"#;
    let ran = tree.run(&["shadow", "dev/top", &stand_in(&tree, other)]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.out.contains("terraform_data.it: strata nothing, tofu delete, then create"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("0 of 1 stacks gave the same plan"), "{}", ran.out);
    let ran = tree.run(&["shadow", "dev/top", &stand_in(&tree, "no document"), "-json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("\"not_compared\"") && ran.out.contains("\"same\": 0"), "{}", ran.out);
    tree.fails(&["shadow", "-tofu=/nowhere/tofu"], "shadow-tofu", "/nowhere/tofu");
}

#[test]
fn nothing_is_half_written() {
    let place = Estate::of(&[("x/readme", "")]);
    place.fails(&["adopt", "x"], "adopt-nothing", "holds no Terragrunt unit");
    place.fails(&["adopt", "y"], "adopt-folder", "y is no folder");
    place.fails(&["adopt", "x", "-source-map=z"], "adopt-source-map", "-source-map=SOURCE=DIR");
    let unread = Estate::of(&[
        ("dev/a/main.tf", ""),
        ("dev/a/terragrunt.hcl", "inputs = {\n  a = run_cmd(\"id\")\n}\n"),
    ]);
    let ran = unread.run(&["adopt", "."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("[adopt-unread]") && ran.err.contains("dev/a/terragrunt.hcl:2,7"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("2 things were not read"), "{}", ran.out);
}

#[test]
fn where_states_are_is_checked() {
    let estate = Estate::of(&[(
        "strata.hcl",
        "estate {\n  name = \"x\"\n}\nlayer \"a\" {}\nenvironment \"dev\" {}\nadopted {\n  states = {\n    \"dev\" = \"file:x\"\n    \"dev/a\" = \"gs://b/k\"\n  }\n}\n",
    )]);
    estate.fails(&["validate"], "estate-adopted", "strata.hcl:8,5");
    estate.fails(&["validate"], "estate-adopted", "strata.hcl:9,15");
}
