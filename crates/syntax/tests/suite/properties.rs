//! What holds for any text: parsing ends without a panic, tokens lose nothing, formatting is stable.

use diag::{Diags, FileId, Span};
use proptest::prelude::*;
use syntax::lex::{Token, template_tokens, tokens};
use syntax::{format, json_expr, parse_expression, parse_json, parse_native, parse_template};

/// Pieces of the language, so that random texts reach deep into the parser.
const FRAGMENTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "~}",
    "\n",
    " ",
    "=",
    ",",
    ":",
    "?",
    ".",
    "*",
    "...",
    "::",
    "=>",
    "for ",
    "if ",
    "in ",
    "else",
    "endif",
    "endfor",
    "<<E\n",
    "<<-E\n",
    "E\n",
    "1",
    "1.5e3",
    "a",
    "b",
    "\"c\"",
    "-",
    "!",
    "&&",
    "||",
    "# x\n",
    "/*",
    "*/",
    "//",
    "\\",
    "\\n",
    "\\u00",
    "$",
    "%",
    "$${",
    "'",
    "`",
    ";",
    "\r\n",
    "\r",
    "\t",
    "null",
    "true",
    "é",
    "e\u{301}",
    "\u{a0}",
    "[*]",
    ".*",
    ".0",
    "~",
    "${~",
    "%{~ if a ~}",
    "a = 1\n",
    "a \"b\" {\n",
    "\u{feff}",
    "\0",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|it| it.concat()),
        1 => any::<String>(),
    ]
}

fn json_texts() -> impl Strategy<Value = String> {
    let fragments = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "=",
        "\"",
        "\"a\"",
        "\"${b}\"",
        "\"\\u00e9\\n\"",
        "\\",
        "1",
        "-1.5e3",
        "01",
        "true",
        "null",
        "nul",
        " ",
        "\n",
        "é",
        "\"a\":",
        "{\"a\":1}",
        "\"\\ud83d\\ude00 ${a",
        "\u{1}",
    ];
    prop::collection::vec(prop::sample::select(fragments), 0..40).prop_map(|it| it.concat())
}

/// The tokens in order, and between them only spaces and tabs, and a byte order mark at the start.
fn assert_lossless(text: &str, tokens: &[Token]) {
    let mut at = 0;
    for token in tokens {
        assert!(token.start as usize >= at && token.end >= token.start, "{token:?}");
        let between = &text[at..token.start as usize];
        let between = if at == 0 { between.trim_start_matches('\u{feff}') } else { between };
        assert!(between.chars().all(|c| c == ' ' || c == '\t'), "{between:?} was lost");
        at = token.end as usize;
    }
    assert_eq!(at, text.len());
}

fn assert_places(text: &str, diags: &Diags) {
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    for it in diags {
        assert!(it.span.is_some_and(inside), "{it:?}");
        assert!(it.context.is_none_or(inside), "{it:?}");
        assert!(it.labels.iter().all(|label| inside(label.span)), "{it:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn native_texts(text in texts()) {
        let file = FileId::new(0);
        let mut diags = Diags::new();
        parse_native(file, &text, &mut diags);
        parse_expression(file, &text, &mut diags);
        parse_template(file, &text, &mut diags);
        assert_places(&text, &diags);
        assert_lossless(&text, &tokens(&text));
        assert_lossless(&text, &template_tokens(&text));
    }

    #[test]
    fn formatting_is_stable_and_keeps_the_meaning(text in texts()) {
        let once = format(&text);
        prop_assert_eq!(&format(&once), &once);
        let mut diags = Diags::new();
        parse_native(FileId::new(0), &text, &mut diags);
        let faulty = diags.has_errors();
        let mut diags = Diags::new();
        parse_native(FileId::new(0), &once, &mut diags);
        prop_assert_eq!(diags.has_errors(), faulty, "{:?} became {:?}", text, once);
    }

    #[test]
    fn json_texts_and_their_templates(text in json_texts()) {
        let mut diags = Diags::new();
        let file = parse_json(FileId::new(0), &text, &mut diags);
        json_expr(&file.root, &mut diags);
        assert_places(&text, &diags);
    }
}
