//! Values to JSON text.

use super::JsonError;
use super::types::write_type;
use crate::convert::convert;
use crate::parts::{self, Frame, Key};
use crate::value::conforms;
use crate::{Type, Value, View};

/// The value as JSON of the type. A value of another type is converted first.
///
/// # Errors
/// Where the value does not convert, or holds an unknown or an infinity.
///
/// # Panics
/// Where the value is marked: that is a bug of the caller.
pub fn encode(value: &Value, ty: Type) -> Result<String, JsonError> {
    let mut out = String::new();
    encode_into(value, ty, &mut out)?;
    Ok(out)
}

/// Appends what [`encode`] returns. After an error the text is in part written.
///
/// # Errors
/// As [`encode`].
///
/// # Panics
/// As [`encode`].
pub fn encode_into(value: &Value, ty: Type, out: &mut String) -> Result<(), JsonError> {
    assert!(value.deep_marks().is_empty(), "BUG: a marked value on its way into JSON");
    if conforms(value.ty(), ty) {
        return write(value, ty, out);
    }
    let converted = convert(value, ty)
        .map_err(|error| JsonError { path: error.path, ..*JsonError::new(error.message) })?;
    write(&converted, ty, out)
}

/// The value as JSON by its own type, as `jsonencode` writes it.
///
/// # Errors
/// Where the value holds an unknown or an infinity.
///
/// # Panics
/// As [`encode`].
pub fn encode_simple(value: &Value) -> Result<String, JsonError> {
    encode(value, value.ty())
}

/// Appends what [`encode_simple`] returns.
///
/// # Errors
/// As [`encode_simple`].
///
/// # Panics
/// As [`encode`].
pub fn encode_simple_into(value: &Value, out: &mut String) -> Result<(), JsonError> {
    encode_into(value, value.ty(), out)
}

fn write(value: &Value, ty: Type, out: &mut String) -> Result<(), JsonError> {
    let mut stack: Vec<Frame<'_>> = Vec::new();
    let mut current = Some((value, ty));
    loop {
        if let Some((value, ty)) = current.take() {
            match begin(value, ty, out) {
                Ok(frame) => stack.extend(frame),
                Err(message) => {
                    return Err(JsonError {
                        path: parts::path(&stack),
                        ..*JsonError::new(message)
                    });
                }
            }
        }
        let Some(frame) = stack.last_mut() else { return Ok(()) };
        match frame.advance() {
            Some((at, key, part, ty)) => {
                if at > 0 {
                    out.push(',');
                }
                if let Key::Name(name) = key {
                    write_string(name, out);
                    out.push(':');
                }
                current = Some((part, ty));
            }
            None => {
                out.push(if frame.is_named() { '}' } else { ']' });
                end_wrapped(frame.wrapped, out);
                stack.pop();
            }
        }
    }
}

/// Writes a value, or the beginning of one that has parts.
fn begin<'v>(
    value: &'v Value,
    ty: Type,
    out: &mut String,
) -> Result<Option<Frame<'v>>, &'static str> {
    let wrapped = (ty.is_dynamic() && !value.ty().is_dynamic()).then(|| value.ty());
    if wrapped.is_some() {
        out.push_str("{\"value\":");
    }
    match value.view() {
        View::Unknown(_) => return Err("the value is not known"),
        View::Null => out.push_str("null"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Number(number) if number.is_infinite() => {
            return Err("infinity cannot be written as JSON");
        }
        View::Number(number) => number.write_text(out),
        View::String(text) => write_string(text, out),
        _ => {
            let mut frame =
                Frame::new(value, wrapped.unwrap_or(ty)).expect("BUG: a known aggregate has parts");
            frame.wrapped = wrapped;
            out.push(if frame.is_named() { '{' } else { '[' });
            return Ok(Some(frame));
        }
    }
    end_wrapped(wrapped, out);
    Ok(None)
}

fn end_wrapped(wrapped: Option<Type>, out: &mut String) {
    if let Some(ty) = wrapped {
        out.push_str(",\"type\":");
        write_type(ty, out);
        out.push('}');
    }
}

/// Appends a JSON string, escaped as Go does it by default: control characters, quotes and
/// backslashes, and also `<`, `>`, `&` and the two Unicode line separators.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let bytes = text.as_bytes();
    let mut plain_from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            b'<' => "\\u003c",
            b'>' => "\\u003e",
            b'&' => "\\u0026",
            0..=0x1f => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.push_str(&text[plain_from..at]);
                out.push_str("\\u00");
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 0xf)]));
                plain_from = at + 1;
                continue;
            }
            // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
            0xe2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])) => {
                out.push_str(&text[plain_from..at]);
                out.push_str(if bytes[at + 2] == 0xa8 { "\\u2028" } else { "\\u2029" });
                plain_from = at + 3;
                continue;
            }
            _ => continue,
        };
        out.push_str(&text[plain_from..at]);
        out.push_str(escape);
        plain_from = at + 1;
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
