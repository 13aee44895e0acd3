//! Functions that ask: how long, whether something is in it, where.
//! Invariant: an answer that an unknown element could change is unknown.

use value::{Kind, Refinement, Type, Value, View, convert, ops};

use super::members::Members;
use crate::args::{elements, sequence};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};
use crate::plain::letters;

pub(crate) static LENGTH: Function = Function::new(
    "length",
    &[Param::any("value").allowing(Allows::DYNAMIC.and(Allows::UNKNOWN).and(Allows::MARKED))],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::Bool | Kind::Number => Err(FuncError::call(
            "the argument must be a string, a collection, a tuple or an object",
        )),
        _ => Ok(Type::NUMBER),
    }),
    |args, _| Ok(length(&args[0])),
);

fn length(value: &Value) -> Value {
    if value.ty() != Type::STRING {
        return ops::length(value).expect("BUG: a value with a length is due");
    }
    let count = |text: &str| i64::try_from(letters::count(text)).unwrap_or(i64::MAX);
    let length = match value.view() {
        View::String(text) => Value::int(count(text)),
        _ => {
            let prefix = value.range().string_prefix;
            let least = value::Number::int(prefix.map_or(0, |prefix| count(&prefix)));
            Value::unknown_with(Type::NUMBER, Refinement::NOT_NULL.at_least(least, true))
        }
    };
    length.with_marks(value.marks())
}

const BOOLS: &[Param] = &[Param::new("list", || Type::list(Type::BOOL))];

pub(crate) static ALLTRUE: Function = Function::to_bool("alltrue", BOOLS, |args, _| {
    for element in elements(&args[0]) {
        match element.view() {
            View::Unknown(_) => return Ok(Value::unknown(Type::BOOL)),
            View::Bool(true) => {}
            _ => return Ok(Value::FALSE),
        }
    }
    Ok(Value::TRUE)
});

pub(crate) static ANYTRUE: Function = Function::to_bool("anytrue", BOOLS, |args, _| {
    let list = elements(&args[0]);
    if list.iter().any(|element| element.as_bool() == Some(true)) {
        return Ok(Value::TRUE);
    }
    let is_open = list.iter().any(|element| !element.is_known());
    Ok(if is_open { Value::unknown(Type::BOOL) } else { Value::FALSE })
});

pub(crate) static CONTAINS: Function =
    Function::to_bool("contains", &[Param::any("list"), Param::any("value")], |args, _| {
        let list = sequence(&args[0]).ok_or_else(|| {
            FuncError::call("the first argument must be a list, a tuple or a set")
        })?;
        let mut is_open = false;
        for element in list {
            match args[1].equals(element).as_bool() {
                Some(true) => return Ok(Value::TRUE),
                Some(false) => {}
                None => is_open = true,
            }
        }
        Ok(if is_open { Value::unknown(Type::BOOL) } else { Value::FALSE })
    });

pub(crate) static INDEX: Function =
    Function::to_number("index", &[Param::any("list"), Param::any("value")], |args, _| {
        let list = match args[0].view() {
            View::List(elements) | View::Tuple(elements) => elements,
            _ => return Err(FuncError::call("the first argument must be a list or a tuple")),
        };
        if list.is_empty() {
            return Err(FuncError::call("an empty list cannot be searched"));
        }
        for (at, element) in list.iter().enumerate() {
            match element.equals(&args[1]).as_bool() {
                Some(true) => return Ok(Value::int(at as i64)),
                Some(false) => {}
                None => return Ok(Value::unknown(Type::NUMBER)),
            }
        }
        Err(FuncError::call("the item is not in the list"))
    });

pub(crate) static MATCHKEYS: Function = Function::new(
    "matchkeys",
    &[Param::list("values"), Param::list("keys"), Param::list("searchset")],
    Returns::From(|args| {
        common_type(args)?;
        Ok(args[0].ty())
    }),
    match_keys,
);

fn common_type(args: &[Value]) -> Outcome<Type> {
    convert::unify(&[args[1].ty(), args[2].ty()])
        .ok_or_else(|| FuncError::call("the keys and the searchset must be of one type"))
}

fn match_keys(args: &[Value], ty: Type) -> Outcome {
    let values = elements(&args[0]);
    if values.len() != elements(&args[1]).len() {
        return Err(FuncError::call("there must be as many keys as values"));
    }
    let common = common_type(args)?;
    let converted = |index: usize| {
        convert::convert(&args[index], common)
            .map_err(|error| FuncError::argument(index, error.to_string()))
    };
    let (keys, searched) = (converted(1)?, converted(2)?);
    let element = ty.element().expect("BUG: the result is a list");
    let none = || Ok(Value::list(element, Vec::new()));
    if elements(&searched).is_empty() {
        return none();
    }
    if !args[0].is_wholly_known() || !keys.is_wholly_known() {
        return Ok(Value::unknown(ty));
    }
    if !searched.is_wholly_known() {
        return match_open(values, &keys, &searched, element);
    }
    let wanted = Members::of(elements(&searched));
    let matching = values.iter().zip(elements(&keys)).filter(|(_, key)| wanted.contains(key));
    Ok(Value::list(element, matching.map(|(value, _)| value.clone()).collect()))
}

/// Where an unknown is searched for before a match is found, nothing matches at all: so OpenTofu has it.
fn match_open(values: &[Value], keys: &Value, searched: &Value, element: Type) -> Outcome {
    let mut matching = Vec::new();
    for (value, key) in values.iter().zip(elements(keys)) {
        for wanted in elements(searched) {
            match key.equals(wanted).as_bool() {
                Some(true) => {
                    matching.push(value.clone());
                    break;
                }
                Some(false) => {}
                None => return Ok(Value::list(element, Vec::new())),
            }
        }
    }
    Ok(Value::list(element, matching))
}
