//! Walks along a schema: sensitive and write-only paths, marks, coercion, what legacy providers answer.

use std::sync::Arc;

use schema::{Attr, Block, BlockParts, NestedAttrs, NestedBlock, Nesting, Slot};
use value::{Marks, Type, Value};

fn object(entries: &[(&str, Value)]) -> Value {
    Value::object(entries.iter().map(|(name, value)| (Arc::from(*name), value.clone())))
}

fn s(text: &str) -> Value {
    Value::string(text)
}

/// `name`, `password` (sensitive), `users` (a map of objects with a sensitive `key`), blocks `login` (a list) with a
/// write-only `secret`.
fn block() -> Block {
    let user = vec![
        Attr::new("key", Type::STRING).optional().sensitive(),
        Attr::new("nick", Type::STRING).optional(),
    ];
    let login = Block::of_attrs(vec![Attr::new("secret", Type::STRING).optional().write_only()]);
    Block::new(BlockParts {
        attrs: vec![
            Attr::new("name", Type::STRING).required(),
            Attr::new("password", Type::STRING).optional().sensitive(),
            Attr::nesting("users", NestedAttrs::new(Nesting::Map, user)).optional(),
        ],
        blocks: vec![NestedBlock::new("login", Nesting::List, login)],
        ..BlockParts::default()
    })
}

fn example() -> Value {
    let user = object(&[("key", s("k")), ("nick", s("n"))]);
    block()
        .coerce(&object(&[
            ("login", Value::tuple(vec![object(&[("secret", s("x"))])])),
            ("name", s("a")),
            ("password", s("p")),
            ("users", object(&[("u", user)])),
        ]))
        .expect("it conforms")
}

fn texts(paths: &[value::Path]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

#[test]
fn slots_stand_in_the_order_of_the_type() {
    let block = block();
    let names: Vec<&str> = block.slots().map(|slot| slot.name().as_ref()).collect();
    assert_eq!(names, ["login", "name", "password", "users"]);
    let object = block.ty().object_type().expect("an object type");
    for (index, slot) in block.slots().enumerate() {
        assert_eq!((&object.names()[index], object.types()[index]), (slot.name(), slot.ty()));
    }
    assert!(matches!(block.slot(0), Slot::Block(_)));
}

#[test]
fn paths_of_traits() {
    let (block, value) = (block(), example());
    assert_eq!(texts(&block.sensitive_paths(&value)), [".password", ".users[\"u\"].key"]);
    assert_eq!(texts(&block.write_only_paths(&value)), [".login[0].secret"]);
    assert!(block.sensitive_paths(&Value::null(block.ty())).is_empty());
    // A null attribute is sensitive all the same: what it becomes is not shown.
    assert_eq!(texts(&block.sensitive_paths(&block.empty())), [".password"]);
}

#[test]
fn marks_go_where_the_paths_lead() {
    let (block, value) = (block(), example());
    let marked = block.marked_sensitive(&value);
    let (unmarked, paths) = marked.unmark_deep_with_paths();
    assert!(unmarked.same(&value));
    let places: Vec<value::Path> = paths.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(places, block.sensitive_paths(&value));
    assert!(paths.iter().all(|(_, marks)| *marks == Marks::SENSITIVE));
}

#[test]
fn write_only_attributes_are_taken_out() {
    let (block, value) = (block(), example());
    let without = block.without_write_only(&value);
    let login = without.attr("login").and_then(Value::as_slice).expect("a list");
    assert!(login[0].attr("secret").expect("an attribute").is_null());
    assert_eq!(without.attr("name"), value.attr("name"));
    assert_eq!(without.ty(), value.ty());
}

#[test]
fn coercion_converts_and_completes() {
    let coerced = block().coerce(&object(&[("name", Value::int(7))])).expect("it conforms");
    assert_eq!(coerced.ty(), block().ty());
    assert_eq!(coerced.attr("name").and_then(Value::as_str), Some("7"));
    assert!(coerced.attr("users").expect("an attribute").is_null());
    let partly =
        object(&[("name", s("a")), ("users", object(&[("u", object(&[("nick", s("n"))]))]))]);
    assert_eq!(block().coerce(&partly).expect("it conforms").ty(), block().ty());
}

#[test]
fn coercion_tells_where_it_fails() {
    for (given, place, message) in [
        (object(&[]), "", "required"),
        (object(&[("name", s("a")), ("other", s("b"))]), "", "other"),
        (object(&[("name", object(&[]))]), ".name", ""),
        (object(&[("name", s("a")), ("login", s("b"))]), ".login", "a list"),
        (s("a"), "", "object"),
    ] {
        let error = block().coerce(&given).expect_err("it does not conform");
        assert_eq!(error.path.to_string(), place);
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn legacy_blocks_are_made_whole() {
    let inner = || Block::of_attrs(vec![Attr::new("n", Type::STRING).optional()]);
    let element = inner().ty();
    let block = Block::new(BlockParts {
        blocks: vec![
            NestedBlock::new("group", Nesting::Group, inner()),
            NestedBlock::new("list", Nesting::List, inner()),
            NestedBlock::new("set", Nesting::Set, inner()),
            NestedBlock::new("single", Nesting::Single, inner()),
        ],
        ..BlockParts::default()
    });
    let given = object(&[
        ("group", Value::null(element)),
        ("list", Value::unknown(Type::list(element))),
        ("set", Value::null(Type::set(element))),
        ("single", Value::unknown(element)),
    ]);
    let stub = object(&[("n", Value::unknown(Type::STRING))]);
    let expect = object(&[
        ("group", object(&[("n", Value::null(Type::STRING))])),
        ("list", Value::list(element, vec![stub.clone()])),
        ("set", Value::set(element, vec![])),
        ("single", stub),
    ]);
    assert!(block.normalized_from_legacy(&given).same(&expect));
}
