//! What `strata access` tells, held against calls: every question is asked of `who-can`, and of the clouds by each role in turn.
//!
//! A call that would do harm where it is let through names what is not there, or is tried dry: what counts is whether the cloud
//! refuses the caller. Of `rds:DeleteDBCluster` all is real: a cluster is made for each caller to delete.
//!
//! Invariant: every caller is asked for in every question, so what `strata access` leaves out is compared like what it names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::estate::Estate;
use super::world::{ACCOUNT, WITH_ROLES, World};

/// Teams that have a role for their people.
const TEAMS: [&str; 4] = ["security", "platform", "databases", "apps"];
/// The fewest calls that prove something.
const CALLS_MIN: usize = 200;
/// What every call to the cloud carries.
const REGION: &str = "-with=aws:RequestedRegion=eu-west-1";

/// A question, and the call that asks the same of a cloud.
struct Asked {
    action: String,
    resource: Option<String>,
    /// The class and service under which the table has it; none for a cluster.
    cell: Option<(&'static str, &'static str)>,
    call: Call,
    callers: Vec<String>,
}

/// What came of the comparison.
#[derive(Default)]
struct Tally {
    allowed: usize,
    denied: usize,
    differences: Vec<String>,
}

impl Tally {
    fn calls(&self) -> usize {
        self.allowed + self.denied
    }
}

/// Compares and prints the figures; an error where anything differs.
pub(super) fn compare(estate: &Estate, world: &World) -> Result<(), String> {
    let all = roles();
    let mut tally = Tally::default();
    let table = read(estate, &["access", "dev", "-json"])?;
    let mut asked = cloud(world, &all)?;
    asked.extend(trust(&all));
    asked.extend(cluster());
    let questions = asked.len();
    let calls: Vec<Call> =
        asked.iter().flat_map(|one| one.callers.iter().map(|who| one.call.by(who))).collect();
    let mut answers = world.call(&calls)?.into_iter();
    for one in &asked {
        let told = who_can(estate, one)?;
        for caller in &one.callers {
            let answer = answers.next().ok_or("fewer answers than calls")?;
            let arn = arn(caller);
            let said = told.get(&arn).map_or("no", String::as_str);
            let expect = if answer.denied { "no" } else { "yes" };
            let what =
                format!("{} on {}", one.action, one.resource.as_deref().unwrap_or("anything"));
            if said != expect {
                tally.differences.push(format!(
                    "{caller}: {what}: told {said}, but {} ({})",
                    outcome(answer.denied),
                    answer.code
                ));
            }
            if let Some((class, service)) = one.cell
                && !answer.denied
                && !has_cell(&table, &arn, class, service)
            {
                tally.differences.push(format!(
                    "{caller}: {what}: let through, and the table has no {class} of {service}"
                ));
            }
            if answer.denied { tally.denied += 1 } else { tally.allowed += 1 }
        }
    }
    let deleted = delete_clusters(estate, world, &all, &mut tally)?;
    let cells = rights(&table, &mut tally)?;
    println!(
        "  strata access: {questions} questions, {} real calls ({} allowed, {} denied), {cells} cells of teams: differences {}",
        tally.calls(),
        tally.allowed,
        tally.denied,
        tally.differences.len()
    );
    println!(
        "  who-can rds:DeleteDBCluster names, and the call succeeds for: {}",
        deleted.join(", ")
    );
    if !tally.differences.is_empty() {
        return Err(format!(
            "strata access tells what calls do not show:\n{}",
            tally.differences.join("\n")
        ));
    }
    if tally.calls() < CALLS_MIN || tally.allowed == 0 || tally.denied == 0 || deleted.is_empty() {
        return Err(format!(
            "{} calls prove nothing: at least {CALLS_MIN} are needed, of both kinds",
            tally.calls()
        ));
    }
    Ok(())
}

fn outcome(denied: bool) -> &'static str {
    if denied { "the call is denied" } else { "the call is let through" }
}

/// Everybody who calls: the roles of stacks, of CI and of teams.
fn roles() -> Vec<String> {
    let stacks = WITH_ROLES
        .iter()
        .flat_map(|stack| ["plan", "apply"].map(|purpose| format!("{stack}-{purpose}")));
    let ci = ["ci-plan", "ci-apply"].map(str::to_owned);
    stacks.chain(ci).chain(TEAMS.map(|team| format!("team-{team}"))).collect()
}

/// The ARN of a caller's role.
fn arn(caller: &str) -> String {
    let path = match caller {
        _ if caller.starts_with("ci-") => "ci",
        _ if caller.starts_with("team-") => "teams",
        _ => "strata",
    };
    format!("arn:aws:iam::{ACCOUNT}:role/acme/dev/{path}/acme-dev-{caller}")
}

/// What a command prints as JSON.
fn read(estate: &Estate, args: &[&str]) -> Result<Json, String> {
    let printed = estate.run(args, 0)?.printed;
    serde_json::from_str(&printed).map_err(|error| format!("{error}\n{printed}"))
}

/// The answers of `who-can`, by ARN.
fn who_can(estate: &Estate, asked: &Asked) -> Result<BTreeMap<String, String>, String> {
    let mut args = vec!["access", "who-can", "-json", "-env=dev", REGION, &asked.action];
    args.extend(asked.resource.as_deref());
    let told = read(estate, &args)?;
    let text = |one: &Json, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let who = told["who"].as_array().ok_or("who-can tells no `who`")?;
    Ok(who.iter().map(|one| (text(one, "who"), text(one, "answer"))).collect())
}

fn has_cell(table: &Json, arn: &str, class: &str, service: &str) -> bool {
    let rows = table["identities"].as_array().into_iter().flatten();
    let mut own = rows
        .filter(|row| row["who"] == arn)
        .flat_map(|row| row["holds"].as_array().into_iter().flatten());
    own.any(|cell| cell["class"] == class && cell["place"] == service)
}

/// Questions about AWS. The ARNs are those that the emulator holds policies against, which for roles have no path.
fn cloud(world: &World, callers: &[String]) -> Result<Vec<Asked>, String> {
    let rds = |kind: &str, name: &str| format!("arn:aws:rds:eu-west-1:{ACCOUNT}:{kind}:{name}");
    let ecr = |name: &str| format!("arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/{name}");
    let eks = |name: &str| format!("arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/{name}");
    let role = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let bucket = |name: &str| format!("arn:aws:s3:::{name}");
    let artifacts = format!("acme-dev-artifacts-{ACCOUNT}");
    let (orders, store) = keys(world)?;
    let key = |id: &str| format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/{id}");
    let any = None;
    let rows: Vec<(&str, Option<String>, &str, &str, &str, Json)> = vec![
        (
            "rds:DescribeDBClusters",
            Some(rds("cluster", "acme-dev-orders")),
            "read",
            "rds",
            "describe_db_clusters",
            json!({"DBClusterIdentifier": "acme-dev-orders"}),
        ),
        (
            "rds:ModifyDBCluster",
            Some(rds("cluster", "acme-dev-nothing")),
            "write",
            "rds",
            "modify_db_cluster",
            json!({"DBClusterIdentifier": "acme-dev-nothing"}),
        ),
        (
            "rds:ModifyDBCluster",
            Some(rds("cluster", "other-nothing")),
            "write",
            "rds",
            "modify_db_cluster",
            json!({"DBClusterIdentifier": "other-nothing"}),
        ),
        (
            "rds:DeleteDBInstance",
            Some(rds("db", "acme-dev-orders-9")),
            "delete",
            "rds",
            "delete_db_instance",
            json!({"DBInstanceIdentifier": "acme-dev-orders-9"}),
        ),
        (
            "rds:DeleteDBInstance",
            Some(rds("db", "acme-dev-strata")),
            "delete",
            "rds",
            "delete_db_instance",
            json!({"DBInstanceIdentifier": "acme-dev-strata"}),
        ),
        (
            "rds:FailoverDBCluster",
            Some(rds("cluster", "acme-dev-nothing")),
            "write",
            "rds",
            "failover_db_cluster",
            json!({"DBClusterIdentifier": "acme-dev-nothing"}),
        ),
        ("ec2:DescribeSubnets", any.clone(), "read", "ec2", "describe_subnets", json!({})),
        (
            "ec2:DeleteSubnet",
            any.clone(),
            "delete",
            "ec2",
            "delete_subnet",
            json!({"SubnetId": "subnet-0"}),
        ),
        ("ec2:DeleteVpc", any.clone(), "delete", "ec2", "delete_vpc", json!({"VpcId": "vpc-0"})),
        (
            "ecr:ListImages",
            Some(ecr("acme-dev/shop")),
            "read",
            "ecr",
            "list_images",
            json!({"repositoryName": "acme-dev/shop"}),
        ),
        (
            "ecr:BatchGetImage",
            Some(ecr("acme-dev/shop")),
            "data",
            "ecr",
            "batch_get_image",
            json!({"repositoryName": "acme-dev/shop", "imageIds": [{"imageTag": "x"}]}),
        ),
        (
            "ecr:DeleteRepository",
            Some(ecr("acme-dev/nothing")),
            "delete",
            "ecr",
            "delete_repository",
            json!({"repositoryName": "acme-dev/nothing"}),
        ),
        (
            "ecr:SetRepositoryPolicy",
            Some(ecr("acme-dev/nothing")),
            "permissions",
            "ecr",
            "set_repository_policy",
            json!({"repositoryName": "acme-dev/nothing", "policyText": "{}"}),
        ),
        (
            "s3:ListBucket",
            Some(bucket(&artifacts)),
            "read",
            "s3",
            "list_objects_v2",
            json!({"Bucket": artifacts}),
        ),
        (
            "s3:PutObject",
            Some(bucket(&format!("{artifacts}/x"))),
            "write",
            "s3",
            "put_object",
            json!({"Bucket": artifacts, "Key": "x"}),
        ),
        (
            "s3:DeleteBucket",
            Some(bucket("acme-dev-artifacts-nothing")),
            "delete",
            "s3",
            "delete_bucket",
            json!({"Bucket": "acme-dev-artifacts-nothing"}),
        ),
        (
            "secretsmanager:GetSecretValue",
            Some(format!("arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:nothing")),
            "data",
            "secretsmanager",
            "get_secret_value",
            json!({"SecretId": "nothing"}),
        ),
        (
            "kms:DescribeKey",
            Some(key(&orders)),
            "read",
            "kms",
            "describe_key",
            json!({"KeyId": orders}),
        ),
        (
            "kms:UpdateKeyDescription",
            Some(key(&orders)),
            "write",
            "kms",
            "update_key_description",
            json!({"KeyId": orders, "Description": "acme-dev-orders"}),
        ),
        (
            "kms:UpdateKeyDescription",
            Some(key(&store)),
            "write",
            "kms",
            "update_key_description",
            json!({"KeyId": store, "Description": "acme-dev: the estate's store and its backups"}),
        ),
        (
            "iam:GetRole",
            Some(role("acme-dev-team-security")),
            "read",
            "iam",
            "get_role",
            json!({"RoleName": "acme-dev-team-security"}),
        ),
        (
            "iam:GetRole",
            Some(role("acme-dev-workload-nodes")),
            "read",
            "iam",
            "get_role",
            json!({"RoleName": "acme-dev-workload-nodes"}),
        ),
        ("iam:ListRoles", any.clone(), "read", "iam", "list_roles", json!({})),
        (
            "iam:DeleteRole",
            Some(role("acme-dev-nothing")),
            "delete",
            "iam",
            "delete_role",
            json!({"RoleName": "acme-dev-nothing"}),
        ),
        (
            "iam:DeleteRole",
            Some(role("acme-dev-ci-nothing")),
            "delete",
            "iam",
            "delete_role",
            json!({"RoleName": "acme-dev-ci-nothing"}),
        ),
        (
            "iam:DeleteRolePermissionsBoundary",
            Some(role("acme-dev-nothing")),
            "permissions",
            "iam",
            "delete_role_permissions_boundary",
            json!({"RoleName": "acme-dev-nothing"}),
        ),
        (
            "iam:CreateUser",
            Some(format!("arn:aws:iam::{ACCOUNT}:user/nobody")),
            "permissions",
            "iam",
            "create_user",
            json!({"UserName": "nobody"}),
        ),
        (
            "eks:DescribeCluster",
            Some(eks("acme-dev")),
            "read",
            "eks",
            "describe_cluster",
            json!({"name": "acme-dev"}),
        ),
        (
            "eks:ListAccessEntries",
            Some(eks("acme-dev")),
            "read",
            "eks",
            "list_access_entries",
            json!({"clusterName": "acme-dev"}),
        ),
        (
            "eks:DeleteCluster",
            Some(eks("acme-dev-nothing")),
            "delete",
            "eks",
            "delete_cluster",
            json!({"name": "acme-dev-nothing"}),
        ),
        (
            "eks:CreateAccessEntry",
            Some(eks("acme-dev-nothing")),
            "permissions",
            "eks",
            "create_access_entry",
            json!({"clusterName": "acme-dev-nothing", "principalArn": arn("shop-apply")}),
        ),
        ("dynamodb:ListTables", any, "read", "dynamodb", "list_tables", json!({})),
    ];
    let asked = |(action, resource, class, service, operation, with): (
        &str,
        Option<String>,
        &'static str,
        &'static str,
        &str,
        Json,
    )| Asked {
        action: action.to_owned(),
        resource,
        cell: Some((class, service)),
        call: Call::cloud("", service, operation, with),
        callers: callers.to_vec(),
    };
    Ok(rows.into_iter().map(asked).collect())
}

/// The ids of the keys of the database and of the estate's store.
fn keys(world: &World) -> Result<(String, String), String> {
    let told = world.ask("kms", "list_keys", json!({}))?;
    let ids: Vec<String> = told["Keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["KeyId"].as_str().map(str::to_owned))
        .collect();
    let calls: Vec<Call> = ids
        .iter()
        .map(|id| Call::cloud("root", "kms", "describe_key", json!({"KeyId": id})))
        .collect();
    let described = world.call(&calls)?;
    let of = |description: &str| {
        let at = described
            .iter()
            .position(|one| one.answer["KeyMetadata"]["Description"] == description);
        at.map(|at| ids[at].clone()).ok_or(format!("no key is described as `{description}`"))
    };
    Ok((of("acme-dev-orders")?, of("acme-dev: the estate's store and its backups")?))
}

/// Becoming each stack's role, by CI, by teams and by another stack.
fn trust(all: &[String]) -> Vec<Asked> {
    let others: Vec<String> = all
        .iter()
        .filter(|who| who.starts_with("ci-") || who.starts_with("team-") || *who == "shop-apply")
        .cloned()
        .collect();
    let stacks = all
        .iter()
        .filter(|who| !who.starts_with("ci-") && !who.starts_with("team-") && *who != "shop-apply");
    stacks
        .map(|who| Asked {
            action: "sts:AssumeRole".to_owned(),
            resource: Some(arn(who)),
            cell: Some(("become", "sts")),
            call: Call::cloud(
                "",
                "sts",
                "assume_role",
                json!({"RoleArn": arn(who), "RoleSessionName": "tried"}),
            ),
            callers: others.clone(),
        })
        .collect()
}

/// Questions about the cluster, to all who have a token of it.
fn cluster() -> Vec<Asked> {
    let callers: Vec<String> = WITH_ROLES
        .iter()
        .flat_map(|stack| ["plan", "apply"].map(|purpose| format!("{stack}-{purpose}")))
        .collect();
    let map = json!({"metadata": {"name": "tried"}, "data": {"by": "who asks"}});
    let bound = json!({
        "metadata": {"name": "tried"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "nobody"}],
    });
    let dry = "?dryRun=All";
    let get = |path: &str| Call::cluster("", "GET", path);
    let delete = |path: &str| Call::cluster("", "DELETE", path);
    let policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let rows: Vec<(&str, Option<&str>, Call)> = vec![
        ("secrets.list@dev/shop", None, get("/api/v1/namespaces/shop/secrets")),
        ("secrets.list@dev/search", None, get("/api/v1/namespaces/search/secrets")),
        (
            "deployments.get@dev/shop",
            Some("shop"),
            get("/apis/apps/v1/namespaces/shop/deployments/shop"),
        ),
        (
            "configmaps.create@dev/shop",
            None,
            Call::cluster("", "POST", &format!("/api/v1/namespaces/shop/configmaps{dry}"))
                .body(map.clone()),
        ),
        (
            "configmaps.create@dev/ingress",
            None,
            Call::cluster("", "POST", &format!("/api/v1/namespaces/ingress/configmaps{dry}"))
                .body(map),
        ),
        (
            "configmaps.patch@dev/logging",
            Some("nothing"),
            Call::cluster(
                "",
                "PATCH",
                &format!("/api/v1/namespaces/logging/configmaps/nothing{dry}"),
            )
            .body(json!({"data": {}})),
        ),
        (
            "deployments.delete@dev/search",
            Some("nothing"),
            delete("/apis/apps/v1/namespaces/search/deployments/nothing"),
        ),
        ("nodes.list@dev", None, get("/api/v1/nodes")),
        ("namespaces.delete@dev", Some("nothing"), delete("/api/v1/namespaces/nothing")),
        (
            "ingressclasses.get@dev",
            Some("acme"),
            get("/apis/networking.k8s.io/v1/ingressclasses/acme"),
        ),
        ("validatingadmissionpolicies.list@dev", None, get(policies)),
        (
            "validatingadmissionpolicies.delete@dev",
            Some("nothing"),
            delete(&format!("{policies}/nothing")),
        ),
        (
            "clusterrolebindings.create@dev",
            None,
            Call::cluster(
                "",
                "POST",
                &format!("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings{dry}"),
            )
            .body(bound),
        ),
        (
            "roles.get@dev/shop",
            Some("nothing"),
            get("/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/nothing"),
        ),
    ];
    rows.into_iter()
        .map(|(action, name, call)| Asked {
            action: action.to_owned(),
            resource: name.map(str::to_owned),
            cell: None,
            call,
            callers: callers.clone(),
        })
        .collect()
}

/// A cluster is made for each caller to delete; those for whom it is gone have to be those whom `who-can` names.
fn delete_clusters(
    estate: &Estate,
    world: &World,
    all: &[String],
    tally: &mut Tally,
) -> Result<Vec<String>, String> {
    let name = "acme-dev-canary";
    let asked = Asked {
        action: "rds:DeleteDBCluster".to_owned(),
        resource: Some(format!("arn:aws:rds:eu-west-1:{ACCOUNT}:cluster:{name}")),
        cell: None,
        call: Call::cloud(
            "",
            "rds",
            "delete_db_cluster",
            json!({"DBClusterIdentifier": name, "SkipFinalSnapshot": true}),
        ),
        callers: Vec::new(),
    };
    let told = who_can(estate, &asked)?;
    let made = json!({
        "DBClusterIdentifier": name, "Engine": "aurora-postgresql", "MasterUsername": "canary", "MasterUserPassword": "canary-canary",
    });
    let (mut calls, there) = (Vec::new(), json!({"DBClusterIdentifier": name}));
    for who in all {
        calls.push(Call::cloud("root", "rds", "create_db_cluster", made.clone()));
        calls.push(asked.call.by(who));
        calls.push(Call::cloud("root", "rds", "describe_db_clusters", there.clone()));
    }
    calls.push(asked.call.by("root"));
    let answers = world.call(&calls)?;
    let mut deleted = Vec::new();
    for (who, answers) in all.iter().zip(answers.chunks(3)) {
        let gone = answers[1].code.is_empty() && !answers[2].code.is_empty();
        if gone {
            tally.allowed += 1
        } else {
            tally.denied += 1
        }
        deleted.extend(gone.then(|| who.clone()));
        let said = told.get(&arn(who)).map_or("no", String::as_str);
        let expect = if gone { "yes" } else { "no" };
        if said != expect {
            tally.differences.push(format!(
                "{who}: rds:DeleteDBCluster: told {said}, and the cluster is {}",
                if gone { "gone" } else { "there" }
            ));
        }
    }
    let named: BTreeSet<&String> = told.keys().collect();
    let strangers: Vec<&&String> =
        named.iter().filter(|one| !all.iter().any(|who| arn(who) == ***one)).collect();
    if !strangers.is_empty() {
        tally
            .differences
            .push(format!("rds:DeleteDBCluster: told of roles that nobody tried: {strangers:?}"));
    }
    Ok(deleted)
}

/// What teams may do: by the owners of the file, and by whose roles the identities of stacks may be taken, as the trust shows.
fn rights(table: &Json, tally: &mut Tally) -> Result<usize, String> {
    let rows = table["rights"].as_array().ok_or("the table has no `rights`")?;
    let owners: BTreeMap<&str, &str> = BTreeMap::from([
        ("bootstrap", "security platform"),
        ("identity", "security"),
        ("database", "databases"),
        ("shop", "shop"),
        ("search", "search"),
    ]);
    for row in rows {
        let (team, stack) =
            (row["team"].as_str().unwrap_or_default(), row["stack"].as_str().unwrap_or_default());
        let bare = stack.trim_start_matches("dev/").split(':').next().unwrap_or_default();
        let own = owners.get(bare).copied().unwrap_or("platform").split(' ').any(|one| one == team);
        let mut check = |right: &str, expect: &str| {
            let said = row["rights"][right]["answer"].as_str().unwrap_or_default();
            if said != expect {
                tally
                    .differences
                    .push(format!("{team} {right} {stack}: told {said}, and it is {expect}"));
            }
        };
        check("approve", if own { "yes" } else { "no" });
        // People become no stack's role: only CI does, and who applies bootstrap.
        let taken = if bare == "bootstrap" { "may" } else { "no" };
        check("plan", taken);
        check("apply", taken);
    }
    Ok(rows.len() * 3)
}
