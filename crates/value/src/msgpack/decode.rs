//! MessagePack to values of a type.

use super::read::{Item, Reader, number, text};
use super::unknown::read_unknown;
use super::{MsgpackError, code};
use crate::build::{self, Building, Want};
use crate::json::type_from_json;
use crate::{DEPTH_MAX, Kind, Type, Value};

/// The value of the type that the bytes stand for. An object must have exactly the attributes of
/// its type, in any order.
///
/// # Errors
/// Where the bytes are no MessagePack, go on after the value, nest too deep, or are no value of the
/// type.
pub fn decode(bytes: &[u8], ty: Type) -> Result<Value, MsgpackError> {
    let mut reader = Reader::new(bytes);
    let mut stack = Vec::new();
    let value = read(&mut reader, ty.without_optional(), &mut stack).map_err(|error| {
        let open: Vec<_> = stack.into_iter().map(|(building, _)| building).collect();
        MsgpackError { path: build::path(&open), ..*error }
    })?;
    match reader.left() {
        0 => Ok(value),
        left => Err(*MsgpackError::new(format!("{left} bytes follow the end of the value"))),
    }
}

/// Aggregates that are open, and how many parts each still lacks.
type Stack = Vec<(Building, usize)>;

fn read(reader: &mut Reader<'_>, ty: Type, stack: &mut Stack) -> Result<Value, Box<MsgpackError>> {
    let mut ty = ty;
    loop {
        let mut done = begin(reader, ty, stack)?;
        // Hands finished values upwards until one more part is wanted.
        loop {
            let Some((top, left)) = stack.last_mut() else {
                return Ok(done.expect("BUG: nothing is open, so a value is finished"));
            };
            if let Some(value) = done.take() {
                top.push(value);
                *left -= 1;
            }
            if *left > 0 {
                match next(reader, top) {
                    Ok(part) => ty = part,
                    Err(error) => {
                        // The error is about the aggregate, not about one of its parts.
                        stack.pop();
                        return Err(error);
                    }
                }
                break;
            }
            let (top, _) = stack.pop().expect("BUG: the top was there");
            if let Some(name) = top.missing() {
                return Err(MsgpackError::new(format!("attribute \"{name}\" is missing")));
            }
            done = Some(top.finish().map_err(MsgpackError::new)?);
        }
    }
}

/// The type of the next part.
fn next(reader: &mut Reader<'_>, top: &mut Building) -> Result<Type, Box<MsgpackError>> {
    if let Some((name, ty)) = top.expected()
        && reader.take_name(name)
    {
        top.enter_expected();
        return Ok(ty);
    }
    let want = match top {
        Building::Map(..) | Building::Object(..) => top.next_named(reader.name()?),
        _ => top.next_element(),
    };
    match want.map_err(MsgpackError::new)? {
        Want::Of(ty) => Ok(ty),
        Want::Any => panic!("BUG: every value here has a type"),
    }
}

/// A value without parts, or none where one with parts was opened on the stack.
fn begin(
    reader: &mut Reader<'_>,
    ty: Type,
    stack: &mut Stack,
) -> Result<Option<Value>, Box<MsgpackError>> {
    let (mut ty, mut wraps) = (ty, 0);
    let item = loop {
        let item = reader.item()?;
        if !ty.is_dynamic() || matches!(item, Item::Extension(..) | Item::Nil) {
            break item;
        }
        ty = wrapped_type(reader, item)?;
        wraps += 1;
        check_depth(stack.len() + wraps)?;
    };
    match (item, ty.kind()) {
        (Item::Extension(kind, contents), _) => read_unknown(kind, contents, ty).map(Some),
        (Item::Nil, _) => Ok(Some(Value::null(ty))),
        (Item::Array(length), Kind::List(_) | Kind::Set(_) | Kind::Tuple(_)) => {
            open(Building::sequence(Want::Of(ty), room(length, reader)), length, ty, stack)
        }
        (Item::Map(length), Kind::Map(_) | Kind::Object(_)) => {
            open(Building::named(Want::Of(ty), room(length, reader)), length, ty, stack)
        }
        (item, _) => primitive(item, ty).map(Some),
    }
}

/// How many parts to make room for before they are read: a length is only what the sender claims.
fn room(length: usize, reader: &Reader<'_>) -> usize {
    const ROOM_MAX: usize = 4096;
    length.min(reader.left()).min(ROOM_MAX)
}

fn check_depth(depth: usize) -> Result<(), Box<MsgpackError>> {
    if depth <= DEPTH_MAX as usize {
        return Ok(());
    }
    Err(MsgpackError::new(format!("values nest deeper than {DEPTH_MAX} levels")))
}

fn open(
    building: Option<Building>,
    length: usize,
    ty: Type,
    stack: &mut Stack,
) -> Result<Option<Value>, Box<MsgpackError>> {
    let building = building.expect("BUG: the type was looked at before");
    let expected = match ty.kind() {
        Kind::Tuple(types) => Some(types.len()),
        Kind::Object(object) => Some(object.len()),
        _ => None,
    };
    if let Some(expected) = expected.filter(|&expected| expected != length) {
        let parts = if ty.is_tuple() { "elements" } else { "attributes" };
        let message = format!("{expected} {parts} are required, and there are {length}");
        return Err(MsgpackError::new(message));
    }
    check_depth(stack.len() + 1)?;
    stack.push((building, length));
    Ok(None)
}

fn wrapped_type(reader: &mut Reader<'_>, item: Item<'_>) -> Result<Type, Box<MsgpackError>> {
    if item != Item::Array(2) {
        return Err(MsgpackError::new("an array of a type and a value is required"));
    }
    match reader.item()? {
        Item::Bytes(json) => type_from_json(json)
            .map(Type::without_optional)
            .map_err(|error| MsgpackError::new(format!("the type of a value is wrong: {error}"))),
        _ => Err(MsgpackError::new("the type of a value must be given as JSON")),
    }
}

fn primitive(item: Item<'_>, ty: Type) -> Result<Value, Box<MsgpackError>> {
    match (item, ty.kind()) {
        (Item::Bool(value), Kind::Bool) => Ok(Value::bool(value)),
        (Item::Bytes(bytes), Kind::String) => Ok(Value::string(text(bytes)?)),
        (item, Kind::Number) => number(item).map(Value::number),
        (item, _) => Err(MsgpackError::new(format!(
            "{} is required, and this is {}",
            ty.friendly_name(),
            name(item)
        ))),
    }
}

fn name(item: Item<'_>) -> &'static str {
    match item {
        Item::Nil => "null",
        Item::Bool(_) => "a bool",
        Item::Int(_) | Item::Uint(_) | Item::Double(_) => "a number",
        Item::Bytes(_) => "a string",
        Item::Array(_) => "an array",
        Item::Map(_) => "a map",
        Item::Extension(code::REFINED, _) => "an unknown",
        Item::Extension(..) => "an extension",
    }
}
