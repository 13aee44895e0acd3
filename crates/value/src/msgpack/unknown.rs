//! Unknowns on the wire: three bytes, or an extension with a map of what is known.

use super::MsgpackError;
use super::code::{self, refinement as key};
use super::encode::{write_int, write_length, write_map_head, write_number, write_str};
use super::read::{Item, Reader, number, text};
use crate::{Bound, Number, Refinement, Type, Value, safe_prefix};

/// Longest prefix that is sent, in bytes; the decoder of the other side takes 1 KiB in all.
const PREFIX_MAX: usize = 256;
/// Longest refinement that is accepted, in bytes.
const REFINEMENT_MAX: usize = 1024;

pub(super) fn write_unknown(refinement: Option<&Refinement>, out: &mut Vec<u8>) {
    let (mut entries, mut count) = (Vec::new(), 0);
    if let Some(refinement) = refinement {
        count = write_entries(refinement, &mut entries);
    }
    if count == 0 {
        out.extend_from_slice(&code::UNKNOWN);
        return;
    }
    let mut body = Vec::with_capacity(entries.len() + 1);
    write_map_head(count, &mut body);
    body.extend_from_slice(&entries);
    match body.len() {
        1 => out.push(code::FIXEXT_1),
        2 => out.push(code::FIXEXT_2),
        4 => out.push(code::FIXEXT_4),
        8 => out.push(code::FIXEXT_8),
        16 => out.push(code::FIXEXT_16),
        length => write_length(&[code::EXT_8, code::EXT_16, code::EXT_32], length, out),
    }
    out.push(code::REFINED);
    out.extend_from_slice(&body);
}

/// Writes the entries of the map, and says how many.
fn write_entries(refinement: &Refinement, out: &mut Vec<u8>) -> usize {
    let mut count = 0;
    let mut entry = |key: i64, out: &mut Vec<u8>| {
        count += 1;
        write_int(key, out);
    };
    if refinement.not_null {
        entry(key::NULLNESS, out);
        out.push(code::FALSE);
    }
    if let Some(prefix) = &refinement.string_prefix {
        let prefix = sendable(prefix);
        if !prefix.is_empty() {
            entry(key::STRING_PREFIX, out);
            write_str(prefix, out);
        }
    }
    let bounds =
        [(key::NUMBER_MIN, &refinement.number_min), (key::NUMBER_MAX, &refinement.number_max)];
    for (key, bound) in bounds {
        if let Some(Bound { value, inclusive }) = bound {
            entry(key, out);
            out.push(code::FIXARRAY | 2);
            write_number(value, out);
            out.push(if *inclusive { code::TRUE } else { code::FALSE });
        }
    }
    let lengths =
        [(key::LENGTH_MIN, refinement.length_min), (key::LENGTH_MAX, refinement.length_max)];
    for (key, length) in lengths {
        if let Some(length) = length.and_then(|length| i64::try_from(length).ok()) {
            entry(key, out);
            write_int(length, out);
        }
    }
    count
}

/// A prefix as long as can be sent.
fn sendable(prefix: &str) -> &str {
    if prefix.len() <= PREFIX_MAX {
        return prefix;
    }
    let mut end = PREFIX_MAX - 1;
    while !prefix.is_char_boundary(end) {
        end -= 1;
    }
    safe_prefix(&prefix[..end])
}

/// The unknown that an extension stands for; null, where the refinement says that it is.
pub(super) fn read_unknown(
    kind: u8,
    contents: &[u8],
    ty: Type,
) -> Result<Value, Box<MsgpackError>> {
    if contents.len() <= 1 {
        return Ok(Value::unknown(ty));
    }
    if kind != code::REFINED {
        return Err(MsgpackError::new(format!("extension {kind:#04x} has no meaning here")));
    }
    if contents.len() > REFINEMENT_MAX {
        return Err(MsgpackError::new("what is told of an unknown is longer than 1 KiB"));
    }
    if ty.is_dynamic() {
        return Ok(Value::unknown(ty));
    }
    let mut reader = Reader::new(contents);
    let Item::Map(count) = reader.item()? else {
        return Err(MsgpackError::new("what is told of an unknown must be a map"));
    };
    let mut refinement = Refinement::NONE;
    let mut null = false;
    for _ in 0..count {
        match (reader.item()?, reader.item()?) {
            (Item::Int(key::NULLNESS), Item::Bool(is_null)) => {
                null = is_null;
                refinement.not_null = !is_null;
            }
            (Item::Int(key), item) => refinement = entry(refinement, key, item, ty, &mut reader)?,
            _ => {
                return Err(MsgpackError::new(
                    "what is told of an unknown has no number as its key",
                ));
            }
        }
    }
    check_bounds(&refinement)?;
    Ok(if null { Value::null(ty) } else { Value::unknown_with(ty, refinement) })
}

/// One entry whose key is not about null. Keys that we do not know are passed over, as long as their
/// values are single items.
fn entry(
    refinement: Refinement,
    key: i64,
    item: Item<'_>,
    ty: Type,
    reader: &mut Reader<'_>,
) -> Result<Refinement, Box<MsgpackError>> {
    let misplaced = || MsgpackError::new("what is told of an unknown does not belong to its type");
    match key {
        key::STRING_PREFIX if ty == Type::STRING => match item {
            Item::Bytes(bytes) => Ok(refinement.prefix(crate::normalize(text(bytes)?))),
            _ => Err(MsgpackError::new("the prefix of an unknown must be a string")),
        },
        key::NUMBER_MIN if ty == Type::NUMBER => {
            let (value, inclusive) = bound(item, reader)?;
            Ok(refinement.at_least(value, inclusive))
        }
        key::NUMBER_MAX if ty == Type::NUMBER => {
            let (value, inclusive) = bound(item, reader)?;
            Ok(refinement.at_most(value, inclusive))
        }
        key::LENGTH_MIN if ty.is_collection() => Ok(refinement.longer_than_or(length(item)?)),
        key::LENGTH_MAX if ty.is_collection() => Ok(refinement.shorter_than_or(length(item)?)),
        key::NULLNESS => Err(MsgpackError::new("whether an unknown can be null must be a bool")),
        key::STRING_PREFIX..=key::LENGTH_MAX => Err(misplaced()),
        _ => Ok(refinement),
    }
}

fn bound(item: Item<'_>, reader: &mut Reader<'_>) -> Result<(Number, bool), Box<MsgpackError>> {
    if item == Item::Array(2) {
        let value = number(reader.item()?)?;
        if let Item::Bool(inclusive) = reader.item()? {
            return Ok((value, inclusive));
        }
    }
    Err(MsgpackError::new("a bound of an unknown must be an array of a number and a bool"))
}

fn length(item: Item<'_>) -> Result<u64, Box<MsgpackError>> {
    match item {
        Item::Int(length @ 0..) => Ok(length as u64),
        Item::Uint(length) => Ok(length),
        _ => Err(MsgpackError::new("a length must be an integer not below zero")),
    }
}

/// A range that holds nothing is a lie of the sender.
fn check_bounds(refinement: &Refinement) -> Result<(), Box<MsgpackError>> {
    let numbers = refinement.number_min.as_ref().zip(refinement.number_max.as_ref());
    let numbers_cross = numbers.is_some_and(|(min, max)| min.value.compare(&max.value).is_gt());
    let lengths_cross =
        refinement.length_min.unwrap_or(0) > refinement.length_max.unwrap_or(u64::MAX);
    if numbers_cross || lengths_cross {
        return Err(MsgpackError::new("the bounds of an unknown leave no value"));
    }
    Ok(())
}
