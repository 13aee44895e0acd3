//! Attacks with approvals that were given for something else.

use std::collections::BTreeMap;

use super::rules::{approve, planned, ruled};

/// A plan of a change that alice and bob have approved.
fn approved(runner: &super::world::Runner) -> String {
    let plan = planned(runner);
    for key in ["alice", "bob"] {
        let ran = approve(runner, &plan, key, &["-base", "main"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    plan
}

#[test]
fn an_approval_of_another_commit() {
    let Some(runner) = ruled("an_approval_of_another_commit") else { return };
    runner.edit("db/main.tf", "one", "two");
    runner.commit();
    let plan = approved(&runner);
    // After they looked, something else is pushed to the same branch.
    runner.edit("db/main.tf", "two", "three");
    runner.commit();
    let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
    assert!(apply.err.contains("[plan-stale]"), "{}\n{}", apply.out, apply.err);
    assert!(apply.err.contains("configuration has changed"), "{}", apply.err);
    // What they approved is what is applied, merged under another commit's name or not.
    runner.edit("db/main.tf", "three", "two");
    runner.commit();
    runner.expect(&["apply", &plan, "-auto-approve", "-base", "main"], 0);
}

#[test]
fn an_approval_of_another_plan() {
    let Some(runner) = ruled("an_approval_of_another_plan") else { return };
    runner.edit("db/main.tf", "one", "two");
    runner.commit();
    let first = approved(&runner);
    runner.edit("db/main.tf", "two", "three");
    runner.commit();
    let second = planned(&runner);
    let refused = runner.strata(&["apply", &second, "-auto-approve", "-base", "main"]);
    assert!(refused.err.contains("[approvals-missing]"), "{}", refused.err);
    // Whoever can write to the store copies the approvals over.
    let copied = copy_approvals(&runner.path(".strata/estate.db"), &first, &second);
    assert_eq!(copied, 2, "they are there to be copied");
    let refused = runner.strata(&["apply", &second, "-auto-approve", "-base", "main"]);
    assert_eq!(refused.code, 1, "{}", refused.out);
    // They are sealed for the plan that they were given for.
    assert!(refused.err.contains("does not open"), "{}", refused.err);
}

/// Copies approvals from one plan to another in the store itself, and gives them the other's digest.
fn copy_approvals(store: &std::path::Path, from: &str, to: &str) -> usize {
    let store = rusqlite::Connection::open(store).expect("a store");
    let columns: BTreeMap<String, ()> = store
        .prepare("SELECT name FROM pragma_table_info('approval')")
        .and_then(|mut all| all.query_map([], |row| Ok((row.get(0)?, ())))?.collect())
        .expect("columns");
    assert!(columns.contains_key("plan"), "{columns:?}");
    let names: Vec<&str> = columns.keys().map(String::as_str).collect();
    let taken: Vec<String> = names
        .iter()
        .map(|name| match *name {
            "plan" => format!("'{to}'"),
            "digest" => format!("(SELECT digest FROM plan WHERE id = '{to}')"),
            other => other.to_owned(),
        })
        .collect();
    let copy = format!(
        "INSERT INTO approval ({}) SELECT {} FROM approval WHERE plan = '{from}'",
        names.join(", "),
        taken.join(", ")
    );
    store.execute(&copy, []).expect("copied")
}

#[test]
fn an_approval_under_other_rules() {
    let Some(runner) = ruled("an_approval_under_other_rules") else { return };
    runner.edit("db/main.tf", "one", "two");
    runner.commit();
    let plan = approved(&runner);
    // Meanwhile the branch that it is merged into asks for another person's approval.
    runner.git(&["checkout", "-q", "main"]);
    runner.edit("strata.hcl", "approvals   = 2", "approvals   = 3");
    runner.commit();
    let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
    assert!(apply.err.contains("[plan-stale]"), "{}\n{}", apply.out, apply.err);
}

#[test]
fn an_approval_of_another_estate() {
    let Some(runner) = ruled("an_approval_of_another_estate") else { return };
    runner.edit("db/main.tf", "one", "two");
    runner.commit();
    let plan = approved(&runner);
    let text = std::fs::read_to_string(runner.path("strata.hcl")).expect("read");
    let line = text.lines().find(|line| line.trim().starts_with("id ")).expect("an id");
    runner.write("strata.hcl", &text.replace(line, "  id   = \"00000000\""));
    runner.commit();
    let said = runner.strata(&["plan", "-pull-request", "-base", "main", "-env", "prod"]);
    assert!(said.err.contains("`estate / id` is changed"), "{}", said.err);
    let apply = runner.strata(&["apply", &plan, "-auto-approve", "-base", "main"]);
    assert_eq!(apply.code, 1, "{}", apply.out);
}
