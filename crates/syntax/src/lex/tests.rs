//! Tests of the scanner: tokens as `kind`text``, and that nothing is lost.

use super::{Token, template_tokens, tokens};

fn shown(text: &str, tokens: &[Token]) -> String {
    let show = |token: &Token| match token.text(text) {
        "" => format!("{:?}", token.kind),
        text => format!("{:?}{text:?}", token.kind),
    };
    tokens.iter().map(show).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(shown(text, &tokens(text)), format!("{expected} End").trim_start());
}

#[test]
fn operators_take_the_longest() {
    check("a<=b", r#"Ident"a" LessEq"<=" Ident"b""#);
    check("===>", r#"EqualOp"==" FatArrow"=>""#);
    check("a::b...", r#"Ident"a" DoubleColon"::" Ident"b" Ellipsis"...""#);
    check("& | ^ ~ ;", r#"Invalid"&" Invalid"|" Invalid"^" Invalid"~" Invalid";""#);
}

#[test]
fn numbers_end_in_a_digit() {
    check("1.5e+5x", r#"Number"1.5e+5" Ident"x""#);
    check("1.", r#"Number"1" Dot".""#);
    check("1e+", r#"Number"1" Ident"e" Plus"+""#);
    check("1...", r#"Number"1" Ellipsis"...""#);
    check("1.2.3", r#"Number"1.2.3""#);
}

#[test]
fn comments_of_a_line_take_its_end_along() {
    check("# a\r\nb", "Comment\"# a\\r\\n\" Ident\"b\"");
    check("// a", r#"Comment"// a""#);
    check("/* a\nb */ c", "Comment\"/* a\\nb */\" Ident\"c\"");
    check("/* a", r#"Slash"/" Star"*" Ident"a""#);
}

#[test]
fn strings_are_cut_at_signs() {
    check(r#""a$b""#, r#"OQuote"\"" QuotedLit"a" QuotedLit"$" QuotedLit"b" CQuote"\"""#);
    check(
        r#""$${a}%%{b}""#,
        r#"OQuote"\"" QuotedLit"$${" QuotedLit"a}" QuotedLit"%%{" QuotedLit"b}" CQuote"\"""#,
    );
    check(r#""a\"b""#, r#"OQuote"\"" QuotedLit"a\\\"b" CQuote"\"""#);
    check(
        r#""${~ {} ~}""#,
        r#"OQuote"\"" TemplateInterp"${~" OBrace"{" CBrace"}" TemplateSeqEnd"~}" CQuote"\"""#,
    );
}

#[test]
fn an_end_of_line_ends_a_string_and_those_around_it() {
    check("\"a\nb", "OQuote\"\\\"\" QuotedLit\"a\" QuotedNewline\"\\n\" Ident\"b\"");
    check(
        "\"${\"a\n}",
        "OQuote\"\\\"\" TemplateInterp\"${\" OQuote\"\\\"\" QuotedLit\"a\" QuotedNewline\"\\n\" CBrace\"}\"",
    );
}

#[test]
fn heredocs_end_with_their_marker_alone_on_a_line() {
    check(
        "<<EOT\na $b\nEOT x\n  EOT\n",
        "OHeredoc\"<<EOT\\n\" StringLit\"a \" StringLit\"$\" StringLit\"b\\n\" StringLit\"EOT x\\n\" \
         CHeredoc\"  EOT\" Newline\"\\n\"",
    );
    check("<<A B\n", "Less\"<\" Less\"<\" Ident\"A\" Ident\"B\" Newline\"\\n\"");
    check("<<A\nA", "OHeredoc\"<<A\\n\" StringLit\"A\"");
    check(
        "<<-A\n${<<B\nB\n}\nA\n",
        "OHeredoc\"<<-A\\n\" TemplateInterp\"${\" OHeredoc\"<<B\\n\" CHeredoc\"B\" Newline\"\\n\" \
         TemplateSeqEnd\"}\" StringLit\"\\n\" CHeredoc\"A\" Newline\"\\n\"",
    );
}

#[test]
fn bare_templates_are_cut_at_lines() {
    let text = "a\r\n${b}$";
    let expected =
        r#"StringLit"a\r\n" TemplateInterp"${" Ident"b" TemplateSeqEnd"}" StringLit"$" End"#;
    assert_eq!(shown(text, &template_tokens(text)), expected);
}

#[test]
fn a_byte_order_mark_is_no_token() {
    check("\u{feff}a", r#"Ident"a""#);
    check("a\u{feff}", "Ident\"a\" Invalid\"\\u{feff}\"");
}
