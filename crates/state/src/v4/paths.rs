//! Paths as the state file writes them: arrays of steps of the kinds `get_attr` and `index`.
//!
//! An index step's key carries its type, as a value of dynamic type does.
//! Invariant: writing what was read gives the same compact text.

use serde::Deserialize;
use serde_json::value::RawValue;
use value::{Path, Step, Type, Value};

use super::text::string_into;

#[derive(Deserialize)]
struct WireStep<'a> {
    #[serde(borrow, rename = "type")]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Reads an array of paths.
pub(crate) fn read(json: &[u8]) -> Result<Vec<Path>, String> {
    let wire: Option<Vec<Vec<WireStep<'_>>>> =
        serde_json::from_slice(json).map_err(|error| error.to_string())?;
    wire.unwrap_or_default()
        .iter()
        .map(|steps| steps.iter().map(read_step).collect::<Result<Path, String>>())
        .collect()
}

fn read_step(step: &WireStep<'_>) -> Result<Step, String> {
    let text = step.value.get();
    match &*step.kind {
        "get_attr" => serde_json::from_str::<String>(text)
            .map(|name| Step::Attr(name.into()))
            .map_err(|_| "the name of an attribute step is not a string".to_owned()),
        "index" => value::json::decode(text.as_bytes(), Type::DYNAMIC)
            .map(Step::Index)
            .map_err(|error| format!("the key of an index step cannot be read: {error}")),
        kind => Err(format!("a path has a step of the unknown kind {kind:?}")),
    }
}

/// Appends an array of paths, compact.
pub(crate) fn write(out: &mut Vec<u8>, paths: &[Path]) {
    list(out, paths, |out, path| list(out, path.steps(), write_step));
}

fn write_step(out: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Attr(name) => {
            out.extend_from_slice(b"{\"type\":\"get_attr\",\"value\":");
            string_into(out, name);
        }
        Step::Index(key) => {
            out.extend_from_slice(b"{\"type\":\"index\",\"value\":");
            write_key(out, key);
        }
    }
    out.push(b'}');
}

fn write_key(out: &mut Vec<u8>, key: &Value) {
    let json = value::json::encode(key, Type::DYNAMIC).expect("BUG: a path's key is not known");
    super::text::compact_into(out, json.as_bytes());
}

/// Appends an array.
pub(crate) fn list<T>(out: &mut Vec<u8>, things: &[T], each: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, thing) in things.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        each(out, thing);
    }
    out.push(b']');
}
