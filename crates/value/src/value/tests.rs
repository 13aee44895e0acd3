//! Tests of values: construction, order of sets, equality, marks.

use super::*;
use crate::Path;

fn s(text: &str) -> Value {
    Value::string(text)
}

fn obj(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| (Arc::from(*name), value.clone())))
}

#[test]
fn sets_iterate_in_key_order() {
    let a = |n: i64| obj(&[("a", Value::int(n))]);
    let set = Value::set(Type::DYNAMIC, vec![a(2), a(1), a(10), a(1)]);
    assert_eq!(set.as_slice().expect("a set"), [a(10), a(1), a(2)]);
    let set = Value::set(Type::NUMBER, [10, 2, 33, 2].map(Value::int).to_vec());
    assert_eq!(set.as_slice().expect("a set"), [2, 10, 33].map(Value::int));
    let set = Value::set(
        Type::STRING,
        vec![s("b"), Value::null(Type::STRING), s("a"), Value::unknown(Type::STRING)],
    );
    assert_eq!(
        set.as_slice().expect("a set"),
        [s("a"), s("b"), Value::unknown(Type::STRING), Value::null(Type::STRING)]
    );
}

#[test]
fn unknown_elements_are_not_one() {
    let unknown = Value::unknown(Type::STRING);
    let set = Value::set(Type::STRING, vec![unknown.clone(), unknown.clone(), s("a"), s("a")]);
    assert_eq!(set.len(), Some(3));
}

#[test]
fn set_lifts_marks() {
    let inner = Value::list(Type::STRING, vec![s("a").with_marks(Marks::SENSITIVE)]);
    let set = Value::set(Type::DYNAMIC, vec![inner]);
    assert_eq!(set.marks(), Marks::SENSITIVE);
    assert_eq!(set.as_slice().expect("a set")[0].deep_marks(), Marks::NONE);
}

#[test]
fn aggregates_remember() {
    let deep = obj(&[(
        "a",
        Value::tuple(vec![Value::unknown(Type::BOOL), s("x").with_marks(Marks::EPHEMERAL)]),
    )]);
    assert!(deep.is_known() && !deep.is_wholly_known());
    assert_eq!((deep.depth(), deep.size()), (2, 4));
    assert_eq!((deep.marks(), deep.deep_marks()), (Marks::NONE, Marks::EPHEMERAL));
    assert_eq!(deep.clone(), deep);
}

#[test]
fn strings_are_composed() {
    assert_eq!(s("e\u{301}"), s("\u{e9}"));
    let map = Value::map(Type::BOOL, [("e\u{301}".into(), Value::TRUE)]);
    assert!(map.entry("\u{e9}").is_some());
}

#[test]
fn marks_go_off_and_on_by_path() {
    let value = obj(&[
        ("a", Value::list(Type::STRING, vec![s("x"), s("y").with_marks(Marks::SENSITIVE)])),
        ("m", Value::map(Type::BOOL, [("k".into(), Value::TRUE.with_marks(Marks::EPHEMERAL))])),
    ]);
    let (bare, marks) = value.clone().unmark_deep_with_paths();
    assert_eq!(bare.deep_marks(), Marks::NONE);
    let texts: Vec<_> = marks.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(texts, [".a[1]", ".m[\"k\"]"]);
    let again = bare.mark_with_paths(marks.iter().map(|(path, marks)| (path, *marks)));
    assert_eq!(again, value);
    let missing = Path::new().attr("a").index(Value::int(7));
    let marked = value.mark_with_paths([(&missing, Marks::SENSITIVE)]);
    assert_eq!(marked.attr("a").expect("there").marks(), Marks::SENSITIVE);
}

#[test]
fn equality_is_three_valued() {
    let unknown = || Value::unknown_not_null(Type::BOOL);
    #[track_caller]
    fn check(a: Value, b: Value, expect: Value) {
        assert_eq!(a.equals(&b), expect);
        assert_eq!(b.equals(&a), expect);
    }
    check(s("1"), Value::int(1), Value::FALSE);
    check(s("a"), s("a"), Value::TRUE);
    check(Value::null(Type::STRING), Value::null(Type::NUMBER), Value::TRUE);
    check(Value::null(Type::STRING), s("a"), Value::FALSE);
    check(Value::null(Type::STRING), Value::unknown(Type::STRING), unknown());
    check(Value::null(Type::STRING), Value::unknown_not_null(Type::STRING), Value::FALSE);
    check(Value::unknown(Type::STRING), Value::int(1), Value::FALSE);
    check(Value::DYNAMIC, Value::int(1), unknown());
    let prefixed = Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("ab"));
    check(prefixed.clone(), s("ba"), Value::FALSE);
    check(prefixed, s("abc"), unknown());
    let pair = |a: Value, b: Value| Value::tuple(vec![a, b]);
    check(pair(s("a"), Value::unknown(Type::BOOL)), pair(s("b"), Value::TRUE), Value::FALSE);
    check(pair(s("a"), Value::unknown(Type::BOOL)), pair(s("a"), Value::TRUE), unknown());
    check(s("a").with_marks(Marks::SENSITIVE), s("b"), Value::FALSE.with_marks(Marks::SENSITIVE));
}

#[test]
fn refinements_collapse() {
    let number = Refinement::NOT_NULL.at_least(3.into(), true).at_most(3.into(), true);
    assert_eq!(Value::unknown_with(Type::NUMBER, number), Value::int(3));
    let list = Type::list(Type::STRING);
    assert_eq!(
        Value::unknown_with(list, Refinement::NOT_NULL.length(2)),
        Value::list(Type::STRING, vec![Value::unknown(Type::STRING); 2])
    );
    assert!(!Value::unknown_with(list, Refinement::NONE.length(2)).is_known());
    assert_eq!(
        Value::unknown_with(Type::map(Type::BOOL), Refinement::NOT_NULL.length(0)),
        Value::map(Type::BOOL, [])
    );
}

#[test]
fn objects_by_shape() {
    let ty = Type::object([("b".into(), Type::NUMBER), ("a".into(), Type::STRING)]);
    let value = Value::object_of(ty, vec![s("x"), Value::null(Type::DYNAMIC)]);
    assert_eq!(value, obj(&[("a", s("x")), ("b", Value::null(Type::NUMBER))]));
    let loose = Type::object([("a".into(), Type::DYNAMIC)]);
    let value = Value::object_of(loose, vec![s("x")]);
    assert_eq!(value.ty(), Type::object([("a".into(), Type::STRING)]));
}

#[test]
fn deep_values_drop() {
    let mut value = s("x");
    for _ in 0..crate::DEPTH_MAX {
        value = Value::tuple(vec![value]);
    }
    let twin = value.clone();
    assert_eq!(value.depth(), crate::DEPTH_MAX);
    assert!(value.same(&twin));
}
