//! JSON text to values: of a type, or of the type that the text implies.

use super::read::{Reader, Token};
use super::{JsonError, type_from_json};
use crate::build::{self, Building, Want};
use crate::convert::convert;
use crate::{Kind, Number, Type, Value};

/// The value of the type that the text stands for. Attributes that are absent become null; numbers
/// may stand in quotes, and strings may stand as numbers or truth values.
///
/// # Errors
/// Where the text is not JSON, nests too deep, or is no value of the type.
pub fn decode(bytes: &[u8], ty: Type) -> Result<Value, JsonError> {
    read(bytes, Want::Of(ty.without_optional())).map_err(|error| *error)
}

/// The value that the text stands for by itself, as `jsondecode` reads it: arrays become tuples,
/// objects become objects, null has no type.
///
/// # Errors
/// Where the text is not JSON, nests too deep, or names a member twice with two types.
pub fn decode_implied(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, Want::Any).map_err(|error| *error)
}

/// The type of what [`decode_implied`] returns; [`Type::DYNAMIC`] where null stands.
///
/// # Errors
/// As [`decode_implied`].
pub fn implied_type(bytes: &[u8]) -> Result<Type, JsonError> {
    decode_implied(bytes).map(|value| value.ty())
}

fn read(bytes: &[u8], want: Want) -> Result<Value, Box<JsonError>> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::new(&text);
    let mut stack = Vec::new();
    let value = read_all(&mut reader, want, &mut stack)
        .map_err(|error| Box::new(JsonError { path: build::path(&stack), ..*error }))?;
    reader.end()?;
    Ok(value)
}

fn read_all(
    reader: &mut Reader<'_>,
    want: Want,
    stack: &mut Vec<Building>,
) -> Result<Value, Box<JsonError>> {
    let mut want = want;
    loop {
        let mut done = begin(reader, want, stack)?;
        // Hands finished values upwards until one more part is wanted.
        loop {
            let Some(top) = stack.last_mut() else {
                return Ok(done.expect("BUG: nothing is open, so a value is finished"));
            };
            if let Building::Wrapped(resume) = top
                && let Some(value) = done.take()
            {
                reader.resume(*resume);
                stack.pop();
                done = Some(value);
                continue;
            }
            if let Some(value) = done.take() {
                top.push(value);
            }
            let following = next(reader, top);
            if let Ok(Some(part)) = following {
                want = part;
                break;
            }
            // From here on it is the aggregate that an error is about, not one of its parts.
            let top = stack.pop().expect("BUG: the top was there");
            following?;
            done = Some(top.finish().map_err(JsonError::new)?);
        }
    }
}

/// What the next part has to be; none at the end of the aggregate.
fn next(reader: &mut Reader<'_>, top: &mut Building) -> Result<Option<Want>, Box<JsonError>> {
    let first = top.is_empty();
    match top {
        // The value inside is read next.
        Building::Wrapped(_) => panic!("BUG: a wrapped value has no parts"),
        Building::List(..) | Building::Set(..) | Building::Tuple(..) => {
            if !reader.more(b']', first)? {
                return Ok(None);
            }
            top.next_element().map(Some).map_err(JsonError::new)
        }
        Building::Map(..) | Building::Object(..) | Building::Members(..) => {
            if !reader.more(b'}', first)? {
                return Ok(None);
            }
            let name = reader.name()?;
            top.next_named(&name).map(Some).map_err(JsonError::new)
        }
    }
}

/// A value without parts, or none where one with parts was opened on the stack.
fn begin(
    reader: &mut Reader<'_>,
    want: Want,
    stack: &mut Vec<Building>,
) -> Result<Option<Value>, Box<JsonError>> {
    let mut want = want;
    while matches!(want, Want::Of(ty) if ty.is_dynamic()) {
        match unwrap(reader)? {
            None => return Ok(Some(Value::null(Type::DYNAMIC))),
            Some((ty, resume)) => {
                stack.push(Building::Wrapped(resume));
                want = Want::Of(ty.without_optional());
            }
        }
    }
    let token = reader.token()?;
    let opened = match token {
        Token::Array => Building::sequence(want, 0),
        Token::Object => Building::named(want, 0),
        _ => return primitive(token, want).map(Some),
    };
    match (opened, want) {
        (Some(building), _) => {
            stack.push(building);
            Ok(None)
        }
        (None, Want::Of(ty)) => {
            let is = if token == Token::Array { "an array" } else { "an object" };
            Err(wrong(ty, is))
        }
        (None, Want::Any) => panic!("BUG: anything is allowed here"),
    }
}

fn wrong(ty: Type, is: &str) -> Box<JsonError> {
    JsonError::new(format!("{} is required, and this is {is}", ty.friendly_name()))
}

fn primitive(token: Token<'_>, want: Want) -> Result<Value, Box<JsonError>> {
    let Want::Of(ty) = want else { return implied(token) };
    match (token, ty.kind()) {
        (Token::Null, _) => Ok(Value::null(ty)),
        (Token::String(text), Kind::String) => Ok(Value::string(&*text)),
        (Token::Number(text), Kind::String) => Ok(Value::string(text)),
        (Token::Bool(value), Kind::String) => {
            Ok(Value::string(if value { "true" } else { "false" }))
        }
        (Token::Number(text), Kind::Number) => number(text),
        (Token::String(text), Kind::Number) => number(&text),
        (Token::Bool(value), Kind::Bool) => Ok(Value::bool(value)),
        (Token::String(text), Kind::Bool) => convert(&Value::string(&*text), Type::BOOL)
            .map_err(|error| JsonError::new(error.message)),
        (Token::String(_), _) => Err(wrong(ty, "a string")),
        (Token::Number(_), _) => Err(wrong(ty, "a number")),
        (Token::Bool(_), _) => Err(wrong(ty, "a bool")),
        (Token::Array | Token::Object, _) => panic!("BUG: arrays and objects have parts"),
    }
}

fn implied(token: Token<'_>) -> Result<Value, Box<JsonError>> {
    match token {
        Token::Null => Ok(Value::null(Type::DYNAMIC)),
        Token::Bool(value) => Ok(Value::bool(value)),
        Token::Number(text) => number(text),
        Token::String(text) => Ok(Value::string(&*text)),
        Token::Array | Token::Object => panic!("BUG: arrays and objects have parts"),
    }
}

fn number(text: &str) -> Result<Value, Box<JsonError>> {
    let number = Number::parse(text)
        .ok_or_else(|| JsonError::new("a number is required, and this is none or is too large"))?;
    Ok(Value::number(number))
}

/// Reads `{"value": …, "type": …}`, in either order, up to the value: its type, and where reading
/// goes on after it. None where null stands instead.
fn unwrap(reader: &mut Reader<'_>) -> Result<Option<(Type, usize)>, Box<JsonError>> {
    match reader.token()? {
        Token::Null => return Ok(None),
        Token::Object => {}
        _ => return Err(JsonError::new("an object with a value and its type is required")),
    }
    let (mut ty, mut value) = (None, None);
    let mut first = true;
    while reader.more(b'}', std::mem::take(&mut first))? {
        match &*reader.name()? {
            "type" => ty = Some(type_from_json(reader.skip()?.as_bytes()).map_err(Box::new)?),
            "value" => {
                reader.peek();
                value = Some(reader.offset());
                reader.skip()?;
            }
            other => {
                return Err(JsonError::new(format!(
                    "\"{other}\" beside a value and its type has no meaning"
                )));
            }
        }
    }
    let resume = reader.offset();
    let ty = ty.ok_or_else(|| JsonError::new("the type is missing beside the value"))?;
    let value = value.ok_or_else(|| JsonError::new("the value is missing beside the type"))?;
    reader.enter_at(value)?;
    Ok(Some((ty, resume)))
}
