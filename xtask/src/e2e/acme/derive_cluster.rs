//! Roles inside of a cluster, learned from its audit log and then lived with: stacks of the environment `local`.

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::estate::Estate;
use super::world::World;
use super::{expect, say};

/// The stack that makes the namespaces.
const BELOW: &str = "local/cluster-base";
/// Those upon it, upwards. (It itself grants rights, which takes having them.)
const STACKS: [&str; 4] = ["local/logging", "local/policy", "local/ingress", "local/shop"];

/// Derives, and plans, applies and destroys as users that have just what was derived.
pub(super) fn whole(estate: &Estate, world: &World) -> Result<(), String> {
    estate.run(&["apply", BELOW, "-auto-approve"], 0)?;
    for stack in STACKS {
        lives(estate, world, stack)?;
        estate.run(&["apply", stack, "-auto-approve"], 0)?;
    }
    for stack in STACKS.iter().rev().chain([&BELOW]) {
        destroy(estate, stack, &[])?;
    }
    say("whoever has the roles to plan is refused to apply");
    Ok(())
}

fn destroy(estate: &Estate, stack: &str, variables: &[(&str, &str)]) -> Result<(), String> {
    let (kept, page) = estate.plan(&[stack, "-destroy"])?;
    estate.approve(&kept, &crate::e2e::signing::losses(&page))?;
    estate.run_in(&["apply", &kept], 0, variables).map(drop)
}

fn lives(estate: &Estate, world: &World, stack: &str) -> Result<(), String> {
    let log = world.cluster.audit_log().display().to_string();
    let args = [
        "-json",
        "access",
        "derive",
        stack,
        "-audit-log",
        &log,
        "-audit-user",
        "derive-everything",
        "-auto-approve",
    ];
    let printed = estate.run_in(&args, 0, &[("ACME_LOCAL_TOKEN", "derive-everything")])?.printed;
    let learned: Json = serde_json::from_str(&printed).map_err(|e| format!("{e}\n{printed}"))?;
    let roles = |purpose: &str| learned["cluster"][purpose].as_array().cloned().unwrap_or_default();
    let (plan, apply) = (roles("plan"), roles("apply"));
    expect(!plan.is_empty() && !apply.is_empty(), &format!("there are roles in {learned}"))?;
    writes_nothing(&plan)?;
    for role in &plan {
        bind(world, role, &["derived-plan", "derived-apply"])?;
    }
    for role in &apply {
        bind(world, role, &["derived-apply"])?;
    }
    let planner = [("ACME_LOCAL_TOKEN", "derived-plan")];
    let applier = [("ACME_LOCAL_TOKEN", "derived-apply")];
    estate.run_in(&["plan", stack], 0, &planner)?;
    let refused = estate.run_in(&["apply", stack, "-auto-approve"], 1, &planner)?;
    expect(refused.said.contains("orbidden"), "whoever may only plan does not apply")?;
    estate.run_in(&["apply", stack, "-auto-approve"], 0, &applier)?;
    estate.run_in(&["plan", stack, "-detailed-exitcode"], 0, &planner)?;
    destroy(estate, stack, &applier)?;
    let rules = |roles: &[Json]| -> usize {
        roles.iter().map(|role| role["rules"].as_array().map_or(0, Vec::len)).sum()
    };
    println!(
        "  derive: {stack} lives under derived roles of the cluster: plan {} rules, apply {} rules",
        rules(&plan),
        rules(&apply)
    );
    Ok(())
}

/// No rule to plan has a verb that changes anything.
fn writes_nothing(roles: &[Json]) -> Result<(), String> {
    let text = json!(roles).to_string();
    let writes = ["\"create\"", "\"update\"", "\"patch\"", "\"delete\""];
    expect(
        !writes.iter().any(|verb| text.contains(verb)),
        &format!("planning writes nothing: {text}"),
    )
}

/// Makes a role and gives it to users.
fn bind(world: &World, role: &Json, users: &[&str]) -> Result<(), String> {
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    let name = &role["metadata"]["name"];
    let (space, plural, bindings) = match role["metadata"]["namespace"].as_str() {
        Some(namespace) => (format!("{rbac}/namespaces/{namespace}"), "roles", "rolebindings"),
        None => (rbac.to_owned(), "clusterroles", "clusterrolebindings"),
    };
    let subjects: Vec<Json> = users
        .iter()
        .map(|user| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}))
        .collect();
    let binding = json!({
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": name},
        "subjects": subjects,
    });
    let made = world.call(&[
        Call::cluster("root", "POST", &format!("{space}/{plural}")).body(role.clone()),
        Call::cluster("root", "POST", &format!("{space}/{bindings}")).body(binding),
    ])?;
    match made.iter().find(|answer| !answer.code.is_empty()) {
        None => Ok(()),
        Some(answer) => Err(format!("the cluster does not take {role}: {}", answer.answer)),
    }
}
