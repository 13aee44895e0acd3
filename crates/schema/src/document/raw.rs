//! The document's own shapes, as they stand in the JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A map whose entries are decoded when asked for.
pub(super) type RawMap<'a> = BTreeMap<String, &'a RawValue>;

#[derive(Deserialize)]
pub(super) struct RawDocument<'a> {
    pub(super) format_version: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) provider_schemas: RawMap<'a>,
}

#[derive(Deserialize, Default)]
pub(super) struct RawProvider<'a> {
    #[serde(borrow, default)]
    pub(super) provider: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) resource_schemas: RawMap<'a>,
    #[serde(borrow, default)]
    pub(super) data_source_schemas: RawMap<'a>,
    #[serde(borrow, default)]
    pub(super) ephemeral_resource_schemas: RawMap<'a>,
    #[serde(borrow, default)]
    pub(super) functions: RawMap<'a>,
    #[serde(borrow, default)]
    pub(super) resource_identity_schemas: RawMap<'a>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawSchema {
    #[serde(default)]
    pub(super) version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) block: Option<RawBlock>,
}

#[derive(Deserialize, Serialize, Default)]
pub(super) struct RawBlock {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<String, RawAttr>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) block_types: BTreeMap<String, RawNestedBlock>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) description: Box<str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) description_kind: Box<str>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) deprecation_message: Box<str>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawAttr {
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(super) ty: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nested_type: Option<RawNestedType>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) description: Box<str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) description_kind: Box<str>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) deprecated: bool,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) deprecation_message: Box<str>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) required: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) optional: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) computed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) sensitive: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) write_only: bool,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawNestedType {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<String, RawAttr>,
    pub(super) nesting_mode: Box<str>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawNestedBlock {
    pub(super) nesting_mode: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) block: Option<RawBlock>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) min_items: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) max_items: u64,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawFunction {
    #[serde(default)]
    pub(super) description: Box<str>,
    #[serde(default)]
    pub(super) summary: Box<str>,
    pub(super) return_type: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters: Vec<RawParam>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) variadic_parameter: Option<RawParam>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawParam {
    #[serde(default)]
    pub(super) name: Box<str>,
    #[serde(default)]
    pub(super) description: Box<str>,
    #[serde(rename = "type")]
    pub(super) ty: Box<RawValue>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) is_nullable: bool,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawIdentity {
    #[serde(default)]
    pub(super) version: u64,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, RawIdentityAttr>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RawIdentityAttr {
    #[serde(rename = "type")]
    pub(super) ty: Box<RawValue>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub(super) description: Box<str>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) required_for_import: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) optional_for_import: bool,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
