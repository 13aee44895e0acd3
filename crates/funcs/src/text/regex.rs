//! `regex` and `regexall`.
//! Invariant: the pattern alone decides the type: a string, a tuple of groups, or an object of named groups.

use std::sync::Arc;

use value::{Type, Value};

use crate::args::text;
use crate::function::{FuncError, Function, Outcome, Param, Returns};
use crate::plain::pattern::{Match, Pattern, Shape};

const PARAMS: &[Param] = &[Param::text("pattern"), Param::text("string")];

pub(crate) static REGEX: Function =
    Function::new("regex", PARAMS, Returns::From(type_of_match), |args, _| {
        let pattern = compile(&args[0])?;
        match pattern.find(text(&args[1])) {
            Some(found) => Ok(to_value(&pattern.shape, &found)),
            None => Err(FuncError::call("the pattern matches no part of the string")),
        }
    });

pub(crate) static REGEXALL: Function = Function::new(
    "regexall",
    PARAMS,
    Returns::From(|args| type_of_match(args).map(Type::list)),
    |args, ty| {
        let pattern = compile(&args[0])?;
        let found = pattern.find_all(text(&args[1]));
        let element = ty.element().expect("BUG: the result is a list");
        Ok(Value::list(element, found.iter().map(|one| to_value(&pattern.shape, one)).collect()))
    },
);

fn compile(pattern: &Value) -> Outcome<Arc<Pattern>> {
    Pattern::compile(text(pattern)).map_err(|what| FuncError::argument(0, what))
}

fn type_of_match(args: &[Value]) -> Outcome<Type> {
    if !args[0].is_known() {
        return Ok(Type::DYNAMIC);
    }
    Ok(match &compile(&args[0])?.shape {
        Shape::Whole => Type::STRING,
        Shape::Groups(count) => Type::tuple(&vec![Type::STRING; *count]),
        Shape::Named(names) => {
            Type::object(names.iter().map(|name| (name.as_str().into(), Type::STRING)))
        }
    })
}

fn to_value(shape: &Shape, found: &Match<'_>) -> Value {
    let group = |group: &Option<&str>| match group {
        Some(text) => Value::string(*text),
        None => Value::null(Type::STRING),
    };
    match shape {
        Shape::Whole => Value::string(found.whole),
        Shape::Groups(_) => Value::tuple(found.groups.iter().map(group).collect()),
        Shape::Named(names) => {
            let names = names.iter().map(|name| name.as_str().into());
            Value::object(names.zip(found.groups.iter().map(group)))
        }
    }
}
