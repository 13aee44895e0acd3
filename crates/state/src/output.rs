//! An output value of the root module, as the state keeps it.
//!
//! Not the output block: no expression, no conditions.
//! Invariant: `value` and `ty` are compact JSON, and `value` is encoded for the type that `ty` says.

use std::sync::Arc;

use value::json::{self, JsonError};
use value::{Type, Value};

/// Whether an output may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// It may.
    Open,
    /// It may not.
    Sensitive,
}

/// An output value of the root module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The value, as JSON text.
    pub value: Arc<[u8]>,
    /// Its type, as JSON text.
    pub ty: Arc<[u8]>,
    /// Whether it must not be shown.
    pub sensitive: bool,
    /// What its readers are told, where it is on its way out.
    pub deprecated: Option<Arc<str>>,
}

impl Output {
    /// From a value without marks.
    ///
    /// # Errors
    /// Where it holds an unknown or an infinity.
    pub fn new(value: &Value, sensitivity: Sensitivity) -> Result<Output, JsonError> {
        let ty = value.ty();
        Ok(Output {
            value: json::encode(value, ty)?.into_bytes().into(),
            ty: json::type_to_json(ty).into_bytes().into(),
            sensitive: sensitivity == Sensitivity::Sensitive,
            deprecated: None,
        })
    }

    /// Its type.
    ///
    /// # Errors
    /// Where the file's text is not a type.
    pub fn ty(&self) -> Result<Type, JsonError> {
        json::type_from_json(&self.ty)
    }

    /// The value itself, without marks.
    ///
    /// # Errors
    /// Where the file's text is not a value of its type.
    pub fn decode(&self) -> Result<Value, JsonError> {
        json::decode(&self.value, self.ty()?)
    }
}
