//! Tests of the MessagePack form, against bytes that OpenTofu's own codec writes.

use super::*;
use crate::{DEPTH_MAX, Number, Refinement, Type, Value};

fn s(text: &str) -> Value {
    Value::string(text)
}

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).expect("a number"))
}

fn obj(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| ((*name).into(), value.clone())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.bytes().collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16);
    digits.chunks(2).map(|pair| byte(pair).expect("hex")).collect()
}

#[track_caller]
fn check(value: Value, ty: Type, expect: &str) {
    let bytes = encode(&value, ty);
    assert_eq!(hex(&bytes), expect);
    assert_eq!(decode(&bytes, ty), Ok(value));
}

#[track_caller]
fn refuses(bytes: &str, ty: Type, expect: &str) {
    assert_eq!(decode(&unhex(bytes), ty).expect_err("an error").to_string(), expect);
}

#[test]
fn primitives() {
    check(Value::null(Type::STRING), Type::STRING, "c0");
    check(Value::TRUE, Type::BOOL, "c3");
    check(s("hé"), Type::STRING, "a368c3a9");
    let long = "x".repeat(40);
    check(s(&long), Type::STRING, &format!("d928{}", "78".repeat(40)));
    for (text, expect) in [
        ("0", "00"),
        ("127", "7f"),
        ("128", "cc80"),
        ("256", "cd0100"),
        ("65536", "ce00010000"),
        ("4294967296", "cf0000000100000000"),
        ("-1", "ff"),
        ("-33", "d0df"),
        ("-129", "d1ff7f"),
        ("-32769", "d2ffff7fff"),
        ("-2147483649", "d3ffffffff7fffffff"),
        ("1.5", "cb3ff8000000000000"),
        ("0.1", "a3302e31"),
        ("18446744073709551616", "b43138343436373434303733373039353531363136"),
    ] {
        check(n(text), Type::NUMBER, expect);
    }
    assert_eq!(decode(&unhex("cfffffffffffffffff"), Type::NUMBER), Ok(n("18446744073709551615")));
    assert_eq!(decode(&unhex("ca3fc00000"), Type::NUMBER), Ok(n("1.5")));
}

#[test]
fn aggregates() {
    let ty =
        Type::object([("b".into(), Type::list(Type::NUMBER)), ("a".into(), Type::map(Type::BOOL))]);
    let value = obj(&[
        ("a", Value::map(Type::BOOL, [("k".into(), Value::FALSE)])),
        ("b", Value::list(Type::NUMBER, vec![n("1"), Value::null(Type::NUMBER)])),
    ]);
    check(value.clone(), ty, "82a16181a16bc2a1629201c0");
    assert_eq!(decode(&unhex("82a1629201c0a16181a16bc2"), ty), Ok(value));
    check(Value::set(Type::STRING, vec![s("b"), s("a")]), Type::set(Type::STRING), "92a161a162");
    let pair = Type::tuple(&[Type::STRING, Type::BOOL]);
    check(Value::tuple(vec![s("x"), Value::TRUE]), pair, "92a178c3");
    let many: Vec<_> = (0..20).map(|_| Value::TRUE).collect();
    check(
        Value::list(Type::BOOL, many),
        Type::list(Type::BOOL),
        &format!("dc0014{}", "c3".repeat(20)),
    );
}

#[test]
fn dynamic_values_bear_their_type() {
    check(s("x"), Type::DYNAMIC, "92c40822737472696e6722a178");
    check(Value::null(Type::DYNAMIC), Type::DYNAMIC, "c0");
    check(Value::DYNAMIC, Type::DYNAMIC, "d40000");
    check(Value::unknown(Type::BOOL), Type::DYNAMIC, "92c40622626f6f6c22d40000");
    let ty = Type::object([("d".into(), Type::DYNAMIC)]);
    check(obj(&[("d", s("x"))]), ty, "81a16492c40822737472696e6722a178");
}

#[test]
fn unknowns() {
    check(Value::unknown(Type::STRING), Type::STRING, "d40000");
    check(Value::unknown_not_null(Type::STRING), Type::STRING, "c7030c8101c2");
    let prefixed = Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("ab-"));
    check(prefixed, Type::STRING, "d70c8201c202a361622d");
    let range = Refinement::NONE.at_least(1.into(), true).at_most(9.into(), false);
    check(Value::unknown_with(Type::NUMBER, range), Type::NUMBER, "c7090c82039201c3049209c2");
    let strings = Type::list(Type::STRING);
    let lengths = Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(3);
    check(Value::unknown_with(strings, lengths), strings, "c7070c8301c205010603");
    assert_eq!(decode(&unhex("c7030c8101c3"), Type::STRING), Ok(Value::null(Type::STRING)));
    assert_eq!(decode(&unhex("c7030c8101c2"), Type::DYNAMIC), Ok(Value::DYNAMIC));
    let long = Refinement::NOT_NULL.prefix("x".repeat(300));
    let sent =
        decode(&encode(&Value::unknown_with(Type::STRING, long), Type::STRING), Type::STRING);
    let expect = Refinement::NOT_NULL.prefix("x".repeat(254));
    assert_eq!(sent, Ok(Value::unknown_with(Type::STRING, expect)));
}

#[test]
fn errors_name_their_place() {
    let ty = Type::object([("a".into(), Type::list(Type::NUMBER))]);
    refuses("81a1619201c3", ty, ".a[1]: a number is required");
    refuses("80", ty, "1 attributes are required, and there are 0");
    refuses("81a17a90", ty, "there is no attribute named \"z\"");
    refuses("81a161dd", ty, ".a: the message ends too early");
    refuses("c3c3", Type::BOOL, "1 bytes follow the end of the value");
    refuses("a2ffff", Type::STRING, "a string is not valid UTF-8");
    refuses("cb7ff8000000000001", Type::NUMBER, "a number is required");
    refuses("ddffffffff", Type::list(Type::BOOL), "[0]: the message ends too early");
    refuses("01", Type::list(Type::BOOL), "list of bool is required, and this is a number");
    refuses("c7090c82039209c3049201c3", Type::NUMBER, "the bounds of an unknown leave no value");
    let two = Type::object([("a".into(), Type::BOOL), ("b".into(), Type::BOOL)]);
    refuses("82a161c3a161c2", two, "attribute \"b\" is missing");
}

#[test]
fn nesting_has_a_limit() {
    let deep = |depth: u32| {
        let mut value = s("x");
        for _ in 0..depth {
            value = Value::tuple(vec![value]);
        }
        value
    };
    let deepest = deep(DEPTH_MAX);
    let bytes = encode(&deepest, deepest.ty());
    assert_eq!(decode(&bytes, deepest.ty()), Ok(deepest));
    let deeper = deep(DEPTH_MAX + 1);
    assert!(decode(&encode(&deeper, deeper.ty()), deeper.ty()).is_err());
}
