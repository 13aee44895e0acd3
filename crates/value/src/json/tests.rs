//! Tests of the JSON forms, against texts that OpenTofu writes.

use super::*;
use crate::{DEPTH_MAX, Type, Value};

fn s(text: &str) -> Value {
    Value::string(text)
}

fn obj(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| ((*name).into(), value.clone())))
}

fn object(attributes: &[(&str, Type)]) -> Type {
    Type::object(attributes.iter().map(|(name, ty)| ((*name).into(), *ty)))
}

#[track_caller]
fn check(value: Value, ty: Type, json: &str) {
    assert_eq!(encode(&value, ty).as_deref(), Ok(json));
    assert_eq!(decode(json.as_bytes(), ty), Ok(value));
}

#[track_caller]
fn refuses(json: &str, ty: Type, expect: &str) {
    assert_eq!(decode(json.as_bytes(), ty).expect_err("an error").to_string(), expect);
}

#[test]
fn values_of_a_type() {
    check(
        s("a<b>&\"\\\n\u{1}\u{2028}é"),
        Type::STRING,
        r#""a\u003cb\u003e\u0026\"\\\n\u0001\u2028é""#,
    );
    check(Value::null(Type::BOOL), Type::BOOL, "null");
    check(
        Value::list(Type::NUMBER, vec![Value::int(1), Value::int(-20)]),
        Type::list(Type::NUMBER),
        "[1,-20]",
    );
    check(Value::set(Type::STRING, vec![s("b"), s("a")]), Type::set(Type::STRING), r#"["a","b"]"#);
    check(
        Value::map(Type::BOOL, [("k".into(), Value::TRUE)]),
        Type::map(Type::BOOL),
        r#"{"k":true}"#,
    );
    check(
        Value::tuple(vec![s("x"), Value::FALSE]),
        Type::tuple(&[Type::STRING, Type::BOOL]),
        r#"["x",false]"#,
    );
    let value = obj(&[("b", s("x")), ("a", Value::null(Type::NUMBER))]);
    check(value.clone(), value.ty(), r#"{"a":null,"b":"x"}"#);
}

#[test]
fn dynamic_values_bear_their_type() {
    let ty = object(&[("d", Type::DYNAMIC), ("n", Type::DYNAMIC)]);
    let value =
        obj(&[("d", Value::list(Type::STRING, vec![s("x")])), ("n", Value::null(Type::DYNAMIC))]);
    check(value.clone(), ty, r#"{"d":{"value":["x"],"type":["list","string"]},"n":null}"#);
    let swapped = r#"{"n":null,"d":{"type":["list","string"],"value":["x"]}}"#;
    assert_eq!(decode(swapped.as_bytes(), ty), Ok(value));
}

#[test]
fn numbers_are_never_doubles() {
    let text = "[1152921504606846977,0.1,123456789012345678901234567890.5]";
    let value = decode_implied(text.as_bytes()).expect("numbers");
    assert_eq!(encode_simple(&value).as_deref(), Ok(text));
}

#[test]
fn decoding_is_lenient_where_opentofu_is() {
    let ty =
        object(&[("a", Type::STRING), ("b", Type::NUMBER), ("c", Type::BOOL), ("d", Type::STRING)]);
    let json = br#" { "b" : "1.5" , "a" : 1.50, "c":"true" } "#;
    let expect = obj(&[
        ("a", s("1.50")),
        ("b", Value::number(crate::Number::parse("1.5").expect("a number"))),
        ("c", Value::TRUE),
        ("d", Value::null(Type::STRING)),
    ]);
    assert_eq!(decode(json, ty), Ok(expect));
    let escaped = r#""\u00e9\ud83d\ude00\ud800\/""#;
    assert_eq!(decode(escaped.as_bytes(), Type::STRING), Ok(s("é😀\u{fffd}/")));
}

#[test]
fn errors_name_their_place() {
    let ty = object(&[("a", Type::list(Type::NUMBER))]);
    refuses(r#"{"a":[1,true]}"#, ty, ".a[1]: number is required, and this is a bool");
    refuses(r#"{"z":1}"#, ty, "there is no attribute named \"z\"");
    refuses(r#"{"a":[1,]}"#, ty, ".a: a comma before the closing bracket (at byte 8)");
    refuses("[1", Type::list(Type::NUMBER), "the text ends before the closing bracket (at byte 2)");
    refuses("01", Type::NUMBER, "more text after the end of the value (at byte 1)");
    refuses("\"a\nb\"", Type::STRING, "a control character in a string (at byte 2)");
    refuses("[1,2]", Type::tuple(&[Type::NUMBER]), "there are more than 1 elements");
    let unknown = obj(&[("a", Value::tuple(vec![Value::unknown(Type::BOOL)]))]);
    let error = encode_simple(&unknown).expect_err("unknown");
    assert_eq!(error.to_string(), ".a[0]: the value is not known");
}

#[test]
fn implied_types() {
    let ty = implied_type(br#"{"a":[1,"x",null],"b":{}}"#).expect("a type");
    let tuple = Type::tuple(&[Type::NUMBER, Type::STRING, Type::DYNAMIC]);
    assert_eq!(ty, object(&[("a", tuple), ("b", Type::empty_object())]));
    assert_eq!(decode_implied(br#"{"a":1,"a":2}"#), Ok(obj(&[("a", Value::int(2))])));
    assert!(decode_implied(br#"{"a":1,"a":"x"}"#).is_err());
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deepest = decode_implied(nested(DEPTH_MAX as usize).as_bytes()).expect("deep enough");
    assert_eq!(deepest.depth(), DEPTH_MAX);
    assert!(decode_implied(nested(DEPTH_MAX as usize + 1).as_bytes()).is_err());
    assert!(decode_implied(nested(100_000).as_bytes()).is_err());
}

#[test]
fn types_come_back() {
    let optional = Type::object_with_optional([
        ("a".into(), Type::STRING, false),
        ("b".into(), Type::map(Type::DYNAMIC), true),
    ]);
    for (ty, json) in [
        (Type::DYNAMIC, r#""dynamic""#),
        (Type::list(Type::set(Type::BOOL)), r#"["list",["set","bool"]]"#),
        (Type::tuple(&[Type::NUMBER, Type::STRING]), r#"["tuple",["number","string"]]"#),
        (Type::empty_tuple(), r#"["tuple",[]]"#),
        (Type::empty_object(), r#"["object",{}]"#),
        (optional, r#"["object",{"a":"string","b":["map","dynamic"]},["b"]]"#),
    ] {
        assert_eq!(type_to_json(ty), json);
        assert_eq!(type_from_json(json.as_bytes()), Ok(ty));
    }
    for json in ["1", "[]", r#"["list"]"#, r#"["list","string","x"]"#, r#""text""#] {
        assert!(type_from_json(json.as_bytes()).is_err(), "{json}");
    }
}
