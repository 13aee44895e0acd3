//! Faulty texts: what is reported and where, and what is understood in spite of it.

use crate::sexpr;
use diag::{Diags, FileId};
use syntax::{parse_expression, parse_native, parse_template, parse_traversal};

/// Diagnostics as `code: "the text at the place"`.
fn shown(text: &str, diags: Diags) -> Vec<String> {
    let show = |it: diag::Diagnostic| {
        let span = it.span.expect("each has a place");
        format!("{}: {:?}", it.code.0, &text[span.start as usize..span.end as usize])
    };
    diags.into_vec().into_iter().map(show).collect()
}

#[track_caller]
fn file(text: &str, expected: &[&str], tree: &str) {
    let mut diags = Diags::new();
    let parsed = parse_native(FileId::new(0), text, &mut diags);
    assert_eq!(shown(text, diags), expected, "{text:?}");
    assert_eq!(sexpr::body(&parsed.body), tree, "{text:?}");
}

#[track_caller]
fn expr(text: &str, expected: &[&str]) {
    let mut diags = Diags::new();
    assert!(parse_expression(FileId::new(0), text, &mut diags).is_none(), "{text:?}");
    assert_eq!(shown(text, diags), expected, "{text:?}");
}

#[test]
fn each_item_tells_its_own_error() {
    file(
        "a = \nb = 1\nc = [1 2]\nd {\n  e = )\n  f = 1 1\n  g = 2\n}\nh = 3\n",
        &[
            "syntax-expression: \"\\n\"",
            "syntax-separator: \"2\"",
            "syntax-expression: \")\"",
            "syntax-line: \"1\"",
        ],
        "(= a invalid)\n(= b 1)\n(= c invalid)\n(d\n  (= e invalid)\n  (= f 1)\n  (= g 2))\n(= h 3)\n",
    );
}

#[test]
fn an_open_bracket_swallows_nothing_that_is_laid_out_well() {
    file(
        "a {\n  b = foo(1\n  c = 2\n}\n\nd {\n  e = 3\n}\n",
        &["syntax-separator: \"c\""],
        "(a\n  (= b invalid)\n  (= c 2))\n(d\n  (= e 3))\n",
    );
    file(
        "a {\n  b = [\n    1,\n    = 2\n  ]\n  c = 3\n}\n",
        &["syntax-expression: \"=\""],
        "(a\n  (= b invalid)\n  (= c 3))\n",
    );
    file(
        "a {\n  b = {\n    c = }\n  }\n}\nd = 1\n",
        &["syntax-expression: \"}\""],
        "(a\n  (= b invalid))\n(= d 1)\n",
    );
}

#[test]
fn an_open_string_ends_with_its_line() {
    file(
        "a = \"b\nc = \"d\"\ne = \"${f(\"g)\nh = 1\n",
        &["syntax-string: \"\\n\"", "syntax-string: \"\\n\""],
        "(= a invalid)\n(= c \"d\")\n(= e invalid)\n(= h 1)\n",
    );
    file("a = \"b\nc\"\nd = 1\n", &["syntax-string: \"\\n\""], "(= a invalid)\n(= d 1)\n");
}

#[test]
fn attributes_set_twice_are_told_with_both_places() {
    let text = "a = 1\nb = 2\na = 3\n";
    file(text, &["syntax-attribute-twice: \"a\""], "(= a 1)\n(= b 2)\n");
    let mut diags = Diags::new();
    parse_native(FileId::new(0), text, &mut diags);
    let only = &diags.into_vec()[0];
    assert_eq!(only.span.map(|span| span.start), Some(12));
    assert_eq!(only.labels[0].span.start, 0);
    let many: String = (0..40).map(|n| format!("a{n} = 1\n")).collect();
    let text = format!("{many}a3 = 2\na39 = 2\n");
    let mut diags = Diags::new();
    parse_native(FileId::new(0), &text, &mut diags);
    assert_eq!(
        shown(&text, diags),
        ["syntax-attribute-twice: \"a3\"", "syntax-attribute-twice: \"a39\""]
    );
}

#[test]
fn attributes_and_blocks_confused() {
    file("a\n", &["syntax-item: \"a\""], "");
    file("\"a\" = 1\nb = 2\n", &["syntax-item: \"\\\"\""], "(= b 2)\n");
    file("a \"b\" = {\n  c = 1\n}\nd = 2\n", &["syntax-block: \"=\""], "(= d 2)\n");
    file("a \"b\"\n{\n  c = 1\n}\n", &["syntax-block: \"\\n\"", "syntax-item: \"{\""], "");
    file("a = 1, b = 2\n", &["syntax-line: \",\""], "(= a 1)\n");
    file("a : 1\nb = 2\n", &["syntax-item: \"a\""], "(= b 2)\n");
    file("a \"${b}\" {\n}\nc = 1\n", &["syntax-literal: \"${\""], "(= c 1)\n");
}

#[test]
fn blocks_on_one_line() {
    file("a { b = 1, c = 2 }\nd = 1\n", &["syntax-one-line: \",\""], "(a\n  (= b 1))\n(= d 1)\n");
    file("a { b = 1\n}\nd = 1\n", &["syntax-one-line: \"\\n\""], "(a\n  (= b 1))\n(= d 1)\n");
    file("a { b = 1\nd {\n}\n", &["syntax-one-line: \"\\n\""], "(a\n  (= b 1))\n(d)\n");
    file("a { b {} }\nd = 1\n", &["syntax-one-line: \"b {\""], "(a)\n(= d 1)\n");
    file("a { 1 }\nd = 1\n", &["syntax-item: \"1\""], "(a)\n(= d 1)\n");
    file("a {} b {}\nd = 1\n", &["syntax-line: \"b\""], "(a)\n(= d 1)\n");
}

#[test]
fn blocks_not_closed_and_closed_too_often() {
    file("a {\n  b = 1\n", &["syntax-unclosed: \"{\""], "(a\n  (= b 1))\n");
    file("a {\n  b {\n", &["syntax-unclosed: \"{\""], "(a\n  (b))\n");
    file("a {\n}\n}\nb = 1\n", &["syntax-brace: \"}\""], "(a)\n(= b 1)\n");
    file("a = <<E\nb\n", &["syntax-unclosed: \"\""], "(= a invalid)\n");
}

#[test]
fn characters_that_mean_nothing_are_told_once_a_line() {
    file(
        "a = 'b'\nc = d & e\nf = \u{201C}g\u{201D}\nh = 1;\n",
        &[
            "syntax-character: \"'\"",
            "syntax-operator: \"&\"",
            "syntax-character: \"\u{201C}\"",
            "syntax-character: \";\"",
        ],
        "(= a invalid)\n(= c d)\n(= f invalid)\n(= h 1)\n",
    );
    file("\0a = 1\nb = 2\n", &["syntax-character: \"\\0\""], "(= b 2)\n");
    file("a = \"b\\\nc = 1\n", &["syntax-character: \"\\\\\""], "(= a invalid)\n(= c 1)\n");
}

#[test]
fn expressions() {
    expr("", &["syntax-expression: \"\""]);
    expr("1 2", &["syntax-expression: \"2\""]);
    expr("(1", &["syntax-parenthesis: \"\""]);
    expr("a[1", &["syntax-index: \"\""]);
    expr("a.", &["syntax-attribute-name: \"\""]);
    expr("a.*.*", &["syntax-splat: \"*\""]);
    expr("a.0.1", &["syntax-index: \"0.1\""]);
    expr("a ? b", &["syntax-conditional: \"\""]);
    expr("1.2.3", &["syntax-number: \"1.2.3\""]);
    expr("1e5.5", &["syntax-number: \"1e5.5\""]);
    expr("{ a 1 }", &["syntax-object: \"1\""]);
    expr("{ a = 1 b = 2 }", &["syntax-separator: \"b\""]);
    expr("[1", &["syntax-unclosed: \"[\""]);
    expr("f(1", &["syntax-unclosed: \"f(\""]);
    expr("f(a..., b)", &["syntax-call: \"...\""]);
    expr("a::b", &["syntax-call: \"\""]);
    expr("a::(1)", &["syntax-call: \"(\""]);
}

#[test]
fn for_expressions() {
    expr("[for]", &["syntax-for: \"]\""]);
    expr("[for x of a : x]", &["syntax-for: \"of\""]);
    expr("[for x in a x]", &["syntax-for: \"x\""]);
    expr("[for x in a : x => x]", &["syntax-for: \"x\""]);
    expr("[for x in a : x...]", &["syntax-for: \"...\""]);
    expr("{for x in a : x}", &["syntax-for: \"x\""]);
    expr("[for x in a : x, y]", &["syntax-for: \",\""]);
}

#[test]
fn templates() {
    expr(r#""a\qb\u12""#, &["syntax-escape: \"\\\\q\"", "syntax-escape: \"\\\\u12\""]);
    expr(r#""\ud800""#, &["syntax-escape: \"\\\\ud800\""]);
    expr(r#""${a b}""#, &["syntax-sequence: \"b\""]);
    expr(r#""${a""#, &["syntax-sequence: \"${\""]);
    expr(r#""%{ when a }""#, &["syntax-directive: \"when\""]);
    expr(r#""%{ if a }b""#, &["syntax-directive: \"%{ if a }\""]);
    expr(r#""%{ if a }%{ endfor }""#, &["syntax-directive: \"%{ endfor }\""]);
    expr(r#""%{ else }""#, &["syntax-directive: \"%{ else }\""]);
    expr(r#""%{ if a }%{ else }%{ else }""#, &["syntax-directive: \"%{ else }\""]);
    expr(r#""%{ for x on a }%{ endfor }""#, &["syntax-for: \"on\""]);
    let mut diags = Diags::new();
    assert!(parse_template(FileId::new(0), "a ${b", &mut diags).is_none());
    assert_eq!(shown("a ${b", diags), ["syntax-sequence: \"${\""]);
}

#[test]
fn references() {
    for (text, expected) in [
        ("", "syntax-reference: \"\""),
        ("a.*", "syntax-reference: \"*\""),
        ("a[b]", "syntax-reference: \"b\""),
        ("a[0", "syntax-reference: \"\""),
        ("a b", "syntax-reference: \"b\""),
        ("a[\"${b}\"]", "syntax-literal: \"${\""),
    ] {
        let mut diags = Diags::new();
        assert!(parse_traversal(FileId::new(0), text, &mut diags).is_none(), "{text:?}");
        assert_eq!(shown(text, diags), [expected], "{text:?}");
    }
}
