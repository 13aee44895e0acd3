//! The audit of an estate: what is in its log, sealing it, and what a changed store or file is told by.

use std::process::Command;

use serde_json::Value as Json;

use crate::support::Estate;

/// The estate of `examples/hello`, applied in `dev`, with a key; `None` where there is no `ssh-keygen`.
fn applied() -> Option<Estate> {
    let estate = Estate::hello();
    let key = estate.path("key").display().to_string();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", &key])
        .status();
    if !made.is_ok_and(|status| status.success()) {
        skipped();
        return None;
    }
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-auto-approve", "-env", "dev"], 0);
    Some(estate)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped() {
    eprintln!("audit: skipped, there is no ssh-keygen");
}

fn log(estate: &Estate, args: &[&str]) -> Vec<Json> {
    let lines = estate.expect(&[&["-json", "audit", "log"], args].concat(), 0);
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn whats(events: &[Json]) -> Vec<&str> {
    events.iter().map(|event| event["what"].as_str().expect("a word")).collect()
}

#[test]
fn an_apply_is_told_from_its_plan_to_its_end() {
    let Some(estate) = applied() else { return };
    let all = log(&estate, &[]);
    let words = whats(&all);
    assert_eq!(words[..2], ["plan", "apply-begin"]);
    assert_eq!(*words.last().expect("some"), "apply-end");
    let count = |word: &str| words.iter().filter(|one| **one == word).count();
    assert_eq!((count("op"), count("apply")), (12, 4));
    let network = log(&estate, &["-stack", "dev/network", "-what", "apply"]);
    assert_eq!(network.len(), 1);
    assert_eq!(network[0]["serials"], serde_json::json!([0, 1]));
    assert_eq!(network[0]["plan"], all[0]["plan"]);
    assert!(network[0]["who"].as_str().is_some_and(|who| who.starts_with("local:")));
    assert_eq!(log(&estate, &["-env", "prod"]).len(), 0);
    assert_eq!(log(&estate, &["-last", "2"]).len(), 2);
    assert_eq!(log(&estate, &["-until", "2020-01-01"]).len(), 0);
    assert_eq!(log(&estate, &["-since", "1d"]).len(), all.len());
    estate.fails(&["audit", "log", "-since", "soon"], "audit-time", "soon");
    let shown = estate.expect(&["audit", "show", "1"], 0);
    assert!(shown.contains("what         plan\n"), "{shown}");
    estate.fails(&["audit", "show", "99"], "audit-unknown", "99");
}

#[test]
fn state_surgery_and_what_leaves_the_store_are_told() {
    let Some(estate) = applied() else { return };
    let before = log(&estate, &[]).len();
    estate.expect(&["state", "pull", "-stack", "dev/network"], 0);
    estate.expect(&["plan", "-env", "dev", "-out", "dev.plan"], 0);
    estate.expect(&["store", "backup", "estate.backup"], 0);
    estate.expect(&["state", "rm", "dev/shop//module.web[\"cart\"].terraform_data.deployment"], 0);
    let later = &log(&estate, &[])[before..];
    let expect = ["state-pull", "plan", "plan-export", "store-backup", "state-rm"];
    assert_eq!(whats(later), expect);
    assert_eq!(later[4]["serials"], serde_json::json!([1, 2]));
}

#[test]
fn a_pipeline_is_known_by_its_token_or_its_variables() {
    let Some(estate) = applied() else { return };
    // {"iss":"https://ci.example","sub":"repo:acme/infra:ref:main"}
    let claims =
        "eyJpc3MiOiJodHRwczovL2NpLmV4YW1wbGUiLCJzdWIiOiJyZXBvOmFjbWUvaW5mcmE6cmVmOm1haW4ifQ";
    let check = |vars: &[(&str, &str)], expect: &str| {
        estate.run_with(&["freeze", "dev", "why"], vars);
        estate.run_with(&["thaw", "dev"], vars);
        let last = log(&estate, &["-last", "1"]);
        assert_eq!(last[0]["who"], expect);
    };
    let token = format!("e30.{claims}.c2ln");
    check(&[("STRATA_ID_TOKEN", &token)], "oidc:https://ci.example repo:acme/infra:ref:main");
    let vars = [
        ("GITLAB_CI", "true"),
        ("CI_SERVER_URL", "https://gitlab.example"),
        ("CI_PROJECT_PATH", "acme/infra"),
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_JOB_ID", "7"),
        ("GITLAB_USER_LOGIN", "alice"),
    ];
    check(&vars, "ci:https://gitlab.example acme/infra@main#7,alice");
}

#[test]
fn a_sealed_chain_tells_of_a_cut_tail() {
    let Some(estate) = applied() else { return };
    let public = std::fs::read_to_string(estate.path("key.pub")).expect("a key");
    estate.write("audit/sealers", &format!("alice {public}"));
    let block = "audit {\n  sealers = \"audit/sealers\"\n  seals   = [\"audit/seals\"]\n}\n";
    let file = std::fs::read_to_string(estate.path("strata.hcl")).expect("read");
    estate.write("strata.hcl", &format!("{file}\n{block}"));
    // A place of which nothing was sealed yet is told: it may have been taken away.
    estate.fails(&["audit", "verify"], "audit-copies", "audit/seals");
    let told = estate.expect(&["audit", "seal", "-key", "key"], 0);
    assert!(told.contains("are sealed") && told.contains("copied to audit/seals"), "{told}");
    let again = estate.expect(&["audit", "seal", "-key", "key"], 0);
    assert!(again.contains("Nothing happened since"), "{again}");
    let holds = estate.expect(&["audit", "verify"], 0);
    assert!(holds.contains("2 signed heads hold") && holds.contains("signed by alice"), "{holds}");
    // A backup of before is put in the store's place: the store itself holds, the copy does not.
    let store = estate.path(".strata/estate.db");
    let store = if store.exists() { store } else { the_store(&estate) };
    estate.expect(&["audit", "export", "-out", "before.jsonl"], 0);
    estate.expect(&["freeze", "dev", "why"], 0);
    let old = std::fs::read(&store).expect("a store");
    let beside = |end: &str| std::path::PathBuf::from(format!("{}{end}", store.display()));
    let wal = std::fs::read(beside("-wal")).ok();
    estate.expect(&["thaw", "dev"], 0);
    estate.expect(&["audit", "seal", "-key", "key"], 0);
    std::fs::write(&store, old).expect("put back");
    drop(std::fs::remove_file(beside("-shm")));
    match wal {
        Some(wal) => std::fs::write(beside("-wal"), wal).expect("put back"),
        None => drop(std::fs::remove_file(beside("-wal"))),
    }
    estate.fails(&["audit", "verify"], "audit-broken", "cut off the end");
    estate.fails(&["audit", "verify", "before.jsonl"], "audit-broken", "cut off the end");
    // A stranger's signature does not count, and a changed one neither.
    let seals = std::fs::read_to_string(estate.path("audit/seals")).expect("seals");
    let first = seals.lines().next().expect("a line");
    estate.write("audit/seals", &format!("{first}\n"));
    estate.expect(&["audit", "verify"], 0);
    estate.expect(&["audit", "verify", "before.jsonl"], 0);
    estate.write("audit/seals", &first.replace("\\\"number\\\":", "\\\"number\\\":1"));
    estate.fails(&["audit", "verify"], "audit-broken", "audit/seals");
    estate.write("audit/sealers", "");
    estate.fails(&["audit", "seal", "-key", "key"], "audit-seal-refused", "Nothing was kept");
}

/// The one database of the estate.
fn the_store(estate: &Estate) -> std::path::PathBuf {
    let folders = [estate.path("."), estate.path(".strata")];
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    let is_store = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "db");
    paths.into_iter().find(is_store).expect("a store")
}

#[test]
fn an_exported_file_is_checked_anywhere() {
    let Some(estate) = applied() else { return };
    let exported = estate.expect(&["audit", "export"], 0);
    let elsewhere = Estate::of(&[("a.jsonl", &exported)]);
    let holds = elsewhere.expect(&["audit", "verify", "a.jsonl"], 0);
    assert!(holds.contains("The chain holds"), "{holds}");
    let check = |changed: String, place: &str| {
        elsewhere.write("b.jsonl", &changed);
        elsewhere.fails(&["audit", "verify", "b.jsonl"], "audit-broken", place);
    };
    check(exported.replace("apply-begin", "apply-began"), "line 3: event 2");
    let without = |at: usize| {
        let lines = exported.split_inclusive('\n').enumerate();
        lines.filter(|(line, _)| *line != at).map(|(_, line)| line).collect::<String>()
    };
    check(without(4), "line 5: event 4 is missing");
    check(without(0), "line 1");
    check(exported[..exported.len() / 2].to_owned(), "line");
    check("{}\n".to_owned(), "line 1");
    elsewhere.fails(&["audit", "verify", "none.jsonl"], "audit-unreadable", "none.jsonl");
    elsewhere.fails(&["audit", "verify"], "no-estate", "strata.hcl");
    estate.write("there.jsonl", "");
    estate.fails(&["audit", "export", "-out", "there.jsonl"], "audit-file-there", "there.jsonl");
}
