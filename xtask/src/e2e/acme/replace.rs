//! What upper stacks stand on is replaced under them: the new is made, the upper stacks move over, then the old goes, in one run.

use serde_json::Value as Json;

use super::estate::{Dev, Estate};
use super::world::World;
use super::{expect, say};

/// Replaces subnets and a security group under the database and the cluster; then, without create-before-destroy, is refused;
/// then removes an output together with its reader.
pub(super) fn moves_over(estate: &Estate, world: &World) -> Result<(), String> {
    with_create_before_destroy(estate, world)?;
    without_create_before_destroy(estate)?;
    output_with_reader(estate)
}

/// The network's inputs of the run before and after.
const INPUT: &str = "    nat    = env.nat\n";
const MOVED: &str = "    nat    = env.nat\n    private_block = 1\n";

fn with_create_before_destroy(estate: &Estate, world: &World) -> Result<(), String> {
    let before = world.trail()?.len();
    estate.edit("strata.hcl", INPUT, MOVED)?;
    let described = "Databases: from the cluster's machines, and nobody else";
    estate.edit(
        "stacks/network/security_groups.tf",
        described,
        "Databases: from the machines only",
    )?;
    applied(estate)?;
    let log: Vec<(String, Json)> = world.trail()?.split_off(before);
    let first = |name: &str| log.iter().position(|(event, _)| event == name);
    let last = |name: &str| log.iter().rposition(|(event, _)| event == name);
    for (earlier, later) in [
        ("CreateSubnet", "ModifyDBSubnetGroup"),
        ("CreateSubnet", "CreateNodegroup"),
        ("CreateSecurityGroup", "ModifyDBCluster"),
        ("ModifyDBSubnetGroup", "DeleteSubnet"),
        ("CreateNodegroup", "DELETE.eks"),
        ("DELETE.eks", "DeleteSubnet"),
        ("ModifyDBCluster", "DeleteSecurityGroup"),
    ] {
        let (done, begun) = (last(earlier), first(later));
        let holds = done.zip(begun).is_some_and(|(done, begun)| done < begun);
        expect(holds, &format!("{earlier} before {later}: {done:?}, {begun:?}"))?;
    }
    print_order(&log);
    estate.run(&["plan", "-env", "dev", "-detailed-exitcode"], 0)?;
    say(
        "subnets and a security group were replaced under the database and the machines, in one run, new before old",
    );
    Ok(())
}

fn print_order(log: &[(String, Json)]) {
    // Of the cluster, nothing but its machines is deleted here; the emulator's log does not say more.
    let shown = ["Subnet", "SecurityGroup", "Nodegroup", "DELETE.eks", "ModifyDBCluster"];
    let told = log
        .iter()
        .map(|(event, _)| event.as_str())
        .filter(|event| !["Describe", "List", "Get"].iter().any(|read| event.starts_with(read)))
        .filter(|event| shown.iter().any(|name| event.contains(name)));
    println!("  the emulator's log: {}", told.collect::<Vec<_>>().join(" "));
}

/// Back again, with subnets that go before their successors come.
fn without_create_before_destroy(estate: &Estate) -> Result<(), String> {
    estate.edit("strata.hcl", MOVED, INPUT)?;
    for file in ["stacks/network/main.tf", "stacks/network/routes.tf"] {
        estate.edit(file, "create_before_destroy = true", "create_before_destroy = false")?;
    }
    let (plan, _) = estate.plan(&["-env", "dev"])?;
    estate.approve(&plan, &[])?;
    let said = estate.run(&["apply", &plan], 1)?.said;
    expect(
        said.contains("create_before_destroy"),
        &format!("the refusal names the remedy: {said}"),
    )?;
    estate.lay(Dev::Protected)?;
    estate.edit("strata.hcl", INPUT, MOVED)?;
    say("the same without create-before-destroy is refused, with its remedy");
    Ok(())
}

/// The logs' address goes, and with it the one that reads it.
fn output_with_reader(estate: &Estate) -> Result<(), String> {
    estate.edit("strata.hcl", "    logs_endpoint = stack.logging.endpoint\n", "")?;
    estate.edit("stacks/shop/main.tf", "    LOGS_ENDPOINT = var.logs_endpoint\n", "")?;
    let variable = "variable \"logs_endpoint\" {\n  description = \"Where structured logs are sent.\"\n  type        = string\n}\n";
    estate.edit("stacks/shop/variables.tf", variable, "")?;
    std::fs::write(estate.folder.join("stacks/logging/outputs.tf"), "")
        .map_err(|e| e.to_string())?;
    applied(estate)?;
    estate.run(&["output", "dev/logging", "endpoint"], 1)?;
    say("an output and its reader are removed in one run");
    estate.lay(Dev::Protected)
}

/// Plans, signs, applies.
fn applied(estate: &Estate) -> Result<(), String> {
    let (plan, _) = estate.plan(&["-env", "dev"])?;
    estate.approve(&plan, &[])?;
    estate.run(&["apply", &plan], 0).map(drop)
}
