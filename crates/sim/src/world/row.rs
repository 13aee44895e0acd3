//! The rows of the world: `object/TYPE/NAME` and `made/STACK/ADDRESS`, JSON of version 1.
//!
//! Invariant: a row that was written is read back as it was.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use value::Value;

/// An object of the simulated cloud.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) type_name: Arc<str>,
    /// `hashicorp/aws`.
    pub(crate) provider: Arc<str>,
    pub(crate) stack: Arc<str>,
    pub(crate) address: Arc<str>,
    /// Which object at the address it is.
    pub(crate) generation: u64,
    /// 1, and one more for each update.
    pub(crate) revision: u64,
    /// Where it is: an account and region, for most.
    pub(crate) scope: Arc<str>,
    /// In what `unique` holds for its type; the scope, for most.
    pub(crate) within: Arc<str>,
    /// Its attributes; of the schema's type, or as its JSON implies.
    pub(crate) value: Value,
}

impl Object {
    /// Its attributes as JSON.
    pub(crate) fn json(&self) -> Json {
        let text = value::json::encode_simple(&self.value).expect("BUG: an object is known");
        serde_json::from_str(&text).expect("BUG: JSON of our own")
    }
}

/// A row that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    key: String,
    message: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.key, self.message)
    }
}

impl std::error::Error for RowError {}

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct ObjectRow {
    v: u32,
    provider: String,
    stack: String,
    address: String,
    generation: u64,
    revision: u64,
    scope: String,
    within: String,
    object: Json,
}

#[derive(Serialize, Deserialize)]
struct MadeRow {
    v: u32,
    stack: String,
    address: String,
    made: u64,
}

/// What a row says.
pub(super) enum Row {
    Object(Arc<str>, Object),
    Made { stack: Arc<str>, address: Arc<str>, made: u64 },
}

pub(super) fn object_key(name: &str, object: &Object) -> Arc<str> {
    format!("object/{}/{name}", object.type_name).into()
}

pub(super) fn made_key(stack: &str, address: &str) -> Arc<str> {
    format!("made/{stack}/{address}").into()
}

pub(super) fn write(object: &Object) -> Result<Vec<u8>, RowError> {
    let row = ObjectRow {
        v: VERSION,
        provider: object.provider.to_string(),
        stack: object.stack.to_string(),
        address: object.address.to_string(),
        generation: object.generation,
        revision: object.revision,
        scope: object.scope.to_string(),
        within: object.within.to_string(),
        object: object.json(),
    };
    let fault = |error: serde_json::Error| RowError {
        key: object.address.to_string(),
        message: error.to_string(),
    };
    serde_json::to_vec(&row).map_err(fault)
}

pub(super) fn write_made(object: &Object, made: u64) -> Vec<u8> {
    let row = MadeRow {
        v: VERSION,
        stack: object.stack.to_string(),
        address: object.address.to_string(),
        made,
    };
    serde_json::to_vec(&row).expect("BUG: texts and numbers are JSON")
}

pub(super) fn read(key: &str, bytes: &[u8]) -> Result<Row, RowError> {
    let fault = |message: String| RowError { key: key.to_owned(), message };
    let json = |error: serde_json::Error| fault(error.to_string());
    let version = |v: u32| match v {
        VERSION => Ok(()),
        other => Err(fault(format!("is of version {other}, and {VERSION} can be read"))),
    };
    if key.starts_with("made/") {
        let row: MadeRow = serde_json::from_slice(bytes).map_err(json)?;
        version(row.v)?;
        return Ok(Row::Made {
            stack: row.stack.into(),
            address: row.address.into(),
            made: row.made,
        });
    }
    let Some((type_name, name)) = key.strip_prefix("object/").and_then(|key| key.split_once('/'))
    else {
        return Err(fault("is neither an object's nor an address's".to_owned()));
    };
    let row: ObjectRow = serde_json::from_slice(bytes).map_err(json)?;
    version(row.v)?;
    let value = value::json::decode_implied(row.object.to_string().as_bytes())
        .map_err(|error| fault(error.to_string()))?;
    let object = Object {
        type_name: type_name.into(),
        provider: row.provider.into(),
        stack: row.stack.into(),
        address: row.address.into(),
        generation: row.generation,
        revision: row.revision,
        scope: row.scope.into(),
        within: row.within.into(),
        value,
    };
    Ok(Row::Object(name.into(), object))
}
