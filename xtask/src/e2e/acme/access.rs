//! Who may do what, proven by calls that are denied: six identities, one a layer, each try what is characteristic of every
//! other layer; teams of one layer try each other's; and what plans tries to write.
//!
//! The calls go to the clouds directly, so that what denies is the cloud, and nothing of Strata.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::world::{ACCOUNT, World};

/// Kinds of call.
const KINDS: [&str; 3] = ["read", "write", "delete"];

/// A layer: the identity that stands for it, and what is characteristic of it, each with its kind.
struct Layer {
    name: &'static str,
    identity: &'static str,
    calls: Vec<(&'static str, Call)>,
}

/// Makes all calls and prints the table; an error where one was let through.
pub(super) fn table(world: &World) -> Result<(), String> {
    let layers = layers();
    let mut asked = Vec::new();
    for (row, by) in layers.iter().enumerate() {
        for (column, of) in layers.iter().enumerate().filter(|(column, _)| *column != row) {
            for (kind, call) in &of.calls {
                asked.push((row, column, *kind, call.by(&format!("{}-apply", by.identity))));
            }
        }
    }
    let (denied, allowed) = count(world, asked, |cells| print_table(&layers, cells))?;
    verdict("six identities, each at the five other layers", denied, &allowed)?;
    neighbours(world)?;
    planners(world, &layers)?;
    owners(world, &layers)
}

/// Denied and tried, by row, column and kind.
type Cells = BTreeMap<(usize, usize, &'static str), (usize, usize)>;

fn count(
    world: &World,
    asked: Vec<(usize, usize, &'static str, Call)>,
    show: impl Fn(&Cells),
) -> Result<(usize, Vec<String>), String> {
    let calls: Vec<Call> = asked.iter().map(|(.., call)| call.clone()).collect();
    let answers = world.call(&calls)?;
    let (mut cells, mut allowed, mut denied) = (Cells::new(), Vec::new(), 0);
    for ((row, column, kind, call), answer) in asked.iter().zip(&answers) {
        let cell = cells.entry((*row, *column, *kind)).or_default();
        cell.1 += 1;
        if answer.denied {
            cell.0 += 1;
            denied += 1;
        } else {
            let who = call.to_json()["as"].as_str().unwrap_or_default().to_owned();
            allowed.push(format!("{who}: {} ({})", call.name(), answer.code));
        }
    }
    show(&cells);
    Ok((denied, allowed))
}

fn print_table(layers: &[Layer], cells: &Cells) {
    println!("\n  denied/tried as read write delete; rows try what is the columns'");
    let head: Vec<String> = layers.iter().map(|layer| format!("{:>16}", layer.name)).collect();
    println!("  {:<28}{}", "identity", head.join(" "));
    for (row, by) in layers.iter().enumerate() {
        let mut line = format!("  {:<28}", format!("{} ({}-apply)", by.name, by.identity));
        for column in 0..layers.len() {
            let tried = KINDS.map(|kind| {
                let (denied, tried) = cells.get(&(row, column, kind)).copied().unwrap_or_default();
                format!("{denied}/{tried}")
            });
            let text = if row == column { "own".to_owned() } else { tried.join(" ") };
            line.push_str(&format!("{text:>16} "));
        }
        println!("{}", line.trim_end());
    }
    println!();
}

fn verdict(what: &str, denied: usize, allowed: &[String]) -> Result<(), String> {
    let tried = denied + allowed.len();
    println!("  {what}: denied {denied} of {tried}, allowed {}", allowed.len());
    if denied > 0 && allowed.is_empty() {
        return Ok(());
    }
    Err(format!("{what}: {} calls were let through:\n{}", allowed.len(), allowed.join("\n")))
}

/// Teams of one layer at each other's: the databases' at the network and the registry, one app's at the other's.
fn neighbours(world: &World) -> Result<(), String> {
    let mut calls = vec![
        Call::cloud("database-apply", "ec2", "delete_subnet", json!({"SubnetId": "subnet-0"})),
        Call::cloud(
            "database-apply",
            "ec2",
            "create_security_group",
            json!({"GroupName": "x", "Description": "x"}),
        ),
        Call::cloud(
            "database-apply",
            "ecr",
            "delete_repository",
            json!({"repositoryName": "acme-dev/shop"}),
        ),
        Call::cloud(
            "network-apply",
            "rds",
            "delete_db_cluster",
            json!({"DBClusterIdentifier": "acme-dev-orders"}),
        ),
        Call::cloud(
            "registry-apply",
            "rds",
            "modify_db_cluster",
            json!({"DBClusterIdentifier": "acme-dev-orders"}),
        ),
    ];
    calls.extend(
        in_namespace("search", "deployments", "search").map(|(_, call)| call.by("shop-apply")),
    );
    calls.extend(
        in_namespace("shop", "deployments", "shop").map(|(_, call)| call.by("search-apply")),
    );
    calls.extend(
        in_namespace("logging", "daemonsets", "log-collector")
            .map(|(_, call)| call.by("policy-apply")),
    );
    let asked = calls.into_iter().map(|call| (0, 0, "write", call)).collect();
    let (denied, allowed) = count(world, asked, |_| {})?;
    verdict("teams of one layer at each other's", denied, &allowed)
}

/// What plans writes nothing, of its own layer neither.
fn planners(world: &World, layers: &[Layer]) -> Result<(), String> {
    let mut asked = Vec::new();
    for by in layers {
        for of in layers {
            for (kind, call) in of.calls.iter().filter(|(kind, _)| *kind != "read") {
                asked.push((0, 0, *kind, call.by(&format!("{}-plan", by.identity))));
            }
        }
    }
    let (denied, allowed) = count(world, asked, |_| {})?;
    verdict("plan roles, writing and deleting, their own layer too", denied, &allowed)
}

/// The same calls are let through where they belong: what denied was not that nobody may. (Reads alone: they change nothing.)
fn owners(world: &World, layers: &[Layer]) -> Result<(), String> {
    let mut calls = Vec::new();
    for layer in layers {
        for purpose in ["plan", "apply"] {
            let reads = layer.calls.iter().filter(|(kind, _)| *kind == "read");
            let mine = reads.filter(|(_, call)| belongs(layer.identity, call));
            calls.extend(mine.map(|(_, call)| call.by(&format!("{}-{purpose}", layer.identity))));
        }
    }
    let answers = world.call(&calls)?;
    let refused = calls.iter().zip(&answers).find(|(_, answer)| answer.denied);
    match refused {
        Some((call, answer)) => {
            Err(format!("{} is refused to its own layer: {}", call.name(), answer.answer))
        }
        None => {
            println!(
                "  the same reads by their own layer's roles: allowed {} of {}",
                calls.len(),
                calls.len()
            );
            Ok(())
        }
    }
}

/// Whether a call of a layer is its stand-in's own: the layer of infrastructure and that of the cluster hold several stacks.
fn belongs(identity: &str, call: &Call) -> bool {
    let name = call.name();
    match identity {
        "database" => name.starts_with("rds:"),
        "eks" => name.starts_with("eks:"),
        _ => !name.contains("admissionpolicies"),
    }
}

fn layers() -> Vec<Layer> {
    let role = |name: &str| json!({"RoleName": name});
    let anyone = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let inline = json!({"RoleName": "acme-dev-shop-apply", "PolicyName": "stack", "PolicyDocument": anyone.to_string()});
    let principal = format!("arn:aws:iam::{ACCOUNT}:role/acme-dev-shop-apply");
    let entry = json!({"clusterName": "acme-dev", "principalArn": principal});
    let identity = vec![
        ("read", Call::cloud("", "iam", "get_role", role("acme-dev-team-security"))),
        ("read", Call::cloud("", "iam", "list_roles", json!({}))),
        ("write", Call::cloud("", "iam", "put_role_policy", inline)),
        (
            "write",
            Call::cloud(
                "",
                "iam",
                "attach_role_policy",
                json!({"RoleName": "acme-dev-shop-apply", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            ),
        ),
        ("delete", Call::cloud("", "iam", "delete_role", role("acme-dev-team-apps"))),
        (
            "delete",
            Call::cloud("", "iam", "delete_role_permissions_boundary", role("acme-dev-shop-apply")),
        ),
    ];
    let cluster = vec![
        ("read", Call::cloud("", "eks", "list_access_entries", json!({"clusterName": "acme-dev"}))),
        ("read", Call::cluster("", "GET", "/api/v1/nodes")),
        ("write", Call::cloud("", "eks", "create_access_entry", entry)),
        ("write", Call::cluster("", "PATCH", "/api/v1/namespaces/shop").body(json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}))),
        ("write", Call::cluster("", "PATCH", "/api/v1/namespaces/shop/resourcequotas/team").body(json!({"spec": {"hard": {"pods": "1000"}}}))),
        ("write", Call::cluster("", "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings").body(binding())),
        ("delete", Call::cloud("", "eks", "delete_cluster", json!({"name": "acme-dev"}))),
        ("delete", Call::cluster("", "DELETE", "/api/v1/namespaces/search")),
    ];
    let policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let mut services = in_namespace("logging", "daemonsets", "log-collector").to_vec();
    services.push(("read", Call::cluster("", "GET", policies)));
    services.push((
        "write",
        Call::cluster("", "PATCH", &format!("{policies}/images-are-pinned"))
            .body(json!({"spec": {"failurePolicy": "Ignore"}})),
    ));
    services
        .push(("delete", Call::cluster("", "DELETE", &format!("{policies}/images-are-pinned"))));
    let classes = "/apis/networking.k8s.io/v1/ingressclasses";
    let mut ingress = in_namespace("ingress", "deployments", "ingress").to_vec();
    ingress.push(("read", Call::cluster("", "GET", &format!("{classes}/acme"))));
    ingress.push(("delete", Call::cluster("", "DELETE", &format!("{classes}/acme"))));
    vec![
        Layer { name: "identity", identity: "identity", calls: identity },
        Layer { name: "infrastructure", identity: "database", calls: infrastructure() },
        Layer { name: "cluster", identity: "eks", calls: cluster },
        Layer { name: "cluster-services", identity: "logging", calls: services },
        Layer { name: "app-services", identity: "ingress", calls: ingress },
        Layer {
            name: "apps",
            identity: "shop",
            calls: in_namespace("shop", "deployments", "shop").to_vec(),
        },
    ]
}

fn infrastructure() -> Vec<(&'static str, Call)> {
    let orders = json!({"DBClusterIdentifier": "acme-dev-orders"});
    let bucket = format!("acme-dev-artifacts-{ACCOUNT}");
    vec![
        ("read", Call::cloud("", "rds", "describe_db_clusters", orders.clone())),
        ("read", Call::cloud("", "ec2", "describe_subnets", json!({}))),
        ("read", Call::cloud("", "s3", "list_objects_v2", json!({"Bucket": bucket}))),
        (
            "read",
            Call::cloud(
                "",
                "secretsmanager",
                "get_secret_value",
                json!({"SecretId": "rds!cluster-orders"}),
            ),
        ),
        (
            "write",
            Call::cloud(
                "",
                "rds",
                "modify_db_cluster",
                json!({"DBClusterIdentifier": "acme-dev-orders", "DeletionProtection": false}),
            ),
        ),
        (
            "write",
            Call::cloud(
                "",
                "ec2",
                "create_subnet",
                json!({"VpcId": "vpc-0", "CidrBlock": "10.1.0.0/24"}),
            ),
        ),
        ("write", Call::cloud("", "s3", "put_object", json!({"Bucket": bucket, "Key": "x"}))),
        (
            "write",
            Call::cloud(
                "",
                "ecr",
                "set_repository_policy",
                json!({"repositoryName": "acme-dev/shop", "policyText": "{}"}),
            ),
        ),
        (
            "delete",
            Call::cloud(
                "",
                "rds",
                "delete_db_cluster",
                json!({"DBClusterIdentifier": "acme-dev-orders", "SkipFinalSnapshot": true}),
            ),
        ),
        ("delete", Call::cloud("", "ec2", "delete_vpc", json!({"VpcId": "vpc-0"}))),
        ("delete", Call::cloud("", "s3", "delete_bucket", json!({"Bucket": bucket}))),
        (
            "delete",
            Call::cloud(
                "",
                "ecr",
                "delete_repository",
                json!({"repositoryName": "acme-dev/shop", "force": true}),
            ),
        ),
    ]
}

/// What is characteristic of the work in a namespace: its secrets, its workload of the kind and name.
fn in_namespace(namespace: &str, kind: &str, name: &str) -> [(&'static str, Call); 5] {
    let core = format!("/api/v1/namespaces/{namespace}");
    let workload = format!("/apis/apps/v1/namespaces/{namespace}/{kind}/{name}");
    let map = json!({"metadata": {"name": "planted"}, "data": {"by": "a stranger"}});
    [
        ("read", Call::cluster("", "GET", &format!("{core}/secrets"))),
        ("read", Call::cluster("", "GET", &workload)),
        ("write", Call::cluster("", "POST", &format!("{core}/configmaps")).body(map)),
        ("write", Call::cluster("", "PATCH", &workload).body(json!({"spec": {"paused": true}}))),
        ("delete", Call::cluster("", "DELETE", &workload)),
    ]
}

fn binding() -> Json {
    json!({
        "metadata": {"name": "planted"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated"}],
    })
}
