//! Functions on collections, as `tofu console` answers: values and types.

mod support;

use support::{check, check_values, list, map, refused, refused_values, set, v};
use value::{Type, Value};

fn texts(json: &str) -> Value {
    Value::list(Type::STRING, v(json).as_slice().expect(json).to_vec())
}

#[test]
fn questions() {
    check("length", "[[1, 2]]", "2");
    check("length", r#"["he\u0301llo"]"#, "5");
    check_values("length", &[set("[1, 1]")], &Value::int(1));
    refused("length", "[1]", "must be a string");
    check("alltrue", r#"[[true, "true"]]"#, "true");
    check("alltrue", "[[true, null]]", "false");
    check("anytrue", "[[false, null, true]]", "true");
    check("contains", r#"[["a", 1], "1"]"#, "false");
    check_values("contains", &[list(r#"["a", 1]"#), v(r#""1""#)], &Value::TRUE);
    refused("contains", r#"[{"a": 1}, 1]"#, "a list, a tuple or a set");
    check("index", r#"[["a", "b"], "b"]"#, "1");
    refused("index", r#"[["a"], "c"]"#, "not in the list");
    check_values(
        "matchkeys",
        &[v(r#"["a", "b", "c"]"#), v("[1, 2, 3]"), v(r#"[1, "3"]"#)],
        &texts(r#"["a", "c"]"#),
    );
    refused("matchkeys", r#"[["a"], ["x", "y"], ["x"]]"#, "as many keys");
}

#[test]
fn choices() {
    check("coalesce", r#"["", "a"]"#, r#""a""#);
    check("coalesce", r#"[null, 1, "a"]"#, r#""1""#);
    refused("coalesce", r#"[null, ""]"#, "null or empty");
    refused("coalesce", r#"[{"a": 1}, [2]]"#, "one type");
    check("coalescelist", r#"[[], ["a"]]"#, r#"["a"]"#);
    refused("coalescelist", "[[], []]", "null or empty");
    check("element", r#"[["a", 1], 3]"#, "1");
    check_values("element", &[list(r#"["a", "b"]"#), Value::int(-1)], &v(r#""b""#));
    refused("element", "[[], 0]", "no elements");
    refused_values("element", &[set("[1]"), Value::int(0)], "must be a list or a tuple");
    check("one", r#"[["a"]]"#, r#""a""#);
    check("one", "[[]]", "null");
    check_values("one", &[list(r#"["a"]"#)], &v(r#""a""#));
    refused("one", r#"[["a", "b"]]"#, "one element or none");
    check("slice", r#"[["a", "b", 3, 4], 1, 3]"#, r#"["b", 3]"#);
    check_values("slice", &[list(r#"["a"]"#), Value::int(0), Value::int(0)], &texts("[]"));
    refused("slice", r#"[["a"], 0, 2]"#, "beyond the end");
    refused("slice", r#"[["a", "b"], 2, 1]"#, "beyond the end index");
}

#[test]
fn combinations() {
    check("concat", r#"[["a"], [1, true]]"#, r#"["a", 1, true]"#);
    check_values("concat", &[list(r#"["a"]"#), list("[1]")], &texts(r#"["a", "1"]"#));
    check_values("concat", &[list(r#"["a"]"#), v("[1]")], &v(r#"["a", 1]"#));
    refused("concat", r#"["a"]"#, "lists or tuples, not string");
    check_values("distinct", &[v(r#"["a", "b", "a", 1, "1"]"#)], &texts(r#"["a", "b", "1"]"#));
    check("flatten", r#"[[["a", "b"], [], ["c", ["d", [1]]]]]"#, r#"["a", "b", "c", "d", 1]"#);
    check("flatten", r#"[["a", null, [null]]]"#, r#"["a", null, null]"#);
    refused("flatten", r#"["a"]"#, "can be flattened");
    check_values("compact", &[v(r#"["a", "", null, "b"]"#)], &texts(r#"["a", "b"]"#));
    check("reverse", r#"[["a", 1]]"#, r#"[1, "a"]"#);
    check_values("reverse", &[set(r#"["a", "b"]"#)], &texts(r#"["b", "a"]"#));
    let chunks =
        Value::list(Type::list(Type::STRING), vec![texts(r#"["a", "b"]"#), texts(r#"["c"]"#)]);
    check_values("chunklist", &[v(r#"["a", "b", "c"]"#), Value::int(2)], &chunks);
    refused("chunklist", r#"[["a"], -1]"#, "must not be negative");
    refused("list", r#"["a"]"#, "tolist([...])");
}

#[test]
fn keyed() {
    check("keys", r#"[{"b": 1, "a": 2}]"#, r#"["a", "b"]"#);
    check_values("keys", &[map(r#"{"b": 1}"#)], &texts(r#"["b"]"#));
    check("values", r#"[{"b": 1, "a": "x"}]"#, r#"["x", 1]"#);
    check("lookup", r#"[{"a": "ay"}, "c", 1]"#, "1");
    check_values("lookup", &[map(r#"{"a": "ay"}"#), v(r#""c""#), Value::int(1)], &v(r#""1""#));
    refused("lookup", r#"[{"a": 1}, "b"]"#, "no attribute \"b\"");
    refused_values("lookup", &[map(r#"{"a": 1}"#), v(r#""b""#)], "no element with the key \"b\"");
    refused_values(
        "lookup",
        &[map(r#"{"a": 1}"#), v(r#""b""#), v("[]")],
        "type of the map's elements",
    );
    check("merge", r#"[{"a": 1}, {"b": "x"}, {"a": true}]"#, r#"{"a": true, "b": "x"}"#);
    check("merge", r#"[{"a": 1}, null]"#, r#"{"a": 1}"#);
    check("merge", "[]", "{}");
    check_values("merge", &[map(r#"{"a": 1}"#), map(r#"{"b": 2}"#)], &map(r#"{"a": 1, "b": 2}"#));
    check_values("merge", &[map(r#"{"a": 1}"#), map(r#"{"b": "x"}"#)], &v(r#"{"a": 1, "b": "x"}"#));
    check("zipmap", r#"[["a", "b"], [1, "x"]]"#, r#"{"a": 1, "b": "x"}"#);
    check_values("zipmap", &[v(r#"["a"]"#), list("[1]")], &map(r#"{"a": 1}"#));
    refused("zipmap", r#"[["a"], [1, 2]]"#, "1 keys but 2 values");
    let turned = Value::map(
        Type::list(Type::STRING),
        [("1".into(), texts(r#"["a"]"#)), ("2".into(), texts(r#"["a", "b"]"#))],
    );
    check_values("transpose", &[v(r#"{"a": ["1", "2"], "b": ["2"]}"#)], &turned);
    refused("transpose", r#"[{"a": null}]"#, "is null");
}

#[test]
fn sets() {
    check_values("setunion", &[v(r#"["a"]"#), v("[1]"), v("[]")], &set(r#"["1", "a"]"#));
    check_values(
        "setintersection",
        &[v(r#"["a", "b"]"#), v(r#"["b", "c"]"#), v(r#"["b"]"#)],
        &set(r#"["b"]"#),
    );
    check_values("setsubtract", &[v(r#"["a", "b"]"#), v(r#"["b"]"#)], &set(r#"["a"]"#));
    let rows = |json: &str| v(json).as_slice().expect(json).to_vec();
    let row = Type::tuple(&[Type::STRING, Type::NUMBER]);
    let expect = Value::list(row, rows(r#"[["a", 1], ["a", 2], ["b", 1], ["b", 2]]"#));
    check_values("setproduct", &[v(r#"["a", "b"]"#), v("[1, 2]")], &expect);
    let expect = Value::set(row, rows(r#"[["a", 1], ["b", 1]]"#));
    check_values("setproduct", &[set(r#"["b", "a"]"#), v("[1]")], &expect);
    refused("setproduct", r#"[["a"]]"#, "at least two");
    let long = Value::tuple(vec![Value::TRUE; 3000]);
    refused_values("setproduct", &[long.clone(), long], "combinations");
}

#[test]
fn conversions() {
    check("tostring", "[1]", r#""1""#);
    check("tonumber", r#"["1e3"]"#, "1000");
    check_values("tobool", &[v(r#""true""#)], &Value::TRUE);
    check_values("toset", &[v(r#"["c", "b", 3]"#)], &set(r#"["3", "b", "c"]"#));
    check_values("tolist", &[set(r#"["b", "a"]"#)], &texts(r#"["a", "b"]"#));
    check_values("tomap", &[v(r#"{"a": 1, "b": "x"}"#)], &map(r#"{"a": "1", "b": "x"}"#));
    check_values("tostring", &[v("null")], &Value::null(Type::STRING));
    refused("tonumber", r#"["a"]"#, "\"a\" cannot be converted to number");
    refused("tobool", r#"["yes"]"#, "only \"true\" and \"false\"");
    refused("tolist", r#"[{"a": 1}]"#, "object cannot be converted");
}
