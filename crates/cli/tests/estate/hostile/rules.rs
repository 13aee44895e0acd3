//! Attacks on the rules: a change that says who may approve it, how many, and what it may destroy.

use std::process::{Command, Stdio};

use super::world::{Runner, TOKEN};
use crate::support::Ran;

/// An estate in which production needs two of its platform's people.
pub(super) const RULED: &str = r#"estate {
  name = "acme"
}
group "platform" { signers = "groups/platform.signers" }
layer "data" {
  owners      = ["platform"]
  approvals   = 2
  max_destroy = 0
}
layer "apps" {
  owners    = ["platform"]
  approvals = 0
}
environment "prod" { protected = true }
stack "db" {
  layer  = "data"
  source = "./db"
}
stack "site" {
  layer  = "apps"
  source = "./site"
}
"#;
pub(super) const DB: &str = "resource \"terraform_data\" \"main\" { input = \"one\" }\n";

/// The keys of alice and bob, who are the platform's, and of mallory, who is nobody's.
pub(super) fn ruled(test: &str) -> Option<Runner> {
    if Command::new("ssh-keygen").arg("-?").stderr(Stdio::null()).status().is_err() {
        skipped(test);
        return None;
    }
    let keys = tempfile::tempdir().expect("a folder");
    let made = ["alice", "bob", "mallory"].map(|name| {
        let path = keys.path().join(name);
        let run = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(&path)
            .status();
        assert!(run.expect("ssh-keygen runs").success());
        let read = |path: &std::path::Path| std::fs::read_to_string(path).expect("a key");
        (name, read(&path), read(&path.with_extension("pub")))
    });
    let line = |at: usize| format!("{}@example.com {}", made[at].0, made[at].2);
    let signers = [line(0), line(1)].concat();
    let runner = Runner::with(&[
        ("strata.hcl", RULED),
        ("db/main.tf", DB),
        ("site/main.tf", DB),
        ("groups/platform.signers", &signers),
    ]);
    for (name, private, public) in &made {
        runner.outside(&format!("keys/{name}"), private);
        runner.outside(&format!("keys/{name}.pub"), public);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        let path = runner.beside(&format!("keys/{name}"));
        std::fs::set_permissions(path, mode).expect("a mode");
    }
    Some(runner)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped(test: &str) {
    eprintln!("skipped: {test} (no ssh-keygen)");
}

/// The public key of somebody as a line of a signers' file.
fn signer(runner: &Runner, name: &str) -> String {
    let public = std::fs::read_to_string(runner.beside(&format!("keys/{name}.pub")));
    format!("{name}@example.com {}", public.expect("a key"))
}

/// The plan's id in what was said.
pub(super) fn id(said: &str) -> String {
    let words = said.split(|c: char| c.is_whitespace() || c == '`');
    let id = words.map(|word| word.trim_end_matches([',', '.', ':']));
    id.into_iter().find(|word| word.starts_with("p-")).expect(said).to_owned()
}

pub(super) fn approve(runner: &Runner, id: &str, key: &str, more: &[&str]) -> Ran {
    let key = runner.beside(&format!("keys/{key}")).display().to_string();
    runner.strata(&[&["approve", id, "-key", &key][..], more].concat())
}

/// Plans the whole change as a pull request; tells the plan's id.
pub(super) fn planned(runner: &Runner) -> String {
    let said = runner.expect(&["plan", "-pull-request", "-base", "main", "-env", "prod"], 0);
    id(&said)
}

#[test]
fn groups_that_the_change_itself_fills() {
    let Some(runner) = ruled("groups_that_the_change_itself_fills") else { return };
    let mallory = signer(&runner, "mallory");
    runner.write("groups/platform.signers", &mallory);
    runner.edit("strata.hcl", "approvals   = 2", "approvals   = 1");
    runner.commit();
    // Where the change's own rules count, mallory alone lets her change through.
    let trusted = id(&runner.expect(&["plan", "-env", "prod"], 0));
    assert_eq!(approve(&runner, &trusted, "mallory", &[]).code, 0);
    let said = runner.expect(&["plan", "-pull-request", "-base", "main", "-env", "prod"], 0);
    assert!(said.contains("[pull-request-rules]"), "{said}");
    assert!(said.contains("layer `data`") && said.contains("groups/platform.signers"), "{said}");
    assert!(said.contains("next: strata approve p-") && said.contains(" -base "), "{said}");
    let plan = id(&said);
    let with_base = approve(&runner, &plan, "mallory", &["-base", "main"]);
    assert!(with_base.err.contains("[approval-stranger]"), "{}", with_base.err);
    let without = approve(&runner, &plan, "mallory", &[]);
    assert!(without.err.contains("[plan-stale]"), "{}", without.err);
    for base in [&[][..], &["-base", "main"]] {
        let apply = runner.strata(&[&["apply", &plan, "-auto-approve"][..], base].concat());
        assert_eq!(apply.code, 1, "{}\n{}", apply.out, apply.err);
    }
    // Those whom the base names let it through, once it is merged too.
    runner.git(&["checkout", "-q", "main"]);
    runner.git(&["merge", "-q", "--no-ff", "-m", "merged", "change"]);
    for key in ["alice", "bob"] {
        let ran = approve(&runner, &plan, key, &["-base", "HEAD^1"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    runner.expect(&["apply", &plan, "-auto-approve", "-base", "HEAD^1"], 0);
}

/// A change of the estate's file and what has to be refused about it: approvals are missing as before.
fn still_needs_two(test: &str, from: &str, to: &str, told: &str) {
    let Some(runner) = ruled(test) else { return };
    runner.edit("strata.hcl", from, to);
    runner.commit();
    let trusted = runner.strata(&["apply", "-env", "prod", "-auto-approve"]);
    assert_eq!(trusted.code, 0, "it would be applied: {}\n{}", trusted.out, trusted.err);
    runner.write("db/main.tf", &DB.replace("one", "two"));
    runner.commit();
    let said = runner.expect(&["plan", "-pull-request", "-base", "main", "-env", "prod"], 0);
    assert!(said.contains(told), "{said}");
    let plan = id(&said);
    let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
    assert!(apply.err.contains("[approvals-missing]"), "{}", apply.err);
    let apply = runner.strata(&["apply", &plan, "-auto-approve"]);
    assert!(apply.err.contains("[plan-stale]"), "{}", apply.err);
}

#[test]
fn fewer_approvals_than_before() {
    let (from, to) = ("approvals   = 2", "approvals   = 0");
    still_needs_two("fewer_approvals_than_before", from, to, "layer `data`");
}

#[test]
fn owners_of_its_own() {
    let to = "source = \"./db\"\n  owners = []\n  approvals = 0";
    still_needs_two("owners_of_its_own", "source = \"./db\"", to, "stack `db`");
}

#[test]
fn an_environment_that_is_protected_no_more() {
    let (from, to) = ("protected = true", "protected = false");
    let test = "an_environment_that_is_protected_no_more";
    still_needs_two(test, from, to, "environment `prod`");
}

#[test]
fn another_name_for_a_stack() {
    let to = "moved {\n  from = stack.db\n  to   = stack.database\n}\nstack \"database\" {\n  layer  = \"data\"\n  source = \"./db\"\n  approvals = 0";
    let from = "stack \"db\" {\n  layer  = \"data\"\n  source = \"./db\"";
    still_needs_two("another_name_for_a_stack", from, to, "stack `database`");
}

#[test]
fn a_layer_that_asks_for_less() {
    let Some(runner) = ruled("a_layer_that_asks_for_less") else { return };
    runner.edit("strata.hcl", "layer  = \"data\"", "layer  = \"apps\"");
    runner.commit();
    let trusted = runner.strata(&["apply", "-env", "prod", "-auto-approve"]);
    assert_eq!(trusted.code, 0, "it would be applied: {}", trusted.err);
    let said = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
    assert!(said.err.contains("[pull-request-layer]"), "{}", said.err);
    assert!(said.err.contains("strata.hcl:16,"), "{}", said.err);
}

#[test]
fn an_environment_of_its_own() {
    let Some(runner) = ruled("an_environment_of_its_own") else { return };
    runner.append("strata.hcl", "environment \"mine\" {}\n");
    runner.commit();
    let trusted = runner.strata(&["apply", "-env", "mine", "-auto-approve"]);
    assert_eq!(trusted.code, 0, "it would be applied: {}", trusted.err);
    let args = ["plan", "-pull-request", "-base", "main", "-env", "mine"];
    runner.edit("db/main.tf", "one", "two");
    runner.commit();
    let plan = id(&runner.expect(&args, 0));
    let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
    assert!(apply.err.contains("[approvals-missing]"), "{}", apply.err);
}

#[test]
fn a_branch_that_is_called_like_the_base() {
    let Some(runner) = ruled("a_branch_that_is_called_like_the_base") else { return };
    runner.edit("strata.hcl", "approvals   = 2", "approvals   = 0");
    runner.commit();
    // Git takes a tag before a branch of the same name.
    runner.git(&["tag", "main"]);
    let said = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("[git-reference]"), "{}", said.err);
    assert!(said.err.contains("refs/tags/main and of refs/heads/main"), "{}", said.err);
    runner.expect(&["plan", "-pull-request", "-base", "refs/heads/main", "-env", "prod"], 0);
}

#[test]
fn another_store_and_another_key() {
    let Some(runner) = ruled("another_store_and_another_key") else { return };
    for (setting, place) in [
        ("provider \"aws\" {\n    endpoints {}\n  }", "provider"),
        ("store = \"sqlite:mine.db\"", "`estate / store`"),
        ("seal = \"env:GITHUB_TOKEN\"", "`estate / seal`"),
        (
            "credentials \"aws\" { plan_role = \"arn:aws:iam::111111111111:role/admin\" }",
            "credentials",
        ),
    ] {
        runner.write(
            "strata.hcl",
            &std::fs::read_to_string(runner.path("strata.hcl")).expect("read"),
        );
        runner.edit("strata.hcl", "estate {\n", &format!("estate {{\n  {setting}\n"));
        runner.git(&["add", "-A"]);
        let said = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(said.err.contains("[pull-request-setting]"), "{}", said.err);
        assert!(said.err.contains(place) && said.err.contains("strata.hcl:2,"), "{}", said.err);
        assert!(!said.err.contains(TOKEN), "{}", said.err);
        runner.git(&["checkout", "-q", "HEAD", "--", "."]);
    }
    // In a stack's own file it is the same, and in a new one, too.
    let stack = "stack \"mine\" {\n  layer = \"apps\"\n  credentials \"aws\" { role = \"arn:aws:iam::111111111111:role/admin\" }\n}\n";
    runner.write("mine/stack.hcl", stack);
    runner.write("mine/main.tf", DB);
    runner.git(&["add", "-A"]);
    let said = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
    assert!(said.err.contains("[pull-request-setting]"), "{}", said.err);
    assert!(said.err.contains("mine/stack.hcl:3,"), "{}", said.err);
}

#[test]
fn credentials_that_a_value_of_an_environment_names() {
    let strata = RULED.replace(
        "estate {\n",
        "estate {\n  credentials \"aws\" { role = \"arn:aws:iam::${env.account}:role/x\" }\n",
    );
    let strata = strata.replace(
        "environment \"prod\" { protected = true }",
        "environment \"prod\" {\n  values = { account = \"111111111111\", size = 1 }\n}",
    );
    let strata =
        strata.replace("group \"platform\" { signers = \"groups/platform.signers\" }\n", "");
    let strata = strata.replace("  owners      = [\"platform\"]\n", "");
    let strata = strata.replace("  approvals   = 2\n", "");
    let strata = strata.replace("  owners    = [\"platform\"]\n", "");
    let aws = format!(
        "terraform {{\n  required_providers {{\n    aws = {{ source = \"acme/aws\" }}\n  }}\n}}\n{DB}"
    );
    let prepare = |runner: &Runner| runner.thief_in_mirror("registry.opentofu.org/acme/aws");
    let files = [("strata.hcl", &*strata), ("db/main.tf", &aws), ("site/main.tf", DB)];
    let runner = Runner::prepared(&files, &prepare);
    let validate = ["validate", "-pull-request", "-base", "main"];
    runner.edit("strata.hcl", "size = 1", "size = 2");
    runner.expect(&validate, 0);
    runner.edit("strata.hcl", "111111111111", "666666666666");
    runner.expect(&["validate"], 0);
    let said = runner.strata(&validate);
    assert!(said.err.contains("[pull-request-setting]"), "{}\n{}", said.out, said.err);
    assert!(said.err.contains("values.account"), "{}", said.err);
}

/// A bundle of the base: nothing is called `evil`.
const REGO: &str = r#"package house

import rego.v1

deny contains {"address": one.address, "msg": "nothing is called evil"} if {
	some one in input.resource_changes
	one.name == "evil"
}
"#;

/// An estate that the bundle judges.
const HOUSE: &str = "estate {\n  name = \"acme\"\n}\nlayer \"apps\" {}\nenvironment \"prod\" { protected = true }\nstack \"site\" {\n  layer  = \"apps\"\n  source = \"./site\"\n}\npolicy \"house\" { source = \"./policies\" }\n";

#[test]
fn a_policy_that_the_change_rewrites() {
    let files = [("strata.hcl", HOUSE), ("site/main.tf", DB), ("policies/house.rego", REGO)];
    let edits: [&dyn Fn(&Runner); 3] = [
        &|runner| runner.write("policies/house.rego", &REGO.replace("evil\"\n}", "nothing\"\n}")),
        &|runner| runner.edit("strata.hcl", "policy \"house\" { source = \"./policies\" }", ""),
        &|runner| {
            let layer = "layer \"mine\" {}\nstack \"other\" {\n  layer = \"mine\"\n  source = \"./site\"\n}\n";
            runner.append("strata.hcl", layer);
            runner.edit(
                "strata.hcl",
                "{ source = \"./policies\" }",
                "{\n  source = \"./policies\"\n  layers = [\"apps\"]\n}",
            );
            runner.edit(
                "strata.hcl",
                "stack \"site\" {\n  layer  = \"apps\"\n  source = \"./site\"",
                "stack \"site\" {\n  layer  = \"apps\"\n  source = \"./empty\"",
            );
            runner.write("empty/main.tf", "output \"x\" { value = 1 }\n");
        },
    ];
    for edit in edits {
        let runner = Runner::with(&files);
        runner.edit("site/main.tf", "\"main\"", "\"evil\"");
        runner.commit();
        let refused = runner.strata(&["apply", "-env", "prod", "-auto-approve"]);
        assert!(refused.err.contains("nothing is called evil"), "{}", refused.err);
        edit(&runner);
        runner.commit();
        let args = ["plan", "-pull-request", "-base", "main", "-env", "prod"];
        let plan = id(&runner.expect(&args, 0));
        let trusted = runner.strata(&["apply", "-env", "prod", "-auto-approve"]);
        assert_eq!(trusted.code, 0, "it would be applied: {}\n{}", trusted.out, trusted.err);
        let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
        assert_eq!(apply.code, 1, "{}", apply.out);
        let page = runner.expect(&["show", &plan, "-base", "main"], 0);
        assert!(page.contains("nothing is called evil"), "{page}");
    }
}

#[test]
fn a_policy_of_the_base_that_is_a_link() {
    let files = [("strata.hcl", HOUSE), ("site/main.tf", DB), ("shared/house.rego", REGO)];
    let runner = Runner::prepared(&files, &|runner| {
        std::fs::create_dir(runner.path("policies")).expect("a folder");
        let link = runner.path("policies/house.rego");
        std::os::unix::fs::symlink("../shared/house.rego", link).expect("a link");
    });
    runner.edit("site/main.tf", "\"main\"", "\"evil\"");
    runner.commit();
    let trusted = runner.strata(&["plan", "-env", "prod"]);
    assert!(trusted.out.contains("nothing is called evil"), "{}{}", trusted.out, trusted.err);
    let judged = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
    assert_eq!(judged.code, 1, "{}", judged.out);
    assert!(judged.err.contains("[policy-unreadable]"), "{}", judged.err);
    assert!(judged.err.contains("policies/house.rego of the base"), "{}", judged.err);
}
