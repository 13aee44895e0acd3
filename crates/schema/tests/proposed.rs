//! Proposed objects, by nesting mode: the behaviour that providers are written against.

use schema::{Attr, Block, BlockParts, NestedAttrs, NestedBlock, Nesting};
use std::sync::Arc;
use value::{Type, Value};

fn object(entries: &[(&str, Value)]) -> Value {
    Value::object(entries.iter().map(|(name, value)| (Arc::from(*name), value.clone())))
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn null() -> Value {
    Value::null(Type::STRING)
}

/// `conf` is optional, `comp` computed, `both` is both.
fn attrs() -> Vec<Attr> {
    vec![
        Attr::new("both", Type::STRING).optional().computed(),
        Attr::new("comp", Type::STRING).computed(),
        Attr::new("conf", Type::STRING).optional(),
    ]
}

fn triple(both: Value, comp: Value, conf: Value) -> Value {
    object(&[("both", both), ("comp", comp), ("conf", conf)])
}

fn with_blocks(nesting: Nesting) -> Block {
    let nested = NestedBlock::new("b", nesting, Block::of_attrs(attrs()));
    Block::new(BlockParts { blocks: vec![nested], ..BlockParts::default() })
}

fn with_nested_attr(nesting: Nesting) -> Block {
    Block::of_attrs(vec![
        Attr::nesting("a", NestedAttrs::new(nesting, attrs())).optional().computed(),
    ])
}

fn check(block: &Block, prior: &Value, config: &Value, expect: &Value) {
    let proposed = block.proposed_new(prior, config);
    assert!(proposed.same(expect), "proposed {proposed:?}\nexpected {expect:?}");
    assert_eq!(proposed.ty(), expect.ty());
}

#[test]
fn attributes_come_from_the_configuration_and_computed_ones_from_before() {
    let block = Block::of_attrs(attrs());
    let nothing = Value::null(block.ty());
    check(&block, &nothing, &nothing, &nothing);
    check(&block, &nothing, &triple(null(), null(), s("a")), &triple(null(), null(), s("a")));
    let prior = triple(s("p"), s("q"), s("r"));
    check(&block, &prior, &triple(null(), null(), s("a")), &triple(s("p"), s("q"), s("a")));
    check(&block, &prior, &triple(s("b"), null(), null()), &triple(s("b"), s("q"), null()));
    let unknown = Value::unknown(Type::STRING);
    check(
        &block,
        &prior,
        &triple(unknown.clone(), null(), null()),
        &triple(unknown, s("q"), null()),
    );
    check(&block, &prior, &nothing, &prior);
}

#[test]
fn single_blocks_are_as_the_configuration_says() {
    let block = with_blocks(Nesting::Single);
    let ty = triple(null(), null(), null()).ty();
    let of = |inner: Value| object(&[("b", inner)]);
    let prior = of(triple(s("p"), s("q"), s("r")));
    check(&block, &prior, &of(Value::null(ty)), &of(Value::null(ty)));
    check(&block, &prior, &of(triple(null(), null(), s("a"))), &of(triple(s("p"), s("q"), s("a"))));
    check(&block, &prior, &of(Value::unknown(ty)), &of(Value::unknown(ty)));
    let fresh = of(Value::null(ty));
    check(&block, &fresh, &of(triple(null(), null(), s("a"))), &of(triple(null(), null(), s("a"))));
}

#[test]
fn groups_are_always_there() {
    let block = with_blocks(Nesting::Group);
    let of = |inner: Value| object(&[("b", inner)]);
    assert!(block.empty().same(&of(triple(null(), null(), null()))));
    let prior = of(triple(s("p"), s("q"), s("r")));
    check(&block, &prior, &of(triple(null(), null(), null())), &of(triple(s("p"), s("q"), null())));
}

#[test]
fn lists_answer_by_index() {
    let ty = triple(null(), null(), null()).ty();
    for block in [with_blocks(Nesting::List), with_nested_attr(Nesting::List)] {
        let name = if block.blocks().is_empty() { "a" } else { "b" };
        let of = |items: Vec<Value>| object(&[(name, Value::list(ty, items))]);
        let prior = of(vec![triple(s("1"), s("2"), s("3"))]);
        let config = of(vec![triple(null(), null(), s("x")), triple(null(), null(), s("y"))]);
        let expect = of(vec![triple(s("1"), s("2"), s("x")), triple(null(), null(), s("y"))]);
        check(&block, &prior, &config, &expect);
        check(&block, &prior, &of(vec![]), &of(vec![]));
    }
}

#[test]
fn maps_answer_by_key() {
    let ty = triple(null(), null(), null()).ty();
    for block in [with_blocks(Nesting::Map), with_nested_attr(Nesting::Map)] {
        let name = if block.blocks().is_empty() { "a" } else { "b" };
        let of = |items: Vec<(&str, Value)>| {
            object(&[(
                name,
                Value::map(ty, items.into_iter().map(|(key, value)| (Arc::from(key), value))),
            )])
        };
        let prior = of(vec![
            ("one", triple(s("1"), s("2"), s("3"))),
            ("gone", triple(s("4"), s("5"), s("6"))),
        ]);
        let config = of(vec![
            ("one", triple(null(), null(), s("x"))),
            ("new", triple(null(), null(), s("y"))),
        ]);
        let expect = of(vec![
            ("one", triple(s("1"), s("2"), s("x"))),
            ("new", triple(null(), null(), s("y"))),
        ]);
        check(&block, &prior, &config, &expect);
    }
}

#[test]
fn set_elements_answer_by_what_was_configured() {
    let ty = triple(null(), null(), null()).ty();
    for block in [with_blocks(Nesting::Set), with_nested_attr(Nesting::Set)] {
        let name = if block.blocks().is_empty() { "a" } else { "b" };
        let of = |items: Vec<Value>| object(&[(name, Value::set(ty, items))]);
        let prior = of(vec![triple(s("1"), s("2"), s("x")), triple(s("3"), s("4"), s("y"))]);
        let config = of(vec![triple(null(), null(), s("y")), triple(null(), null(), s("z"))]);
        let expect = of(vec![triple(s("3"), s("4"), s("y")), triple(null(), null(), s("z"))]);
        check(&block, &prior, &config, &expect);
        let differs = of(vec![triple(s("9"), null(), s("x"))]);
        check(&block, &prior, &differs, &differs);
    }
}

#[test]
fn a_large_set_without_computed_parts_is_the_configuration() {
    let plain = Block::of_attrs(vec![Attr::new("n", Type::NUMBER).optional()]);
    let element = plain.ty();
    let nested = NestedBlock::new("b", Nesting::Set, plain);
    let block = Block::new(BlockParts { blocks: vec![nested], ..BlockParts::default() });
    let of = |from: i64| {
        let items = (from..from + 20_000).map(|n| object(&[("n", Value::int(n))])).collect();
        object(&[("b", Value::set(element, items))])
    };
    check(&block, &of(0), &of(10_000), &of(10_000));
}

#[test]
fn a_nested_attribute_that_was_configured_becomes_null_again() {
    let ty = triple(null(), null(), null()).ty();
    let block = with_nested_attr(Nesting::Single);
    let of = |inner: Value| object(&[("a", inner)]);
    let nothing = of(Value::null(ty));
    // `conf` is not computed, so configuration has set it.
    check(&block, &of(triple(s("p"), s("q"), s("r"))), &nothing, &nothing);
    // All of this may be the provider's own.
    let computed = of(triple(s("p"), s("q"), null()));
    check(&block, &computed, &nothing, &computed);
    check(
        &block,
        &computed,
        &of(triple(null(), null(), s("a"))),
        &of(triple(s("p"), s("q"), s("a"))),
    );
}

#[test]
fn dynamic_parts_keep_the_types_of_their_values() {
    let attrs = vec![
        Attr::new("any", Type::DYNAMIC).optional(),
        Attr::new("comp", Type::STRING).computed(),
    ];
    let nested = NestedBlock::new("b", Nesting::List, Block::of_attrs(attrs));
    let block = Block::new(BlockParts { blocks: vec![nested], ..BlockParts::default() });
    let item = |any: Value, comp: Value| object(&[("any", any), ("comp", comp)]);
    let of = |items: Vec<Value>| object(&[("b", Value::tuple(items))]);
    let prior = of(vec![item(s("x"), s("1"))]);
    let config = of(vec![item(Value::int(7), null()), item(Value::bool(true), null())]);
    let expect = of(vec![item(Value::int(7), s("1")), item(Value::bool(true), null())]);
    check(&block, &prior, &config, &expect);
    assert!(block.empty().same(&of(vec![])));
}

#[test]
fn what_is_read_later_is_unknown_where_it_is_computed() {
    let block = with_blocks(Nesting::List);
    let ty = triple(null(), null(), null()).ty();
    let config = object(&[("b", Value::list(ty, vec![triple(s("a"), null(), null())]))]);
    let unknown = Value::unknown(Type::STRING);
    let expect = object(&[("b", Value::list(ty, vec![triple(s("a"), unknown, null())]))]);
    assert!(block.planned_unknown(&config).same(&expect));
}
