//! Attributes that open or close something by themselves: public access, and the blocks against it.
//!
//! A table. A closed one is a denial; to lose it, by a change or with its object, widens access.

use value::Value;

use super::fact::Fact;
use super::look::{NOT_KNOWN, Reading};

/// An attribute of a type.
struct Flag {
    type_name: &'static str,
    /// Names from the object down.
    path: &'static [&'static str],
    /// Texts with which it is closed (then anything else is open), or open (then anything else is closed).
    values: Values,
    /// What is open, or what is denied.
    words: &'static str,
}

enum Values {
    Closed(&'static [&'static str]),
    Open(&'static [&'static str]),
}

use Values::{Closed, Open};

const TRUE: &[&str] = &["true"];

const fn closed(
    type_name: &'static str,
    path: &'static [&'static str],
    words: &'static str,
) -> Flag {
    Flag { type_name, path, values: Closed(TRUE), words }
}

const fn open(type_name: &'static str, path: &'static [&'static str], words: &'static str) -> Flag {
    Flag { type_name, path, values: Open(TRUE), words }
}

const PUBLIC_ACLS: &[&str] = &["public-read", "public-read-write", "authenticated-read", "website"];
const GOOGLE_PUBLIC: &[&str] = &["allUsers", "allAuthenticatedUsers"];

const FLAGS: &[Flag] = &[
    closed("aws_s3_bucket_public_access_block", &["block_public_acls"], "new public ACLs"),
    closed("aws_s3_bucket_public_access_block", &["block_public_policy"], "public bucket policies"),
    closed("aws_s3_bucket_public_access_block", &["ignore_public_acls"], "access by public ACLs"),
    closed(
        "aws_s3_bucket_public_access_block",
        &["restrict_public_buckets"],
        "access by others to a public bucket",
    ),
    closed(
        "aws_s3_account_public_access_block",
        &["block_public_acls"],
        "new public ACLs in the account",
    ),
    closed(
        "aws_s3_account_public_access_block",
        &["block_public_policy"],
        "public bucket policies in the account",
    ),
    closed(
        "aws_s3_account_public_access_block",
        &["ignore_public_acls"],
        "access by public ACLs in the account",
    ),
    closed(
        "aws_s3_account_public_access_block",
        &["restrict_public_buckets"],
        "access by others to public buckets of the account",
    ),
    Flag {
        type_name: "aws_s3_bucket_acl",
        path: &["acl"],
        values: Open(PUBLIC_ACLS),
        words: "public access by the bucket's ACL",
    },
    Flag {
        type_name: "aws_s3_bucket",
        path: &["acl"],
        values: Open(PUBLIC_ACLS),
        words: "public access by the bucket's ACL",
    },
    open("aws_db_instance", &["publicly_accessible"], "connections from the internet"),
    open("aws_rds_cluster_instance", &["publicly_accessible"], "connections from the internet"),
    open("aws_redshift_cluster", &["publicly_accessible"], "connections from the internet"),
    open(
        "aws_eks_cluster",
        &["vpc_config", "endpoint_public_access"],
        "the cluster's API from the internet",
    ),
    open("aws_instance", &["associate_public_ip_address"], "a public address"),
    open(
        "aws_subnet",
        &["map_public_ip_on_launch"],
        "public addresses for what starts in the subnet",
    ),
    open("azurerm_storage_account", &["allow_nested_items_to_be_public"], "public containers"),
    open(
        "azurerm_storage_account",
        &["public_network_access_enabled"],
        "access from public networks",
    ),
    open("azurerm_key_vault", &["public_network_access_enabled"], "access from public networks"),
    open(
        "azurerm_mssql_server",
        &["public_network_access_enabled"],
        "connections from public networks",
    ),
    open(
        "azurerm_postgresql_flexible_server",
        &["public_network_access_enabled"],
        "connections from public networks",
    ),
    open("azurerm_container_registry", &["admin_enabled"], "the administrator's account"),
    open("azurerm_container_registry", &["anonymous_pull_enabled"], "images for anybody"),
    Flag {
        type_name: "azurerm_storage_container",
        path: &["container_access_type"],
        values: Open(&["blob", "container"]),
        words: "public blobs",
    },
    closed(
        "azurerm_kubernetes_cluster",
        &["private_cluster_enabled"],
        "the cluster's API from public networks",
    ),
    closed(
        "azurerm_kubernetes_cluster",
        &["local_account_disabled"],
        "the cluster's local administrator",
    ),
    Flag {
        type_name: "google_storage_bucket",
        path: &["public_access_prevention"],
        values: Closed(&["enforced"]),
        words: "public access",
    },
    Flag {
        type_name: "google_storage_bucket_access_control",
        path: &["entity"],
        values: Open(GOOGLE_PUBLIC),
        words: "the bucket for anybody",
    },
    Flag {
        type_name: "google_storage_object_access_control",
        path: &["entity"],
        values: Open(GOOGLE_PUBLIC),
        words: "the object for anybody",
    },
    Flag {
        type_name: "google_storage_default_object_access_control",
        path: &["entity"],
        values: Open(GOOGLE_PUBLIC),
        words: "new objects for anybody",
    },
    open(
        "google_sql_database_instance",
        &["settings", "ip_configuration", "ipv4_enabled"],
        "a public address",
    ),
    closed(
        "google_container_cluster",
        &["private_cluster_config", "enable_private_endpoint"],
        "the cluster's API from the internet",
    ),
    open(
        "google_container_cluster",
        &["enable_legacy_abac"],
        "access by attributes in the cluster",
    ),
];

/// Reads the flags of a type; `None` where it has none.
pub(super) fn read(type_name: &str, object: &Value, reading: &mut Reading) -> Option<()> {
    let mut any = None;
    for flag in FLAGS.iter().filter(|flag| flag.type_name == type_name) {
        any = Some(());
        let Some(text) = text_at(object, flag.path, reading) else { continue };
        let name = flag.path[flag.path.len() - 1];
        let fact = || Fact::Plain(flag.words.to_owned());
        match &flag.values {
            _ if text == NOT_KNOWN => reading.unknown(name),
            Closed(values) if values.contains(&text.as_str()) => reading.denials.push(fact()),
            Open(values) if values.contains(&text.as_str()) => reading.facts.push(fact()),
            Closed(_) | Open(_) => {}
        }
    }
    any
}

/// The text at a path, blocks of one on the way; `None` where there is nothing.
fn text_at(object: &Value, path: &[&str], reading: &mut Reading) -> Option<String> {
    let (last, way) = path.split_last()?;
    let mut at = object;
    for step in way {
        at = reading.blocks(at, step).into_iter().next()?;
    }
    let text = reading.text(at, last);
    (!text.is_empty()).then_some(text)
}

/// Types and paths that are looked at.
#[cfg(test)]
pub(super) fn paths() -> impl Iterator<Item = (&'static str, String)> {
    FLAGS.iter().map(|flag| (flag.type_name, flag.path.join(".")))
}
