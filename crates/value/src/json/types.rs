//! Types as JSON: `"string"`, `["list","string"]`, `["object",{"a":"number"},["a"]]`.

use std::sync::Arc;

use super::JsonError;
use super::encode::write_string;
use super::read::{Reader, Token};
use crate::{DEPTH_MAX, Kind, Type, normalize};

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
    // A tuple or object costs two levels of JSON, the names of optional attributes a third.
    let mut reader = Reader::with_limit(&text, 2 * DEPTH_MAX + 1);
    let ty = read_type(&mut reader).map_err(|error| *error)?;
    reader.end().map_err(|error| *error)?;
    Ok(ty)
}

/// A type of which some parts are read.
enum Open {
    /// A list, set or map, and its element once read.
    Collection(fn(Type) -> Type, Option<Type>),
    Tuple(Vec<Type>),
    /// The name is that of the attribute being read.
    Object(Vec<(Arc<str>, Type, bool)>, Arc<str>),
}

fn read_type(reader: &mut Reader<'_>) -> Result<Type, Box<JsonError>> {
    let mut stack: Vec<Open> = Vec::new();
    loop {
        let mut done = begin(reader, &mut stack)?;
        // Hands finished types upwards until one more part is wanted.
        loop {
            let Some(top) = stack.last_mut() else {
                return Ok(done.expect("BUG: nothing is open, so a type is finished"));
            };
            if next_part(reader, top, done.take())? {
                break;
            }
            let top = stack.pop().expect("BUG: the top was there");
            done = Some(finish(reader, top)?);
        }
    }
}

/// A type without parts, or none where one with parts was opened on the stack.
fn begin(reader: &mut Reader<'_>, stack: &mut Vec<Open>) -> Result<Option<Type>, Box<JsonError>> {
    match reader.token()? {
        Token::String(name) => match &*name {
            "bool" => Ok(Some(Type::BOOL)),
            "number" => Ok(Some(Type::NUMBER)),
            "string" => Ok(Some(Type::STRING)),
            "dynamic" => Ok(Some(Type::DYNAMIC)),
            _ => Err(JsonError::new(format!("there is no type named \"{name}\""))),
        },
        Token::Array if reader.more(b']', true)? => {
            if stack.len() == DEPTH_MAX as usize {
                return Err(JsonError::new(format!("types nest deeper than {DEPTH_MAX} levels")));
            }
            let open = begin_complex(reader)?;
            stack.push(open);
            Ok(None)
        }
        _ => Err(JsonError::new("a type is a string or an array with its kind")),
    }
}

/// The kind of a type with parts, and the bracket that begins them.
fn begin_complex(reader: &mut Reader<'_>) -> Result<Open, Box<JsonError>> {
    let Token::String(kind) = reader.token()? else {
        return Err(JsonError::new("the kind of a type must be a string"));
    };
    if !reader.more(b']', false)? {
        return Err(JsonError::new(format!("the parts of a type of kind \"{kind}\" are missing")));
    }
    match &*kind {
        "list" => Ok(Open::Collection(Type::list, None)),
        "set" => Ok(Open::Collection(Type::set, None)),
        "map" => Ok(Open::Collection(Type::map, None)),
        "tuple" if reader.token()? == Token::Array => Ok(Open::Tuple(Vec::new())),
        "tuple" => Err(JsonError::new("the elements of a tuple type must be an array")),
        "object" if reader.token()? == Token::Object => Ok(Open::Object(Vec::new(), "".into())),
        "object" => Err(JsonError::new("the attributes of an object type must be an object")),
        _ => Err(JsonError::new(format!("there is no kind of type named \"{kind}\""))),
    }
}

/// Takes a finished part, and goes on to the next one; false where there is none.
fn next_part(
    reader: &mut Reader<'_>,
    open: &mut Open,
    part: Option<Type>,
) -> Result<bool, Box<JsonError>> {
    match open {
        Open::Collection(_, element) => {
            *element = part;
            Ok(part.is_none())
        }
        Open::Tuple(types) => {
            types.extend(part);
            reader.more(b']', types.is_empty())
        }
        Open::Object(attributes, name) => {
            attributes.extend(part.map(|ty| (name.clone(), ty, false)));
            if !reader.more(b'}', attributes.is_empty())? {
                return Ok(false);
            }
            *name = normalize(&*reader.name()?);
            Ok(true)
        }
    }
}

/// Makes the type, and reads what may follow its parts.
fn finish(reader: &mut Reader<'_>, open: Open) -> Result<Type, Box<JsonError>> {
    let ty = match open {
        Open::Collection(collection, element) => {
            collection(element.expect("BUG: a collection is open until its element is read"))
        }
        Open::Tuple(types) => Type::tuple(&types),
        Open::Object(mut attributes, _) => {
            if !reader.more(b']', false)? {
                return Ok(Type::object_with_optional(attributes));
            }
            read_optional(reader, &mut attributes)?;
            Type::object_with_optional(attributes)
        }
    };
    match reader.more(b']', false)? {
        false => Ok(ty),
        true => {
            Err(JsonError::new("there is more in the description of a type than belongs there"))
        }
    }
}

/// The names of the attributes that are optional.
fn read_optional(
    reader: &mut Reader<'_>,
    attributes: &mut [(Arc<str>, Type, bool)],
) -> Result<(), Box<JsonError>> {
    let no_names = || JsonError::new("the optional attributes must be an array of names");
    if reader.token()? != Token::Array {
        return Err(no_names());
    }
    let mut first = true;
    while reader.more(b']', std::mem::take(&mut first))? {
        let Token::String(name) = reader.token()? else { return Err(no_names()) };
        let attribute = attributes.iter_mut().find(|(have, ..)| **have == *name);
        let attribute = attribute
            .ok_or_else(|| JsonError::new(format!("there is no attribute named \"{name}\"")))?;
        attribute.2 = true;
    }
    Ok(())
}
