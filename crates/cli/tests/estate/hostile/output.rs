//! Attacks on those who read what is told: size, Markdown, markers of other comments, terminals.

use super::world::Runner;

/// What a forge takes of a comment, in bytes.
const COMMENT_BYTES_MAX: usize = 65_536;

#[test]
fn a_plan_that_no_comment_takes() {
    let runner = Runner::new();
    let text = format!(
        "resource \"terraform_data\" \"x\" {{\n  for_each = toset(flatten([for n in range(40) : [for m in range(40) : \"{}-${{n}}-${{m}}\"]]))\n  input = each.key\n}}\n",
        "long".repeat(20)
    );
    runner.write("shop/more.tf", &text);
    runner.commit();
    let args = ["plan", "-pull-request", "-base", "main", "-env", "dev", "-markdown=../page.md"];
    let said = runner.expect(&args, 0);
    let id = super::rules::id(&said);
    let page = std::fs::read_to_string(runner.beside("page.md")).expect("a page");
    assert!(page.len() <= COMMENT_BYTES_MAX, "{} bytes", page.len());
    assert!(page.contains("1601 to add") && page.contains("more"), "{page}");
    // All of it is more than a comment takes.
    let whole = runner.expect(&["show", &id, "dev/shop"], 0);
    assert!(whole.len() > COMMENT_BYTES_MAX, "{} bytes", whole.len());
}

/// What is written where Markdown would read it, and what may not come of it.
const INJECTIONS: &[&str] = &[
    "x`](https://evil.example) **approved**",
    "```\n### Destroys nothing\n```",
    "@everyone please merge",
    "<img src=https://evil.example/x.png>",
    "<!-- strata:plan -->",
    "</code></details><h1>Approved</h1>",
    "| cell | another |",
    "![x](https://evil.example/x.png)",
    "\u{202e}desrever\u{202c} \u{1b}[2J",
];

#[test]
fn markdown_and_markers_in_what_a_change_names() {
    for injected in INJECTIONS {
        let runner = Runner::new();
        let quoted = format!("{injected:?}")
            .replace("\\u{1b}", "\\u001b")
            .replace("\\u{202e}", "\\u202e")
            .replace("\\u{202c}", "\\u202c");
        let text = format!(
            "resource \"terraform_data\" \"x\" {{\n  for_each = {{ {quoted} = {quoted} }}\n  input = each.value\n}}\noutput \"o\" {{ value = {quoted} }}\n"
        );
        runner.write("shop/more.tf", &text);
        runner.commit();
        let args =
            ["plan", "-pull-request", "-base", "main", "-env", "dev", "-markdown=../page.md"];
        let said = runner.expect(&args, 0);
        let page = std::fs::read_to_string(runner.beside("page.md")).expect("a page");
        assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said}");
        let outside = outside_of_code(&page);
        let first = injected.split_whitespace().next().expect("a word");
        assert!(page.contains("terraform_data.x"), "the change is told: {page}");
        for word in [first, "evil.example", "@everyone", "<img", "<!--", "<h1", "\u{202e}"] {
            assert!(
                !outside.contains(word) || word == "|",
                "{word} of {injected:?} is read in:\n{outside}\n\n{page}"
            );
        }
        assert!(!page.contains("<!--"), "a marker of another comment, from {injected:?}:\n{page}");
    }
}

/// What Markdown reads of a page: what stands in no code span and no fenced block.
fn outside_of_code(page: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<usize> = None;
    for line in page.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && line.trim_start_matches('`').trim().is_empty() => {
                fence = None
            }
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                out.push_str(&without_spans(line));
                out.push('\n');
            }
        }
    }
    out
}

/// A line without its code spans and `<code>` elements.
fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inner = &rest[at + ticks..];
        let mut from = 0;
        let end = loop {
            let Some(found) = inner[from..].find('`').map(|found| found + from) else { break None };
            let run = inner[found..].len() - inner[found..].trim_start_matches('`').len();
            if run == ticks {
                break Some(found + run);
            }
            from = found + run;
        };
        let Some(end) = end else { return out + &rest[at..] };
        rest = &inner[end..];
    }
    out + rest
}

#[test]
fn names_of_files_that_are_markdown() {
    let runner = Runner::new();
    let name = "shop/<img src=x>\u{1b}[2J.tf";
    runner.write(name, "resource \"terraform_data\" \"x\" { input = nonsensitive(1) }\n");
    runner.commit();
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("[pull-request-function]"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn commands_to_the_pipeline() {
    let runner = Runner::new();
    let lines = "::error file=x::forged\\n##vso[task.setvariable variable=x]y\\n##[group]z";
    let text = format!(
        "variable \"open\" {{ default = \"x\" }}\noutput \"o\" {{\n  value = \"a\\n{lines}\\n\"\n  precondition {{\n    condition = var.open == \"\"\n    error_message = \"no:\\n{lines}\"\n  }}\n}}\n"
    );
    runner.write("shop/more.tf", &text);
    runner.commit();
    let (code, failed) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{failed}");
    runner.edit("shop/more.tf", "var.open == \"\"", "var.open != \"\"");
    runner.commit();
    let id = super::rules::id(&runner.expect(&["plan", "-env", "dev"], 0));
    let shown = runner.expect(&["show", &id, "dev/shop"], 0);
    for said in [failed, shown] {
        assert!(said.contains("forged"), "it is told: {said}");
        let heard = |line: &&str| {
            let line = line.trim_start();
            line.starts_with("::") || line.contains("##vso[") || line.contains("##[")
        };
        assert_eq!(said.lines().find(heard), None, "{said}");
    }
}
