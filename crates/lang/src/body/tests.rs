//! Tests of decoding: a body in either syntax, through one schema.

use diag::{Diags, FileId};
use schema::{Attr, Block, BlockParts, NestedAttrs, NestedBlock, Nesting};
use value::Type;

use super::eval_body;
use crate::config::BodySrc;
use crate::expr::Exprs;
use crate::fixture::{World, outcome};

fn inner() -> Block {
    Block::new(BlockParts {
        attrs: vec![
            Attr::new("a", Type::STRING).optional(),
            Attr::new("n", Type::NUMBER).optional(),
        ],
        blocks: vec![NestedBlock::new(
            "deep",
            Nesting::List,
            Block::of_attrs(vec![Attr::new("x", Type::STRING).required()]),
        )],
        ..BlockParts::default()
    })
}

/// Attributes `name` (required), `tags` (map of string), `any`; blocks `one`, `group`, `list` (1 to 2 of them where
/// any is), `set`, `map`.
fn schema() -> Block {
    let blocks = [
        ("one", Nesting::Single),
        ("group", Nesting::Group),
        ("list", Nesting::List),
        ("set", Nesting::Set),
        ("map", Nesting::Map),
    ];
    let mut blocks: Vec<NestedBlock> = blocks
        .into_iter()
        .map(|(name, nesting)| NestedBlock::new(name, nesting, inner()))
        .collect();
    blocks[2].max_items = 2;
    Block::new(BlockParts {
        attrs: vec![
            Attr::new("name", Type::STRING).required(),
            Attr::new("tags", Type::map(Type::STRING)).optional(),
            Attr::new("id", Type::STRING).computed(),
        ],
        blocks,
        ..BlockParts::default()
    })
}

/// As an old provider writes them: `rules` may be written as blocks.
fn old_schema() -> Block {
    let rule =
        Type::object([("port".into(), Type::NUMBER), ("to".into(), Type::list(Type::STRING))]);
    Block::of_attrs(vec![
        Attr::new("rules", Type::list(rule)).optional().computed(),
        Attr::new("rule_set", Type::set(rule)).optional(),
    ])
}

/// The attributes that are set, as text.
fn decode(schema: &Block, text: &str) -> String {
    let world = World::new();
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let file = FileId::new(0);
    let body = if text.starts_with('{') {
        let json = syntax::parse_json(file, text, &mut diags);
        world.body(&BodySrc::json(&json.root, &mut diags), &mut exprs, &mut diags)
    } else {
        let native = syntax::parse_native(file, text, &mut diags);
        world.body(&BodySrc::native(&native.body), &mut exprs, &mut diags)
    };
    if diags.has_errors() {
        return outcome(crate::eval::Eval::Failed, &diags, text);
    }
    let decoded = eval_body(&exprs, &body, schema, &world, &mut diags);
    if let crate::eval::Eval::Value(value) = &decoded
        && !schema.ty().has_dynamic()
    {
        assert_eq!(value.ty(), schema.ty());
    }
    outcome(decoded, &diags, text)
}

#[track_caller]
fn check(text: &str, expect: &str) {
    check_with(&schema(), text, expect);
}

/// `expect` is a part of the outcome.
#[track_caller]
fn check_with(schema: &Block, text: &str, expect: &str) {
    let found = decode(schema, text);
    assert!(found.contains(expect), "{text}\nexpected {expect}\nfound    {found}");
}

#[test]
fn attributes_are_converted_or_null() {
    check("name = 5", "\"name\" = \"5\"");
    check("name = 5", "\"tags\" = tomap(null) /* of string */");
    check("name = \"n\"\ntags = { a = 1 }", "\"tags\" = tomap({\"a\" = \"1\"})");
    check("tags = {}", "error: argument-missing at ``");
    check("name = []", "error: argument-type at `[]`");
    check("name = \"n\"\ntag = {}", "error: argument-unexpected at `tag`");
    check("name = var.blocked\ntags = var.blocked2\nnope = 1", "blocked: 1 2");
    check("name = var.failed", "failed");
}

#[test]
fn blocks_by_their_nesting() {
    let nothing = "{\"a\" = tostring(null)\"deep\" = tolist([])\"n\" = tonumber(null)}";
    check("name = \"n\"", "\"one\" = null /* object */");
    check("name = \"n\"", &format!("\"group\" = {nothing}"));
    check("name = \"n\"", "\"list\" = tolist([])");
    check("name = \"n\"", "\"set\" = toset([])");
    check("name = \"n\"", "\"map\" = tomap({})");
    check("name = \"n\"\none {}", &format!("\"one\" = {nothing}"));
    check("name = \"n\"\nlist {\n  a = 1\n}\nlist {}", "\"list\" = tolist([{\"a\" = \"1\"");
    check(
        "name = \"n\"\nmap \"k\" {\n  n = 1\n}",
        "\"map\" = tomap({\"k\" = {\"a\" = tostring(null)",
    );
    check("name = \"n\"\nset {}\nset {}", &format!("\"set\" = toset([{nothing},])"));
    check(
        "name = \"n\"\none {\n  deep {\n    x = 1\n  }\n}",
        "\"deep\" = tolist([{\"x\" = \"1\"},])",
    );
}

#[test]
fn blocks_that_do_not_fit() {
    check("name = \"n\"\none {}\none {}", "error: block-extra at `one`");
    check("name = \"n\"\nlist {}\nlist {}\nlist {}", "error: block-extra at `list`");
    check("name = \"n\"\nlist \"x\" {}", "error: block-labels at `\"x\"`");
    check("name = \"n\"\nmap {}", "error: block-labels at `map`");
    check("name = \"n\"\nmap \"k\" {}\nmap \"k\" {}", "error: block-duplicate at `\"k\"`");
    check("name = \"n\"\nlst {}", "error: block-unexpected at `lst`");
    check("name = \"n\"\ntags {}", "error: block-unexpected at `tags`");
    check("name = \"n\"\none = {}", "error: argument-unexpected at `one`");
    check("name = \"n\"\none {\n  deep {}\n}", "error: argument-missing at `}`");
}

#[test]
fn dynamic_blocks() {
    let list = |inside: &str| format!("name = \"n\"\ndynamic \"list\" {{\n{inside}\n}}");
    check(
        &list("for_each = [\"x\", \"y\"]\ncontent {\na = list.value\nn = list.key\n}"),
        "\"list\" = tolist([{\"a\" = \"x\"\"deep\" = tolist([])\"n\" = 0},{\"a\" = \"y\"\"deep\" = tolist([])\"n\" = 1},])",
    );
    check(&list("for_each = [\"x\"]\niterator = it\ncontent {\na = it.value\n}"), "{\"a\" = \"x\"");
    check(
        &list(
            "for_each = { k = [\"x\"] }\ncontent {\na = list.key\ndynamic \"deep\" {\nfor_each = list.value\ncontent {\nx = \"${list.key}${deep.value}\"\n}\n}\n}",
        ),
        "{\"a\" = \"k\"\"deep\" = tolist([{\"x\" = \"kx\"},])",
    );
    check(
        &list("for_each = var.many\ncontent {\na = list.value\n}"),
        "\"list\" = (known after apply)",
    );
    check(
        &list("for_each = var.many\ncontent {\nb = list.value\n}"),
        "error: argument-unexpected at `b`",
    );
    check(&list("for_each = var.blocked\ncontent {\na = var.blocked2\n}"), "blocked: 1");
    check(&list("for_each = var.no_list\ncontent {}"), "error: dynamic-block at `var.no_list`");
    check(&list("for_each = 5\ncontent {}"), "error: dynamic-block at `5`");
    check(&list("content {}"), "error: dynamic-block at `}`");
    check(&list("for_each = []"), "error: dynamic-block at `}`");
    check(&list("for_each = []\nx = 1\ncontent {}"), "error: dynamic-block at `x`");
    let map = "name = \"n\"\ndynamic \"map\" {\nfor_each = [\"x\"]\nlabels = [map.value]\ncontent {\na = 1\n}\n}";
    check(map, "\"map\" = tomap({\"x\" = {\"a\" = \"1\"");
    check(
        "name = \"n\"\ndynamic \"nope\" {\nfor_each = []\ncontent {}\n}",
        "error: block-unexpected at `\"nope\"`",
    );
    check(
        "name = \"n\"\ndynamic \"one\" {\nfor_each = var.many\ncontent {\na = one.value\n}\n}",
        "\"one\" = {\"a\" = (known after apply)\"deep\" = tolist([])\"n\" = tonumber(null)}",
    );
}

#[test]
fn marks_of_a_collection_are_on_what_it_makes() {
    let list = "name = \"n\"\ndynamic \"list\" {\nfor_each = sensitive([1])\ncontent {\na = list.value\n}\n}";
    check(
        list,
        "\"list\" = tolist([{\"a\" = (sensitive value)\"deep\" = tolist([])\"n\" = tonumber(null)},])",
    );
    let one = list.replace("\"list\"", "\"one\"").replace("list.value", "one.value");
    check(&one, "\"one\" = {\"a\" = (sensitive value)");
    let nested = NestedAttrs::new(Nesting::Single, vec![]);
    let modern = Block::new(BlockParts {
        attrs: vec![
            Attr::new("name", Type::STRING).required(),
            Attr::nesting("modern", nested).optional(),
        ],
        blocks: vec![NestedBlock::new("list", Nesting::List, inner())],
        ..BlockParts::default()
    });
    check_with(&modern, list, "\"list\" = tolist([(sensitive value),])");
}

#[test]
fn json_learns_from_the_schema() {
    check(r#"{"name": "${1 + 1}", "//": "a comment"}"#, "\"name\" = \"2\"");
    check(r#"{"name": "n", "tags": {"a": "${var.one}"}}"#, "\"tags\" = tomap({\"a\" = \"1\"})");
    check(r#"{"name": "n", "list": [{"a": "x"}, {"a": "y"}]}"#, "tolist([{\"a\" = \"x\"");
    check(
        r#"{"name": "n", "list": {"a": "x", "deep": {"x": "z"}}}"#,
        "\"deep\" = tolist([{\"x\" = \"z\"},])",
    );
    check(
        r#"{"name": "n", "map": {"k": {"n": 1}, "l": [{"n": 2}]}}"#,
        "tomap({\"k\" = {\"a\" = tostring(null)",
    );
    check(r#"{"name": "n", "one": null}"#, "\"one\" = null /* object */");
    check(r#"{"name": "n", "one": "x"}"#, "error: json-object at `\"x\"`");
    check(r#"{"name": "n", "one": {"deep": {}}}"#, "error: argument-missing at `}`");
    check(r#"{"name": "n", "one": [{}, {}]}"#, "error: block-extra at `{`");
    check(r#"{"name": "n", "name": "m"}"#, "error: argument-duplicate at `\"name\"`");
    check(r#"{"name": "n", "list": {"${var.one}": 1}}"#, "error: json-key at `\"${var.one}\"`");
    check(r#"{"name": "n", "nope": 1}"#, "error: argument-unexpected at `\"nope\"`");
    check(
        r#"{"name": "n", "dynamic": {"list": {"for_each": ["x"], "content": {"a": "${list.value}"}}}}"#,
        "\"list\" = tolist([{\"a\" = \"x\"",
    );
    check(
        r#"{"name": "n", "dynamic": [{"map": {"for_each": ["x"], "iterator": "it", "labels": ["${it.value}"], "content": {"a": "${it.key}"}}}]}"#,
        "\"map\" = tomap({\"x\" = {\"a\" = \"0\"",
    );
    check(r#"{"name": "n", "dynamic": {"list": {"content": {}}}}"#, "error: dynamic-block at");
}

#[test]
fn attributes_written_as_blocks() {
    let check = |text: &str, expect: &str| check_with(&old_schema(), text, expect);
    check(
        "rules {\n  port = 1\n}\nrules {\n  to = [1]\n}",
        "\"rules\" = tolist([{\"port\" = 1\"to\" = tolist(null) /* of string */},{\"port\" = tonumber(null)\"to\" = tolist([\"1\",])},])",
    );
    check("rule_set {\n  port = 1\n}", "\"rule_set\" = toset([{\"port\" = 1");
    check("rules = []", "\"rules\" = tolist([])");
    check(
        "dynamic \"rules\" {\n  for_each = [7]\n  content {\n    port = rules.value\n  }\n}",
        "tolist([{\"port\" = 7",
    );
    check("rules {\n  nope = 1\n}", "error: argument-unexpected at `nope`");
    let nested = NestedAttrs::new(Nesting::List, vec![Attr::new("port", Type::NUMBER).optional()]);
    let modern = Block::of_attrs(vec![Attr::nesting("rules", nested).optional()]);
    check_with(&modern, "rules {}", "error: block-unexpected at `rules`");
    check_with(
        &modern,
        "rules = [{ port = 1 }, {}]",
        "tolist([{\"port\" = 1},{\"port\" = tonumber(null)},])",
    );
}

#[test]
fn dynamic_types_make_tuples_and_objects() {
    let any = || Block::of_attrs(vec![Attr::new("v", Type::DYNAMIC).optional()]);
    let schema = Block::new(BlockParts {
        blocks: vec![
            NestedBlock::new("list", Nesting::List, any()),
            NestedBlock::new("map", Nesting::Map, any()),
        ],
        ..BlockParts::default()
    });
    check_with(
        &schema,
        "list {\n  v = 1\n}\nlist {\n  v = \"x\"\n}",
        "\"list\" = [{\"v\" = 1},{\"v\" = \"x\"},]",
    );
    check_with(&schema, "map \"k\" {\n  v = []\n}", "\"map\" = {\"k\" = {\"v\" = []}}");
}
