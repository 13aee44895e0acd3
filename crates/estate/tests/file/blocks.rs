//! Every block and key of the estate file: what is read of it, and what is said where it is wrong.

use crate::support::{check, checked};
use estate::{EnvironmentIdx, Protection, SecretSource, StackIdx};

const STACK: &str = "stack \"a\" {\n  layer = \"low\"\n  source = \"./a\"\n}\n";

fn read(text: &str) -> estate::Estate {
    let checked = checked(text, &[]);
    assert_eq!(checked.found, [""; 0]);
    checked.estate.expect("an estate")
}

#[test]
fn groups_own_layers_and_stacks() {
    let group = "group \"platform\" {\n  signers = \"groups/platform.signers\"\n}\n";
    let layer = "layer \"owned\" {\n  owners = [\"platform\"]\n  max_destroy = 5\n  max_deferred = 3\n  approval_hours = 8\n}\n";
    let stack = "stack \"b\" {\n  layer = \"low\"\n  source = \"./b\"\n  owners = [\"platform\"]\n}\nstack \"c\" {\n  layer = \"owned\"\n  source = \"./c\"\n  approvals = 2\n}\n";
    let estate = read(&format!("{group}{layer}{STACK}{stack}"));
    assert_eq!(&*estate.groups[0].signers.node, "groups/platform.signers");
    let owned = &estate.layers[3];
    assert_eq!((owned.approvals, owned.max_destroy), (1, Some(5)));
    assert_eq!((owned.max_deferred, owned.approval_hours), (3, 8));
    let low = &estate.layers[0];
    assert_eq!((low.approvals, low.max_destroy), (0, None));
    assert_eq!((low.max_deferred, low.approval_hours), (20, 72));
    let of = |at: u32| (estate.owners_of(StackIdx(at)).len(), estate.approvals_of(StackIdx(at)));
    assert_eq!([of(0), of(1), of(2)], [(0, 0), (1, 1), (1, 2)]);

    check(
        "layer \"x\" {\n  owners = [\"nobody\"]\n}\n",
        &[],
        &["estate-unknown-name @ \"nobody\""],
    );
    check("layer \"x\" {\n  approvals = 1\n}\n", &[], &["estate-approvals @ approvals = 1"]);
    check("layer \"x\" {\n  max_destroy = -1\n}\n", &[], &["estate-argument-form @ -1"]);
    check("layer \"x\" {\n  max_destroy = 1.5\n}\n", &[], &["estate-argument-form @ 1.5"]);
    check("layer \"x\" {\n  approval_hours = 0\n}\n", &[], &["estate-argument-form @ 0"]);
    check("group \"x\" {}\n", &[], &["estate-argument-missing @ group \"x\""]);
    check(&format!("{group}{group}"), &[], &["estate-duplicate @ \"platform\""]);
}

#[test]
fn groups_name_whom_their_people_are() {
    let group =
        |more: &str| format!("group \"platform\" {{\n  signers = \"p.signers\"\n  {more}\n}}\n");
    let estate =
        read(&group("principals = [\"arn:aws:iam::*:role/platform\", \"group platform\"]"));
    let named: Vec<&str> = estate.groups[0].principals.iter().map(|one| &*one.node).collect();
    assert_eq!(named, ["arn:aws:iam::*:role/platform", "group platform"]);
    assert!(read(&group("")).groups[0].principals.is_empty());
    check(&group("principals = \"x\""), &[], &["estate-argument-form @ \"x\""]);
    check(&group("principals = [env.name]"), &[], &["estate-argument-form @ [env.name]"]);
}

#[test]
fn environments_are_protected_and_come_after_others() {
    let text = "environment \"live\" {\n  protected = true\n  after = [\"dev\", \"prod\"]\n  lock_file = \"locks/live.hcl\"\n}\n";
    let estate = read(text);
    let live = &estate.environments[2];
    assert_eq!(live.protection, Protection::Protected);
    assert_eq!(live.after, [EnvironmentIdx(0), EnvironmentIdx(1)]);
    assert_eq!(live.lock_file.as_ref().map(|path| &*path.node), Some("locks/live.hcl"));
    assert_eq!(estate.environments[0].protection, Protection::Open);

    let env = |name: &str, body: &str| format!("environment \"{name}\" {{\n  {body}\n}}\n");
    check(&env("x", "after = [\"y\"]"), &[], &["estate-unknown-name @ \"y\""]);
    check(&env("x", "protected = \"yes\""), &[], &["estate-argument-form @ \"yes\""]);
    check(&env("x", "after = [\"x\"]"), &[], &["estate-after-circle @ after = [\"x\"]"]);
    let circle = format!("{}{}", env("x", "after = [\"y\"]"), env("y", "after = [\"x\"]"));
    check(&circle, &[], &["estate-after-circle @ after = [\"y\"]"]);
}

#[test]
fn secrets_are_in_one_place() {
    let estate = read(
        "secret \"psk\" {\n  env = \"VPN_PSK\"\n}\nsecret \"pem\" {\n  file = \"a.pem\"\n}\nsecret \"db_password\" {\n  sops = \"s.yaml\"\n  key = \"db.password\"\n}\n",
    );
    assert!(
        matches!(&estate.secrets[0].source, SecretSource::Env(name) if &*name.node == "VPN_PSK")
    );
    assert!(
        matches!(&estate.secrets[1].source, SecretSource::File(path) if &*path.node == "a.pem")
    );
    let SecretSource::Sops { file, key } = &estate.secret("db_password").expect("it").source else {
        panic!("another source")
    };
    assert_eq!((&*file.node, &*key.node), ("s.yaml", "db.password"));

    check("secret \"x\" {}\n", &[], &["estate-secret @ secret \"x\""]);
    check(
        "secret \"x\" {\n  env = \"A\"\n  file = \"b\"\n}\n",
        &[],
        &["estate-secret @ secret \"x\""],
    );
    check("secret \"x\" {\n  sops = \"b\"\n}\n", &[], &["estate-secret @ secret \"x\""]);
}

#[test]
fn secrets_are_sensitive_and_unknown() {
    let stack = STACK.replace("source", "inputs = { psk = secret.psk }\n  source");
    let own = ("a", crate::support::interface(&[("psk", value::Type::STRING)], &[]));
    let text = format!("secret \"psk\" {{\n  env = \"VPN_PSK\"\n}}\n{stack}");
    let checked = checked(&text, std::slice::from_ref(&own));
    assert_eq!(checked.found, [""; 0]);
    let psk = &checked.inputs["dev/a"].values["psk"];
    assert!(!psk.is_known() && psk.marks().contains(value::Marks::SENSITIVE));
    check(&stack, &[own], &["estate-reference-unknown @ secret.psk"]);
}

#[test]
fn stacks_are_moved_and_removed() {
    let estate = read(&format!(
        "{STACK}moved {{\n  from = stack.old\n  to = stack.a\n}}\nremoved {{\n  from = stack.gone[\"eu\"]\n}}\n"
    ));
    assert_eq!((&*estate.moved[0].from.stack, &*estate.moved[0].to.stack), ("old", "a"));
    assert_eq!(estate.removed[0].from.key.as_deref(), Some("eu"));

    let check = |text: &str, expect: &[&str]| check(&format!("{STACK}{text}"), &[], expect);
    check("moved {\n  from = stack.a\n  to = stack.a\n}\n", &["estate-moved @ stack.a"]);
    check("moved {\n  from = stack.x\n  to = stack.y\n}\n", &["wiring-stack-unknown @ stack.y"]);
    let moved =
        |from: &str, to: &str| format!("moved {{\n  from = stack.{from}\n  to = stack.{to}\n}}\n");
    check(&format!("{}{}", moved("x", "y"), moved("y", "a")), &[]);
    let round = format!("{}{}", moved("x", "y"), moved("y", "x"));
    check(&round, &["wiring-stack-unknown @ stack.y", "wiring-stack-unknown @ stack.x"]);
    check(&format!("{}removed {{\n  from = stack.y\n}}\n", moved("x", "y")), &[]);
    check("moved {\n  from = \"x\"\n  to = stack.a\n}\n", &["estate-moved-form @ \"x\""]);
    check("moved {\n  to = stack.a\n}\n", &["estate-argument-missing @ moved"]);
    check("removed {\n  from = stack.a\n}\n", &["estate-moved @ stack.a"]);
    let twice = "removed {\n  from = stack.x\n}\nmoved {\n  from = stack.x\n  to = stack.a\n}\n";
    check(twice, &["estate-duplicate @ stack.x"]);
}

#[test]
fn types_that_bear_data_are_told_with_their_reason() {
    let estate = read(
        "data_bearing \"acme_ledger\" {\n  reason = \"the books\"\n  protected_by = [\"locked\"]\n}\n",
    );
    let ledger = &estate.data_bearing[0];
    assert_eq!((&*ledger.type_name.node, &*ledger.reason), ("acme_ledger", "the books"));
    assert_eq!(&*ledger.protected_by[0].node, "locked");
    check("data_bearing \"x\" {}\n", &[], &["estate-argument-missing @ data_bearing \"x\""]);
}

#[test]
fn rounds_and_deferred_providers() {
    let estate = read(&STACK.replace("source", "defer = [\"kubernetes\"]\n  source"));
    assert_eq!(estate.rounds_max, 4);
    assert_eq!(&*estate.stacks[0].defer[0].node, "kubernetes");
}

#[test]
fn the_nearest_setting_wins_key_by_key() {
    let layer = "layer \"l\" {\n  provider \"aws\" {\n    region = \"layer\"\n    profile = \"layer\"\n    assume_role {\n      role_arn = \"layer\"\n    }\n  }\n  credentials \"aws\" {\n    plan_role = \"layer\"\n    apply_role = \"layer\"\n  }\n}\n";
    let environment = "environment \"e\" {\n  provider \"aws\" {\n    profile = env.name\n  }\n  provider \"aws\" {\n    alias = \"us\"\n    region = \"us\"\n  }\n}\n";
    let stack = "stack \"a\" {\n  layer = \"l\"\n  source = \"./a\"\n  provider \"aws\" {\n    assume_role {\n      session_name = self.name\n    }\n    endpoints {}\n  }\n  credentials \"aws\" {\n    apply_role = \"stack\"\n  }\n}\n";
    let estate = read(&format!("{layer}{environment}{stack}"));
    let providers = estate.providers_of(EnvironmentIdx(2), StackIdx(0));
    assert_eq!(providers.len(), 2, "one for each alias");
    assert_eq!(providers[1].alias.as_ref().map(|alias| &*alias.node), Some("us"));
    let body = &providers[0].body;
    let names: Vec<&str> = body.attributes.iter().map(|one| &*one.name.text).collect();
    assert_eq!(names, ["region", "profile"]);
    let profile = &body.attribute("profile").expect("it").expr;
    assert!(!matches!(profile.kind, syntax::ExprKind::Str(_)), "the environment's is nearer");
    // The nested blocks of a type take the place of all of that type.
    let blocks: Vec<&str> = body.blocks.iter().map(|block| &*block.kind.text).collect();
    assert_eq!(blocks, ["assume_role", "endpoints"]);
    assert!(body.blocks[0].body.attribute("role_arn").is_none());
    let credentials = estate.credentials_of(EnvironmentIdx(2), StackIdx(0));
    let text = |at: usize| match &credentials[0].attributes[at].expr.kind {
        syntax::ExprKind::Str(text) => text.to_string(),
        _ => panic!("no text"),
    };
    assert_eq!((text(0), text(1)), ("layer".into(), "stack".into()));
}

#[test]
fn settings_read_no_stack() {
    let with = |body: &str| STACK.replace("source", &format!("{body}\n  source"));
    let check = |body: &str, expect: &[&str]| check(&with(body), &[], expect);
    check("provider \"x\" {\n    a = stack.b.c\n  }", &["estate-setting-wired @ stack.b.c"]);
    check(
        "provider \"x\" {\n    b {\n      a = \"-${stack.b.c}\"\n    }\n  }",
        &["estate-setting-wired @ \"-${stack.b.c}\""],
    );
    check("credentials \"x\" {\n    a = stack.b.c\n  }", &["estate-setting-wired @ stack.b.c"]);
    check("provider \"x\" {\n    dynamic \"b\" {}\n  }", &["estate-setting-form @ dynamic \"b\""]);
    check("credentials \"x\" {\n    b {}\n  }", &["estate-block-unknown @ b"]);
    check("provider {}", &["estate-labels @ provider"]);
    check("provider \"x\" {}\n  provider \"x\" {}", &["estate-duplicate @ \"x\""]);
}

#[test]
fn drift_is_ignored_with_a_reason_and_a_day() {
    let block = |label: &str, body: &str| format!("{STACK}drift \"{label}\" {{\n{body}}}\n");
    let told = "  reason = \"OPS-12\"\n  date = \"2026-11-24\"\n";
    let text = block("prod/*//module.x[*].aws_security_group.*", told);
    let ignored = &read(&text).ignored_drift[0];
    let names = |stack: &str, at: &str| {
        ignored.names(&stack.parse().expect("a stack"), &at.parse().expect("an address"))
    };
    assert!(names("prod/net", "module.x[0].aws_security_group.a"));
    assert!(!names("dev/net", "module.x[0].aws_security_group.a"));
    assert!(!names("prod/net", "aws_security_group.a"));
    let day = |text| estate::Day::parse(text).expect("a day");
    assert!(ignored.holds_on(day("2099-01-01")) && ignored.covers("tags"));

    let until = format!("{told}  until = \"2026-12-01\"\n  attributes = [\"tags\"]\n");
    let ends = &read(&block("prod/net//a_b.c", &until)).ignored_drift[0];
    assert!(ends.holds_on(day("2026-12-01")) && !ends.holds_on(day("2026-12-02")));
    assert!(ends.covers("tags") && !ends.covers("ingress"));

    let bad = |label: &str, body: &str, expect: &str| check(&block(label, body), &[], &[expect]);
    bad("prod/net", told, "drift-address @ \"prod/net\"");
    bad("prod/net//a b", told, "drift-address @ \"prod/net//a b\"");
    bad("net//a_b.c", told, "drift-address @ \"net//a_b.c\"");
    bad(
        "a/b//a_b.c",
        "  date = \"2026-11-24\"\n",
        "estate-argument-missing @ drift \"a/b//a_b.c\"",
    );
    bad("a/b//a_b.c", "  reason = \"x\"\n", "estate-argument-missing @ drift \"a/b//a_b.c\"");
    bad("a/b//a_b.c", "  reason = \" \"\n  date = \"2026-11-24\"\n", "drift-reason @ \" \"");
    bad("a/b//a_b.c", &format!("{told}  until = \"soon\"\n"), "drift-day @ \"soon\"");
    bad("a/b//a_b.c", &format!("{told}  until = \"2026-11-01\"\n"), "drift-until @ \"2026-11-01\"");
}
