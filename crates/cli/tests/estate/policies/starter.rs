//! Plans with known answers through the starter policies, rehearsed: 30 of which all is known, and 10 that become forbidden
//! only after the stack below is applied. Prints its figures.
//!
//! A stack is a plan. The schemas are given: of the types that the cases have, with the arguments that they set.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::support::Estate;

const STARTER: &str = "policy \"starter\" {\n  starter = [\"public-buckets\", \"open-security-groups\", \"unencrypted-stores\", \"owners-tags\", \"admin-policies\", \"unpinned-images\", \"pins\"]\n}\n";

/// What the policies come to say of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Nothing,
    Warns,
    Denies,
}

use Answer::{Denies, Nothing, Warns};

/// A plan: its resources, and the answer.
struct Case {
    name: &'static str,
    provider: &'static str,
    body: &'static str,
    answer: Answer,
}

const fn case(
    name: &'static str,
    provider: &'static str,
    body: &'static str,
    answer: Answer,
) -> Case {
    Case { name, provider, body, answer }
}

const POLICY_OF_ALL: &str =
    r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#;
const POLICY_OF_ADMIN: &str = r#"{"Statement":[{"Effect":"Allow","Action":["*"],"Resource":"*"}]}"#;

#[rustfmt::skip]
const KNOWN: &[Case] = &[
    case("acl-private", "aws", "resource \"aws_s3_bucket_acl\" \"x\" { acl = \"private\" }", Nothing),
    case("acl-public", "aws", "resource \"aws_s3_bucket_acl\" \"x\" { acl = \"public-read\" }", Denies),
    case("block-whole", "aws", "resource \"aws_s3_bucket_public_access_block\" \"x\" {\n  block_public_acls = true\n  block_public_policy = true\n}", Nothing),
    case("block-off", "aws", "resource \"aws_s3_bucket_public_access_block\" \"x\" {\n  block_public_acls = true\n  block_public_policy = false\n}", Denies),
    case("bucket-policy-all", "aws", "resource \"aws_s3_bucket_policy\" \"x\" { policy = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:*\", Resource = \"*\" }] }) }", Denies),
    case("bucket-policy-condition", "aws", "resource \"aws_s3_bucket_policy\" \"x\" { policy = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = { AWS = \"*\" }, Action = \"s3:*\", Resource = \"*\", Condition = { Bool = { \"aws:SecureTransport\" = \"true\" } } }] }) }", Nothing),
    case("bucket-all-users", "google", "resource \"google_storage_bucket_iam_member\" \"x\" {\n  role = \"roles/storage.objectViewer\"\n  member = \"allUsers\"\n}", Denies),
    case("bucket-one-user", "google", "resource \"google_storage_bucket_iam_member\" \"x\" {\n  role = \"roles/storage.objectViewer\"\n  member = \"user:a@example.com\"\n}", Nothing),
    case("container-blob", "azurerm", "resource \"azurerm_storage_container\" \"x\" { container_access_type = \"blob\" }", Denies),
    case("container-private", "azurerm", "resource \"azurerm_storage_container\" \"x\" { container_access_type = \"private\" }", Nothing),
    case("ssh-open", "aws", "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n  cidr_ipv4 = \"0.0.0.0/0\"\n  from_port = 22\n  to_port = 22\n}", Denies),
    case("web-open", "aws", "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n  cidr_ipv4 = \"0.0.0.0/0\"\n  from_port = 443\n  to_port = 443\n}", Nothing),
    case("ssh-inside", "aws", "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n  cidr_ipv4 = \"10.0.0.0/8\"\n  from_port = 22\n  to_port = 22\n}", Nothing),
    case("rdp-open", "azurerm", "resource \"azurerm_network_security_rule\" \"x\" {\n  direction = \"Inbound\"\n  access = \"Allow\"\n  source_address_prefix = \"*\"\n  destination_port_range = \"3389\"\n}", Denies),
    case("firewall-inside", "google", "resource \"google_compute_firewall\" \"x\" {\n  source_ranges = [\"10.0.0.0/8\"]\n  allow = [{ protocol = \"tcp\", ports = [\"22\"] }]\n}", Nothing),
    case("firewall-open", "google", "resource \"google_compute_firewall\" \"x\" {\n  source_ranges = [\"0.0.0.0/0\"]\n  allow = [{ protocol = \"tcp\", ports = [\"22\"] }]\n}", Denies),
    case("db-encrypted", "aws", "resource \"aws_db_instance\" \"x\" { storage_encrypted = true }", Nothing),
    case("db-clear", "aws", "resource \"aws_db_instance\" \"x\" { storage_encrypted = false }", Denies),
    case("db-unsaid", "aws", "resource \"aws_db_instance\" \"x\" {}", Denies),
    case("sql-clear", "azurerm", "resource \"azurerm_mssql_database\" \"x\" { transparent_data_encryption_enabled = false }", Denies),
    case("tags-owner", "aws", "resource \"aws_sqs_queue\" \"x\" { tags_all = { owner = \"shop\" } }", Nothing),
    case("tags-none", "aws", "resource \"aws_sqs_queue\" \"x\" { tags_all = { env = \"dev\" } }", Warns),
    case("admin-policy", "aws", "resource \"aws_iam_policy\" \"x\" { policy = jsonencode({ Statement = { Effect = \"Allow\", Action = \"*\", Resource = [\"*\"] } }) }", Denies),
    case("small-policy", "aws", "resource \"aws_iam_policy\" \"x\" { policy = jsonencode({ Statement = { Effect = \"Allow\", Action = \"s3:GetObject\", Resource = [\"*\"] } }) }", Nothing),
    case("admin-attached", "aws", "resource \"aws_iam_role_policy_attachment\" \"x\" { policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\" }", Denies),
    case("project-owner", "google", "resource \"google_project_iam_member\" \"x\" {\n  role = \"roles/owner\"\n  member = \"user:a@example.com\"\n}", Denies),
    case("cluster-admin", "kubernetes", "resource \"kubernetes_cluster_role_binding_v1\" \"x\" { role_ref = [{ kind = \"ClusterRole\", name = \"cluster-admin\" }] }", Denies),
    case("image-latest", "kubernetes", "resource \"kubernetes_pod_v1\" \"x\" { spec = [{ container = [{ image = \"registry:5000/nginx\" }] }] }", Denies),
    case("image-tag", "kubernetes", "resource \"kubernetes_pod_v1\" \"x\" { spec = [{ container = [{ image = \"registry:5000/nginx:1.27.1\" }] }] }", Nothing),
    case("provider-unpinned", "aws", "resource \"aws_s3_bucket_acl\" \"x\" { acl = \"private\" }", Warns),
];

/// A plan whose value comes from below: what it is there once that is applied, as an expression.
struct Later {
    name: &'static str,
    provider: &'static str,
    body: &'static str,
    value: &'static str,
}

const fn later(
    name: &'static str,
    provider: &'static str,
    body: &'static str,
    value: &'static str,
) -> Later {
    Later { name, provider, body, value }
}

#[rustfmt::skip]
const LATER: &[Later] = &[
    later("acl", "aws", "resource \"aws_s3_bucket_acl\" \"x\" { acl = var.value }", "\"public-read\""),
    later("block", "aws", "resource \"aws_s3_bucket_public_access_block\" \"x\" {\n  block_public_acls = var.value\n  block_public_policy = true\n}", "false"),
    later("bucket-policy", "aws", "resource \"aws_s3_bucket_policy\" \"x\" { policy = var.value }", "jsonencode(jsondecode(local.of_all))"),
    later("cidr", "aws", "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n  cidr_ipv4 = var.value\n  from_port = 22\n  to_port = 22\n}", "\"0.0.0.0/0\""),
    later("port", "aws", "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n  cidr_ipv4 = \"0.0.0.0/0\"\n  from_port = var.value\n  to_port = var.value\n}", "22"),
    later("encrypted", "aws", "resource \"aws_db_instance\" \"x\" { storage_encrypted = var.value }", "false"),
    later("admin-policy", "aws", "resource \"aws_iam_policy\" \"x\" { policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = var.value, Resource = \"*\" }] }) }", "\"*\""),
    later("admin-attached", "aws", "resource \"aws_iam_role_policy_attachment\" \"x\" { policy_arn = \"arn:aws:iam::aws:policy/${var.value}\" }", "\"AdministratorAccess\""),
    later("image", "kubernetes", "resource \"kubernetes_pod_v1\" \"x\" { spec = [{ container = [{ image = \"nginx:${var.value}\" }] }] }", "\"latest\""),
    later("member", "google", "resource \"google_storage_bucket_iam_member\" \"x\" {\n  role = \"roles/storage.objectViewer\"\n  member = var.value\n}", "\"allUsers\""),
];

/// The same kind of plan, that turns out to be allowed.
#[rustfmt::skip]
const LATER_GOOD: &[Later] = &[
    later("acl-good", "aws", "resource \"aws_s3_bucket_acl\" \"x\" { acl = var.value }", "\"private\""),
    later("encrypted-good", "aws", "resource \"aws_db_instance\" \"x\" { storage_encrypted = var.value }", "true"),
];

/// The schemas of the types that the cases have.
fn schemas() -> String {
    let text = json!("string");
    let flag = json!("bool");
    let number = json!("number");
    let any = json!("dynamic");
    let of = |all: &[(&str, &Json)]| {
        let attributes: serde_json::Map<String, Json> = all
            .iter()
            .map(|(name, ty)| ((*name).to_owned(), json!({ "type": ty, "optional": true })))
            .collect();
        json!({ "version": 0, "block": { "attributes": attributes } })
    };
    let provider = |types: Json| json!({ "provider": { "version": 0, "block": {} }, "resource_schemas": types });
    json!({ "format_version": "1.0", "provider_schemas": {
        "registry.opentofu.org/hashicorp/aws": provider(json!({
            "aws_s3_bucket_acl": of(&[("acl", &text)]),
            "aws_s3_bucket_public_access_block": of(&[("block_public_acls", &flag), ("block_public_policy", &flag)]),
            "aws_s3_bucket_policy": of(&[("policy", &text)]),
            "aws_vpc_security_group_ingress_rule": of(&[("cidr_ipv4", &text), ("from_port", &number), ("to_port", &number)]),
            "aws_db_instance": of(&[("storage_encrypted", &flag)]),
            "aws_sqs_queue": of(&[("tags_all", &json!(["map", "string"]))]),
            "aws_iam_policy": of(&[("policy", &text)]),
            "aws_iam_role_policy_attachment": of(&[("policy_arn", &text)]),
        })),
        "registry.opentofu.org/hashicorp/google": provider(json!({
            "google_storage_bucket_iam_member": of(&[("role", &text), ("member", &text)]),
            "google_project_iam_member": of(&[("role", &text), ("member", &text)]),
            "google_compute_firewall": of(&[
                ("source_ranges", &json!(["set", "string"])),
                ("allow", &json!(["list", ["object", { "protocol": "string", "ports": ["list", "string"] }]])),
            ]),
        })),
        "registry.opentofu.org/hashicorp/azurerm": provider(json!({
            "azurerm_storage_container": of(&[("container_access_type", &text)]),
            "azurerm_network_security_rule": of(&[
                ("direction", &text), ("access", &text), ("source_address_prefix", &text), ("destination_port_range", &text),
            ]),
            "azurerm_mssql_database": of(&[("transparent_data_encryption_enabled", &flag)]),
        })),
        "registry.opentofu.org/hashicorp/kubernetes": provider(json!({
            "kubernetes_pod_v1": of(&[("spec", &any)]),
            "kubernetes_cluster_role_binding_v1": of(&[("role_ref", &any)]),
        })),
    }}).to_string()
}

fn module(provider: &str, version: &str, body: &str) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    {provider} = {{\n      source = \"hashicorp/{provider}\"{version}\n    }}\n  }}\n}}\nprovider \"{provider}\" {{}}\n{body}\n"
    )
}

const VERSION: &str = "\n      version = \"~> 1.0\"";
const HEAD: &str =
    "estate { name = \"cases\" }\nlayer \"base\" {}\nlayer \"apps\" {}\nenvironment \"dev\" {}\n";

/// What the plan's page says of each stack: the code or the standing, and the words.
fn told(page: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let page: Json = serde_json::from_str(page).expect(page);
    let mut told: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut add = |stack: &Json, what: &Json, text: &Json| {
        let stack = stack.as_str().unwrap_or_default().split("//").next().unwrap_or_default();
        let words = |one: &Json| one.as_str().unwrap_or_default().to_owned();
        told.entry(stack.to_owned()).or_default().push((words(what), words(text)));
    };
    for one in page["refusals"].as_array().into_iter().flatten() {
        add(&one["stack"], &one["code"], &one["text"]);
    }
    for one in page["policies"].as_array().into_iter().flatten() {
        add(&one["about"], &one["standing"], &one["text"]);
    }
    told
}

fn answer(told: Option<&Vec<(String, String)>>) -> Answer {
    let has = |what: &str| told.is_some_and(|all| all.iter().any(|(one, _)| one == what));
    match (has("policy-denied"), has("warns")) {
        (true, _) => Denies,
        (false, true) => Warns,
        (false, false) => Nothing,
    }
}

#[expect(clippy::print_stderr, reason = "the figures are asked for")]
fn figure(text: &str) {
    eprintln!("{text}");
}

#[test]
fn thirty_plans_with_known_answers() {
    assert_eq!(KNOWN.len(), 30);
    let estate = Estate::of(&[("schema.json", &schemas())]);
    let mut file = format!("{HEAD}{STARTER}");
    for case in KNOWN {
        file.push_str(&format!(
            "stack \"{0}\" {{\n  layer = \"apps\"\n  source = \"./{0}\"\n}}\n",
            case.name
        ));
        let version = if case.name == "provider-unpinned" { "" } else { VERSION };
        estate.write(&format!("{}/main.tf", case.name), &module(case.provider, version, case.body));
    }
    estate.write("strata.hcl", &file);
    let page = estate
        .expect(&["plan", "--rehearse", "--schema", "schema.json", "-env", "dev", "-json"], 0);
    let told = told(&page);
    let mut wrong = Vec::new();
    for case in KNOWN {
        let of_case = told.get(&format!("dev/{}", case.name));
        if answer(of_case) != case.answer {
            wrong.push(format!("{}: {:?} expected, told {of_case:?}", case.name, case.answer));
        }
    }
    figure(&format!(
        "starter policies: {} of {} plans with known answers are answered right ({} denied, {} warned, {} passed)",
        KNOWN.len() - wrong.len(),
        KNOWN.len(),
        KNOWN.iter().filter(|one| one.answer == Denies).count(),
        KNOWN.iter().filter(|one| one.answer == Warns).count(),
        KNOWN.iter().filter(|one| one.answer == Nothing).count(),
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The estate whose values come from below.
fn wired() -> Estate {
    let estate = Estate::of(&[("schema.json", &schemas())]);
    let all = || LATER.iter().chain(LATER_GOOD);
    let mut file = format!(
        "{HEAD}{STARTER}stack \"below\" {{\n  layer = \"base\"\n  source = \"./below\"\n}}\n"
    );
    let mut below = format!(
        "locals {{\n  of_all = {:?}\n  of_admin = {:?}\n}}\n",
        POLICY_OF_ALL, POLICY_OF_ADMIN
    );
    for one in all() {
        let name = one.name.replace('-', "_");
        below.push_str(&format!(
            "resource \"terraform_data\" \"{name}\" {{ input = {} }}\noutput \"{name}\" {{ value = terraform_data.{name}.output }}\n",
            one.value
        ));
        file.push_str(&format!(
            "stack \"{0}\" {{\n  layer = \"apps\"\n  source = \"./{0}\"\n  inputs = {{ value = stack.below.{name} }}\n}}\n",
            one.name
        ));
        let body = format!("variable \"value\" {{}}\n{}", one.body);
        estate.write(&format!("{}/main.tf", one.name), &module(one.provider, VERSION, &body));
    }
    estate.write("below/main.tf", &below);
    estate.write("strata.hcl", &file);
    estate
}

#[test]
fn ten_plans_that_become_forbidden_after_the_stack_below_is_applied() {
    assert_eq!(LATER.len(), 10);
    let estate = wired();
    let rehearse = ["--rehearse", "--schema", "schema.json", "-env", "dev"];
    let args = |first: &[&'static str]| [first, &rehearse].concat();
    let page = estate.expect(&args(&["plan", "-json"]), 0);
    let told = told(&page);
    for one in LATER.iter().chain(LATER_GOOD) {
        let of_case = told.get(&format!("dev/{}", one.name));
        let standing: Vec<&str> =
            of_case.into_iter().flatten().map(|(what, _)| what.as_str()).collect();
        assert_eq!(standing, ["not_yet_decided"], "{}: {of_case:?}", one.name);
    }
    let ran = estate.run(&args(&["apply", "-auto-approve"]));
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    let objects = |stack: &str| {
        let of = format!("dev/{stack}");
        estate
            .expect(&["state", "list", "--rehearse", "--schema", "schema.json", "-stack", &of], 0)
            .lines()
            .count()
    };
    assert_eq!(objects("below"), LATER.len() + LATER_GOOD.len(), "the stack below is applied");
    let untouched = LATER.iter().filter(|one| objects(one.name) == 0).count();
    // The error itself names the stack's object, and that nothing was touched.
    let refusals: Vec<&str> =
        ran.err.split("Error: ").filter(|one| one.contains("[policy-denied]")).collect();
    let is_stopped = |name: &str| {
        let about = format!("with dev/{name}//");
        refusals.iter().any(|one| one.contains(&about) && one.contains("Nothing was touched"))
    };
    let stopped = LATER.iter().filter(|one| is_stopped(one.name)).count();
    let went = LATER_GOOD.iter().filter(|one| objects(one.name) == 1).count();
    figure(&format!(
        "starter policies: {stopped} of 10 plans that became forbidden were stopped before the call, {untouched} made nothing; {went} of 2 that did not were applied"
    ));
    assert_eq!((stopped, untouched, went), (10, 10, 2), "{}\n{}", ran.out, ran.err);
    assert_eq!(refusals.len(), 10, "{}", ran.err);
}
