//! Parity with `tofu`: the same configurations and steps through both programs; states and plan documents compared.
//!
//! Each folder below `tests/parity` is one case, its numbered folders the steps. What is random is compared by shape:
//! UUIDs are numbered in the order in which they appear, and values of the provider `random` are masked.
//! Skipped by name where the real programs are not there (`cargo xtask parts`).

#![expect(
    clippy::disallowed_methods,
    reason = "a test is told by the environment which cases to run"
)]

mod parity_support;

use std::path::{Path, PathBuf};

use parity_support::{Peer, assert_same, document, parts, tofu_and_mirror};

/// Members of the plan document that are not compared: the time, and the program's version, which a `tofu` of one's own
/// making tells otherwise.
const OWN_MEMBERS: [&str; 2] = ["timestamp", "terraform_version"];

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases").map(|e| e.expect("a case").path()).collect();
    cases.sort();
    cases
}

fn check(case: &Path) -> Result<(), String> {
    let (tofu, mirror) = tofu_and_mirror().expect("looked for before");
    let scratch = tempfile::tempdir().expect("a folder");
    let strata = PathBuf::from(env!("CARGO_BIN_EXE_strata"));
    let ours = Peer::new(strata, scratch.path().join("strata"), mirror.clone());
    let theirs = Peer::new(tofu, scratch.path().join("tofu"), mirror);
    let mut steps: Vec<PathBuf> =
        std::fs::read_dir(case).expect("steps").map(|e| e.expect("a step").path()).collect();
    steps.sort();
    for step in &steps {
        for peer in [&ours, &theirs] {
            peer.lay(step);
            peer.run(&["init", "-input=false"])?;
            peer.run(&["plan", "-input=false", "-out=plan"])?;
        }
        let plans = [&ours, &theirs].map(|peer| peer.run(&["show", "-json", "plan"]));
        let [our_plan, their_plan] = plans;
        let (mut our_plan, mut their_plan) = (document(&our_plan?)?, document(&their_plan?)?);
        sort_relevant(&mut our_plan);
        sort_relevant(&mut their_plan);
        for plan in [&mut our_plan, &mut their_plan] {
            sort_checks_of_plan(plan);
            let members = plan.as_object_mut().expect("a document is an object");
            OWN_MEMBERS.iter().for_each(|own| drop(members.remove(*own)));
            if let Some(prior) = members.get_mut("prior_state").and_then(|one| one.as_object_mut())
            {
                OWN_MEMBERS.iter().for_each(|own| drop(prior.remove(*own)));
            }
        }
        assert_same(&format!("{}: plan document", step.display()), &our_plan, &their_plan)?;
        ours.run(&["apply", "-input=false", "plan"])?;
        theirs.run(&["apply", "-input=false", "plan"])?;
        compare_states(&ours, &theirs, step)?;
        no_changes_on_the_others_state(&ours, &theirs)?;
    }
    for peer in [&ours, &theirs] {
        peer.run(&["destroy", "-auto-approve", "-input=false"])?;
    }
    compare_states(&ours, &theirs, case)
}

fn compare_states(ours: &Peer, theirs: &Peer, at: &Path) -> Result<(), String> {
    let mut states = [ours, theirs].map(Peer::state);
    for state in &mut states {
        for own in ["lineage", "serial"] {
            state.as_object_mut().expect("a state is an object").remove(own);
        }
        sort_checks(state);
    }
    assert_same(&format!("{}: state", at.display()), &states[0], &states[1])
}

/// `tofu` writes the attributes of one resource in an order that differs from run to run.
fn sort_relevant(plan: &mut serde_json::Value) {
    if let Some(all) = plan["relevant_attributes"].as_array_mut() {
        all.sort_by_key(ToString::to_string);
    }
}

/// `tofu` writes checks and their objects in an order that differs from run to run.
fn sort_checks(state: &mut serde_json::Value) {
    let text =
        |value: &serde_json::Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let Some(checks) = state["check_results"].as_array_mut() else { return };
    for check in checks.iter_mut() {
        if let Some(objects) = check["objects"].as_array_mut() {
            objects.sort_by_key(|object| text(object, "object_addr"));
        }
    }
    checks.sort_by_key(|check| text(check, "config_addr"));
}

/// And so it does in plan documents.
fn sort_checks_of_plan(plan: &mut serde_json::Value) {
    let text = |value: &serde_json::Value| value["address"]["to_display"].to_string();
    let Some(checks) = plan.get_mut("checks").and_then(|all| all.as_array_mut()) else { return };
    for check in checks.iter_mut() {
        if let Some(instances) = check["instances"].as_array_mut() {
            instances.sort_by_key(text);
        }
    }
    checks.sort_by_key(text);
}

/// Each program plans no changes on the other's state.
fn no_changes_on_the_others_state(ours: &Peer, theirs: &Peer) -> Result<(), String> {
    let (our_state, their_state) = (ours.state_bytes(), theirs.state_bytes());
    ours.replace_state(&their_state);
    theirs.replace_state(&our_state);
    for (peer, whose) in [(ours, "tofu's"), (theirs, "strata's")] {
        peer.run(&["plan", "-input=false", "-detailed-exitcode"])
            .map_err(|e| format!("on {whose} state: {e}"))?;
    }
    ours.replace_state(&our_state);
    theirs.replace_state(&their_state);
    Ok(())
}

#[test]
fn the_same_steps_give_the_same_documents() {
    if let Err(missing) = tofu_and_mirror() {
        println!("SKIPPED the_same_steps_give_the_same_documents: {missing}");
        return;
    }
    assert!(parts().exists(), "the parts cache is there");
    let only = std::env::var("STRATA_PARITY_ONLY").ok();
    let mut failed = Vec::new();
    let mut passed = 0;
    for case in cases() {
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        match check(&case) {
            Ok(()) => passed += 1,
            Err(message) => failed.push(format!("{name}: {message}")),
        }
    }
    println!("parity: {passed} passed, {} failed", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(passed > 0, "no case ran");
}
