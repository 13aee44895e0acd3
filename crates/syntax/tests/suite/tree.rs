//! Texts and the trees they make.

use crate::sexpr;
use diag::{Diags, FileId};
use syntax::{parse_expression, parse_native, parse_template};

#[track_caller]
fn expr(text: &str, expected: &str) {
    let mut diags = Diags::new();
    let parsed = parse_expression(FileId::new(0), text, &mut diags);
    let parsed = parsed.unwrap_or_else(|| panic!("{text:?}: {:?}", diags.into_vec()));
    assert_eq!(sexpr::expr(&parsed), expected, "{text:?}");
}

#[track_caller]
fn file(text: &str, expected: &str) {
    let mut diags = Diags::new();
    let parsed = parse_native(FileId::new(0), text, &mut diags);
    assert!(diags.is_empty(), "{text:?}: {:?}", diags.into_vec());
    assert_eq!(sexpr::body(&parsed.body), expected, "{text:?}");
}

#[test]
fn literals_and_names() {
    expr("null", "null");
    expr("true", "true");
    expr("1.50", "1.50");
    expr("-1", "(neg 1)");
    expr("é-1", "é-1");
    expr(r#""a\tb\u00e9\U0001F600\\""#, "\"a\\tbé😀\\\\\"");
    expr(r#""""#, r#""""#);
}

#[test]
fn precedence_and_association() {
    expr("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)");
    expr("a || b && c == d < e + f % g", "(|| a (&& b (== c (< d (+ e (% f g))))))");
    expr("a == b != c", "(!= (== a b) c)");
    expr("-a.b + !c[0]", "(+ (neg (. a b)) (not ([] c 0)))");
    expr("--a", "(neg (neg a))");
    expr("(1 + 2) * 3", "(* (parens (+ 1 2)) 3)");
    expr("a ? b : c ? d : e", "(? a b (? c d e))");
    expr("a ? b ? c : d : e", "(? a (? b c d) e)");
    expr("a || b ? c : d", "(? (|| a b) c d)");
}

#[test]
fn accesses() {
    expr("a.b[0].c[\"d\"][e]", "([] ([] (. ([] (. a b) 0) c) \"d\") e)");
    expr("a.0.b", "(. ([] a 0) b)");
    expr("f(1).a", "(. (call f 1) a)");
    expr("a[\n0\n]", "([] a 0)");
    expr("[1][0]", "([] (tuple 1) 0)");
}

#[test]
fn the_two_splats_reach_differently_far() {
    expr("a.*.b.0.c", "(splat a (. ([] (. @ b) 0) c))");
    expr("a.*.b[0]", "([] (splat a (. @ b)) 0)");
    expr("a[*].b[0].c", "(splat a (. ([] (. @ b) 0) c))");
    expr("a[*][*].b", "(splat a (splat @ (. @ b)))");
    expr("a[*].b.*.c", "(splat a (splat (. @ b) (. @ c)))");
    expr("a.*", "(splat a @)");
    expr("a.*[0].*", "(splat ([] (splat a @) 0) @)");
}

#[test]
fn collections() {
    expr("[]", "(tuple)");
    expr("[1, [2], ]", "(tuple 1 (tuple 2))");
    expr("[\n1,\n2\n]", "(tuple 1 2)");
    expr("{}", "(object)");
    expr("{ a = 1, \"b\": 2 }", "(object (a 1) ((key \"b\") 2))");
    expr(
        "{\n a = 1\n\n (b) = 2 # c\n \"${c}\" = 3\n}",
        "(object (a 1) ((key (parens b)) 2) ((key (wrap c)) 3))",
    );
    expr("{ true = 1, null = 2, a.b = 3 }", "(object (true 1) (null 2) ((key (. a b)) 3))");
    expr("{ a = (\n1\n) }", "(object (a (parens 1)))");
}

#[test]
fn for_expressions() {
    expr("[for x in a : x]", "(for-tuple - x a x)");
    expr("[for k, v in a : \"${k}${v}\" if v]", "(for-tuple k v a (tmpl $k $v) if v)");
    expr("{for x in a : x => 1}", "(for-object - x a x 1)");
    expr("{\nfor k, v in a :\n k => v...\nif k != 1\n}", "(for-object k v a k v ... if (!= k 1))");
    expr("[for x in [1] : [for y in x : y]]", "(for-tuple - x (tuple 1) (for-tuple - y x y))");
}

#[test]
fn calls() {
    expr("f()", "(call f)");
    expr("f(1, 2,)", "(call f 1 2)");
    expr("f(\n1,\n2...\n)", "(call f 1 2 ...)");
    expr("provider::a::b(c)", "(call provider::a::b c)");
}

#[test]
fn quoted_templates() {
    expr(r#""${a}""#, "(wrap a)");
    expr(r#""${"${a}"}""#, "(wrap (wrap a))");
    expr(r#""a${b}c""#, "(tmpl \"a\" $b \"c\")");
    expr(r#""$${a}%%{b}$${~c}$a%""#, "\"${a}%{b}${~c}$a%\"");
    expr(r#""a $${b} ${c}""#, "(tmpl \"a ${b} \" $c)");
    expr(r#""%{ if a }b%{ else }c${d}%{ endif }""#, "(tmpl $(? a \"b\" (tmpl \"c\" $d)))");
    expr(r#""%{ if a }b%{ endif }""#, "(tmpl $(? a \"b\" \"\"))");
    expr(
        r#""%{ for k, v in a }${k}%{ if v }!%{ endif }%{ endfor }""#,
        "(tmpl $(join (for-tuple k v a (tmpl $k $(? v \"!\" \"\")))))",
    );
    expr("\"${\n a\n}\"", "(wrap a)");
}

#[test]
fn strip_markers_trim_the_literal_beside_them() {
    expr(r#""a  ${~ b ~}  c""#, "(tmpl \"a\" $b \"c\")");
    expr(r#""  ${~ b}""#, "(tmpl $b)");
    expr(r#""${~ b ~}""#, "(wrap b)");
    expr("<<E\na\n  %{~ if b ~}\n  c\n%{~ endif ~}\nE\n", "(tmpl \"a\\n\" $(? b \"  c\" \"\"))");
}

#[test]
fn heredocs() {
    expr("<<E\n a\\n\n\n  b\nE\n", "\" a\\\\n\\n\\n  b\\n\"");
    expr("<<E\nE\n", "\"\"");
    expr("<<E\r\na\r\nE\r\n", "\"a\\r\\n\"");
    expr("<<E\n${a}\nE\n", "(tmpl $a \"\\n\")");
}

#[test]
fn flush_heredocs_lose_the_indentation_that_all_lines_have() {
    expr("<<-E\n    a\n      b\n\n  c\n  E\n", "\"  a\\n    b\\n\\nc\\n\"");
    expr("<<-E\n   ${a}\n    b\n E\n", "(tmpl $a \"\\n b\\n\")");
    // A line that begins with a sequence has no indentation, and keeps that of others.
    expr("<<-E\n  a\n${b}\n  E\n", "(tmpl \"  a\\n\" $b \"\\n\")");
    // What is inserted does not count.
    expr("<<-E\n  a${\"\\n\"}b\n  E\n", "(tmpl \"a\" $\"\\n\" \"b\\n\")");
    // White space of several kinds counts by characters.
    expr("<<-E\n\t\ta\n\u{a0}b\n E\n", "\"\\ta\\nb\\n\"");
}

#[test]
fn bare_templates() {
    let mut diags = Diags::new();
    let mut check = |text: &str, expected: &str| {
        let parsed = parse_template(FileId::new(0), text, &mut diags).expect("a template");
        assert_eq!(sexpr::expr(&parsed), expected);
    };
    check("", "\"\"");
    check("a \"b\" \\n\n", "\"a \\\"b\\\" \\\\n\\n\"");
    check("${a}", "(wrap a)");
    check("a $${b} ${ {c = 1}.c }%", "(tmpl \"a ${b} \" $(. (object (c 1)) c) \"%\")");
}

#[test]
fn bodies() {
    file("", "");
    file("# a\n\n/* b */ c = 1 // d\n", "(= c 1)\n");
    file("a = 1\r\nb = 2", "(= a 1)\n(= b 2)\n");
    file("\u{feff}a = 1\n", "(= a 1)\n");
    file("a {}\n", "(a)\n");
    file("a b \"c\" \"d\\\"$${\" {\n}\n", "(a b \"c\" \"d\\\"${\")\n");
    file("a { b = 1 }\n", "(a\n  (= b 1))\n");
    file(
        "a {\n  b {\n    c = 1\n  }\n  d = <<E\nx\nE\n}\n",
        "(a\n  (b\n    (= c 1))\n  (= d \"x\\n\"))\n",
    );
    file("a = [\n  1, # x\n]\nb = (\n  2\n)\n", "(= a (tuple 1))\n(= b (parens 2))\n");
    file("for = 1\nif = for\n", "(= for 1)\n(= if for)\n");
}

#[test]
fn places() {
    let text = "resource \"a\" b {\n  c = d.e\n}\n";
    let parsed = parse_native(FileId::new(0), text, &mut Diags::new());
    let block = &parsed.body.blocks[0];
    let at = |span: diag::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(at(block.header), "resource \"a\" b");
    assert_eq!(at(block.labels[0].span), "\"a\"");
    assert_eq!(at(block.body.span), "{\n  c = d.e\n}");
    assert_eq!(at(block.body.end), "}");
    assert_eq!(at(block.span), &text[..text.len() - 1]);
    let attribute = block.body.attribute("c").expect("it is there");
    assert_eq!(at(attribute.span), "c = d.e");
    assert_eq!(at(attribute.expr.span), "d.e");
    assert_eq!((parsed.body.end.start, parsed.body.end.end), (29, 29));
}
