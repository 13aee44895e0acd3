//! The tables of what grants against the providers' own schemas: types and attributes that are looked for exist.

use std::collections::BTreeSet;

use super::support::{blocks, exists, schemas};
use super::{aws, flags};

/// Types that are read by name, beyond the tables; the versions of Kubernetes types are checked with `_v1`, too.
const TYPES: &[&str] = &[
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_ssoadmin_managed_policy_attachment",
    "aws_iam_user",
    "aws_iam_user_group_membership",
    "aws_iam_openid_connect_provider",
    "aws_ssoadmin_account_assignment",
    "aws_lambda_permission",
    "aws_security_group",
    "aws_default_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
    "aws_eks_pod_identity_association",
    "aws_ram_principal_association",
    "azurerm_role_assignment",
    "azurerm_marketplace_role_assignment",
    "azurerm_pim_active_role_assignment",
    "azurerm_pim_eligible_role_assignment",
    "azurerm_role_definition",
    "azurerm_key_vault_access_policy",
    "azurerm_key_vault",
    "azurerm_federated_identity_credential",
    "azuread_application_federated_identity_credential",
    "azurerm_network_security_rule",
    "azurerm_network_security_group",
    "azurerm_mssql_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_redis_firewall_rule",
    "azuread_app_role_assignment",
    "azuread_directory_role_assignment",
    "azuread_directory_role_member",
    "azuread_group_member",
    "google_compute_firewall",
    "google_project_iam_custom_role",
    "google_organization_iam_custom_role",
    "google_project_iam_member",
    "google_storage_bucket_iam_binding",
    "google_project_iam_policy",
    "kubernetes_role",
    "kubernetes_cluster_role",
    "kubernetes_role_binding",
    "kubernetes_cluster_role_binding",
    "kubernetes_network_policy",
    "kubernetes_role_v1",
    "kubernetes_cluster_role_v1",
    "kubernetes_role_binding_v1",
    "kubernetes_cluster_role_binding_v1",
    "kubernetes_network_policy_v1",
    "kubernetes_manifest",
    "kubectl_manifest",
];

#[test]
fn types_and_attributes_are_those_of_the_providers() {
    let Some(dir) = schemas() else {
        eprintln!("skipped: types that grant (no schemas; set STRATA_SCHEMAS)");
        return;
    };
    let mut wanted: BTreeSet<(&str, String)> = BTreeSet::new();
    for (type_name, names) in aws::POLICIES {
        wanted.extend(names.iter().map(|name| (*type_name, (*name).to_owned())));
    }
    wanted.extend(flags::paths());
    let mut wrong = Vec::new();
    for provider in ["aws", "azurerm", "azuread", "google", "kubernetes", "kubectl"] {
        let known = blocks(&dir, provider);
        if known.is_empty() {
            eprintln!("skipped: types of {provider} (no schema of it)");
            continue;
        }
        let own = |name: &str| name.split('_').next() == Some(provider);
        let types = TYPES.iter().copied().filter(|name| own(name));
        wrong.extend(types.filter(|name| !known.contains_key(*name)).map(str::to_owned));
        for (type_name, path) in wanted.iter().filter(|(name, _)| own(name)) {
            let found = known.get(*type_name);
            if !found.is_some_and(|all| all.iter().any(|block| exists(block, path))) {
                wrong.push(format!("{type_name}.{path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
