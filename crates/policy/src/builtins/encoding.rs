//! JSON, Base64, hexadecimal digits.
//!
//! Invariant: what cannot be decoded is undefined.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

use super::{Builtin, whole};
use crate::value::V;

pub(super) const TABLE: &[Builtin] = &[
    whole("json.marshal", 1, |args| Some(V::Str(compact(&args[0]).into()))),
    whole("json.unmarshal", 1, |args| {
        serde_json::from_str(args[0].as_str()?).ok().map(|json: serde_json::Value| V::from(&json))
    }),
    whole("json.is_valid", 1, |args| {
        let valid =
            args[0].as_str().map(|text| serde_json::from_str::<serde_json::Value>(text).is_ok());
        Some(V::Bool(valid.unwrap_or(false)))
    }),
    whole("base64.encode", 1, |args| Some(V::Str(STANDARD.encode(args[0].as_str()?).into()))),
    whole("base64.decode", 1, |args| decoded(STANDARD.decode(args[0].as_str()?).ok()?)),
    whole("base64.is_valid", 1, |args| {
        Some(V::Bool(args[0].as_str().is_some_and(|text| STANDARD.decode(text).is_ok())))
    }),
    whole("base64url.encode", 1, |args| Some(V::Str(URL_SAFE.encode(args[0].as_str()?).into()))),
    whole("base64url.decode", 1, |args| {
        let text = args[0].as_str()?.trim_end_matches('=');
        decoded(URL_SAFE_NO_PAD.decode(text).ok()?)
    }),
    whole("hex.encode", 1, |args| {
        let digits = args[0].as_str()?.bytes().map(|byte| format!("{byte:02x}"));
        Some(V::Str(digits.collect::<String>().into()))
    }),
    whole("hex.decode", 1, |args| {
        let text = args[0].as_str()?.as_bytes();
        let pairs = text.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        });
        decoded(pairs.collect::<Option<Vec<u8>>>()?)
    }),
];

fn decoded(bytes: Vec<u8>) -> Option<V> {
    String::from_utf8(bytes).ok().map(|text| V::Str(text.into()))
}

/// JSON without blanks.
fn compact(value: &V) -> String {
    let mut spaced = String::new();
    value.write(&mut spaced);
    match serde_json::from_str::<serde_json::Value>(&spaced) {
        Ok(json) => json.to_string(),
        Err(_) => spaced,
    }
}
