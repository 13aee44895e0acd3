//! JSON syntax: trees, errors with their places, and expressions.

use crate::sexpr;
use diag::{Diags, FileId, Span};
use syntax::{JsonKind, JsonNode, json_expr, parse_json};

fn shown(node: &JsonNode) -> String {
    match &node.kind {
        JsonKind::Null => "null".into(),
        JsonKind::Bool(it) => it.to_string(),
        JsonKind::Number(text) => text.to_string(),
        JsonKind::String(text) => format!("{:?}", text.text),
        JsonKind::Array(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" "))
        }
        JsonKind::Object(members) => {
            let members = members.iter().map(|it| format!("{}:{}", it.key.text, shown(&it.value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(" "))
        }
        JsonKind::Invalid => "invalid".into(),
    }
}

fn at(text: &str, span: Span) -> String {
    text[span.start as usize..span.end as usize].to_owned()
}

#[track_caller]
fn check(text: &str, expected: &str, errors: &[&str]) {
    let mut diags = Diags::new();
    let file = parse_json(FileId::new(0), text, &mut diags);
    assert_eq!(shown(&file.root), expected, "{text}");
    let found: Vec<_> = diags
        .into_vec()
        .into_iter()
        .map(|it| format!("{}: {}", it.summary, at(text, it.span.expect("a place"))))
        .collect();
    assert_eq!(found, errors, "{text}");
}

#[test]
fn values() {
    check(
        r#"{"a": [1, -2.5e3, true, null, "b\u00e9"], "a": {}}"#,
        r#"{a:[1 -2.5e3 true null "bé"] a:{}}"#,
        &[],
    );
    check(" [ ] \r\n", "[]", &[]);
}

#[test]
fn errors_are_told_all() {
    check("1", "invalid", &["A configuration in JSON is an object: 1"]);
    check("", "invalid", &["A value is expected here: "]);
    check(r#"{"a": }"#, "{a:invalid}", &["A value is expected here: }"]);
    check(
        r#"{"a": 01, "b": nul, "c": 3}"#,
        "{a:invalid b:invalid c:3}",
        &["Invalid number: 01", "Unknown word: nul"],
    );
    check(r#"{"a" 1, "b": 2}"#, "{b:2}", &["A colon is expected here: 1"]);
    check(r#"{"a" = 1, "b": 2}"#, "{b:2}", &["A colon is expected here: ="]);
    check(r#"{a: 1, "b": 2}"#, "{b:2}", &["A key is expected here: a"]);
    check(r#"{"a": 1 "b": 2, "c": 3}"#, "{a:1 c:3}", &["A comma is expected here: \"b\""]);
    check(
        r#"{"a": [1, 2,], "b": 2,}"#,
        "{a:[1 2] b:2}",
        &["A comma too many: ,", "A comma too many: ,"],
    );
    check(
        r#"{"a": [1}, "b": 2"#,
        "{a:[1] b:2}",
        &["The wrong closing bracket: }", "A bracket is not closed: {"],
    );
    check(
        r#"{"a": "b\x", "c": 'd'}"#,
        "{a:invalid c:invalid}",
        &["Invalid string: \\", "A value is expected here: '"],
    );
    check("{\"a\": \"b\n, \"c\": 1}", "{a:invalid c:1}", &["Invalid string: b"]);
    check("{} {}", "{}", &["Something follows the value: {"]);
}

#[test]
fn places_of_keys_and_ends() {
    let text = r#"{"a": {"b": 1}}"#;
    let file = parse_json(FileId::new(0), text, &mut Diags::new());
    let JsonKind::Object(members) = &file.root.kind else { panic!("an object") };
    assert_eq!(at(text, members[0].key.span), "\"a\"");
    assert_eq!(at(text, members[0].value.span), "{\"b\": 1}");
    assert_eq!(members[0].value.head().start, 6);
    assert_eq!(members[0].value.end().start, 13);
}

#[track_caller]
fn expr(text: &str, expected: &str) {
    let mut diags = Diags::new();
    let file = parse_json(FileId::new(0), text, &mut diags);
    let expr = json_expr(&file.root, &mut diags);
    assert!(diags.is_empty(), "{diags:?}");
    assert_eq!(sexpr::expr(&expr), expected);
}

#[test]
fn strings_and_keys_become_templates() {
    expr(
        r#"[null, true, -1, "a", "${b}", "c${d}", "$${e}", "\"%{if f}g%{endif}"]"#,
        "(tuple null true (neg 1) \"a\" (wrap b) (tmpl \"c\" $d) \"${e}\" (tmpl \"\\\"\" $(? f \"g\" \"\")))",
    );
    expr(
        r#"{"a": 1, "${b}": 2, "a": 3}"#,
        "(object ((key \"a\") 1) ((key (wrap b)) 2) ((key \"a\") 3))",
    );
}

#[test]
fn errors_in_templates_stand_at_their_place_behind_escapes() {
    let text = r#"{"a": "é\"\u00e9${b c}"}"#;
    let mut diags = Diags::new();
    let file = parse_json(FileId::new(0), text, &mut diags);
    json_expr(&file.root, &mut diags);
    let found: Vec<_> = diags.into_vec().into_iter().map(|it| it.span.expect("a place")).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(at(text, found[0]), "c");
}
