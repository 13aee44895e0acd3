//! The changes of `cargo xtask e2e drift`: what each is done to, by which call, and what is to be told of it.

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::drift::{filter, pick};
use super::world::{ACCOUNT, World};

/// What is accepted, put back, and ignored in the end.
pub(super) const ACCEPTED: &str = "dev/identity//aws_iam_role.team[\"security\"]";
pub(super) const REVERTED: &str = "dev/bootstrap//aws_security_group.store";
pub(super) const IGNORED: &str = "dev/cluster-base//kubernetes_resource_quota.main[\"shop\"]";

/// A change.
pub(super) struct Change {
    /// What drifts: `ENV/STACK//ADDRESS`.
    pub(super) address: String,
    /// The layer to be told.
    pub(super) layer: &'static str,
    /// Whether data is concerned.
    pub(super) data: bool,
    /// Whether access is.
    pub(super) security: bool,
    /// The call.
    pub(super) call: Call,
}

/// Who does it: a user of the cloud's, and one of the cluster's.
pub(super) struct Eve {
    key: String,
    caller: String,
}

impl Eve {
    /// Makes the user, who may do everything.
    pub(super) fn new(world: &World) -> Result<Eve, String> {
        world.ask("iam", "create_user", json!({"UserName": "eve"}))?;
        let policy =
            json!({"UserName": "eve", "PolicyName": "all", "PolicyDocument": any().to_string()});
        world.ask("iam", "put_user_policy", policy)?;
        let keys = world.ask("iam", "create_access_key", json!({"UserName": "eve"}))?;
        let key = pick(&keys, "/AccessKey/AccessKeyId")?;
        let caller = format!("key:{key}:{}", pick(&keys, "/AccessKey/SecretAccessKey")?);
        Ok(Eve { key, caller })
    }

    /// Whether a trail means her.
    pub(super) fn is(&self, who: &str) -> bool {
        who.contains(&self.key) || who.contains("eve")
    }

    fn cloud(&self, service: &str, operation: &str, with: Json) -> Call {
        Call::cloud(&self.caller, service, operation, with)
    }

    fn cluster(&self, path: &str, body: Json) -> Call {
        Call::cluster("eve", "PATCH", path).body(body)
    }
}

/// What a change concerns.
#[derive(Clone, Copy)]
enum Is {
    Other,
    Security,
    Data,
}

fn change(stack: &str, address: &str, layer: &'static str, is: Is, call: Call) -> Change {
    let (data, security) = match is {
        Is::Other => (false, false),
        Is::Security => (false, true),
        Is::Data => (true, false),
    };
    Change { address: format!("dev/{stack}//{address}"), layer, data, security, call }
}

/// All changes, lower layers first.
pub(super) fn all(world: &World, eve: &Eve) -> Result<Vec<Change>, String> {
    let mut all = bootstrap(world, eve)?;
    all.extend(identity(eve));
    all.extend(network(world, eve)?);
    all.extend(infrastructure(world, eve)?);
    all.extend(cluster(eve));
    all.extend(upper(eve));
    Ok(all)
}

/// A policy that lets everything be done.
fn any() -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

fn permission(port: u16) -> Json {
    json!([{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
}

fn group(world: &World, name: &str, value: &str) -> Result<String, String> {
    let found =
        world.ask("ec2", "describe_security_groups", json!({"Filters": filter(name, value)}))?;
    pick(&found, "/SecurityGroups/0/GroupId")
}

fn bootstrap(world: &World, eve: &Eve) -> Result<Vec<Change>, String> {
    let of = |address: &str, is, call| change("bootstrap", address, "bootstrap", is, call);
    let bucket = format!("acme-dev-{ACCOUNT}-strata-backups");
    let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/acme/dev/acme-dev-boundary");
    let version =
        json!({"PolicyArn": boundary, "PolicyDocument": any().to_string(), "SetAsDefault": true});
    let store = group(world, "group-name", "acme-dev-store")?;
    let opened = json!({"GroupId": store, "IpPermissions": permission(22)});
    let suspended = json!({"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}});
    let backups = json!({"DBInstanceIdentifier": "acme-dev-strata", "BackupRetentionPeriod": 1, "ApplyImmediately": true});
    Ok(vec![
        of(
            "aws_iam_policy.boundary",
            Is::Security,
            eve.cloud("iam", "create_policy_version", version),
        ),
        of(
            "aws_security_group.store",
            Is::Security,
            eve.cloud("ec2", "authorize_security_group_ingress", opened),
        ),
        of(
            "aws_s3_bucket_public_access_block.backups",
            Is::Security,
            eve.cloud("s3", "delete_public_access_block", json!({"Bucket": bucket})),
        ),
        of(
            "aws_s3_bucket_versioning.backups",
            Is::Other,
            eve.cloud("s3", "put_bucket_versioning", suspended),
        ),
        of("aws_db_instance.store", Is::Data, eve.cloud("rds", "modify_db_instance", backups)),
    ])
}

fn identity(eve: &Eve) -> Vec<Change> {
    let of = |address: &str, is, call| change("identity", address, "identity", is, call);
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]});
    let trusts = json!({"RoleName": "acme-dev-shop-apply", "PolicyDocument": trust.to_string()});
    let wide = json!({"RoleName": "acme-dev-search-apply", "PolicyName": "stack", "PolicyDocument": any().to_string()});
    let attached = json!({"RoleName": "acme-dev-team-platform", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    let tags =
        json!({"RoleName": "acme-dev-team-security", "Tags": [{"Key": "by", "Value": "hand"}]});
    let gone = json!({"RoleName": "acme-dev-team-apps", "PolicyName": "team"});
    vec![
        of(
            "aws_iam_role.stack[\"shop-apply\"]",
            Is::Security,
            eve.cloud("iam", "update_assume_role_policy", trusts),
        ),
        of(
            "aws_iam_role_policy.stack[\"search-apply\"]",
            Is::Security,
            eve.cloud("iam", "put_role_policy", wide),
        ),
        of(
            "aws_iam_role.team[\"platform\"]",
            Is::Security,
            eve.cloud("iam", "attach_role_policy", attached),
        ),
        of(
            "aws_iam_role_policy.team[\"apps\"]",
            Is::Security,
            eve.cloud("iam", "delete_role_policy", gone),
        ),
        of("aws_iam_role.team[\"security\"]", Is::Other, eve.cloud("iam", "tag_role", tags)),
    ]
}

fn network(world: &World, eve: &Eve) -> Result<Vec<Change>, String> {
    let of =
        |address: &str, is, call| change("network:eu-west-1", address, "infrastructure", is, call);
    let nodes = group(world, "tag:Name", "acme-dev-nodes")?;
    let database = group(world, "tag:Name", "acme-dev-database")?;
    let named = |name: &str| json!({"Filters": filter("tag:Name", name)});
    let tables = world.ask("ec2", "describe_route_tables", named("acme-dev-public"))?;
    let gateways = world.ask("ec2", "describe_internet_gateways", named("acme-dev"))?;
    let subnets = world.ask("ec2", "describe_subnets", named("acme-dev-public-a"))?;
    let vpcs = world.ask("ec2", "describe_vpcs", named("acme-dev"))?;
    let route = json!({
        "RouteTableId": pick(&tables, "/RouteTables/0/RouteTableId")?, "DestinationCidrBlock": "172.31.0.0/16",
        "GatewayId": pick(&gateways, "/InternetGateways/0/InternetGatewayId")?,
    });
    let out = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let closed = json!({"GroupId": nodes, "IpPermissions": out});
    let open = json!({"GroupId": database, "IpPermissions": permission(5432)});
    let public = json!({"SubnetId": pick(&subnets, "/Subnets/0/SubnetId")?, "MapPublicIpOnLaunch": {"Value": true}});
    let tags = json!({"Resources": [pick(&vpcs, "/Vpcs/0/VpcId")?], "Tags": [{"Key": "by", "Value": "hand"}]});
    Ok(vec![
        of(
            "aws_security_group.database",
            Is::Security,
            eve.cloud("ec2", "authorize_security_group_ingress", open),
        ),
        of(
            "aws_security_group.nodes",
            Is::Security,
            eve.cloud("ec2", "revoke_security_group_egress", closed),
        ),
        of("aws_route_table.public", Is::Other, eve.cloud("ec2", "create_route", route)),
        of(
            "aws_subnet.public[\"a\"]",
            Is::Security,
            eve.cloud("ec2", "modify_subnet_attribute", public),
        ),
        of("aws_vpc.main", Is::Other, eve.cloud("ec2", "create_tags", tags)),
    ])
}

fn infrastructure(world: &World, eve: &Eve) -> Result<Vec<Change>, String> {
    let layer = "infrastructure";
    let pull = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}]});
    let public = json!({"repositoryName": "acme-dev/search", "policyText": pull.to_string()});
    let mutable = json!({"repositoryName": "acme-dev/shop", "imageTagMutability": "MUTABLE"});
    let rule = json!({"rules": [{"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}, "action": {"type": "expire"}}]});
    let expired =
        json!({"repositoryName": "acme-dev/shop", "lifecyclePolicyText": rule.to_string()});
    let clusters = json!({"DBClusterIdentifier": "acme-dev-orders"});
    let found = world.ask("rds", "describe_db_clusters", clusters)?;
    let key = pick(&found, "/DBClusters/0/KmsKeyId")?;
    let key = key.rsplit('/').next().unwrap_or(&key).to_owned();
    let short = json!({"DBClusterIdentifier": "acme-dev-orders", "BackupRetentionPeriod": 1, "ApplyImmediately": true});
    let bucket = format!("acme-dev-artifacts-{ACCOUNT}");
    let versions = json!({"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}});
    Ok(vec![
        change(
            "registry",
            "aws_ecr_repository.image[\"shop\"]",
            layer,
            Is::Data,
            eve.cloud("ecr", "put_image_tag_mutability", mutable),
        ),
        change(
            "registry",
            "aws_ecr_repository_policy.image[\"search\"]",
            layer,
            Is::Security,
            eve.cloud("ecr", "set_repository_policy", public),
        ),
        change(
            "registry",
            "aws_ecr_lifecycle_policy.image[\"shop\"]",
            layer,
            Is::Other,
            eve.cloud("ecr", "put_lifecycle_policy", expired),
        ),
        change(
            "registry",
            "aws_s3_bucket_versioning.artifacts",
            layer,
            Is::Other,
            eve.cloud("s3", "put_bucket_versioning", versions),
        ),
        change(
            "database",
            "aws_rds_cluster.orders",
            layer,
            Is::Data,
            eve.cloud("rds", "modify_db_cluster", short),
        ),
        change(
            "database",
            "aws_kms_key.orders",
            layer,
            Is::Data,
            eve.cloud("kms", "disable_key_rotation", json!({"KeyId": key})),
        ),
    ])
}

fn cluster(eve: &Eve) -> Vec<Change> {
    let of = |address: &str, is, call| change("cluster-base", address, "cluster", is, call);
    let shop = format!("arn:aws:iam::{ACCOUNT}:role/acme/dev/strata/acme-dev-shop-apply");
    let masters = json!({"clusterName": "acme-dev", "principalArn": shop, "kubernetesGroups": ["strata:shop:apply", "system:masters"]});
    let entry = eve.cloud("eks", "update_access_entry", masters);
    let rules = json!({"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]});
    let role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/strata:plan";
    let policy = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/default-deny";
    let loose =
        json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}});
    let quota = "/api/v1/namespaces/shop/resourcequotas/team";
    let more = json!({"spec": {"hard": {"pods": "600"}}});
    vec![
        change("eks", "aws_eks_access_entry.stack[\"shop-apply\"]", "cluster", Is::Security, entry),
        of("kubernetes_cluster_role.namespaced[\"plan\"]", Is::Security, eve.cluster(role, rules)),
        of(
            "kubernetes_network_policy.deny[\"shop\"]",
            Is::Security,
            Call::cluster("eve", "DELETE", policy),
        ),
        of(
            "kubernetes_namespace.main[\"search\"]",
            Is::Data,
            eve.cluster("/api/v1/namespaces/search", loose),
        ),
        of("kubernetes_resource_quota.main[\"shop\"]", Is::Other, eve.cluster(quota, more)),
    ]
}

fn upper(eve: &Eve) -> Vec<Change> {
    let admission =
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/memory-is-limited";
    let orders = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/to-orders";
    let anywhere = json!({"spec": {"egress": [{}]}});
    let reindex = "/apis/batch/v1/namespaces/search/cronjobs/reindex";
    let class = "/apis/networking.k8s.io/v1/ingressclasses/acme";
    vec![
        change(
            "policy",
            "kubectl_manifest.rule[\"memory-is-limited\"]",
            "cluster-services",
            Is::Other,
            eve.cluster(admission, json!({"spec": {"failurePolicy": "Ignore"}})),
        ),
        change(
            "ingress",
            "kubectl_manifest.class",
            "app-services",
            Is::Other,
            Call::cluster("eve", "DELETE", class),
        ),
        change(
            "shop",
            "kubectl_manifest.to_orders",
            "apps",
            Is::Security,
            eve.cluster(orders, anywhere),
        ),
        change(
            "search",
            "kubectl_manifest.reindex",
            "apps",
            Is::Other,
            eve.cluster(reindex, json!({"spec": {"suspend": true, "schedule": "0 0 1 1 *"}})),
        ),
    ]
}

/// That some of it is as it was made, asked through the clouds' own APIs.
pub(super) fn probes(world: &World) -> Result<Vec<Result<(), String>>, String> {
    let holds =
        |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("not so: {what}")) };
    let store = json!({"Filters": filter("group-name", "acme-dev-store")});
    let groups = world.ask("ec2", "describe_security_groups", store)?;
    let role = world.ask("iam", "get_role", json!({"RoleName": "acme-dev-shop-apply"}))?;
    let left = world.ask("iam", "list_role_policies", json!({"RoleName": "acme-dev-team-apps"}))?;
    let cluster = world.ask(
        "rds",
        "describe_db_clusters",
        json!({"DBClusterIdentifier": "acme-dev-orders"}),
    )?;
    let deny = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/default-deny";
    Ok(vec![
        holds(
            groups["SecurityGroups"][0]["IpPermissions"].to_string().contains("0.0.0.0/0"),
            "the store is still open",
        ),
        holds(role.to_string().contains('*'), "the role is still trusted by all"),
        holds(left["PolicyNames"] == json!([]), "the team's policy is still gone"),
        holds(
            cluster["DBClusters"][0]["BackupRetentionPeriod"] == 1,
            "backups are still kept for a day",
        ),
        holds(world.cluster.ask(deny).is_none(), "the policy that denies is still gone"),
    ])
}
