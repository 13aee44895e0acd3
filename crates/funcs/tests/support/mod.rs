//! What the tests of functions share: a call with arguments in JSON, and what is expected of it.
//! JSON gives strings, numbers, truth values, nulls, tuples and objects; `list`, `set` and `map` make the rest.

#![expect(dead_code, reason = "each test file uses its part")]

use funcs::{FuncError, Function};
use value::{Marks, Type, Value, convert, json};

/// The function with this name.
pub(crate) fn function(name: &str) -> &'static Function {
    funcs::lookup(name).unwrap_or_else(|| panic!("there is no function {name}"))
}

/// A value as JSON implies it.
pub(crate) fn v(text: &str) -> Value {
    json::decode_implied(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A list of what the JSON array holds.
pub(crate) fn list(text: &str) -> Value {
    convert::convert(&v(text), Type::list(Type::DYNAMIC)).expect(text)
}

/// A set of what the JSON array holds.
pub(crate) fn set(text: &str) -> Value {
    convert::convert(&v(text), Type::set(Type::DYNAMIC)).expect(text)
}

/// A map of what the JSON object holds.
pub(crate) fn map(text: &str) -> Value {
    convert::convert(&v(text), Type::map(Type::DYNAMIC)).expect(text)
}

/// The value, sensitive.
pub(crate) fn secret(value: Value) -> Value {
    value.with_marks(Marks::SENSITIVE)
}

/// The outcome of a call.
pub(crate) fn call(name: &str, args: &[Value]) -> Result<Value, FuncError> {
    funcs::call(function(name), args)
}

/// Checks a result.
#[track_caller]
pub(crate) fn check_values(name: &str, args: &[Value], expect: &Value) {
    let result = call(name, args).unwrap_or_else(|error| panic!("{name}{args:?}: {error}"));
    assert!(result.same(expect), "{name}{args:?}\n  expected {expect:?}\n  found    {result:?}");
}

/// Checks a result of tuples, objects and primitives: the arguments are a JSON array, the result is JSON.
#[track_caller]
pub(crate) fn check(name: &str, args: &str, expect: &str) {
    check_values(name, v(args).as_slice().expect("an array of arguments"), &v(expect));
}

/// Checks that a call is refused with a message that holds `expect`.
#[track_caller]
pub(crate) fn refused_values(name: &str, args: &[Value], expect: &str) {
    match call(name, args) {
        Ok(result) => panic!("{name}{args:?} gives {result:?}"),
        Err(error) => assert!(error.message.contains(expect), "{name}{args:?}: {error}"),
    }
}

/// As [`refused_values`], with the arguments as a JSON array.
#[track_caller]
pub(crate) fn refused(name: &str, args: &str, expect: &str) {
    refused_values(name, v(args).as_slice().expect("an array of arguments"), expect);
}
