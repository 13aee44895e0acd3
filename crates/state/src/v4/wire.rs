//! The file as JSON has it: borrowed from its text, nothing judged yet.
//!
//! Only for reading; the writer forms text itself, since no serializer gives OpenTofu's bytes.
//! Invariant: a `null` reads as an absent member wherever OpenTofu's reader takes it so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Enough of any state file to tell what it is.
#[derive(Deserialize)]
pub(super) struct Sniff<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) version: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) terraform_version: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) encrypted_data: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct File<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) terraform_version: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) serial: Option<u64>,
    #[serde(borrow, default)]
    pub(super) lineage: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) outputs: Option<BTreeMap<String, Output<'a>>>,
    #[serde(borrow, default)]
    pub(super) resources: Option<Vec<Resource<'a>>>,
    #[serde(borrow, default)]
    pub(super) check_results: Option<Vec<Check<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Output<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) value: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", rename = "type")]
    pub(super) ty: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) sensitive: Option<bool>,
    #[serde(borrow, default)]
    pub(super) deprecated: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(borrow, default)]
    pub(super) module: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) mode: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    pub(super) type_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) provider: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) instances: Option<Vec<Instance<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Instance<'a> {
    #[serde(borrow, default)]
    pub(super) index_key: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) deposed: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) provider: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) schema_version: Option<u64>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) attributes: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) attributes_flat: Option<BTreeMap<String, String>>,
    #[serde(borrow, default)]
    pub(super) sensitive_attributes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) private: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) dependencies: Option<Vec<Cow<'a, str>>>,
    #[serde(default)]
    pub(super) create_before_destroy: Option<bool>,
    #[serde(default)]
    pub(super) skip_destroy: Option<bool>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) identity: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) identity_schema_version: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Check<'a> {
    #[serde(borrow, default)]
    pub(super) object_kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) config_addr: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) objects: Option<Vec<CheckObject<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct CheckObject<'a> {
    #[serde(borrow, default)]
    pub(super) object_addr: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) failure_messages: Option<Vec<String>>,
}

/// Reads a member that is there, a `null` too.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}
