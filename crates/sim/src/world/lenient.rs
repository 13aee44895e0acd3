//! JSON read as a type that it may not quite be of: what the schema lacks is dropped, what the JSON lacks is null.
//!
//! For stored objects of an older schema, and for what drift wrote. Invariant: the result is of the type.

use std::sync::Arc;

use serde_json::Value as Json;
use value::{Kind, Number, Type, Value};

/// The JSON as a value of the type.
pub(crate) fn conformed(json: &Json, ty: Type) -> Value {
    match (ty.kind(), json) {
        (_, Json::Null) => Value::null(ty),
        (Kind::Dynamic, json) => value::json::decode_implied(json.to_string().as_bytes())
            .unwrap_or_else(|_| Value::null(ty)),
        (Kind::Bool, Json::Bool(value)) => Value::bool(*value),
        (Kind::Bool, Json::String(text)) => match text.as_str() {
            "true" => Value::TRUE,
            "false" => Value::FALSE,
            _ => Value::null(ty),
        },
        (Kind::Number, Json::Number(number)) => parsed(&number.to_string()),
        (Kind::Number, Json::String(text)) => parsed(text),
        (Kind::String, Json::String(text)) => Value::string(text.as_str()),
        (Kind::String, Json::Number(number)) => Value::string(number.to_string()),
        (Kind::String, Json::Bool(value)) => Value::string(value.to_string()),
        (Kind::List(element), Json::Array(items)) => {
            Value::list(element, items.iter().map(|item| conformed(item, element)).collect())
        }
        (Kind::Set(element), Json::Array(items)) => {
            Value::set(element, items.iter().map(|item| conformed(item, element)).collect())
        }
        (Kind::Tuple(types), Json::Array(items)) => {
            let item = |at: usize| items.get(at).unwrap_or(&Json::Null);
            Value::tuple(
                types.iter().enumerate().map(|(at, ty)| conformed(item(at), *ty)).collect(),
            )
        }
        (Kind::Map(element), Json::Object(entries)) => Value::map(
            element,
            entries
                .iter()
                .map(|(key, item)| (Arc::from(key.as_str()), conformed(item, element)))
                .collect::<Vec<_>>(),
        ),
        (Kind::Object(object), Json::Object(entries)) => {
            let each = object.names().iter().zip(object.types());
            let values: Vec<Value> = each
                .map(|(name, ty)| conformed(entries.get(&**name).unwrap_or(&Json::Null), *ty))
                .collect();
            Value::object_of(ty, values)
        }
        _ => Value::null(ty),
    }
}

fn parsed(text: &str) -> Value {
    Number::parse(text).map_or(Value::null(Type::NUMBER), Value::number)
}
