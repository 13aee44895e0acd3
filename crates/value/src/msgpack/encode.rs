//! Values to MessagePack.

use super::code;
use super::unknown::write_unknown;
use crate::convert::convert;
use crate::json::type_to_json;
use crate::parts::{Frame, Key};
use crate::value::conforms;
use crate::{Number, Type, Value, View};

/// The value as MessagePack of the type.
///
/// # Panics
/// As [`encode_into`].
pub fn encode(value: &Value, ty: Type) -> Vec<u8> {
    let mut out = Vec::new();
    encode_into(value, ty, &mut out);
    out
}

/// Appends the value as MessagePack of the type. A value of another type is converted first.
///
/// # Panics
/// Where the value is marked or does not convert to the type: those are bugs of the caller, since
/// what goes to a provider was checked against its schema.
pub fn encode_into(value: &Value, ty: Type, out: &mut Vec<u8>) {
    assert!(value.deep_marks().is_empty(), "BUG: a marked value on its way into MessagePack");
    if conforms(value.ty(), ty) {
        return write(value, ty, out);
    }
    match convert(value, ty) {
        Ok(converted) => write(&converted, ty, out),
        Err(error) => panic!("BUG: a value on its way into MessagePack does not fit: {error}"),
    }
}

fn write(value: &Value, ty: Type, out: &mut Vec<u8>) {
    let mut stack: Vec<Frame<'_>> = Vec::new();
    let mut current = (value, ty);
    loop {
        stack.extend(begin(current.0, current.1, out));
        loop {
            let Some(frame) = stack.last_mut() else { return };
            let Some((_, key, part, ty)) = frame.advance() else {
                stack.pop();
                continue;
            };
            if let Key::Name(name) = key {
                write_str(name, out);
            }
            current = (part, ty);
            break;
        }
    }
}

/// Writes a value, or the beginning of one that has parts.
fn begin<'v>(value: &'v Value, ty: Type, out: &mut Vec<u8>) -> Option<Frame<'v>> {
    let mut ty = ty;
    if ty.is_dynamic() && !value.ty().is_dynamic() {
        ty = value.ty();
        out.push(code::FIXARRAY | 2);
        write_bin(type_to_json(ty).as_bytes(), out);
    }
    match value.view() {
        View::Unknown(refinement) => write_unknown(refinement, out),
        View::Null => out.push(code::NIL),
        View::Bool(value) => out.push(if value { code::TRUE } else { code::FALSE }),
        View::Number(number) => write_number(number, out),
        View::String(text) => write_str(text, out),
        _ => {
            let frame = Frame::new(value, ty).expect("BUG: a known aggregate has parts");
            let head = if frame.is_named() { write_map_head } else { write_array_head };
            head(frame.len(), out);
            return Some(frame);
        }
    }
    None
}

/// An integer where it is one of 64 bits, a double where one is exact, else decimal text.
pub(super) fn write_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(value) = number.to_i64() {
        return write_int(value, out);
    }
    if number.is_infinite() {
        let infinity = if number.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
        return write_f64(infinity, out);
    }
    match number.to_f64_exact().filter(|_| !number.is_integer()) {
        Some(double) => write_f64(double, out),
        None => write_str(&number.to_text(), out),
    }
}

fn write_f64(value: f64, out: &mut Vec<u8>) {
    out.push(code::FLOAT_64);
    out.extend_from_slice(&value.to_be_bytes());
}

/// An integer in the fewest bytes.
pub(super) fn write_int(value: i64, out: &mut Vec<u8>) {
    match value {
        0..=0x7f => out.push(value as u8),
        -32..=-1 => out.push(value as i8 as u8),
        0x80..=0xff => out.extend_from_slice(&[code::UINT_8, value as u8]),
        0x100..=0xffff => with_bytes(code::UINT_16, &(value as u16).to_be_bytes(), out),
        0x1_0000..=0xffff_ffff => with_bytes(code::UINT_32, &(value as u32).to_be_bytes(), out),
        0x1_0000_0000.. => with_bytes(code::UINT_64, &(value as u64).to_be_bytes(), out),
        -0x80..=-33 => out.extend_from_slice(&[code::INT_8, value as i8 as u8]),
        -0x8000..=-0x81 => with_bytes(code::INT_16, &(value as i16).to_be_bytes(), out),
        -0x8000_0000..=-0x8001 => with_bytes(code::INT_32, &(value as i32).to_be_bytes(), out),
        ..-0x8000_0000 => with_bytes(code::INT_64, &value.to_be_bytes(), out),
    }
}

fn with_bytes(code: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(code);
    out.extend_from_slice(bytes);
}

pub(super) fn write_str(text: &str, out: &mut Vec<u8>) {
    match text.len() {
        length @ ..=31 => out.push(code::FIXSTR | length as u8),
        length => write_length(&[code::STR_8, code::STR_16, code::STR_32], length, out),
    }
    out.extend_from_slice(text.as_bytes());
}

fn write_bin(bytes: &[u8], out: &mut Vec<u8>) {
    write_length(&[code::BIN_8, code::BIN_16, code::BIN_32], bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// A length in one, two or four bytes, after the code for that width.
pub(super) fn write_length(codes: &[u8; 3], length: usize, out: &mut Vec<u8>) {
    match length {
        ..=0xff => out.extend_from_slice(&[codes[0], length as u8]),
        0x100..=0xffff => with_bytes(codes[1], &(length as u16).to_be_bytes(), out),
        _ => with_bytes(codes[2], &length_32(length).to_be_bytes(), out),
    }
}

fn length_32(length: usize) -> u32 {
    u32::try_from(length).expect("BUG: more than 4 GiB in one part of a message")
}

fn write_array_head(length: usize, out: &mut Vec<u8>) {
    match length {
        ..=15 => out.push(code::FIXARRAY | length as u8),
        16..=0xffff => with_bytes(code::ARRAY_16, &(length as u16).to_be_bytes(), out),
        _ => with_bytes(code::ARRAY_32, &length_32(length).to_be_bytes(), out),
    }
}

pub(super) fn write_map_head(length: usize, out: &mut Vec<u8>) {
    match length {
        ..=15 => out.push(code::FIXMAP | length as u8),
        16..=0xffff => with_bytes(code::MAP_16, &(length as u16).to_be_bytes(), out),
        _ => with_bytes(code::MAP_32, &length_32(length).to_be_bytes(), out),
    }
}
