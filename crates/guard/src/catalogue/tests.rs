//! What the built-in catalogue says of objects, one or two of each provider.

use super::*;

fn object(json: &str) -> Value {
    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::null(value::Type::DYNAMIC),
            serde_json::Value::Bool(flag) => Value::bool(*flag),
            serde_json::Value::Number(number) => Value::int(number.as_i64().expect("whole")),
            serde_json::Value::String(text) => Value::string(text.as_str()),
            serde_json::Value::Array(all) => Value::tuple(all.iter().map(value).collect()),
            serde_json::Value::Object(entries) => {
                Value::object(entries.iter().map(|(name, one)| (name.as_str().into(), value(one))))
            }
        }
    }
    value(&serde_json::from_str(json).expect(json))
}

/// The name and the guards of an object, joined as the page does; nothing where it bears no data.
#[track_caller]
fn check(type_name: &str, json: &str, expect: Option<(&str, &str)>) {
    static CATALOGUE: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    let catalogue = CATALOGUE.get_or_init(|| Catalogue::new(&[]));
    let object = object(json);
    let told = catalogue.entry(type_name).filter(|entry| entry.bears(&object)).map(|entry| {
        (entry.name_of(&object).unwrap_or_default(), entry.guards_of(&object).join(" · "))
    });
    assert_eq!(
        told.as_ref().map(|(name, guards)| (name.as_str(), guards.as_str())),
        expect,
        "{json}"
    );
}

#[test]
fn databases() {
    check(
        "aws_rds_cluster",
        r#"{"cluster_identifier":"orders","deletion_protection":false,"skip_final_snapshot":true,"backup_retention_period":0}"#,
        Some(("orders", "deletion_protection = false · NO final snapshot · NO backups")),
    );
    check(
        "aws_dynamodb_table",
        r#"{"name":"t","deletion_protection_enabled":true,"point_in_time_recovery":[{"enabled":true}]}"#,
        Some(("t", "deletion_protection_enabled = true · point-in-time recovery on")),
    );
    check(
        "google_sql_database_instance",
        r#"{"name":"s","deletion_protection":true,"deletion_policy":"DELETE","settings":[{"deletion_protection_enabled":false,"backup_configuration":[{"enabled":true,"point_in_time_recovery_enabled":false}],"retain_backups_on_delete":null}]}"#,
        Some((
            "s",
            "deletion_protection = true · not protected in the cloud · backups on · point-in-time recovery OFF · backups go too · deletion_policy = DELETE",
        )),
    );
    check(
        "azurerm_postgresql_flexible_server",
        r#"{"name":"p","backup_retention_days":7,"geo_redundant_backup_enabled":false}"#,
        Some(("p", "backups 7 days · backups in one region")),
    );
}

#[test]
fn stores_and_keys() {
    check(
        "aws_s3_bucket",
        r#"{"bucket":"b","force_destroy":true,"versioning":[{"enabled":true}],"object_lock_enabled":false}"#,
        Some((
            "b",
            "force_destroy = true: goes with all that it holds · versioning on · object lock off",
        )),
    );
    check(
        "azurerm_key_vault",
        r#"{"name":"v","purge_protection_enabled":true,"soft_delete_retention_days":90}"#,
        Some(("v", "purge_protection_enabled = true · soft delete 90 days")),
    );
    check(
        "aws_kms_key",
        r#"{"arn":"1a2b","deletion_window_in_days":30}"#,
        Some(("1a2b", "deletion window 30 days")),
    );
    check("aws_ssm_parameter", r#"{"name":"/a","type":"String"}"#, None);
    check("aws_ssm_parameter", r#"{"name":"/a","type":"SecureString"}"#, Some(("/a", "")));
}

#[test]
fn kubernetes_and_helm() {
    for name in ["kubernetes_persistent_volume", "kubernetes_persistent_volume_v1"] {
        check(
            name,
            r#"{"metadata":[{"name":"pv"}],"spec":[{"persistent_volume_reclaim_policy":"Retain"}]}"#,
            Some(("pv", "reclaim policy Retain")),
        );
    }
    let set = r#"{"metadata":[{"name":"db"}],"spec":[{"persistent_volume_claim_retention_policy":[{"when_deleted":"WHEN"}]}]}"#;
    check("kubernetes_stateful_set_v1", &set.replace("WHEN", "Retain"), None);
    check("kubernetes_stateful_set_v1", &set.replace("WHEN", "Delete"), Some(("db", "")));
    let manifest = r#"{"manifest":{"kind":"KIND","metadata":{"name":"m"}}}"#;
    check("kubernetes_manifest", &manifest.replace("KIND", "ConfigMap"), None);
    check(
        "kubernetes_manifest",
        &manifest.replace("KIND", "CustomResourceDefinition"),
        Some(("m", "kind CustomResourceDefinition")),
    );
    check("kubectl_manifest", r#"{"name":"n","kind":"Kafka"}"#, Some(("n", "kind Kafka")));
    check("kubectl_manifest", r#"{"name":"n","kind":"CronJob"}"#, None);
    check("helm_release", r#"{"name":"web"}"#, Some(("web", "")));
}

#[test]
fn what_is_made_anew_from_its_configuration_bears_none() {
    for type_name in [
        "aws_instance",
        "aws_vpc",
        "aws_iam_role",
        "aws_s3_object",
        "aws_rds_cluster_instance",
        "aws_s3_bucket_versioning",
        "azurerm_linux_virtual_machine",
        "google_compute_instance",
        "kubernetes_deployment_v1",
        "kubernetes_config_map",
        "terraform_data",
        "random_password",
        "local_file",
        "",
    ] {
        check(type_name, "{}", None);
    }
}

#[test]
fn what_the_estate_names_bears_data_whatever_the_object() {
    let own = OwnType {
        type_name: "kubernetes_stateful_set_v1".into(),
        holds: "a ledger".into(),
        protected_by: Vec::new(),
    };
    let entry = |own: &[OwnType]| {
        let catalogue = Catalogue::new(own);
        let entry = catalogue.entry("kubernetes_stateful_set_v1").expect("an entry");
        entry.bears(&Value::object([]))
    };
    assert!(!entry(&[]), "its claims stay");
    assert!(entry(&[own]), "the estate says so");
}
