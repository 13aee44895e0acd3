//! What the clouds say is there, and by whom it was made.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::world::{ACCOUNT, IN_CLUSTER, WITH_ROLES, World};
use super::{expect, say};

/// The objects of all layers exist, asked through the clouds' own APIs.
pub(super) fn exist(world: &World) -> Result<(), String> {
    let role = world.ask("iam", "get_role", json!({"RoleName": "acme-dev-shop-apply"}))?;
    let role = &role["Role"];
    let path = role["Path"].as_str().unwrap_or_default();
    expect(path == "/acme/dev/strata/", "the role of the shop is under its path")?;
    let boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"].as_str();
    expect(
        boundary == Some(&format!("arn:aws:iam::{ACCOUNT}:policy/acme/dev/acme-dev-boundary")),
        "the role of the shop has the boundary",
    )?;
    for (service, operation, with, wanted) in [
        ("ec2", "describe_vpcs", json!({}), "10.1.0.0/16"),
        ("rds", "describe_db_clusters", json!({}), "acme-dev-orders"),
        ("rds", "describe_db_instances", json!({}), "acme-dev-strata"),
        ("ecr", "describe_repositories", json!({}), "acme-dev/search"),
        ("s3", "list_buckets", json!({}), "acme-dev-artifacts-111111111111"),
        ("eks", "list_access_entries", json!({"clusterName": "acme-dev"}), "acme-dev-shop-plan"),
        ("eks", "list_nodegroups", json!({"clusterName": "acme-dev"}), "acme-dev-"),
        ("iam", "list_open_id_connect_providers", json!({}), "token.actions.githubusercontent.com"),
    ] {
        let told = world.ask(service, operation, with)?.to_string();
        expect(told.contains(wanted), &format!("{service} {operation} tells {wanted}"))?;
    }
    cluster_objects_exist(world)?;
    say("the objects exist, asked through the clouds' own APIs");
    Ok(())
}

/// Those inside of the cluster.
pub(super) fn cluster_objects_exist(world: &World) -> Result<(), String> {
    for path in paths() {
        expect(world.cluster.ask(&path).is_some(), &format!("the cluster has {path}"))?;
    }
    let space = world.cluster.ask("/api/v1/namespaces/shop").unwrap_or_default();
    expect(
        space.contains("\"pod-security.kubernetes.io/enforce\": \"restricted\"")
            || space.contains("\"pod-security.kubernetes.io/enforce\":\"restricted\""),
        "pods of the shop are restricted",
    )?;
    // A deployment that breaks the rules of the stack `policy` is refused by the API server itself.
    let container =
        json!({"name": "x", "image": "x:latest", "resources": {"limits": {"memory": "1Mi"}}});
    let body = json!({
        "metadata": {"name": "loose"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}},
        },
    });
    let tried =
        Call::cluster("root", "POST", "/apis/apps/v1/namespaces/shop/deployments").body(body);
    let answers = world.call(&[tried])?;
    let said = answers.first().map(|answer| answer.answer.to_string()).unwrap_or_default();
    expect(
        said.contains("never `latest`"),
        &format!("an image without a version is refused, not {said}"),
    )
}

fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for space in ["logging", "ingress", "shop", "search"] {
        paths.push(format!("/api/v1/namespaces/{space}/resourcequotas/team"));
        paths.push(format!("/api/v1/namespaces/{space}/limitranges/containers"));
        let policies = format!("/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies");
        paths.push(format!("{policies}/default-deny"));
    }
    paths.extend(
        [
            "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/strata:shop:apply",
            "/apis/apps/v1/namespaces/logging/daemonsets/log-collector",
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/images-are-pinned",
            "/apis/apps/v1/namespaces/ingress/deployments/ingress",
            "/apis/networking.k8s.io/v1/ingressclasses/acme",
            "/apis/apps/v1/namespaces/shop/deployments/shop",
            "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/shop",
            "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/shop",
            "/apis/apps/v1/namespaces/search/deployments/search",
            "/apis/batch/v1/namespaces/search/cronjobs/reindex",
        ]
        .map(str::to_owned),
    );
    paths
}

/// Each stack was planned and applied under its own roles: those were assumed, and nobody else wrote in the cluster.
pub(super) fn own_roles(world: &World) -> Result<(), String> {
    let assumed: BTreeSet<String> = world
        .trail()?
        .iter()
        .filter(|(name, _)| name == "AssumeRole")
        .filter_map(|(_, parameters)| role_name(parameters))
        .collect();
    for stack in WITH_ROLES {
        for purpose in ["plan", "apply"] {
            let role = format!("acme-dev-{stack}-{purpose}");
            expect(assumed.contains(&role), &format!("the role {role} was assumed"))?;
        }
    }
    let (mut writers, mut strangers) = (BTreeSet::new(), Vec::new());
    for (user, verb, path) in world.cluster.changes()? {
        let ours = user.starts_with("acme-dev-");
        if user.ends_with("-plan")
            || (ours && !IN_CLUSTER.iter().any(|stack| user == format!("acme-dev-{stack}-apply")))
        {
            strangers.push(format!("{user} {verb} {path}"));
        }
        if ours {
            writers.insert(user);
        }
    }
    expect(
        strangers.is_empty(),
        &format!("nobody but apply roles changes the cluster: {strangers:?}"),
    )?;
    expect(
        writers.len() == IN_CLUSTER.len(),
        &format!("each stack wrote by its own role: {writers:?}"),
    )?;
    say("each stack was planned under its plan role and applied under its apply role");
    Ok(())
}

fn role_name(parameters: &Json) -> Option<String> {
    parameters["RoleArn"].as_str()?.rsplit('/').next().map(str::to_owned)
}

/// Nothing of `dev` is left in the clouds.
pub(super) fn gone(world: &World) -> Result<(), String> {
    for (service, operation, with) in [
        ("ec2", "describe_security_groups", json!({})),
        ("rds", "describe_db_clusters", json!({})),
        ("rds", "describe_db_instances", json!({})),
        ("rds", "describe_db_subnet_groups", json!({})),
        ("ecr", "describe_repositories", json!({})),
        ("s3", "list_buckets", json!({})),
        ("eks", "list_clusters", json!({})),
        ("iam", "list_roles", json!({})),
        ("iam", "list_policies", json!({"Scope": "Local"})),
    ] {
        let told = world.ask(service, operation, with)?.to_string();
        expect(
            !told.contains("acme-dev"),
            &format!("nothing of acme-dev is left: {service} {operation} tells {told}"),
        )?;
    }
    let told = world.ask("ec2", "describe_vpcs", json!({}))?.to_string();
    expect(!told.contains("10.1.0.0/16"), "the network is gone")?;
    cluster_gone(world)
}

/// Nothing is left inside of the cluster.
pub(super) fn cluster_gone(world: &World) -> Result<(), String> {
    let spaces = world.cluster.ask("/api/v1/namespaces").unwrap_or_default();
    expect(!spaces.contains("\"shop\""), "the namespaces are gone")?;
    let roles =
        world.cluster.ask("/apis/rbac.authorization.k8s.io/v1/clusterroles").unwrap_or_default();
    expect(!roles.contains("\"strata:"), "the cluster's roles are gone")?;
    let policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let rules = world.cluster.ask(policies).unwrap_or_default();
    expect(!rules.contains("images-are-pinned"), "the rules are gone")
}
