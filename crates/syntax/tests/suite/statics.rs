//! Static readings, of native expressions and of those out of JSON.

use diag::{Diags, FileId};
use syntax::{
    Expr, ExprKind, JsonKind, ObjectKey, Step, Traversal, as_traversal, expr_call, expr_keyword,
    expr_list, expr_map, json_expr, key_traversal, parse_expression, parse_json, parse_traversal,
    quoted_traversal,
};

fn native(text: &str) -> Expr {
    parse_expression(FileId::new(0), text, &mut Diags::new()).expect("an expression")
}

/// The value of the only element of `[...]`.
fn json(text: &str) -> Expr {
    let mut diags = Diags::new();
    let file = parse_json(FileId::new(0), &format!("[{text}]"), &mut diags);
    let JsonKind::Array(items) = file.root.kind else { panic!("an array") };
    let expr = json_expr(&items[0], &mut diags);
    assert!(diags.is_empty());
    expr
}

fn shown(traversal: Option<Traversal>) -> String {
    let Some(traversal) = traversal else { return "-".into() };
    let mut out = traversal.root.text.to_string();
    for step in &traversal.steps {
        out += &match step {
            Step::Attr(name) => format!(".{}", name.text),
            Step::Key(text, _) => format!("[{text:?}]"),
            Step::Number(text, _) => format!("[{text}]"),
        };
    }
    out
}

#[test]
fn references() {
    for (text, expected) in [
        ("a", "a"),
        ("a.b[0].c[\"d\"].1", "a.b[0].c[\"d\"][1]"),
        ("true", "true"),
        ("null", "null"),
        ("null.a", "null.a"),
        ("(a)", "-"),
        ("a[b]", "-"),
        ("a[*]", "-"),
        ("\"a.b\"", "-"),
        ("\"${a}\"", "-"),
        ("f(a)", "-"),
        ("1", "-"),
    ] {
        assert_eq!(shown(as_traversal(&native(text))), expected, "{text}");
    }
    for (text, expected) in [
        ("\"a.b[0]\"", "a.b[0]"),
        ("\"${a}\"", "-"),
        ("\"a b\"", "-"),
        ("1", "-"),
        ("true", "-"),
        ("null", "-"),
    ] {
        assert_eq!(shown(as_traversal(&json(text))), expected, "{text}");
    }
    assert_eq!(shown(quoted_traversal(&native("\"a.b\""))), "a.b");
    assert_eq!(shown(quoted_traversal(&native("a.b"))), "-");
    let parsed = parse_traversal(FileId::new(0), "a.b[\"c\"][0]", &mut Diags::new());
    assert_eq!(shown(parsed), "a.b[\"c\"][0]");
}

#[test]
fn references_in_strings_know_their_places() {
    let Some(traversal) = quoted_traversal(&native("\"a.bc\"")) else { panic!("a reference") };
    assert_eq!((traversal.steps[0].span().start, traversal.steps[0].span().end), (3, 5));
    let Some(traversal) = as_traversal(&json(r#""a[\"é\"].b""#)) else { panic!("a reference") };
    assert_eq!((traversal.span.start, traversal.span.end), (1, 14));
}

#[test]
fn keywords() {
    assert_eq!(expr_keyword(&native("all")).as_deref(), Some("all"));
    assert_eq!(expr_keyword(&native("a.b")), None);
    assert_eq!(expr_keyword(&native("\"all\"")), None);
    assert_eq!(expr_keyword(&json("\"all\"")).as_deref(), Some("all"));
}

#[test]
fn lists_maps_and_calls() {
    assert_eq!(expr_list(&native("[a, b]")).map(<[_]>::len), Some(2));
    assert!(expr_list(&native("([a])")).is_none());
    let object = native("{ aws.west = aws, a = b, (c) = d, \"e\" = f }");
    let keys: Vec<_> = expr_map(&object)
        .expect("a map")
        .iter()
        .map(|item| shown(key_traversal(&item.key)))
        .collect();
    assert_eq!(keys, ["aws.west", "a", "-", "-"]);
    let object = json(r#"{"aws.west": "aws"}"#);
    let items = expr_map(&object).expect("a map");
    assert!(matches!(items[0].key, ObjectKey::Expr(_)));
    assert_eq!(shown(key_traversal(&items[0].key)), "aws.west");
    for expr in [native("list(string)"), json("\"list(string)\"")] {
        let call = expr_call(&expr).expect("a call");
        assert_eq!(&*call.name.text, "list");
        assert_eq!(expr_keyword(&call.args[0]).as_deref(), Some("string"));
    }
    assert!(expr_call(&native("\"list(string)\"")).is_none());
    assert!(matches!(json("\"list(string)\"").kind, ExprKind::Str(_)));
}
