//! What objects of AWS grant: policies, their attachments, trust, security groups, access to clusters.

use value::Value;

use super::fact::{Fact, Grant};
use super::iam;
use super::look::{self, NOT_KNOWN, Reading, Seen};
use super::traffic::{self, Direction, Peer, Traffic};

/// Types that hold a policy in the language of IAM, and under which names.
pub(super) const POLICIES: &[(&str, &[&str])] = &[
    ("aws_acmpca_policy", &["policy"]),
    ("aws_api_gateway_rest_api", &["policy"]),
    ("aws_api_gateway_rest_api_policy", &["policy"]),
    ("aws_backup_vault_policy", &["policy"]),
    ("aws_cloudsearch_domain_service_access_policy", &["access_policy"]),
    ("aws_cloudwatch_event_bus_policy", &["policy"]),
    ("aws_cloudwatch_log_destination_policy", &["access_policy"]),
    ("aws_cloudwatch_log_resource_policy", &["policy_document"]),
    ("aws_codeartifact_domain_permissions_policy", &["policy_document"]),
    ("aws_codeartifact_repository_permissions_policy", &["policy_document"]),
    ("aws_codebuild_resource_policy", &["policy"]),
    ("aws_dynamodb_resource_policy", &["policy"]),
    ("aws_ecr_registry_policy", &["policy"]),
    ("aws_ecr_repository_creation_template", &["repository_policy"]),
    ("aws_ecr_repository_policy", &["policy"]),
    ("aws_ecrpublic_repository_policy", &["policy"]),
    ("aws_efs_file_system_policy", &["policy"]),
    ("aws_elasticsearch_domain", &["access_policies"]),
    ("aws_elasticsearch_domain_policy", &["access_policies"]),
    ("aws_glacier_vault", &["access_policy"]),
    ("aws_glue_resource_policy", &["policy"]),
    ("aws_iam_group_policy", &["policy"]),
    ("aws_iam_policy", &["policy"]),
    ("aws_iam_role", &["assume_role_policy"]),
    ("aws_iam_role_policy", &["policy"]),
    ("aws_iam_user_policy", &["policy"]),
    ("aws_iot_policy", &["policy"]),
    ("aws_kinesis_resource_policy", &["policy"]),
    ("aws_kms_external_key", &["policy"]),
    ("aws_kms_key", &["policy"]),
    ("aws_kms_key_policy", &["policy"]),
    ("aws_kms_replica_external_key", &["policy"]),
    ("aws_kms_replica_key", &["policy"]),
    ("aws_media_store_container_policy", &["policy"]),
    ("aws_msk_cluster_policy", &["policy"]),
    ("aws_networkfirewall_resource_policy", &["policy"]),
    ("aws_oam_sink_policy", &["policy"]),
    ("aws_opensearch_domain", &["access_policies"]),
    ("aws_opensearch_domain_policy", &["access_policies"]),
    ("aws_organizations_policy", &["content"]),
    ("aws_organizations_resource_policy", &["content"]),
    ("aws_redshift_resource_policy", &["policy"]),
    ("aws_redshiftserverless_resource_policy", &["policy"]),
    ("aws_s3_access_point", &["policy"]),
    ("aws_s3_bucket", &["policy"]),
    ("aws_s3_bucket_policy", &["policy"]),
    ("aws_s3control_access_grants_instance_resource_policy", &["policy"]),
    ("aws_s3control_access_point_policy", &["policy"]),
    ("aws_s3control_bucket_policy", &["policy"]),
    ("aws_s3control_object_lambda_access_point_policy", &["policy"]),
    ("aws_s3tables_table_bucket_policy", &["resource_policy"]),
    ("aws_s3tables_table_policy", &["resource_policy"]),
    ("aws_sagemaker_model_package_group_policy", &["resource_policy"]),
    ("aws_schemas_registry_policy", &["policy"]),
    ("aws_secretsmanager_secret", &["policy"]),
    ("aws_secretsmanager_secret_policy", &["policy"]),
    ("aws_ses_identity_policy", &["policy"]),
    ("aws_sesv2_email_identity_policy", &["policy"]),
    ("aws_sns_topic", &["policy"]),
    ("aws_sns_topic_policy", &["policy"]),
    ("aws_sqs_queue", &["policy"]),
    ("aws_sqs_queue_policy", &["policy"]),
    ("aws_ssoadmin_permission_set_inline_policy", &["inline_policy"]),
    ("aws_transfer_access", &["policy"]),
    ("aws_transfer_user", &["policy"]),
    ("aws_vpc_endpoint", &["policy"]),
    ("aws_vpc_endpoint_policy", &["policy"]),
    ("aws_vpclattice_auth_policy", &["policy"]),
    ("aws_vpclattice_resource_policy", &["policy"]),
    ("aws_xray_resource_policy", &["policy_document"]),
];

/// Reads an object; `None` where its type grants nothing that is known here.
pub(super) fn read(type_name: &str, object: &Value, reading: &mut Reading) -> Option<()> {
    if object.is_null() {
        return is_read(type_name).then_some(());
    }
    if let Ok(at) = POLICIES.binary_search_by_key(&type_name, |(name, _)| name) {
        for name in POLICIES[at].1 {
            policy(object, name, reading);
        }
        if type_name == "aws_iam_role" {
            role(object, reading);
        }
        return Some(());
    }
    match type_name {
        "aws_iam_role_policy_attachment" => attachment(object, "role", reading),
        "aws_iam_user_policy_attachment" => attachment(object, "user", reading),
        "aws_iam_group_policy_attachment" => attachment(object, "group", reading),
        "aws_iam_policy_attachment" => attachments(object, reading),
        "aws_ssoadmin_managed_policy_attachment" => {
            attachment(object, "permission_set_arn", reading)
        }
        "aws_iam_user" => boundary(object, reading),
        "aws_iam_user_group_membership" => memberships(object, reading),
        "aws_iam_openid_connect_provider" => trusted_issuer(object, reading),
        "aws_ssoadmin_account_assignment" => assignment(object, reading),
        "aws_lambda_permission" => lambda(object, reading),
        "aws_security_group" | "aws_default_security_group" => security_group(object, reading),
        "aws_security_group_rule" => security_group_rule(object, reading),
        "aws_vpc_security_group_ingress_rule" => vpc_rule(object, Direction::In, reading),
        "aws_vpc_security_group_egress_rule" => vpc_rule(object, Direction::Out, reading),
        "aws_eks_access_entry" => access_entry(object, reading),
        "aws_eks_access_policy_association" => access_policy(object, reading),
        "aws_eks_pod_identity_association" => pod_identity(object, reading),
        "aws_ram_principal_association" => shared(object, reading),
        _ => return None,
    }
    Some(())
}

/// Whether objects of a type are read, told without one.
fn is_read(type_name: &str) -> bool {
    let nothing = Value::object(Vec::new());
    read(type_name, &nothing, &mut Reading::default()).is_some()
}

fn policy(object: &Value, name: &str, reading: &mut Reading) {
    match look::seen(object, name) {
        Seen::Value(value) => match value.as_str() {
            Some(text) => iam::read(name, text, reading),
            None => {
                reading.doubts.push(format!("`{name}`: policy not understood, may widen access"))
            }
        },
        Seen::Nothing => {}
        Seen::Unknown => reading.unknown(name),
        Seen::Sensitive => reading.hidden.push(name.to_owned()),
    }
}

fn role(object: &Value, reading: &mut Reading) {
    for inline in reading.blocks(object, "inline_policy") {
        policy(inline, "policy", reading);
    }
    for arn in reading.texts(object, "managed_policy_arns") {
        reading.facts.push(attached(&arn, ""));
    }
    boundary(object, reading);
}

/// What a permissions boundary leaves out is denied; which that is, its own policy says.
fn boundary(object: &Value, reading: &mut Reading) {
    let arn = reading.text(object, "permissions_boundary");
    if !arn.is_empty() {
        reading
            .denials
            .push(Fact::Plain(format!("what the permissions boundary {arn} leaves out")));
    }
}

fn attached(policy: &str, to: &str) -> Fact {
    Fact::grant(&format!("what {} allows", policy_name(policy)), "", to)
}

/// The last part of a policy's ARN.
fn policy_name(arn: &str) -> &str {
    match arn.rsplit_once('/') {
        Some((_, name)) if arn.starts_with("arn:") => name,
        _ => arn,
    }
}

fn attachment(object: &Value, to: &str, reading: &mut Reading) {
    let policy_name = ["policy_arn", "managed_policy_arn"]
        .into_iter()
        .map(|name| reading.text(object, name))
        .find(|text| !text.is_empty());
    let to = reading.text(object, to);
    reading.facts.extend(policy_name.map(|policy| attached(&policy, &to)));
}

fn attachments(object: &Value, reading: &mut Reading) {
    let policy = reading.text(object, "policy_arn");
    for kind in ["roles", "users", "groups"] {
        let to = reading.texts(object, kind);
        reading.facts.extend(to.iter().map(|to| attached(&policy, to)));
    }
}

fn memberships(object: &Value, reading: &mut Reading) {
    let user = reading.text(object, "user");
    let groups = reading.texts(object, "groups");
    let member = |group: &String| Fact::grant(&format!("what group {group} may"), "", &user);
    reading.facts.extend(groups.iter().map(member));
}

fn trusted_issuer(object: &Value, reading: &mut Reading) {
    let url = reading.text(object, "url");
    for audience in reading.texts(object, "client_id_list") {
        reading.facts.push(Fact::Plain(format!("tokens of {url} for {audience} are trusted")));
    }
}

fn assignment(object: &Value, reading: &mut Reading) {
    let set = reading.text(object, "permission_set_arn");
    let (account, by) = (reading.text(object, "target_id"), reading.text(object, "principal_id"));
    reading.facts.push(Fact::grant(
        &format!("permission set {}", policy_name(&set)),
        &account,
        &by,
    ));
}

fn lambda(object: &Value, reading: &mut Reading) {
    let (what, by) = (reading.text(object, "action"), reading.text(object, "principal"));
    let on = reading.text(object, "function_name");
    let conditions: Vec<String> = ["source_arn", "source_account", "principal_org_id"]
        .into_iter()
        .map(|name| reading.text(object, name))
        .collect();
    let only_if = conditions.iter().any(|one| !one.is_empty()).then(|| conditions.join("|").into());
    reading.facts.push(Fact::Grant(Grant {
        what: what.into(),
        on: on.into(),
        by: by.into(),
        only_if,
    }));
}

fn security_group(object: &Value, reading: &mut Reading) {
    for (name, direction) in [("ingress", Direction::In), ("egress", Direction::Out)] {
        for rule in reading.blocks(object, name) {
            if !rule.is_known() {
                reading.unknown(name);
                continue;
            }
            let mut peers = peers(rule, reading);
            peers.extend(reading.texts(rule, "security_groups").into_iter().map(named));
            push_rule(rule, "protocol", direction, peers, reading);
        }
    }
}

fn security_group_rule(object: &Value, reading: &mut Reading) {
    let direction = match reading.text(object, "type").as_str() {
        "egress" => Direction::Out,
        _ => Direction::In,
    };
    let mut peers = peers(object, reading);
    let group = reading.text(object, "source_security_group_id");
    peers.extend((!group.is_empty()).then(|| named(group)));
    push_rule(object, "protocol", direction, peers, reading);
}

/// The other ends that a rule names by networks, lists and itself.
fn peers(rule: &Value, reading: &mut Reading) -> Vec<Peer> {
    let mut peers = Vec::new();
    for name in ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"] {
        peers.extend(reading.texts(rule, name).iter().map(|text| Peer::parse(text)));
    }
    if reading.text(rule, "self") == "true" {
        peers.push(Peer::Named("itself".into()));
    }
    peers
}

fn named(group: String) -> Peer {
    Peer::Named(group.into())
}

fn vpc_rule(object: &Value, direction: Direction, reading: &mut Reading) {
    let names = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];
    let texts = names.map(|name| reading.text(object, name));
    let peers =
        texts.iter().filter(|text| !text.is_empty()).map(|text| Peer::parse(text)).collect();
    push_rule(object, "ip_protocol", direction, peers, reading);
}

fn push_rule(
    rule: &Value,
    protocol: &str,
    direction: Direction,
    peers: Vec<Peer>,
    reading: &mut Reading,
) {
    let protocol = traffic::protocol(&reading.text(rule, protocol));
    let (from, to) = (reading.text(rule, "from_port"), reading.text(rule, "to_port"));
    let ports = match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if &*protocol != "all" && from != -1 => Some((from, to)),
        _ => None,
    };
    reading.facts.extend(
        peers.into_iter().map(|peer| {
            Fact::Traffic(Traffic { direction, protocol: protocol.clone(), ports, peer })
        }),
    );
}

fn access_entry(object: &Value, reading: &mut Reading) {
    let by = reading.text(object, "principal_arn");
    let cluster = reading.text(object, "cluster_name");
    reading.facts.push(Fact::grant("signing in", &format!("cluster {cluster}"), &by));
    for group in reading.texts(object, "kubernetes_groups") {
        let what = format!("what Kubernetes group {group} may");
        reading.facts.push(Fact::grant(&what, &format!("cluster {cluster}"), &by));
    }
}

fn access_policy(object: &Value, reading: &mut Reading) {
    let policy = reading.text(object, "policy_arn");
    let by = reading.text(object, "principal_arn");
    let cluster = reading.text(object, "cluster_name");
    let mut places = Vec::new();
    for scope in reading.blocks(object, "access_scope") {
        match reading.text(scope, "type").as_str() {
            "namespace" => places.extend(reading.texts(scope, "namespaces")),
            NOT_KNOWN => places.push(NOT_KNOWN.to_owned()),
            _ => places.push("*".to_owned()),
        }
    }
    for place in places {
        let on = match place.as_str() {
            "*" => format!("cluster {cluster}, all of it"),
            namespace => format!("cluster {cluster}, namespace {namespace}"),
        };
        reading.facts.push(Fact::grant(policy_name(&policy), &on, &by));
    }
}

fn pod_identity(object: &Value, reading: &mut Reading) {
    let names = ["role_arn", "cluster_name", "namespace", "service_account"];
    let [role, cluster, namespace, account] = names.map(|name| reading.text(object, name));
    let by = format!("service account {namespace}/{account} of cluster {cluster}");
    reading.facts.push(Fact::grant(&format!("what role {} may", policy_name(&role)), "", &by));
}

fn shared(object: &Value, reading: &mut Reading) {
    let (on, by) = (reading.text(object, "resource_share_arn"), reading.text(object, "principal"));
    reading.facts.push(Fact::grant("what is shared", &on, &by));
}

#[cfg(test)]
mod tests {
    use super::POLICIES;

    #[test]
    fn the_table_is_in_order() {
        assert!(POLICIES.is_sorted_by_key(|(name, _)| name), "it is searched by halves");
    }
}
