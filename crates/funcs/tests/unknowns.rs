//! What functions make of values that are not known yet, and of marks.

mod support;

use support::{call, check_values, list, map, refused_values, secret, set, v};
use value::{Marks, Number, Refinement, Type, Value};

fn unknown(ty: Type) -> Value {
    Value::unknown(ty)
}

fn some(ty: Type) -> Value {
    Value::unknown_not_null(ty)
}

fn text(text: &str) -> Value {
    Value::string(text)
}

#[test]
fn an_unknown_argument_gives_an_unknown_result() {
    check_values("upper", &[unknown(Type::STRING)], &some(Type::STRING));
    check_values("upper", &[Value::DYNAMIC], &some(Type::STRING));
    check_values("trimspace", &[Value::DYNAMIC], &some(Type::STRING));
    check_values("timeadd", &[unknown(Type::STRING), text("1s")], &unknown(Type::STRING));
    check_values("contains", &[Value::DYNAMIC, text("a")], &Value::DYNAMIC);
    check_values("jsondecode", &[unknown(Type::STRING)], &Value::DYNAMIC);
    check_values(
        "element",
        &[unknown(Type::list(Type::STRING)), Value::int(0)],
        &unknown(Type::STRING),
    );
    check_values("element", &[v(r#"["a", 1]"#), unknown(Type::NUMBER)], &Value::DYNAMIC);
    check_values("tostring", &[unknown(Type::NUMBER)], &unknown(Type::STRING));
    check_values("toset", &[Value::DYNAMIC], &unknown(Type::set(Type::DYNAMIC)));
}

#[test]
fn what_is_known_even_so_is_used() {
    let prefixed = Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("ami-"));
    check_values("startswith", &[prefixed.clone(), text("ami")], &Value::TRUE);
    check_values("startswith", &[prefixed.clone(), text("vpc")], &Value::FALSE);
    check_values("startswith", &[prefixed.clone(), text("ami-1")], &some(Type::BOOL));
    let at_least = Refinement::NOT_NULL.at_least(Number::int(4), true);
    let length = call("length", &[prefixed]).expect("a length");
    assert_eq!(length.range().number_min, at_least.number_min);
    let pair = unknown(Type::tuple(&[Type::STRING, Type::STRING]));
    check_values("length", &[pair], &Value::int(2));
    let object = unknown(Type::object([("a".into(), Type::STRING)]));
    check_values("keys", &[object], &v(r#"["a"]"#));
    let open = Value::tuple(vec![text("a"), unknown(Type::STRING)]);
    let json = Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("["));
    check_values("jsonencode", &[open], &json);
    let formatted = Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("id: "));
    check_values("format", &[text("id: %s"), unknown(Type::STRING)], &formatted);
    let bounded = Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(3);
    let some_list = Value::unknown_with(Type::list(Type::STRING), bounded.clone());
    check_values("sort", std::slice::from_ref(&some_list), &some_list);
    let number = Refinement::NOT_NULL.prefix("12");
    let number = Value::unknown_with(Type::STRING, number);
    check_values("jsondecode", &[number], &unknown(Type::NUMBER));
}

#[test]
fn unknown_elements() {
    let open = Value::list(Type::STRING, vec![text("a"), unknown(Type::STRING)]);
    check_values("length", std::slice::from_ref(&open), &Value::int(2));
    check_values("element", &[open.clone(), Value::int(0)], &text("a"));
    check_values("contains", &[open.clone(), text("a")], &Value::TRUE);
    check_values("contains", &[open.clone(), text("b")], &some(Type::BOOL));
    check_values("index", &[open.clone(), text("a")], &Value::int(0));
    check_values("distinct", std::slice::from_ref(&open), &some(Type::list(Type::STRING)));
    check_values("join", &[text(","), open.clone()], &some(Type::STRING));
    check_values(
        "reverse",
        std::slice::from_ref(&open),
        &Value::list(Type::STRING, vec![unknown(Type::STRING), text("a")]),
    );
    check_values(
        "concat",
        &[open.clone(), v("[1]")],
        &Value::tuple(vec![text("a"), unknown(Type::STRING), Value::int(1)]),
    );
    check_values(
        "flatten",
        &[Value::tuple(vec![open.clone()])],
        &Value::tuple(vec![text("a"), unknown(Type::STRING)]),
    );
    check_values("flatten", &[Value::tuple(vec![Value::DYNAMIC])], &Value::DYNAMIC);
    check_values("coalesce", &[unknown(Type::STRING), text("b")], &some(Type::STRING));
    check_values("coalesce", &[text("a"), unknown(Type::STRING)], &text("a"));
    let bools = Value::list(Type::BOOL, vec![unknown(Type::BOOL), Value::TRUE]);
    check_values("anytrue", std::slice::from_ref(&bools), &Value::TRUE);
    check_values("alltrue", &[bools], &some(Type::BOOL));
    let entries = Value::map(Type::STRING, [("a".into(), unknown(Type::STRING))]);
    check_values("lookup", &[entries.clone(), text("b"), text("x")], &text("x"));
    check_values(
        "merge",
        &[entries, map(r#"{"b": "x"}"#)],
        &Value::map(Type::STRING, [("a".into(), unknown(Type::STRING)), ("b".into(), text("x"))]),
    );
    check_values(
        "zipmap",
        &[Value::list(Type::STRING, vec![unknown(Type::STRING)]), v("[1]")],
        &Value::DYNAMIC,
    );
    let open_set = Value::set(Type::STRING, vec![text("a"), unknown(Type::STRING)]);
    let product = call("setproduct", &[open_set, v("[1, 2]")]).expect("a product");
    assert_eq!(product.range().length_max, Some(4));
    assert_eq!(product.range().length_min, Some(1));
}

#[test]
fn marks_stay_where_they_belong() {
    check_values("upper", &[secret(text("a"))], &secret(text("A")));
    check_values("upper", &[secret(unknown(Type::STRING))], &secret(some(Type::STRING)));
    check_values("length", &[secret(v("[1]"))], &secret(Value::int(1)));
    check_values("length", &[Value::tuple(vec![secret(text("a"))])], &Value::int(1));
    let parts = Value::tuple(vec![secret(text("a")), text("b")]);
    check_values("element", &[parts.clone(), Value::int(1)], &text("b"));
    check_values("element", &[parts.clone(), Value::int(0)], &secret(text("a")));
    check_values(
        "reverse",
        std::slice::from_ref(&parts),
        &Value::tuple(vec![text("b"), secret(text("a"))]),
    );
    check_values("flatten", &[Value::tuple(vec![secret(v(r#"["a"]"#))])], &secret(v(r#"["a"]"#)));
    check_values(
        "concat",
        &[secret(list(r#"["a"]"#)), list(r#"["b"]"#)],
        &secret(list(r#"["a", "b"]"#)),
    );
    check_values("join", &[text(","), parts.clone()], &secret(text("a,b")));
    check_values("toset", &[parts], &secret(set(r#"["a", "b"]"#)));
    check_values("lookup", &[v(r#"{"a": 1}"#), secret(text("a"))], &secret(Value::int(1)));
    check_values(
        "concat",
        &[secret(unknown(Type::list(Type::STRING)))],
        &secret(some(Type::list(Type::STRING))),
    );
    check_values("tostring", &[secret(unknown(Type::NUMBER))], &secret(unknown(Type::STRING)));
}

#[test]
fn marks_by_function() {
    check_values("sensitive", &[text("a")], &secret(text("a")));
    check_values("nonsensitive", &[secret(text("a"))], &text("a"));
    check_values("issensitive", &[secret(text("a"))], &Value::TRUE);
    check_values("issensitive", &[secret(unknown(Type::STRING))], &some(Type::BOOL));
    let fleeting = |value: Value| value.with_marks(Marks::EPHEMERAL);
    let object = |a: Value| Value::object([("a".into(), a), ("b".into(), text("x"))]);
    check_values(
        "ephemeralasnull",
        &[object(fleeting(text("y")))],
        &object(Value::null(Type::STRING)),
    );
    check_values("ephemeralasnull", &[fleeting(unknown(Type::STRING))], &unknown(Type::STRING));
    check_values(
        "ephemeralasnull",
        &[fleeting(secret(text("y")))],
        &secret(Value::null(Type::STRING)),
    );
}

#[test]
fn messages_do_not_tell_secrets() {
    let hides = |name: &str, args: &[Value], secret: &str| {
        let error = call(name, args).expect_err(name);
        assert!(!error.message.contains(secret), "{name}: {error}");
    };
    hides("timeadd", &[secret(text("hunter2")), text("1s")], "hunter2");
    hides("timeadd", &[text("2017-11-22T00:00:00Z"), secret(text("1hunter"))], "hunter");
    hides("uuidv5", &[secret(text("hunter2")), text("x")], "hunter2");
    hides("regex", &[secret(text("(hunter2")), text("x")], "hunter2");
    hides("base64decode", &[secret(text("?hunter2"))], "hunter2");
    hides("parseint", &[secret(text("hunter2")), Value::int(10)], "hunter2");
    hides("tonumber", &[secret(text("hunter2"))], "hunter2");
    hides("lookup", &[v("{}"), secret(text("hunter2"))], "hunter2");
    hides("cidrhost", &[secret(text("10.9.8.7/32")), Value::int(9)], "10.9.8.7");
    refused_values("one", &[secret(v("[1, 2]"))], "one element or none");
}
