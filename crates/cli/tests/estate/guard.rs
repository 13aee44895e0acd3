//! Approvals and the guard, as the program is used: what is refused, what lets it through, and what is recorded.
//!
//! Estates of `terraform_data` alone, which one of them says bears data. Keys are made by `ssh-keygen`; where it is not there
//! the tests are skipped by name.

use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::support::{Estate, Ran};

/// Layers, owners and limits; `prod` is protected, `dev` is not.
const STRATA: &str = r#"
estate {
  name = "acme"
}
group "platform" { signers = "groups/platform.signers" }
group "apps" { signers = "groups/apps.signers" }
data_bearing "terraform_data" {
  reason       = "a ledger"
  protected_by = ["input"]
}
layer "infrastructure" {
  owners    = ["platform"]
  approvals = 2
}
layer "apps" { owners = ["apps"] }
environment "dev" {}
environment "prod" { protected = true }
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
  triggers_replace = "1"
}
output "endpoint" { value = "db.internal" }
"#;
const SHOP: &str = r#"
variable "endpoint" {}
resource "terraform_data" "app" { input = var.endpoint }
"#;

/// An estate with its store and the keys of alice and bob (platform), carol (apps) and mallory, who is in no group.
fn estate(test: &str) -> Option<Estate> {
    if Command::new("ssh-keygen").arg("-?").stderr(Stdio::null()).status().is_err() {
        skipped(test);
        return None;
    }
    let estate = Estate::of(&[
        ("strata.hcl", STRATA),
        ("database/main.tf", DATABASE),
        ("shop/main.tf", SHOP),
    ]);
    for name in ["alice", "bob", "carol", "mallory", "alice2"] {
        make_key(&estate, name);
    }
    let line = |who: &str, key: &str| {
        let public = std::fs::read_to_string(estate.path(&format!("{key}.pub"))).expect("a key");
        format!("{who}@example.com {public}")
    };
    let platform = [line("alice", "alice"), line("alice", "alice2"), line("bob", "bob")].concat();
    estate.write("groups/platform.signers", &platform);
    estate.write("groups/apps.signers", &line("carol", "carol"));
    estate.expect(&["init"], 0);
    Some(estate)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped(test: &str) {
    eprintln!("skipped: {test} (no ssh-keygen)");
}

fn make_key(estate: &Estate, name: &str) {
    let path = estate.path(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(path)
        .status()
        .expect("ssh-keygen runs");
    assert!(made.success());
}

/// Plans an environment; tells the id.
fn plan(estate: &Estate, environment: &str) -> String {
    let out = estate.expect(&["plan", "-env", environment], 0);
    let id = out.split_whitespace().find(|word| word.starts_with("p-")).expect("an id");
    id.trim_end_matches([',', '.']).to_owned()
}

fn approve(estate: &Estate, plan: &str, key: &str, more: &[&str]) -> Ran {
    let mut args = vec!["approve", plan, "-key", key];
    args.extend(more);
    estate.run(&args)
}

#[track_caller]
fn approved(estate: &Estate, plan: &str, key: &str, more: &[&str]) -> String {
    let ran = approve(estate, plan, key, more);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    ran.out
}

/// The codes for which an apply is refused.
#[track_caller]
fn refused(estate: &Estate, args: &[&str]) -> Vec<String> {
    let mut all = vec!["apply", "-json", "-auto-approve"];
    all.extend(args);
    let ran = estate.run(&all);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    let document: Json = serde_json::from_str(&ran.out).expect(&ran.out);
    let refused = document["refused"].as_array().expect("what is refused");
    refused.iter().map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
}

/// Brings both stacks of an environment about, approved by whom it takes.
fn applied(estate: &Estate, environment: &str) {
    let id = plan(estate, environment);
    for key in ["alice", "bob", "carol"] {
        approved(estate, &id, key, &[]);
    }
    estate.expect(&["apply", &id, "-auto-approve"], 0);
}

const LOSS: &str = "prod/database//terraform_data.main";

#[test]
fn a_protected_environment_takes_the_approvals_of_its_layers() {
    let Some(estate) = estate("a_protected_environment_takes_the_approvals_of_its_layers") else {
        return;
    };
    let id = plan(&estate, "prod");
    assert_eq!(refused(&estate, &[&id]), ["approvals-missing", "approvals-missing"]);
    let out = approved(&estate, &id, "alice", &[]);
    assert!(out.contains("alice@example.com (platform)"), "{out}");
    assert!(out.contains("prod/database  1 of 2 approvals"), "{out}");
    approved(&estate, &id, "bob", &[]);
    assert_eq!(refused(&estate, &[&id]), ["approvals-missing"]);
    approved(&estate, &id, "carol", &[]);
    estate.expect(&["apply", &id, "-auto-approve"], 0);
    let again = estate.expect(&["plan", "-env", "prod", "-detailed-exitcode"], 0);
    assert!(!again.contains("REFUSED"), "{again}");
}

#[test]
fn elsewhere_approvals_warn() {
    let Some(estate) = estate("elsewhere_approvals_warn") else { return };
    let ran = estate.run(&["apply", "-env", "dev", "-auto-approve"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("[approvals-missing]"), "{}", ran.err);
}

#[test]
fn an_apply_without_a_plan_is_kept_to_be_approved() {
    let Some(estate) = estate("an_apply_without_a_plan_is_kept_to_be_approved") else { return };
    // Nobody is asked for what is refused anyhow.
    let ran = estate.run(&["apply", "-env", "prod"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(!ran.err.contains("[not-approved]"), "{}", ran.err);
    let kept = ran.out.rsplit("kept as ").next().expect("an id");
    let id = kept.trim().trim_end_matches('.');
    for key in ["alice", "bob", "carol"] {
        approved(&estate, id, key, &[]);
    }
    estate.expect(&["apply", id, "-auto-approve"], 0);
}

#[test]
fn nobody_approves_twice() {
    let Some(estate) = estate("nobody_approves_twice") else { return };
    let id = plan(&estate, "prod");
    approved(&estate, &id, "alice", &[]);
    for key in ["alice", "alice2"] {
        let again = approve(&estate, &id, key, &[]);
        assert_eq!(again.code, 1, "{key}");
        assert!(again.err.contains("[approval-twice]"), "{key}: {}", again.err);
    }
    approved(&estate, &id, "carol", &[]);
    assert_eq!(refused(&estate, &[&id]), ["approvals-missing"]);
}

#[test]
fn a_stranger_does_not_approve() {
    let Some(estate) = estate("a_stranger_does_not_approve") else { return };
    let id = plan(&estate, "prod");
    let ran = approve(&estate, &id, "mallory", &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("[approval-stranger]"), "{}", ran.err);
    assert!(ran.err.contains("strata.hcl:6,"), "a place: {}", ran.err);
    assert!(ran.err.contains("platform, apps"), "a remedy: {}", ran.err);
    assert_eq!(refused(&estate, &[&id]), ["approvals-missing", "approvals-missing"]);
}

#[test]
fn what_bears_data_goes_only_by_its_address() {
    let Some(estate) = estate("what_bears_data_goes_only_by_its_address") else { return };
    applied(&estate, "prod");
    estate.edit("database/main.tf", "triggers_replace = \"1\"", "triggers_replace = \"2\"");
    let id = plan(&estate, "prod");
    for key in ["alice", "carol"] {
        approved(&estate, &id, key, &[]);
    }
    approved(&estate, &id, "bob", &[]);
    assert_eq!(refused(&estate, &[&id]), ["data-refused"]);
    let shown = estate.run(&["apply", &id, "-auto-approve"]);
    assert!(shown.err.contains(LOSS), "{}", shown.err);
    assert!(shown.err.contains("--destroy-data"), "{}", shown.err);

    let id = plan(&estate, "prod");
    let wrong = approve(&estate, &id, "bob", &["-destroy-data", "prod/shop//terraform_data.app"]);
    assert!(wrong.err.contains("[approval-address]") && wrong.err.contains(LOSS), "{}", wrong.err);
    approved(&estate, &id, "carol", &["-destroy-data", LOSS]);
    approved(&estate, &id, "bob", &[]);
    assert_eq!(
        refused(&estate, &[&id]),
        ["data-refused", "approvals-missing"],
        "carol owns it not"
    );
    let out = approved(&estate, &id, "alice", &["-destroy-data", LOSS]);
    assert!(out.contains("DESTROYS DATA (a ledger), approved by this signature"), "{out}");
    estate.expect(&["apply", &id, "-auto-approve"], 0);
}

#[test]
fn data_is_guarded_where_nothing_else_binds() {
    let Some(estate) = estate("data_is_guarded_where_nothing_else_binds") else { return };
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let ran = estate.run(&["destroy", "-env", "dev", "-auto-approve", "-break-glass", "a test"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("[data-refused]"), "{}", ran.err);
    assert_eq!(estate.run(&["list"]).code, 0);
    let kept = ran.out.rsplit("kept as ").next().expect("an id");
    let id = kept.trim().trim_end_matches('.');
    let losses = ["dev/database//terraform_data.main", "dev/shop//terraform_data.app"];
    approved(&estate, id, "alice", &["-destroy-data", losses[0]]);
    approved(&estate, id, "carol", &["-destroy-data", losses[1]]);
    estate.expect(&["apply", id, "-auto-approve"], 0);
}

#[test]
fn limits_bind_where_protected() {
    let Some(estate) = estate("limits_bind_where_protected") else { return };
    estate.edit("strata.hcl", "data_bearing \"terraform_data\"", "data_bearing \"random_pet\"");
    estate.edit("strata.hcl", "approvals = 2", "approvals = 0\n  max_destroy = 0");
    estate.edit(
        "strata.hcl",
        "layer \"apps\" { owners = [\"apps\"] }",
        "layer \"apps\" {\n  owners    = [\"apps\"]\n  approvals = 0\n}",
    );
    estate.expect(&["apply", "-env", "prod", "-auto-approve"], 0);
    estate.edit("database/main.tf", "triggers_replace = \"1\"", "triggers_replace = \"2\"");
    assert_eq!(refused(&estate, &["-env", "prod"]), ["limit-exceeded"]);
    let ran = estate.run(&["apply", "-env", "prod", "-auto-approve", "-break-glass", "it burns"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
}

#[test]
fn refusals_and_freezes_are_events() {
    let Some(estate) = estate("refusals_and_freezes_are_events") else { return };
    estate.expect(&["freeze", "dev", "year's", "end"], 0);
    let again = estate.run(&["freeze", "dev", "another"]);
    assert!(again.err.contains("[env-frozen]"), "{}", again.err);
    assert_eq!(refused(&estate, &["-env", "dev"]), ["env-frozen"]);
    let glass = ["apply", "-env", "dev", "-auto-approve", "-break-glass"];
    let blank = estate.run(&[&glass[..], &[" "]].concat());
    assert!(blank.err.contains("[reason-missing]"), "{}", blank.err);
    let broken = estate.run(&[&glass[..], &["it burns"]].concat());
    assert_eq!(broken.code, 0, "{}\n{}", broken.out, broken.err);
    let id = plan(&estate, "prod");
    approve(&estate, &id, "mallory", &[]);
    approved(&estate, &id, "alice", &[]);
    estate.expect(&["thaw", "dev"], 0);
    let thawed = estate.run(&["thaw", "dev"]);
    assert!(thawed.err.contains("[env-not-frozen]"), "{}", thawed.err);
    let unknown = estate.run(&["freeze", "test", "why"]);
    assert!(unknown.err.contains("[env-unknown]"), "{}", unknown.err);
    let events = estate.expect(&["audit", "log"], 0);
    for what in ["freeze", "apply-refused", "break-glass", "approve-refused", "approve", "thaw"] {
        assert!(events.contains(what), "{what} in:\n{events}");
    }
    assert!(events.contains("it burns"), "{events}");
}

#[test]
fn a_reason_looks_like_no_other_line() {
    let Some(estate) = estate("a_reason_looks_like_no_other_line") else { return };
    let reason = "a\u{1b}[2J\n  2026-01-01T00:00:00Z  approve  -  alice@host  forged";
    estate.expect(&["freeze", "prod", reason], 0);
    let refused = estate.run(&["apply", "-env", "prod", "-auto-approve"]);
    let shown = estate.expect(&["store", "show"], 0);
    let thawed = estate.expect(&["thaw", "prod"], 0);
    for text in [refused.out, refused.err, shown, thawed] {
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("2026-01-01")), "{text}");
    }
}

#[test]
fn policies_that_moved_void_a_plan() {
    let Some(estate) = estate("policies_that_moved_void_a_plan") else { return };
    let id = plan(&estate, "prod");
    for key in ["alice", "bob", "carol"] {
        approved(&estate, &id, key, &[]);
    }
    // Somebody adds themselves to a group: what was planned before is not what they may approve.
    let mallory = std::fs::read_to_string(estate.path("mallory.pub")).expect("a key");
    let carol = std::fs::read_to_string(estate.path("groups/apps.signers")).expect("signers");
    estate.write("groups/apps.signers", &format!("{carol}mallory@example.com {mallory}"));
    let ran = approve(&estate, &id, "mallory", &[]);
    assert!(ran.err.contains("[plan-stale]"), "{}", ran.err);
    let ran = estate.run(&["apply", &id, "-auto-approve"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("[plan-stale]"), "{}", ran.err);
}

#[test]
fn what_left_the_file_is_not_free_for_anybody() {
    let Some(estate) = estate("what_left_the_file_is_not_free_for_anybody") else { return };
    applied(&estate, "prod");
    let whole = std::fs::read_to_string(estate.path("strata.hcl")).expect("a file");
    // Its layer binds the shop on, for those who approve as for those who apply.
    let (without, _) = whole.split_once("stack \"shop\"").expect("a stack");
    estate.write("strata.hcl", without);
    let ran = estate.run(&["destroy", "prod/shop", "-auto-approve"]);
    let id = ran.out.split("next: strata show ").nth(1).and_then(|rest| rest.split(' ').next());
    let id = id.expect(&ran.out);
    let signed = approve(&estate, id, "bob", &[]).out;
    assert!(signed.contains("prod/shop  0 of 1 approvals"), "{signed}");
    // The shop and its layer go from the file; what stands last then is a layer that nobody owns.
    let (before, rest) = STRATA.split_once("layer \"apps\"").expect("a layer");
    let (rest, _) = rest.split_once("stack \"shop\"").expect("a stack");
    let (_, rest) = rest.split_once('\n').expect("a line");
    let id = whole.lines().find(|line| line.trim().starts_with("id ")).expect("an id").to_owned();
    let text = format!("{before}layer \"open\" {{}}\n{rest}");
    let text = text.replace("name = \"acme\"", &format!("name = \"acme\"\n{id}"));
    let text = text.replace("data_bearing \"terraform_data\"", "data_bearing \"acme_ledger\"");
    estate.write("strata.hcl", &text);
    let ran = estate.run(&["destroy", "prod/shop", "-auto-approve"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("signers of any group"), "{}", ran.err);
    // Forgotten is not free either, and the page says so.
    estate.write("strata.hcl", &format!("{text}removed {{\n  from = stack.shop\n}}\n"));
    let page = estate.expect(&["plan", "-env", "prod"], 0);
    assert!(page.contains("next: strata approve"), "{page}");
    // Nor free for whoever comes into a group after it was planned, where nothing else is left of the environment.
    let (with_database, rest) = text.split_once("stack \"database\" {").expect("a stack");
    let alone = format!("{with_database}stack \"database\" {{\n  environments = [\"dev\"]{rest}");
    let removed = "removed {\n  from = stack.shop\n}\nremoved {\n  from = stack.database\n}\n";
    let alone = alone.replace("stack \"database\"", "stack \"db\"");
    estate.write("strata.hcl", &format!("{alone}{removed}"));
    let id = plan(&estate, "prod");
    let signers = std::fs::read_to_string(estate.path("groups/apps.signers")).expect("signers");
    let mallory = std::fs::read_to_string(estate.path("mallory.pub")).expect("a key");
    estate.write("groups/apps.signers", &format!("{signers}mallory@example.com {mallory}"));
    let ran = approve(&estate, &id, "mallory", &[]);
    assert!(ran.err.contains("[plan-stale]"), "{}\n{}", ran.out, ran.err);
    let ran = estate.run(&["apply", &id]);
    assert!(ran.err.contains("[plan-stale]"), "{}\n{}", ran.out, ran.err);
    estate.write("groups/apps.signers", &signers);
    estate.write("strata.hcl", &format!("{text}removed {{\n  from = stack.shop\n}}\n"));
    let ran = estate.run(&["apply", "-env", "prod", "-auto-approve"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
}

#[test]
fn keys_that_are_sealed_missing_or_of_an_agent() {
    let Some(estate) = estate("keys_that_are_sealed_missing_or_of_an_agent") else { return };
    let id = plan(&estate, "prod");
    let missing = approve(&estate, &id, "nobody", &[]);
    assert!(missing.err.contains("[key-unreadable]"), "{}", missing.err);
    // The private half is gone: only an agent signs.
    let agent = estate.path("agent");
    std::fs::rename(estate.path("alice"), &agent).expect("renamed");
    let public = approve(&estate, &id, "alice.pub", &[]);
    assert!(public.err.contains("[sign-failed]"), "{}", public.err);
    let program = env!("CARGO_BIN_EXE_strata");
    let script = format!("ssh-add -q agent && '{program}' approve {id} -key alice.pub");
    let signed = Command::new("ssh-agent")
        .args(["sh", "-c", &script])
        .current_dir(estate.path("."))
        .output()
        .expect("ssh-agent runs");
    let out = String::from_utf8_lossy(&signed.stdout);
    assert!(out.contains("alice@example.com (platform)"), "{out}");
    estate.write("strata.txt", "no key");
    let none = approve(&estate, &id, "strata.txt", &[]);
    assert!(none.err.contains("[sign-failed]"), "{}", none.err);
}

#[test]
fn groups_that_are_unknown_or_cannot_be_read_stop_before_anything() {
    let Some(estate) = estate("groups_that_are_unknown_or_cannot_be_read_stop_before_anything")
    else {
        return;
    };
    estate.edit("strata.hcl", "owners    = [\"platform\"]", "owners    = [\"nobody\"]");
    let ran = estate.run(&["plan", "-env", "prod"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("No group named") && ran.err.contains("strata.hcl:13,"),
        "{}",
        ran.err
    );
    estate.edit("strata.hcl", "owners    = [\"nobody\"]", "owners    = [\"platform\"]");
    estate.write("groups/apps.signers", "*@example.com ssh-ed25519 AAAA\n");
    estate.fails(&["validate"], "signers-unreadable", "strata.hcl:7,");
    std::fs::remove_file(estate.path("groups/apps.signers")).expect("removed");
    estate.fails(&["plan", "-env", "prod"], "signers-unreadable", "strata.hcl:7,");
    estate.write("groups/apps.signers", "# nobody yet\n");
    let ran = estate.run(&["validate"]);
    assert!(ran.err.contains("[signers-too-few]"), "{}", ran.err);
}
