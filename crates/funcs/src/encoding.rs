//! Functions between values and texts in some format: Base64, gzip, URLs, CSV, JSON, YAML, other character sets.
//! Invariant: what decodes to bytes that are not UTF-8 is refused, since strings cannot hold them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use value::{Refinement, Type, Value, json};

use crate::args::{shown, string, text};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};
use crate::plain::charset::Charset;
use crate::plain::{csv, gzip, query};
use crate::yaml;

const STR: &[Param] = &[Param::text("str")];
const MARKED_STR: &[Param] = &[Param::text("str").marked()];

/// The bytes in Base64; line ends are passed over.
fn from_base64(value: &Value) -> Option<Vec<u8>> {
    let text = text(value);
    if text.contains(['\r', '\n']) {
        return STANDARD.decode(text.replace(['\r', '\n'], "")).ok();
    }
    STANDARD.decode(text).ok()
}

fn decoded(value: &Value) -> Outcome<Vec<u8>> {
    from_base64(value).ok_or_else(|| {
        let shown = shown(text(value), value.marks());
        FuncError::call(format!("{shown} is not Base64"))
    })
}

fn utf8(bytes: Vec<u8>) -> Outcome<String> {
    String::from_utf8(bytes)
        .map_err(|_| FuncError::call("the result is not UTF-8, and so no string"))
}

pub(crate) static BASE64ENCODE: Function =
    Function::to_text("base64encode", STR, |args, _| string(STANDARD.encode(text(&args[0]))));

pub(crate) static BASE64DECODE: Function =
    Function::to_text("base64decode", MARKED_STR, |args, _| {
        let text = utf8(decoded(&args[0])?)?;
        Ok(Value::string(text).with_marks(args[0].marks()))
    });

pub(crate) static BASE64GZIP: Function = Function::to_text("base64gzip", STR, |args, _| {
    string(STANDARD.encode(gzip::pack(text(&args[0]).as_bytes())))
});

pub(crate) static BASE64GUNZIP: Function =
    Function::to_text("base64gunzip", MARKED_STR, |args, _| {
        let unpacked = gzip::unpack(&decoded(&args[0])?).map_err(FuncError::call)?;
        Ok(Value::string(utf8(unpacked)?).with_marks(args[0].marks()))
    });

pub(crate) static URLENCODE: Function =
    Function::to_text("urlencode", STR, |args, _| string(query::encode(text(&args[0]))));

pub(crate) static URLDECODE: Function = Function::to_text("urldecode", STR, |args, _| {
    string(utf8(query::decode(text(&args[0])).map_err(FuncError::call)?)?)
});

fn charset(args: &[Value]) -> Outcome<Charset> {
    let name = text(&args[1]);
    Charset::named(name).ok_or_else(|| {
        FuncError::argument(1, format!("{name:?} is not an encoding that is known here"))
    })
}

pub(crate) static TEXTENCODEBASE64: Function = Function::to_text(
    "textencodebase64",
    &[Param::text("string"), Param::text("encoding")],
    |args, _| {
        let charset = charset(args)?;
        let bytes = charset.encode(text(&args[0])).ok_or_else(|| {
            let message = format!("it holds characters that {} does not have", charset.name);
            FuncError::argument(0, message)
        })?;
        string(STANDARD.encode(bytes))
    },
);

pub(crate) static TEXTDECODEBASE64: Function = Function::to_text(
    "textdecodebase64",
    &[Param::text("source"), Param::text("encoding")],
    |args, _| {
        let charset = charset(args)?;
        let bytes =
            from_base64(&args[0]).ok_or_else(|| FuncError::argument(0, "it is not Base64"))?;
        let text = charset.decode(&bytes).ok_or_else(|| {
            FuncError::argument(0, format!("its bytes mean nothing in {}", charset.name))
        })?;
        string(text)
    },
);

pub(crate) static CSVDECODE: Function = Function::new(
    "csvdecode",
    STR,
    // Of a known text the result is made at once, and has its type with it.
    Returns::From(|_| Ok(Type::DYNAMIC)),
    |args, _| {
        let table = csv::parse(text(&args[0])).map_err(FuncError::call)?;
        let names: Vec<Arc<str>> = table.header.into_iter().map(value::normalize).collect();
        let row_type = Type::object(names.iter().map(|name| (Arc::clone(name), Type::STRING)));
        let rows = table.rows.into_iter().map(|row| {
            Value::object(names.iter().cloned().zip(row.into_iter().map(Value::string)))
        });
        Ok(Value::list(row_type, rows.collect()))
    },
);

pub(crate) static JSONENCODE: Function = Function::to_text(
    "jsonencode",
    &[Param::any("val").allowing(Allows::UNKNOWN.and(Allows::DYNAMIC).and(Allows::NULL))],
    |args, _| {
        let value = &args[0];
        if value.is_wholly_known() {
            let json = json::encode_simple(value);
            return string(json.map_err(|error| FuncError::call(error.to_string()))?);
        }
        // Of an unknown text at least the first character is known, if it is not null.
        let ty = value.ty();
        let first = match () {
            () if !value.is_certainly_not_null() => "",
            () if ty == Type::STRING => "\"",
            () if ty.is_object() || ty.is_map() => "{",
            () if ty.is_tuple() || ty.is_list() || ty.is_set() => "[",
            () => "",
        };
        Ok(Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix(first)))
    },
);

pub(crate) static JSONDECODE: Function =
    Function::new("jsondecode", STR, Returns::From(type_of_json), |args, _| {
        json::decode_implied(text(&args[0]).as_bytes())
            .map_err(|error| FuncError::call(error.to_string()))
    })
    .maybe_null();

/// The first character of a text that is not known otherwise can already say what it means.
fn type_of_json(args: &[Value]) -> Outcome<Type> {
    if args[0].is_known() {
        return Ok(Type::DYNAMIC);
    }
    let known = args[0].range().string_prefix;
    let first = known.as_deref().and_then(|known| known.trim().chars().next());
    Ok(match first {
        None | Some('{' | '[' | 'n') => Type::DYNAMIC,
        Some('"') => Type::STRING,
        Some('t' | 'f') => Type::BOOL,
        Some('-' | '.' | '0'..='9') => Type::NUMBER,
        Some(c) => {
            let message = format!("a JSON document cannot begin with {c:?}");
            return Err(FuncError::argument(0, message));
        }
    })
}

pub(crate) static YAMLENCODE: Function = Function::to_text(
    "yamlencode",
    &[Param::any("value").allowing(Allows::NULL.and(Allows::DYNAMIC))],
    |args, ty| {
        if !args[0].is_wholly_known() {
            return Ok(Value::unknown(ty));
        }
        string(yaml::write(&args[0]))
    },
)
.maybe_null();

pub(crate) static YAMLDECODE: Function = Function::new(
    "yamldecode",
    &[Param::text("src")],
    Returns::From(|_| Ok(Type::DYNAMIC)),
    |args, _| yaml::read(text(&args[0])).map_err(FuncError::call),
)
.maybe_null();
