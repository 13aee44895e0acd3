//! `cargo xtask e2e drift`: changes made through the clouds' own APIs behind Strata's back, of every layer.
//!
//! Each is to be found with its layer and class, with who did it where a trail knows, and none is to be carried out by an apply
//! that is about something else. Then one is accepted, one put back, one ignored.
//!
//! Invariant: whatever else is found is a failure, too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::drift_changes::{self, Change, Eve};
use super::estate::{Dev, Estate};
use super::world::World;
use super::{expect, say};

/// How many changes are made.
const CHANGES: usize = 30;
/// Of how many of them a trail tells who made them, at least: the emulator's log names no object of some calls.
const KNOWN_MIN: usize = 29;

/// Goes through all of it, upon an environment that was just applied.
pub(super) fn found(estate: &Estate, world: &World) -> Result<(), String> {
    let before = look(estate, world, 0, &[])?;
    expect(before.is_empty(), "nothing drifted before")?;
    say("drift: none after the apply");
    let eve = Eve::new(world)?;
    let changes = drift_changes::all(world, &eve)?;
    expect(changes.len() == CHANGES, &format!("{CHANGES} changes, not {}", changes.len()))?;
    make(world, &changes)?;
    say(&format!("{CHANGES} changes were made through the APIs, past Strata"));
    let drifted = look(estate, world, 2, &[])?;
    let known = compare(&changes, &drifted, &eve)?;
    unrelated(estate, world, &changes)?;
    println!(
        "drift: {CHANGES} of {CHANGES} found, right layer and class; who: {known} of {CHANGES}; carried out by an unrelated apply: 0"
    );
    ways_out(estate, world)
}

/// Looks; what was found, by address.
fn look(
    estate: &Estate,
    world: &World,
    code: i32,
    more: &[&str],
) -> Result<BTreeMap<String, Json>, String> {
    let log = world.cluster.audit().display().to_string();
    let args = [&["drift", "-env", "dev", "-json", "-audit-log", &log], more].concat();
    let output = estate.run(&args, code)?;
    if output.said.contains("trail-unreachable") {
        return Err(format!("a trail cannot be read:\n{}", output.said));
    }
    let report: Json = serde_json::from_str(&output.printed).map_err(|e| e.to_string())?;
    let drift = report["drift"].as_array().cloned().unwrap_or_default();
    let address = |one: &Json| one["address"].as_str().unwrap_or_default().to_owned();
    Ok(drift.into_iter().map(|one| (address(&one), one)).collect())
}

fn make(world: &World, changes: &[Change]) -> Result<(), String> {
    let calls: Vec<Call> = changes.iter().map(|change| change.call.clone()).collect();
    let answers = world.call(&calls)?;
    let failed = changes.iter().zip(&answers).filter(|(_, answer)| !answer.code.is_empty());
    let failed: Vec<String> = failed
        .map(|(change, answer)| format!("{}: {}", change.call.name(), answer.answer))
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Holds what was found against what was done; of how many somebody is named.
fn compare(
    changes: &[Change],
    drifted: &BTreeMap<String, Json>,
    eve: &Eve,
) -> Result<usize, String> {
    let (mut wrong, mut known) = (Vec::new(), 0);
    for change in changes {
        let Some(one) = drifted.get(&change.address) else {
            wrong.push(format!("not found: {} ({})", change.address, change.call.name()));
            continue;
        };
        let who = one["by"]["who"].as_str();
        let class = (one["data_bearing"] == true, one["security"] == true);
        println!(
            "    {:<72} {:<17} {:<20} {}",
            change.address,
            one["layer"].as_str().unwrap_or_default(),
            one["class"].as_str().unwrap_or_default(),
            who.unwrap_or("-")
        );
        if one["layer"] != change.layer {
            wrong.push(format!("{}: layer {}", change.address, one["layer"]));
        }
        if class != (change.data, change.security) {
            wrong.push(format!("{}: (data, security) = {class:?}", change.address));
        }
        match who {
            Some(who) if eve.is(who) => known += 1,
            Some(other) => wrong.push(format!("{}: done by {other}", change.address)),
            None => {}
        }
    }
    let made: BTreeSet<&str> = changes.iter().map(|change| change.address.as_str()).collect();
    let more = drifted.iter().filter(|(address, _)| !made.contains(address.as_str()));
    wrong.extend(more.map(|(address, one)| format!("nobody did: {address}: {one}")));
    if known < KNOWN_MIN {
        wrong.push(format!("who is known of {known}, and of {KNOWN_MIN} at least it has to be"));
    }
    if wrong.is_empty() { Ok(known) } else { Err(wrong.join("\n")) }
}

/// An apply of all stacks that is about one tag: everything that drifted is as it was.
fn unrelated(estate: &Estate, world: &World, changes: &[Change]) -> Result<(), String> {
    let tags = "tags   = { Name = \"${local.name}-nat-${each.key}\" }";
    let tagged = "tags   = { Name = \"${local.name}-nat-${each.key}\", Purpose = \"out\" }";
    estate.edit("stacks/network/routes.tf", tags, tagged)?;
    let (plan, page) = estate.plan(&["-env", "dev"])?;
    let stacks = page["stacks"].as_array().cloned().unwrap_or_default();
    let changed: Vec<&Json> = stacks
        .iter()
        .filter(|stack| stack["has_changes"] == true)
        .map(|stack| &stack["address"])
        .collect();
    expect(changed == ["dev/network:eu-west-1"], &format!("the plan changes {changed:?}"))?;
    let drift = page["totals"]["drift"].as_u64().unwrap_or_default();
    expect(drift == CHANGES as u64, &format!("the page tells of {drift} that drifted"))?;
    estate.approve(&plan, &[])?;
    let done = estate.run(&["apply", &plan], 0)?.printed;
    expect(
        done.contains("0 added, 1 changed, 0 destroyed"),
        &format!("one object changed:\n{done}"),
    )?;
    let still = look(estate, world, 2, &["-no-trail"])?;
    let gone: Vec<&str> = changes
        .iter()
        .map(|change| change.address.as_str())
        .filter(|address| !still.contains_key(*address))
        .collect();
    expect(gone.is_empty(), &format!("carried out, or lost sight of: {gone:?}"))?;
    for probe in drift_changes::probes(world)? {
        probe?;
    }
    say("an apply of all stacks for one tag changed that tag and nothing else");
    Ok(())
}

/// Accepted, put back, ignored.
fn ways_out(estate: &Estate, world: &World) -> Result<(), String> {
    let (accepted, reverted, ignored) =
        (drift_changes::ACCEPTED, drift_changes::REVERTED, drift_changes::IGNORED);
    let args = ["drift", "accept", accepted, "-reason", "it stays so", "-auto-approve"];
    let refused =
        estate.run(&["drift", "accept", "dev/network:*//aws_vpc.none", "-reason", "x"], 1)?;
    expect(refused.said.contains("bad-address"), "an address with stars is refused")?;
    estate.lay(Dev::Open)?;
    estate.run(&args, 0)?;
    let planned = estate.run(&["drift", "revert", reverted, "-json"], 0)?.printed;
    let page: Json = serde_json::from_str(&planned).map_err(|e| e.to_string())?;
    let id = page["plan"].as_str().or_else(|| page["plan"]["id"].as_str()).unwrap_or_default();
    estate.approve(id, &[])?;
    let done = estate.run(&["apply", id], 0)?.printed;
    expect(done.contains("0 added, 1 changed, 0 destroyed"), &format!("put back:\n{done}"))?;
    let block = format!(
        "\ndrift \"{}\" {{\n  reason = \"tried out\"\n  date   = \"2026-11-24\"\n  until  = \"2999-12-31\"\n}}\n",
        ignored.replace('"', "\\\"")
    );
    let file = estate.folder.join("strata.hcl");
    let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
    std::fs::write(&file, text + &block).map_err(|e| e.to_string())?;
    let left = look(estate, world, 2, &["-no-trail"])?;
    for address in [accepted, reverted, ignored] {
        expect(!left.contains_key(address), &format!("{address} drifts no more"))?;
    }
    expect(left.len() == CHANGES - 3, &format!("{} are left", left.len()))?;
    let events = estate.run(&["audit", "log", "-what", "drift-*", "-json"], 0)?.printed;
    for told in ["drift-accept", "it stays so", "drift-revert"] {
        expect(events.contains(told), &format!("the audit tells {told}"))?;
    }
    println!("drift: one accepted, one put back by an approved plan, one ignored until a day");
    Ok(())
}

/// One value out of an answer.
pub(super) fn pick(answer: &Json, pointer: &str) -> Result<String, String> {
    let found = answer.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
    found.ok_or_else(|| format!("no {pointer} in {answer}"))
}

/// A filter of EC2.
pub(super) fn filter(name: &str, value: &str) -> Json {
    json!([{ "Name": name, "Values": [value] }])
}
