//! One schema document: read whole, cut down to what is named, without its texts for people.
//!
//! Invariant: what is kept is kept as it was, apart from descriptions; keys stand in the order of their names.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::named::Named;

type Parts = BTreeMap<String, Box<RawValue>>;

/// A document of one provider in one version.
pub(crate) struct Document {
    /// `NAME-VERSION`, as the file is called.
    pub(crate) stem: String,
    /// The provider's full address.
    pub(crate) provider: String,
    /// Its version.
    pub(crate) version: String,
    body: Body,
}

#[derive(Deserialize, Serialize)]
struct Whole {
    format_version: String,
    provider_schemas: BTreeMap<String, Body>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_meta: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resource_schemas: Parts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    data_source_schemas: Parts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ephemeral_resource_schemas: Parts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    functions: Parts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resource_identity_schemas: Parts,
}

impl Document {
    /// The documents of a folder, by name.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Document>, String> {
        let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.to_string_lossy().ends_with(".json.gz"));
        paths.sort();
        paths.iter().map(|path| Document::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Document, String> {
        let broken = |why: String| format!("{} is no schema document: {why}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".json.gz").to_owned();
        let (_, version) = stem
            .rsplit_once('-')
            .ok_or_else(|| broken("its name is not NAME-VERSION.json.gz".into()))?;
        let mut text = String::new();
        let bytes = fs::read(path).map_err(|e| broken(e.to_string()))?;
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).map_err(|e| broken(e.to_string()))?;
        let whole: Whole = serde_json::from_str(&text).map_err(|e| broken(e.to_string()))?;
        let mut providers = whole.provider_schemas.into_iter();
        match (providers.next(), providers.next()) {
            (Some((provider, body)), None) => {
                Ok(Document { version: version.to_owned(), stem, provider, body })
            }
            _ => Err(broken("it has not one provider".into())),
        }
    }

    /// Whether it says what this type or data source holds.
    pub(crate) fn holds(&self, name: &str) -> bool {
        let body = &self.body;
        [&body.resource_schemas, &body.data_source_schemas, &body.ephemeral_resource_schemas]
            .iter()
            .any(|parts| parts.contains_key(name))
    }

    /// Whether a type of this name would be this provider's, were there one.
    pub(crate) fn serves(&self, name: &str) -> bool {
        let own = self.provider.rsplit('/').next().unwrap_or_default();
        name.split('_').next() == Some(own)
    }

    /// Drops what is not named.
    pub(crate) fn keep(&mut self, named: &Named) {
        let body = &mut self.body;
        body.resource_schemas.retain(|name, _| named.resources.contains(name));
        body.resource_identity_schemas.retain(|name, _| named.resources.contains(name));
        body.data_source_schemas.retain(|name, _| named.data.contains(name));
        body.ephemeral_resource_schemas.retain(|name, _| named.ephemeral.contains(name));
    }

    /// The document as it is embedded: one line, without descriptions.
    pub(crate) fn text(&self) -> String {
        let mut body = self.body.clone();
        let single = [&mut body.provider, &mut body.provider_meta];
        single.into_iter().flatten().for_each(bare);
        let many = [
            &mut body.resource_schemas,
            &mut body.data_source_schemas,
            &mut body.ephemeral_resource_schemas,
            &mut body.functions,
            &mut body.resource_identity_schemas,
        ];
        many.into_iter().flat_map(BTreeMap::values_mut).for_each(bare);
        let whole = Whole {
            format_version: "1.0".to_owned(),
            provider_schemas: BTreeMap::from([(self.provider.clone(), body)]),
        };
        serde_json::to_string(&whole).expect("BUG: a schema document is JSON")
    }

    /// One line for the developer.
    pub(crate) fn summary(&self) -> String {
        let body = &self.body;
        format!(
            "{} {}: {} resource types, {} data sources, {} functions",
            self.provider,
            self.version,
            body.resource_schemas.len(),
            body.data_source_schemas.len(),
            body.functions.len()
        )
    }

    /// Names of resource types and of data sources.
    pub(crate) fn names(&self) -> (Vec<&String>, Vec<&String>) {
        (
            self.body.resource_schemas.keys().collect(),
            self.body.data_source_schemas.keys().collect(),
        )
    }
}

/// The same without its texts for people.
fn bare(part: &mut Box<RawValue>) {
    let mut value: Value = serde_json::from_str(part.get()).expect("BUG: it was read as JSON");
    strip(&mut value, Keys::OfSchema);
    *part = serde_json::value::to_raw_value(&value).expect("BUG: JSON stays JSON");
}

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    OfSchema,
    /// Names that the provider gave: one may be `description`.
    Names,
}

/// Schemas nest as deep as their provider's authors went, which is not far.
fn strip(value: &mut Value, keys: Keys) {
    match value {
        Value::Object(object) => {
            if keys == Keys::OfSchema {
                object.retain(|key, _| {
                    !matches!(&**key, "description" | "description_kind" | "summary")
                });
            }
            for (key, value) in object.iter_mut() {
                // The names in an object type are the provider's, too.
                if keys == Keys::OfSchema && matches!(&**key, "type" | "return_type") {
                    continue;
                }
                let names = matches!(&**key, "attributes" | "block_types") && value.is_object();
                let below = names && keys == Keys::OfSchema;
                strip(value, if below { Keys::Names } else { Keys::OfSchema });
            }
            object.sort_keys();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, Keys::OfSchema)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_go_but_not_attributes_of_that_name() {
        let text = r#"{"version":1,"block":{"attributes":{"description":{"type":"string","description":"Text."},
            "rules":{"type":["set",["object",{"description":"string","summary":"string"}]]}},
            "block_types":{"summary":{"nesting_mode":"list","block":{"description_kind":"plain"}}}}}"#;
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        strip(&mut value, Keys::OfSchema);
        assert_eq!(
            value.to_string(),
            r#"{"block":{"attributes":{"description":{"type":"string"},"rules":{"type":["set",["object",{"description":"string","summary":"string"}]]}},"block_types":{"summary":{"block":{},"nesting_mode":"list"}}},"version":1}"#
        );
    }
}
