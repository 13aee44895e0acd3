//! Values at the limit of nesting pass through every operation on the 2 MiB stack of a test thread,
//! without optimisation: so they do in any thread of the program.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use value::{DEPTH_MAX, Marks, Type, Value, convert, json, msgpack, ops};

fn deep(inner: Value) -> Value {
    (0..DEPTH_MAX).fold(inner, |value, at| match at % 3 {
        0 => Value::tuple(vec![value]),
        1 => Value::object([("a".into(), value)]),
        _ => Value::list(Type::DYNAMIC, vec![value]),
    })
}

#[test]
fn equality_and_hash() {
    let (a, b) = (deep(Value::TRUE), deep(Value::TRUE));
    assert_eq!(a, b);
    assert_eq!(a.equals(&b), Value::TRUE);
    assert!(!a.same(&deep(Value::FALSE)));
    let hash = |value: &Value| BuildHasherDefault::<DefaultHasher>::default().hash_one(value);
    assert_eq!(hash(&a), hash(&b));
}

#[test]
fn marks() {
    let marked = deep(Value::TRUE.with_marks(Marks::SENSITIVE));
    let (bare, found) = marked.clone().unmark_deep_with_paths();
    assert_eq!(bare, deep(Value::TRUE));
    assert_eq!(found.len(), 1);
    let path = &found[0].0;
    assert_eq!(path.len(), DEPTH_MAX as usize);
    assert_eq!(path.find(&bare), Some(&Value::TRUE));
    assert_eq!(bare.mark_with_paths([(path, Marks::SENSITIVE)]), marked);
}

#[test]
fn conversion() {
    let value = deep(Value::int(1));
    let want = deep(Value::string("1"));
    assert_eq!(convert::convert(&value, want.ty()), Ok(want.clone()));
    assert_eq!(convert::unify(&[value.ty(), want.ty()]), Some(want.ty()));
    assert!(convert::convert(&value, deep(Value::TRUE).ty()).is_err());
    let unknown = Value::unknown(value.ty());
    assert_eq!(convert::convert(&unknown, want.ty()), Ok(Value::unknown(want.ty())));
}

#[test]
fn sets_of_deep_values() {
    let mut inner = deep(Value::int(2));
    // One level less, so that the set itself is at the limit.
    inner = inner.as_slice().expect("a part")[0].clone();
    let set = Value::set(Type::DYNAMIC, vec![inner.clone(), inner]);
    assert_eq!(set.len(), Some(1));
    assert_eq!(ops::length(&set), Some(Value::int(1)));
}

#[test]
fn codecs() {
    let value = deep(Value::string("x"));
    let ty = value.ty();
    let text = json::encode_simple(&value).expect("JSON");
    assert_eq!(json::decode(text.as_bytes(), ty), Ok(value.clone()));
    let bytes = msgpack::encode(&value, ty);
    assert_eq!(msgpack::decode(&bytes, ty), Ok(value));
}

#[test]
fn types() {
    let ty = deep(Value::TRUE).ty();
    let text = json::type_to_json(ty);
    assert_eq!(json::type_from_json(text.as_bytes()), Ok(ty));
    assert!(ty.constraint_text().ends_with(')'));
    assert_eq!(ty.without_optional(), ty);
    let nested =
        |depth: usize| format!("{}\"bool\"{}", "[\"list\",".repeat(depth), "]".repeat(depth));
    assert!(json::type_from_json(nested(1000).as_bytes()).is_ok());
    assert!(json::type_from_json(nested(100_000).as_bytes()).is_err());
}

#[test]
fn debug_text() {
    assert!(format!("{:?}", deep(Value::TRUE)).contains("true"));
}
