//! Types as JSON: `"string"`, `["list","string"]`, `["object",{"a":"number"},["a"]]`.

use std::sync::Arc;

use super::JsonError;
use super::encode::write_string;
use super::read::{Reader, Token};
use crate::{Kind, Type};

/// The type as JSON.
pub fn type_to_json(ty: Type) -> String {
    let mut out = String::new();
    write_type(ty, &mut out);
    out
}

/// Appends what [`type_to_json`] returns.
pub fn write_type(ty: Type, out: &mut String) {
    let mut collection = |head: &str, element: Type| {
        out.push_str(head);
        write_type(element, out);
        out.push(']');
    };
    match ty.kind() {
        Kind::Dynamic => out.push_str("\"dynamic\""),
        Kind::Bool => out.push_str("\"bool\""),
        Kind::Number => out.push_str("\"number\""),
        Kind::String => out.push_str("\"string\""),
        Kind::List(element) => collection("[\"list\",", element),
        Kind::Set(element) => collection("[\"set\",", element),
        Kind::Map(element) => collection("[\"map\",", element),
        Kind::Tuple(elements) => {
            out.push_str("[\"tuple\",[");
            for (at, &element) in elements.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_type(element, out);
            }
            out.push_str("]]");
        }
        Kind::Object(object) => {
            out.push_str("[\"object\",{");
            for (at, (name, ty)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write_type(ty, out);
            }
            out.push('}');
            write_optional(object.names(), object.optional(), out);
            out.push(']');
        }
    }
}

fn write_optional(names: &[Arc<str>], optional: &[bool], out: &mut String) {
    if !optional.contains(&true) {
        return;
    }
    let names = names.iter().zip(optional).filter(|(_, optional)| **optional);
    for (at, (name, _)) in names.enumerate() {
        out.push_str(if at == 0 { ",[" } else { "," });
        write_string(name, out);
    }
    out.push(']');
}

/// The type that the JSON describes.
///
/// # Errors
/// Where the text is not JSON, nests too deep, or describes no type.
pub fn type_from_json(bytes: &[u8]) -> Result<Type, JsonError> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::new(&text);
    let ty = read_type(&mut reader)?;
    reader.end()?;
    Ok(ty)
}

fn read_type(reader: &mut Reader<'_>) -> Result<Type, JsonError> {
    let kind = match reader.token()? {
        Token::String(name) => {
            return match &*name {
                "bool" => Ok(Type::BOOL),
                "number" => Ok(Type::NUMBER),
                "string" => Ok(Type::STRING),
                "dynamic" => Ok(Type::DYNAMIC),
                _ => Err(JsonError::new(format!("there is no type named \"{name}\""))),
            };
        }
        Token::Array if reader.more(b']', true)? => match reader.token()? {
            Token::String(kind) => kind,
            _ => return Err(JsonError::new("the kind of a type must be a string")),
        },
        _ => return Err(JsonError::new("a type is a string or an array with its kind")),
    };
    if !reader.more(b']', false)? {
        return Err(JsonError::new(format!("the parts of a type of kind \"{kind}\" are missing")));
    }
    let ty = match &*kind {
        "list" => Type::list(read_type(reader)?),
        "set" => Type::set(read_type(reader)?),
        "map" => Type::map(read_type(reader)?),
        "tuple" => Type::tuple(&read_types(reader)?),
        "object" => return read_object_type(reader),
        _ => return Err(JsonError::new(format!("there is no kind of type named \"{kind}\""))),
    };
    close(reader)?;
    Ok(ty)
}

fn close(reader: &mut Reader<'_>) -> Result<(), JsonError> {
    match reader.more(b']', false)? {
        false => Ok(()),
        true => {
            Err(JsonError::new("there is more in the description of a type than belongs there"))
        }
    }
}

fn read_types(reader: &mut Reader<'_>) -> Result<Vec<Type>, JsonError> {
    if reader.token()? != Token::Array {
        return Err(JsonError::new("the elements of a tuple type must be an array"));
    }
    let mut types = Vec::new();
    while reader.more(b']', types.is_empty())? {
        types.push(read_type(reader)?);
    }
    Ok(types)
}

/// The attributes, then perhaps the names of the optional ones, then the bracket.
fn read_object_type(reader: &mut Reader<'_>) -> Result<Type, JsonError> {
    if reader.token()? != Token::Object {
        return Err(JsonError::new("the attributes of an object type must be an object"));
    }
    let mut attributes: Vec<(Arc<str>, Type, bool)> = Vec::new();
    while reader.more(b'}', attributes.is_empty())? {
        let name = reader.name()?.into();
        attributes.push((name, read_type(reader)?, false));
    }
    if reader.more(b']', false)? {
        if reader.token()? != Token::Array {
            return Err(JsonError::new("the optional attributes must be an array of names"));
        }
        let mut first = true;
        while reader.more(b']', std::mem::take(&mut first))? {
            let Token::String(name) = reader.token()? else {
                return Err(JsonError::new("the optional attributes must be an array of names"));
            };
            let attribute = attributes.iter_mut().find(|(have, ..)| **have == *name);
            let Some(attribute) = attribute else {
                return Err(JsonError::new(format!("there is no attribute named \"{name}\"")));
            };
            attribute.2 = true;
        }
        close(reader)?;
    }
    Ok(Type::object_with_optional(attributes))
}
