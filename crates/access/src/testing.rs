//! Objects for tests, written as JSON: `{"type", "value", "stack", "address"}`; the text `"?"` is a value that is not known.

use std::sync::Arc;

use serde_json::Value as Json;
use value::{Type, Value};

use crate::answer::Standing;
use crate::object::Object;

/// Reads a list of objects. Without a stack it is `dev/test`, without an address `TYPE.N`.
pub(crate) fn objects(text: &str) -> Vec<Object> {
    let all: Vec<Json> = serde_json::from_str(text).expect("a list of objects");
    let read = |(at, one): (usize, &Json)| {
        let type_name = one["type"].as_str().expect("a type");
        let stack = one["stack"].as_str().unwrap_or("dev/test");
        let address =
            one["address"].as_str().map_or_else(|| format!("{type_name}.{at}"), str::to_owned);
        Object {
            environment: stack.split('/').next().unwrap_or_default().into(),
            stack: stack.into(),
            key: None,
            address: address.into(),
            type_name: type_name.into(),
            account: Some("111111111111".into()),
            value: value(&one["value"]),
            standing: Standing::Applied,
        }
    };
    all.iter().enumerate().map(read).collect()
}

fn value(json: &Json) -> Value {
    match json {
        Json::String(text) if text == "?" => Value::unknown(Type::STRING),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(all) => Value::tuple(all.iter().map(value).collect()),
        Json::Object(entries) => {
            Value::object(entries.iter().map(|(name, one)| (Arc::from(name.as_str()), value(one))))
        }
        other => value::json::decode_implied(other.to_string().as_bytes()).expect("a value"),
    }
}
