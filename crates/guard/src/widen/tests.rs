//! Tables of changes and what they widen.

use proptest::prelude::*;
use value::{Marks, Type};

use super::*;

/// An object from JSON; `"?"` is a string that is not known yet.
fn object(json: &str) -> Value {
    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::null(Type::DYNAMIC),
            serde_json::Value::Bool(flag) => Value::bool(*flag),
            serde_json::Value::Number(number) => {
                Value::int(number.as_i64().expect("a whole number"))
            }
            serde_json::Value::String(text) if text == "?" => Value::unknown(Type::STRING),
            serde_json::Value::String(text) => Value::string(text.as_str()),
            serde_json::Value::Array(all) => Value::tuple(all.iter().map(value).collect()),
            serde_json::Value::Object(entries) => {
                Value::object(entries.iter().map(|(name, one)| (name.as_str().into(), value(one))))
            }
        }
    }
    match json {
        "" => Value::null(Type::DYNAMIC),
        json => value(&serde_json::from_str(json).expect(json)),
    }
}

#[track_caller]
fn check(type_name: &str, before: &str, after: &str, expect: &[&str]) {
    let (old, new) = (object(before), object(after));
    let words = match (reading(type_name, &old), reading(type_name, &new)) {
        (Some(before), Some(after)) => told(&before, &after, &old, &new),
        _ => Vec::new(),
    };
    assert_eq!(words, expect, "{type_name}: {before} -> {after}");
}

fn policy(statements: &str) -> String {
    format!("{{\"policy\":{}}}", serde_json::Value::from(format!("{{\"Statement\":{statements}}}")))
}

#[track_caller]
fn check_policy(before: &str, after: &str, expect: &[&str]) {
    let text = |statements: &str| match statements {
        "" => String::new(),
        statements => policy(statements),
    };
    check("aws_iam_role_policy", &text(before), &text(after), expect);
}

const READ: &str =
    r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-logs-*"}"#;

#[test]
fn statements_are_compared() {
    check_policy("", READ, &["s3:GetObject on acme-logs-*"]);
    check_policy(READ, READ, &[]);
    check_policy(READ, "", &[]);
    let more = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::acme-logs-*"]}"#;
    check_policy(READ, more, &["s3:PutObject on acme-logs-*"]);
    check_policy(more, READ, &[]);
    let all = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]"#;
    check_policy(READ, all, &["s3:* on everything"]);
    check_policy(all, more, &[]);
    let narrower =
        r#"{"Effect":"Allow","Action":"S3:getobject","Resource":"arn:aws:s3:::acme-logs-1/*"}"#;
    check_policy(READ, narrower, &[]);
    let but = r#"{"Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*"}"#;
    check_policy("", but, &["all but iam:*, sts:* on everything"]);
    let many =
        r#"{"Effect":"Allow","Action":["a:1","a:2","a:3","a:4","a:5","a:6","a:7"],"Resource":"*"}"#;
    check_policy("", many, &["a:1, a:2, a:3, a:4, a:5 and 2 more on everything"]);
}

#[test]
fn conditions_and_denials_count() {
    let bound = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-logs-*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#;
    let listed = bound.replace("\"true\"", "[\"true\"]");
    check_policy(bound, READ, &["s3:GetObject on acme-logs-*"]);
    check_policy(READ, bound, &[]);
    check_policy(bound, &listed, &[]);
    check_policy("", bound, &["s3:GetObject on acme-logs-*, under conditions"]);
    let deny = format!(
        "[{READ},{{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::acme-logs-secret\"}}]"
    );
    check_policy(&deny, READ, &["no longer denied: s3:* on acme-logs-secret"]);
    check_policy(READ, &deny, &[]);
    check_policy(&deny, "", &["no longer denied: s3:* on acme-logs-secret"]);
}

#[test]
fn trust_names_who() {
    let trust = |principal: &str| {
        let text = format!(
            "{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{principal}}}}}"
        );
        format!("{{\"assume_role_policy\":{}}}", serde_json::Value::from(text))
    };
    let service = trust(r#"{"Service":"ec2.amazonaws.com"}"#);
    check("aws_iam_role", "", &service, &["sts:AssumeRole by service ec2.amazonaws.com"]);
    let role = trust(r#"{"AWS":["arn:aws:iam::111111111111:role/ci"]}"#);
    check("aws_iam_role", &service, &role, &["sts:AssumeRole by 111111111111:role/ci"]);
    check("aws_iam_role", &role, &trust("\"*\""), &["sts:AssumeRole by anybody"]);
    check("aws_iam_role", &trust("\"*\""), &role, &[]);
}

#[test]
fn odd_policies_are_not_understood() {
    let odd = "`policy`: policy not understood, may widen access";
    for text in [
        "[]",
        "{",
        "{}",
        "null",
        "1",
        "{\"Statement\":1}",
        "{\"Statement\":[1]}",
        "{\"Statement\":{}}",
        "{\"Statement\":{\"Effect\":\"Maybe\",\"Action\":\"a\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":1}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a\",\"NotAction\":\"a\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a\",\"Condition\":1}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a\",\"Principal\":1}}",
        &"[".repeat(100_000),
    ] {
        let json = format!("{{\"policy\":{}}}", serde_json::Value::from(text));
        check("aws_iam_policy", "", &json, &[odd]);
        check("aws_iam_policy", &json, &json, &[]);
    }
    check(
        "aws_iam_policy",
        "",
        "{\"policy\":\"?\"}",
        &["`policy` is not known yet: may widen access"],
    );
    check("aws_iam_policy", "", "{\"policy\":1}", &[odd]);
    check("aws_iam_policy", "", "{\"policy\":\"\"}", &[]);
}

#[test]
fn sensitive_policies_are_not_told() {
    let secret = |text: &str| {
        let value = Value::string(text).with_marks(Marks::SENSITIVE);
        Value::object([("policy".into(), value)])
    };
    let (old, new) = (secret("{}"), secret("{\"Statement\":[]}"));
    let read = |value: &Value| reading("aws_iam_policy", value).expect("is read");
    let words = told(&read(&old), &read(&new), &old, &new);
    assert_eq!(words, ["`policy` is sensitive and changes: may widen access"]);
    assert!(told(&read(&old), &read(&old), &old, &old).is_empty());
}

#[test]
fn attachments_and_boundaries() {
    let attach = r#"{"role":"ci","policy_arn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    check("aws_iam_role_policy_attachment", "", attach, &["what AdministratorAccess allows by ci"]);
    check("aws_iam_role_policy_attachment", attach, "", &[]);
    let bound = r#"{"permissions_boundary":"arn:aws:iam::1:policy/bound"}"#;
    check(
        "aws_iam_role",
        bound,
        "{}",
        &["no longer denied: what the permissions boundary arn:aws:iam::1:policy/bound leaves out"],
    );
    check("aws_iam_role", "{}", bound, &[]);
    let managed = r#"{"managed_policy_arns":["arn:aws:iam::aws:policy/ReadOnlyAccess"]}"#;
    check("aws_iam_role", "{}", managed, &["what ReadOnlyAccess allows"]);
}

#[test]
fn security_groups() {
    let group = |rules: &str| format!("{{\"ingress\":[{rules}],\"egress\":[]}}");
    let inner = r#"{"protocol":"tcp","from_port":443,"to_port":443,"cidr_blocks":["10.0.0.0/8"]}"#;
    let outer = r#"{"protocol":"tcp","from_port":443,"to_port":443,"cidr_blocks":["0.0.0.0/0"]}"#;
    let all = r#"{"protocol":"-1","from_port":0,"to_port":0,"cidr_blocks":["0.0.0.0/0"],"ipv6_cidr_blocks":["::/0"]}"#;
    check("aws_security_group", "", &group(inner), &["in: tcp 443 from 10.0.0.0/8"]);
    check("aws_security_group", &group(inner), &group(outer), &["in: tcp 443 from anywhere"]);
    check("aws_security_group", &group(outer), &group(inner), &[]);
    check("aws_security_group", &group(all), &group(outer), &[]);
    check("aws_security_group", &group(inner), "", &[]);
    let rule = r#"{"ip_protocol":"tcp","from_port":22,"to_port":22,"cidr_ipv4":"0.0.0.0/0"}"#;
    check("aws_vpc_security_group_ingress_rule", "", rule, &["in: tcp 22 from anywhere"]);
    let later =
        r#"{"ip_protocol":"tcp","from_port":22,"to_port":22,"referenced_security_group_id":"?"}"#;
    check("aws_vpc_security_group_ingress_rule", "", later, &["in: tcp 22 from (not known yet)"]);
    let own = r#"{"type":"egress","protocol":"udp","from_port":53,"to_port":53,"self":true}"#;
    check("aws_security_group_rule", "", own, &["out: udp 53 to itself"]);
}

#[test]
fn public_buckets() {
    let closed = r#"{"block_public_acls":true,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":true}"#;
    let half = closed.replace("\"block_public_policy\":true", "\"block_public_policy\":false");
    let block = "aws_s3_bucket_public_access_block";
    check(block, "", closed, &[]);
    check(block, closed, &half, &["no longer denied: public bucket policies"]);
    check(
        block,
        closed,
        "",
        &[
            "no longer denied: new public ACLs",
            "no longer denied: public bucket policies",
            "no longer denied: access by public ACLs",
            "no longer denied: access by others to a public bucket",
        ],
    );
    check(
        "aws_s3_bucket_acl",
        r#"{"acl":"private"}"#,
        r#"{"acl":"public-read"}"#,
        &["public access by the bucket's ACL"],
    );
    check(
        "google_storage_bucket",
        r#"{"public_access_prevention":"enforced"}"#,
        r#"{"public_access_prevention":"inherited"}"#,
        &["no longer denied: public access"],
    );
    check(
        "aws_eks_cluster",
        "",
        r#"{"vpc_config":[{"endpoint_public_access":true}]}"#,
        &["the cluster's API from the internet"],
    );
}

#[test]
fn kubernetes_roles() {
    let role = |rules: &str| format!("{{\"rule\":[{rules}]}}");
    let read = r#"{"api_groups":[""],"resources":["pods"],"verbs":["get","list"]}"#;
    let write =
        r#"{"api_groups":[""],"resources":["pods","secrets"],"verbs":["get","list","delete"]}"#;
    let all = r#"{"api_groups":["*"],"resources":["*"],"verbs":["*"]}"#;
    let named = r#"{"api_groups":["apps"],"resources":["deployments"],"resource_names":["web"],"verbs":["patch"]}"#;
    check("kubernetes_role", "", &role(read), &["get, list on pods*"]);
    check(
        "kubernetes_role_v1",
        &role(read),
        &role(write),
        &["delete on pods*", "get, list, delete on secrets*"],
    );
    check("kubernetes_cluster_role_v1", &role(all), &role(write), &[]);
    check("kubernetes_cluster_role_v1", &role(read), &role(all), &["everything on everything"]);
    check("kubernetes_role_v1", "", &role(named), &["patch on deployments.apps web"]);
    let manifest = r#"{"manifest":{"kind":"ClusterRole","rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["*"]}]}}"#;
    check("kubernetes_manifest", "", manifest, &["everything on nodes*"]);
}

#[test]
fn kubernetes_bindings() {
    let binding = |subject: &str| {
        format!(
            "{{\"metadata\":[{{\"namespace\":\"shop\"}}],\"role_ref\":[{{\"kind\":\"ClusterRole\",\"name\":\"admin\"}}],\"subject\":[{subject}]}}"
        )
    };
    let team = r#"{"kind":"Group","name":"payments"}"#;
    let account = r#"{"kind":"ServiceAccount","name":"web","namespace":"shop"}"#;
    check(
        "kubernetes_role_binding_v1",
        "",
        &binding(team),
        &["ClusterRole admin on namespace shop by group payments"],
    );
    check(
        "kubernetes_role_binding_v1",
        &binding(team),
        &binding(&format!("{team},{account}")),
        &["ClusterRole admin on namespace shop by service account shop/web"],
    );
    let policy = r#"{"metadata":[{"namespace":"shop"}]}"#;
    check(
        "kubernetes_network_policy_v1",
        policy,
        "",
        &["no longer denied: what a network policy of namespace shop keeps out"],
    );
}

#[test]
fn network_policies_add_up() {
    let policy = |egress: &str| {
        format!(
            "{{\"metadata\":[{{\"namespace\":\"shop\"}}],\"spec\":[{{\"egress\":[{egress}]}}]}}"
        )
    };
    let one = r#"{"ports":[{"port":"5432"}]}"#;
    let more = ["out: traffic by a network policy of namespace shop"];
    check("kubernetes_network_policy", "", &policy(""), &[]);
    check("kubernetes_network_policy", &policy(""), &policy(one), &more);
    check("kubernetes_network_policy", &policy(one), &policy(one), &[]);
    check(
        "kubernetes_network_policy",
        &policy(one),
        &policy(r#"{"ports":[{"port":"5433"}]}"#),
        &more,
    );
}

#[test]
fn manifests_in_yaml() {
    let yaml = |text: &str, kind: &str| {
        format!("{{\"kind\":\"{kind}\",\"yaml_body_parsed\":{}}}", serde_json::Value::from(text))
    };
    let role = yaml(
        "kind: Role\nrules:\n- apiGroups: ['']\n  resources: [pods]\n  verbs: [get]\n",
        "Role",
    );
    check("kubectl_manifest", "", &role, &["get on pods*"]);
    check("kubectl_manifest", &role, &role, &[]);
    check("kubectl_manifest", "", &yaml("kind: CronJob\n", "CronJob"), &[]);
    check(
        "kubectl_manifest",
        "",
        &yaml("a: [", "Role"),
        &["a Role that is not understood: may widen access"],
    );
    check(
        "kubectl_manifest",
        "",
        &yaml("?", "Role"),
        &["`yaml_body` is not known yet: may widen access"],
    );
    check("kubectl_manifest", "", &yaml("?", "CronJob"), &[]);
}

#[test]
fn clusters_of_aws() {
    let entry = r#"{"cluster_name":"c","principal_arn":"arn:aws:iam::1:role/app","kubernetes_groups":["payments"]}"#;
    check(
        "aws_eks_access_entry",
        "",
        entry,
        &["signing in, what Kubernetes group payments may on cluster c by 1:role/app"],
    );
    let policy = |scope: &str| {
        format!(
            "{{\"cluster_name\":\"c\",\"principal_arn\":\"?\",\"policy_arn\":\"arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy\",\"access_scope\":[{scope}]}}"
        )
    };
    let namespace = policy(r#"{"type":"namespace","namespaces":["shop"]}"#);
    check(
        "aws_eks_access_policy_association",
        "",
        &namespace,
        &["AmazonEKSAdminPolicy on cluster c, namespace shop by (not known yet)"],
    );
    check(
        "aws_eks_access_policy_association",
        &namespace,
        &policy(r#"{"type":"cluster"}"#),
        &["AmazonEKSAdminPolicy on cluster c, all of it by (not known yet)"],
    );
}

#[test]
fn other_clouds() {
    let assignment =
        r#"{"role_definition_name":"Owner","scope":"/subscriptions/1","principal_id":"p"}"#;
    check("azurerm_role_assignment", "", assignment, &["role Owner on /subscriptions/1 by p"]);
    check("azurerm_role_assignment", assignment, "", &[]);
    let rule = |access: &str| {
        format!(
            "{{\"direction\":\"Inbound\",\"access\":\"{access}\",\"protocol\":\"Tcp\",\"source_address_prefix\":\"*\",\"destination_port_range\":\"22\"}}"
        )
    };
    check("azurerm_network_security_rule", "", &rule("Allow"), &["in: tcp 22 from anywhere"]);
    check(
        "azurerm_network_security_rule",
        &rule("Deny"),
        "",
        &["no longer denied: in: tcp 22 from anywhere"],
    );
    let member = r#"{"role":"roles/owner","member":"allUsers"}"#;
    check("google_project_iam_member", "", member, &["roles/owner by anybody"]);
    let binding = |members: &str| format!("{{\"role\":\"roles/viewer\",\"members\":[{members}]}}");
    check(
        "google_storage_bucket_iam_binding",
        &binding("\"user:a\""),
        &binding("\"user:a\",\"user:b\""),
        &["roles/viewer by user:b"],
    );
    check(
        "google_storage_bucket_iam_binding",
        &binding("\"allUsers\""),
        &binding("\"user:b\""),
        &[],
    );
    let data = r#"{"policy_data":"{\"bindings\":[{\"role\":\"roles/editor\",\"members\":[\"user:a\"]}]}"}"#;
    check("google_project_iam_policy", "", data, &["roles/editor by user:a"]);
    check(
        "google_project_iam_policy",
        "",
        "{\"policy_data\":\"[]\"}",
        &["`policy_data`: policy not understood, may widen access"],
    );
    let firewall = r#"{"direction":"INGRESS","source_ranges":["0.0.0.0/0"],"allow":[{"protocol":"tcp","ports":["22","8000-9000"]}]}"#;
    check(
        "google_compute_firewall",
        "",
        firewall,
        &["in: tcp 22 from anywhere", "in: tcp 8000-9000 from anywhere"],
    );
}

#[test]
fn what_is_left_to_the_provider_is_no_doubt() {
    let planned = object(r#"{"policy":"?","name":"?","tags":"?"}"#);
    let check = |configuration: &str, expect: &[&str]| {
        let new = configured(&planned, &object(configuration));
        let read = |object: &Value| reading("aws_iam_policy", object).expect("is read");
        let none = object("");
        assert_eq!(told(&read(&none), &read(&new), &none, &new), expect, "{configuration}");
    };
    let doubt = ["`policy` is not known yet: may widen access"];
    check(r#"{"policy":null}"#, &[]);
    check(r#"{"policy":[]}"#, &[]);
    check(r#"{"policy":"?"}"#, &doubt);
    check("{}", &doubt);
    check("", &doubt);
}

#[test]
fn types_that_grant_nothing_say_nothing() {
    check("aws_vpc", "", r#"{"cidr_block":"10.0.0.0/16"}"#, &[]);
    check("terraform_data", "", r#"{"input":"x"}"#, &[]);
    check("x", "", "{}", &[]);
}

/// Types of every family.
const TYPES: &[&str] = &[
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_policy_attachment",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_lambda_permission",
    "aws_s3_bucket",
    "aws_s3_bucket_public_access_block",
    "azurerm_role_assignment",
    "azurerm_role_definition",
    "azurerm_key_vault",
    "azurerm_network_security_group",
    "google_project_iam_member",
    "google_storage_bucket_iam_binding",
    "google_project_iam_policy",
    "google_compute_firewall",
    "kubernetes_role_v1",
    "kubernetes_cluster_role_binding",
    "kubernetes_network_policy_v1",
    "kubernetes_manifest",
    "kubectl_manifest",
];

/// Names that some family looks for.
const NAMES: &[&str] = &[
    "policy",
    "assume_role_policy",
    "inline_policy",
    "managed_policy_arns",
    "permissions_boundary",
    "ingress",
    "egress",
    "cidr_blocks",
    "protocol",
    "from_port",
    "to_port",
    "self",
    "cidr_ipv4",
    "principal_arn",
    "kubernetes_groups",
    "access_scope",
    "type",
    "namespaces",
    "acl",
    "role",
    "block_public_acls",
    "member",
    "members",
    "policy_data",
    "permissions",
    "actions",
    "scope",
    "access_policy",
    "security_rule",
    "source_address_prefix",
    "destination_port_range",
    "allow",
    "ports",
    "rule",
    "rules",
    "api_groups",
    "resources",
    "verbs",
    "subject",
    "role_ref",
    "metadata",
    "namespace",
    "spec",
    "manifest",
    "kind",
    "yaml_body_parsed",
    "condition",
];

const TEXTS: &[&str] = &[
    "",
    "*",
    "22",
    "-1",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/99",
    "tcp",
    "Role",
    "RoleBinding",
    "[]",
    "{",
    "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
    "{\"Statement\":{\"Effect\":\"Deny\",\"NotAction\":[\"a:*\"],\"Principal\":{\"AWS\":[]}}}",
    "{\"bindings\":[{\"role\":\"r\",\"members\":[\"allUsers\"]}]}",
    "kind: Role",
    "a: [",
];

/// Any value: of any shape, also unknown and sensitive.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..TEXTS.len()).prop_map(|at| Value::string(TEXTS[at])),
        any::<bool>().prop_map(Value::bool),
        (-2i64..70_000).prop_map(Value::int),
        Just(Value::null(Type::DYNAMIC)),
        Just(Value::unknown(Type::STRING)),
        Just(Value::unknown(Type::DYNAMIC)),
        (0..TEXTS.len()).prop_map(|at| Value::string(TEXTS[at]).with_marks(Marks::SENSITIVE)),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let entry = (0..NAMES.len(), inner.clone()).prop_map(|(at, one)| (NAMES[at].into(), one));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::vec(inner, 0..3)
                .prop_map(|all| Value::tuple(all).with_marks(Marks::SENSITIVE)),
            prop::collection::vec(entry, 0..6).prop_map(|entries| {
                let once: std::collections::BTreeMap<_, _> = entries.into_iter().collect();
                Value::object(once)
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_object_makes_it_fail(kind in 0..TYPES.len(), old in any_value(), new in any_value()) {
        let (Some(before), Some(after)) = (reading(TYPES[kind], &old), reading(TYPES[kind], &new)) else {
            return Ok(());
        };
        let words = told(&before, &after, &old, &new);
        prop_assert!(words.len() <= TOLD_MAX + 1);
        prop_assert!(words.iter().all(|word| !word.is_empty()));
        // What stays as it is widens nothing.
        prop_assert!(told(&after, &after, &new, &new).is_empty());
        // What goes lets nothing be that was not.
        let nothing = Value::null(Type::DYNAMIC);
        let gone = reading(TYPES[kind], &nothing).expect("a type is read with or without an object");
        for word in told(&before, &gone, &old, &nothing) {
            prop_assert!(word.starts_with("no longer denied: ") || word.starts_with("and "), "{}", word);
        }
    }

    #[test]
    fn no_policy_makes_it_fail(text in ".{0,200}", at in 0..TEXTS.len()) {
        for text in [text.as_str(), TEXTS[at]] {
            let object = Value::object([("policy".into(), Value::string(text))]);
            prop_assert!(reading("aws_iam_policy", &object).is_some());
        }
    }
}
