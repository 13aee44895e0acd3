//! Adoption: Terragrunt trees that real `terragrunt` applied, read into estates that plan no changes over the same states.
//!
//! For each tree: `terragrunt` applies it; `strata adopt` writes its estate; `strata shadow` says that `tofu` and Strata plan
//! the same upon the states where they are, and changes none of them; the states are taken in; the estate plans no changes.

mod cloud;
mod tree;

use std::path::Path;
use std::time::Instant;

use cloud::Cloud;
use tree::{Laid, Programs, TREES, Tree};

use super::first_light::build;

/// What one tree came to.
#[derive(Default)]
struct Figures {
    units: usize,
    stacks: usize,
    same: usize,
    unchanged: usize,
    findings: usize,
}

/// Runs it all; the first thing that is not as it should be ends it.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let with_aws = !args.iter().any(|arg| arg == "--without-aws");
    let parts = crate::parts::cache();
    let programs = Programs::find(&parts, build(root)?)?;
    let folder = std::env::temp_dir().join(format!("strata-e2e-adopt-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let ended = scenario(root, &parts, &folder, &programs, with_aws);
    if ended.is_ok() {
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        eprintln!("what was there is kept in {}", folder.display());
    }
    ended
}

fn scenario(
    root: &Path,
    parts: &Path,
    folder: &Path,
    programs: &Programs,
    with_aws: bool,
) -> Result<(), String> {
    let cloud = if with_aws { Cloud::start(parts, folder)? } else { None };
    match &cloud {
        Some(cloud) if cloud.has_provider => {
            say("states of `live` in S3 and its networks on ministack")
        }
        Some(_) => say(
            "states of `live` in S3 on ministack; no networks: the AWS provider is not on this machine",
        ),
        None => say(
            "without AWS: ministack is not there (`cargo xtask parts ministack`), or was left out; all states are files",
        ),
    }
    let mut all = Figures::default();
    for tree in TREES {
        let begun = Instant::now();
        let laid = tree.lay(&root.join("xtask/e2e/adopt"), folder, cloud.as_ref(), programs)?;
        let figures = one(tree, &laid)?;
        println!(
            "adopt {}: {} units -> {} stacks, {} instances; {} not read; shadow: {} of {} gave the same plan; after adoption {} of {} without changes; {} ms",
            tree.name,
            tree.units,
            figures.stacks,
            figures.units,
            figures.findings,
            figures.same,
            figures.units,
            figures.unchanged,
            figures.units,
            begun.elapsed().as_millis()
        );
        all.units += figures.units;
        all.stacks += figures.stacks;
        all.same += figures.same;
        all.unchanged += figures.unchanged;
    }
    println!(
        "adopt: {} trees, {} instances of {} stacks; shadow same {}, without changes {}",
        TREES.len(),
        all.units,
        all.stacks,
        all.same,
        all.unchanged
    );
    expect(all.same == all.units && all.unchanged == all.units, "every instance agrees")
}

fn one(tree: &Tree, laid: &Laid<'_>) -> Result<Figures, String> {
    laid.terragrunt(tree)?;
    let before = laid.states(tree)?;
    expect(
        before.len() == tree.units,
        &format!("terragrunt made {} states, not {}", tree.units, before.len()),
    )?;
    let adopted = laid.strata(&["adopt", ".", "-json"], 0)?;
    let mut figures = Figures {
        units: adopted["instances"].as_array().map_or(0, Vec::len),
        stacks: count(&adopted["stacks"]),
        findings: count(&adopted["findings"]),
        ..Figures::default()
    };
    expect(
        figures.units == tree.units,
        &format!("all {} units are instances, not {}", tree.units, figures.units),
    )?;
    expect(
        figures.stacks == tree.stacks,
        &format!("they are {} stacks, not {}", tree.stacks, figures.stacks),
    )?;
    expect(figures.findings == 0, "everything was read")?;
    laid.text(&["adopt", "."], 1)?; // a second time nothing is overwritten
    laid.text(&["init"], 0)?;
    laid.text(&["validate"], 0)?;
    for environment in tree.environments {
        let option = format!("-env={environment}");
        let shadow = laid.strata(&["shadow", &option, "-json", &laid.tofu_option()], 0)?;
        figures.same += count(&shadow["same"]);
        for stack in shadow["stacks"].as_array().into_iter().flatten() {
            let changes =
                ["add", "change", "destroy"].iter().map(|it| count(&stack[*it])).sum::<usize>();
            expect(changes == 0, &format!("shadow of {} plans no changes", stack["address"]))?;
        }
        // Without its states an estate would make everything anew: it refuses to plan.
        laid.text(&["plan", &option], 1)?;
    }
    expect(laid.states(tree)? == before, "shadow changed no state")?;
    let taken = laid.strata(&["store", "adopt", "-json"], 0)?;
    let taken = taken["stacks"].as_array().into_iter().flatten();
    expect(
        taken.filter(|one| one["taken"] == true).count() == tree.units,
        "all states were taken in",
    )?;
    for environment in tree.environments {
        let option = format!("-env={environment}");
        let plan = laid.strata(&["plan", &option, "-detailed-exitcode", "-json"], 0)?;
        let stacks = plan["stacks"].as_array().into_iter().flatten();
        figures.unchanged += stacks.filter(|stack| stack["has_changes"] == false).count();
    }
    expect(laid.states(tree)? == before, "taking states in changed none of them")?;
    changed(tree, laid)?;
    Ok(figures)
}

/// One value changed in the estate file: both plan the same change, and it is one.
fn changed(tree: &Tree, laid: &Laid<'_>) -> Result<(), String> {
    let file = laid.dir.join("strata.hcl");
    let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
    let (from, to) = tree.change;
    expect(text.contains(from), &format!("the estate file of {} has {from}", tree.name))?;
    std::fs::write(&file, text.replace(from, to)).map_err(|e| e.to_string())?;
    let option = format!("-env={}", tree.environments[0]);
    let shadow = laid.strata(&["shadow", &option, "-json", &laid.tofu_option()], 0)?;
    std::fs::write(&file, text).map_err(|e| e.to_string())?;
    let stacks = shadow["stacks"].as_array().into_iter().flatten();
    let changing = stacks.filter(|stack| count(&stack["change"]) + count(&stack["add"]) > 0);
    expect(changing.count() > 0, "a changed value is planned, by both the same")
}

fn count(value: &serde_json::Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

fn say(text: &str) {
    println!("  {text}");
}
