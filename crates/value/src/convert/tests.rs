//! Tests of conversion and unification, after the cases of OpenTofu's type system.

use super::*;
use crate::{Marks, Refinement};

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
fn check(value: Value, ty: Type, expect: Value) {
    assert_eq!(convert(&value, ty), Ok(expect.clone()));
    assert_eq!(convert(&expect, ty), Ok(expect), "twice is once");
}

#[track_caller]
fn fails(value: Value, ty: Type, path: &str, message: &str) {
    let error = convert(&value, ty).expect_err("no conversion");
    assert_eq!((error.path.to_string().as_str(), error.message.as_str()), (path, message));
}

#[test]
fn primitives() {
    check(s("1.50"), Type::NUMBER, Value::number(crate::Number::parse("1.5").expect("a number")));
    check(Value::int(12), Type::STRING, s("12"));
    check(Value::TRUE, Type::STRING, s("true"));
    check(s("1"), Type::BOOL, Value::TRUE);
    fails(
        s("yes"),
        Type::BOOL,
        "",
        "a bool is required, and this text is neither \"true\" nor \"false\"",
    );
    fails(
        s("True"),
        Type::BOOL,
        "",
        "a bool is required; as text it is written in lower case: \"true\"",
    );
    fails(s("x"), Type::NUMBER, "", "a number is required, and this text is none");
    fails(Value::TRUE, Type::NUMBER, "", "a number is required, and this is a bool");
}

#[test]
fn collections() {
    let list = |parts: Vec<Value>| Value::list(Type::DYNAMIC, parts);
    check(
        Value::tuple(vec![s("a"), Value::int(1)]),
        Type::list(Type::STRING),
        list(vec![s("a"), s("1")]),
    );
    check(
        Value::tuple(vec![s("a"), Value::int(1)]),
        Type::list(Type::DYNAMIC),
        list(vec![s("a"), s("1")]),
    );
    check(
        Value::tuple(vec![s("b"), s("a"), s("b")]),
        Type::set(Type::STRING),
        Value::set(Type::STRING, vec![s("a"), s("b")]),
    );
    check(
        obj(&[("a", Value::int(1)), ("b", s("x"))]),
        Type::map(Type::STRING),
        Value::map(Type::STRING, [("a".into(), s("1")), ("b".into(), s("x"))]),
    );
    check(Value::tuple(vec![]), Type::list(Type::BOOL), Value::list(Type::BOOL, vec![]));
    fails(
        Value::tuple(vec![s("1"), s("x")]),
        Type::list(Type::NUMBER),
        "[1]",
        "a number is required, and this text is none",
    );
    fails(
        Value::tuple(vec![s("a"), Value::tuple(vec![])]),
        Type::list(Type::DYNAMIC),
        "",
        "all elements of a list must be of one type",
    );
    fails(
        s("a"),
        Type::list(Type::DYNAMIC),
        "",
        "a list of any single type is required, and this is a string",
    );
}

#[test]
fn objects() {
    let want = Type::object_with_optional([
        ("a".into(), Type::STRING, false),
        ("b".into(), Type::list(Type::NUMBER), true),
    ]);
    let none = Value::null(Type::list(Type::NUMBER));
    check(
        obj(&[("a", Value::int(1)), ("z", s("dropped"))]),
        want,
        obj(&[("a", s("1")), ("b", none.clone())]),
    );
    check(
        Value::map(Type::STRING, [("a".into(), s("1")), ("z".into(), s("dropped"))]),
        want,
        obj(&[("a", s("1")), ("b", none)]),
    );
    fails(obj(&[]), want, "", "attribute \"a\" is required");
    fails(
        obj(&[("a", Value::tuple(vec![]))]),
        want,
        ".a",
        "a string is required, and this is a tuple",
    );
    fails(
        Value::map(Type::STRING, []),
        want,
        "",
        "the map has no element \"a\", which is required",
    );
    let inner = obj(&[("a", obj(&[("b", Value::tuple(vec![s("x")]))]))]);
    let ty = object(&[("a", object(&[("b", Type::list(Type::NUMBER))]))]);
    fails(inner, ty, ".a.b[0]", "a number is required, and this text is none");
}

#[test]
fn unknowns_keep_what_holds() {
    let list = Type::list(Type::STRING);
    check(Value::unknown(Type::DYNAMIC), list, Value::unknown(list));
    check(Value::null(Type::DYNAMIC), list, Value::null(list));
    let pair = Value::unknown_not_null(Type::tuple(&[Type::STRING, Type::NUMBER]));
    check(pair.clone(), list, Value::list(Type::STRING, vec![Value::unknown(Type::STRING); 2]));
    check(
        pair,
        Type::set(Type::STRING),
        Value::unknown_with(
            Type::set(Type::STRING),
            Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(2),
        ),
    );
    check(
        Value::unknown_not_null(Type::NUMBER),
        Type::STRING,
        Value::unknown_not_null(Type::STRING),
    );
    let set = Value::set(Type::STRING, vec![s("a"), Value::unknown(Type::STRING)]);
    check(set, list, Value::unknown(list));
    let any = Type::list(Type::DYNAMIC);
    assert_eq!(convert(&Value::unknown(list), any), Ok(Value::unknown(list)));
    let optional = Type::list(Type::object_with_optional([("a".into(), Type::STRING, true)]));
    assert_eq!(
        convert(&Value::null(Type::DYNAMIC), optional),
        Ok(Value::null(Type::list(object(&[("a", Type::STRING)]))))
    );
}

#[test]
fn marks_stay() {
    let secret = || Value::int(1).with_marks(Marks::SENSITIVE);
    check(secret(), Type::STRING, s("1").with_marks(Marks::SENSITIVE));
    check(
        Value::tuple(vec![secret()]),
        Type::list(Type::STRING),
        Value::list(Type::STRING, vec![s("1").with_marks(Marks::SENSITIVE)]),
    );
    check(
        Value::tuple(vec![secret()]).with_marks(Marks::EPHEMERAL),
        Type::set(Type::STRING),
        Value::set(Type::STRING, vec![s("1")]).with_marks(Marks::SENSITIVE | Marks::EPHEMERAL),
    );
}

#[test]
fn any_inside_is_settled_once_per_collection() {
    let value = Value::tuple(vec![obj(&[("a", s("x"))]), obj(&[("a", Value::int(1))])]);
    check(
        value,
        Type::list(object(&[("a", Type::DYNAMIC)])),
        Value::list(Type::DYNAMIC, vec![obj(&[("a", s("x"))]), obj(&[("a", s("1"))])]),
    );
    let value = obj(&[("p", Value::tuple(vec![s("x")])), ("q", Value::tuple(vec![]))]);
    let converted = convert(&value, Type::map(Type::list(Type::DYNAMIC))).expect("converts");
    assert_eq!(converted.ty(), Type::map(Type::list(Type::STRING)));
}

#[test]
fn unification() {
    #[track_caller]
    fn check(types: &[Type], expect: Option<Type>) {
        assert_eq!(unify(types), expect, "{types:?}");
    }
    let (string, number, bool) = (Type::STRING, Type::NUMBER, Type::BOOL);
    check(&[], None);
    check(&[number, string], Some(string));
    check(&[number, bool], None);
    check(&[number, Type::DYNAMIC], Some(number));
    check(&[Type::list(number), Type::list(string)], Some(Type::list(string)));
    check(&[Type::list(number), Type::DYNAMIC], Some(Type::DYNAMIC));
    check(&[Type::list(number), Type::set(number)], Some(Type::list(number)));
    check(&[Type::tuple(&[number]), Type::list(string)], Some(Type::list(string)));
    check(&[Type::tuple(&[number]), Type::tuple(&[string])], Some(Type::tuple(&[string])));
    check(&[Type::tuple(&[number]), Type::tuple(&[])], Some(Type::list(number)));
    let (a, b) = (object(&[("a", number)]), object(&[("a", string)]));
    check(&[a, b], Some(b));
    check(&[a, object(&[("b", string)])], Some(Type::map(string)));
    check(&[a, Type::map(string)], Some(Type::map(string)));
    check(&[a, Type::tuple(&[number])], None);
    check(&[object(&[("a", number)]), object(&[("a", Type::list(number))])], None);
    assert_eq!(unify_safe(&[string, Type::DYNAMIC]), Some(Type::DYNAMIC));
}
