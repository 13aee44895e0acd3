//! Nesting: refused with a diagnostic beyond the limit, whatever nests, and never an overflow of the stack.

use diag::{Diags, FileId};
use syntax::{NESTING_MAX, format, json_expr, parse_json, parse_native};

/// Ample for a build without optimisation, in which frames are some times larger.
const STACK: usize = 32 << 20;

fn on_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(test)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

fn codes(text: &str) -> Vec<&'static str> {
    let mut diags = Diags::new();
    drop(parse_native(FileId::new(0), text, &mut diags));
    assert!(!diags.has_errors() || format(text) == text);
    diags.into_vec().into_iter().map(|it| it.code.0).collect()
}

const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{a = ", "}"),
    ("{(", ") = 1}"),
    ("f(", ")"),
    ("-", ""),
    ("!", ""),
    ("a[", "]"),
    ("a + (", ")"),
    ("a ? ", " : a"),
    ("a ? a : ", ""),
    ("\"${", "}\""),
    ("[for x in ", " : x]"),
    ("[for x in a : ", "]"),
];

#[test]
fn what_nests_below_the_limit_is_understood() {
    on_stack(|| {
        for (open, close) in NESTS {
            let levels = NESTING_MAX / 2 - 1;
            let text = format!("x = {}1{}\n", open.repeat(levels), close.repeat(levels));
            assert_eq!(codes(&text), [""; 0], "{open}");
        }
    });
}

#[test]
fn what_nests_beyond_the_limit_is_refused() {
    on_stack(|| {
        for (open, close) in NESTS {
            for levels in [NESTING_MAX + 1, 100 * NESTING_MAX] {
                let text = format!("x = {}1{}\ny = )\n", open.repeat(levels), close.repeat(levels));
                assert_eq!(codes(&text), ["syntax-nesting", "syntax-expression"], "{open}");
            }
        }
    });
}

#[test]
fn chains_count_a_level_for_each_link() {
    on_stack(|| {
        for link in [" + 1", ".a", "[0]", "[*]", ".*[0]", " == 1 || a"] {
            let text = format!("x = a{}\n", link.repeat(NESTING_MAX / 4));
            assert_eq!(codes(&text), [""; 0], "{link}");
            let text = format!("x = a{}\n", link.repeat(100 * NESTING_MAX));
            assert_eq!(codes(&text), ["syntax-nesting"], "{link}");
        }
    });
}

#[test]
fn blocks_and_directives() {
    on_stack(|| {
        for (levels, refused) in
            [(NESTING_MAX - 1, false), (NESTING_MAX + 1, true), (100_000, true)]
        {
            let text = format!("{}{}", "a {\n".repeat(levels), "}\n".repeat(levels));
            assert_eq!(codes(&text).contains(&"syntax-nesting"), refused, "blocks, {levels}");
        }
        for (levels, refused) in
            [(NESTING_MAX / 2, false), (NESTING_MAX + 1, true), (100_000, true)]
        {
            let (open, close) = ("%{if a}".repeat(levels), "%{endif}".repeat(levels));
            let text = format!("x = \"{open}{close}\"\n");
            assert_eq!(codes(&text).contains(&"syntax-nesting"), refused, "directives, {levels}");
        }
    });
}

#[test]
fn json() {
    on_stack(|| {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for (levels, refused) in
                [(NESTING_MAX - 2, false), (NESTING_MAX + 1, true), (100_000, true)]
            {
                let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
                let mut diags = Diags::new();
                let file = parse_json(FileId::new(0), &text, &mut diags);
                drop(json_expr(&file.root, &mut diags));
                let codes: Vec<_> = diags.into_vec().into_iter().map(|it| it.code.0).collect();
                let expected: &[&str] = if refused { &["json-nesting"] } else { &[] };
                assert_eq!(codes, expected, "{open} {levels}");
            }
        }
    });
}
