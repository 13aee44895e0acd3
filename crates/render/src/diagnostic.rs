//! A diagnostic as text: what, where, why, and what to do.
//!
//! Invariant: what providers, states and other people say in it moves nothing on a terminal and begins no line of its own.

use std::fmt::Write as _;

use diag::{Diagnostic, Diags, Severity, SourceMap, Span};

use crate::clean::{clean, unheard};
use crate::paint::Paint;

/// Lines of one snippet; a longer range shows its beginning.
const SNIPPET_LINES_MAX: u32 = 6;

/// All diagnostics, each followed by an empty line.
pub fn diagnostics(diags: &Diags, sources: &SourceMap, paint: Paint) -> String {
    diags.iter().fold(String::new(), |mut text, one| {
        text.push_str(&diagnostic(one, sources, paint));
        text.push('\n');
        text
    })
}

/// One diagnostic, several lines, with a line feed at the end.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap, paint: Paint) -> String {
    let mut out = String::new();
    let word = match diagnostic.severity {
        Severity::Error => paint.red("Error"),
        Severity::Warning => paint.yellow("Warning"),
    };
    let summary = paint.bold(&clean(&diagnostic.summary));
    let _ = writeln!(out, "{word}: {summary} {}", paint.dim(&format!("[{}]", diagnostic.code.0)));
    if let Some(address) = &diagnostic.address {
        let _ = writeln!(out, "  with {}", clean(address));
    }
    if let Some(span) = diagnostic.span {
        snippet(span, "", sources, paint, &mut out);
    }
    for label in &diagnostic.labels {
        snippet(label.span, &label.text, sources, paint, &mut out);
    }
    for (expression, value) in &diagnostic.values {
        paragraph(&format!("{expression} is {value}"), &mut out);
    }
    paragraph(&diagnostic.detail, &mut out);
    paragraph(&diagnostic.remedy, &mut out);
    unheard(out)
}

fn paragraph(text: &str, out: &mut String) {
    for line in text.lines() {
        let _ = writeln!(out, "  {}", clean(&line.replace('\t', "    ")));
    }
}

/// The place, the lines that it covers, and marks below the exact range.
fn snippet(span: Span, label: &str, sources: &SourceMap, paint: Paint, out: &mut String) {
    let file = sources.file(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    let about = if label.is_empty() { String::new() } else { format!("  {}", clean(label)) };
    let _ = writeln!(out, "  {}:{},{}{about}", clean(file.name()), start.line, start.column);
    let last = end.line.min(start.line + SNIPPET_LINES_MAX - 1);
    let width = last.to_string().len();
    for line in start.line..=last {
        let text = file.line(line);
        let _ = writeln!(
            out,
            "  {} {}",
            paint.dim(&format!("{line:>width$} |")),
            clean(&text.replace('\t', " "))
        );
        if start.line == end.line {
            let marks = "^".repeat((end.column.saturating_sub(start.column)).max(1) as usize);
            let indent = " ".repeat(start.column as usize - 1);
            let _ = writeln!(
                out,
                "  {} {indent}{}",
                paint.dim(&format!("{:>width$} |", "")),
                paint.red(&marks)
            );
        }
    }
    if end.line > last {
        let _ = writeln!(out, "  {}", paint.dim(&format!("{:>width$} …", "")));
    }
}

#[cfg(test)]
mod tests {
    use diag::{Diagnostic, SourceMap, Span};
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn what_others_say_moves_nothing_on_a_terminal() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.tf", "x = \"\u{1b}[2J\u{202e}\"\n");
        let one = Diagnostic::error("provider-error", "no\u{1b}[1A\nError: forged")
            .detail("first\u{1b}[2J\r\tand\nsecond")
            .about("dev/a\nError: forged")
            .at(Span::new(file, 0, 1));
        assert_snapshot!(diagnostic(&one, &sources, Paint::Plain), @r#"
        Error: no\u{1b}[1A\u{a}Error: forged [provider-error]
          with dev/a\u{a}Error: forged
          a.tf:1,1
          1 | x = "\u{1b}[2J\u{202e}"
            | ^
          first\u{1b}[2J\u{d}    and
          second
        "#);
    }

    #[test]
    fn a_diagnostic_says_what_where_why_and_what_to_do() {
        let mut sources = SourceMap::new();
        let file = sources.add("strata.hcl", "stack \"a\" {\n  inputs = { x = stack.b.y }\n}\n");
        let one = Diagnostic::error("wiring-upward", "Wiring that points up a layer")
            .detail("`a` reads `b`.")
            .remedy("Move it.")
            .at(Span::new(file, 29, 38))
            .label(Span::new(file, 0, 38), "the reader")
            .about("dev/a");
        assert_snapshot!(diagnostic(&one, &sources, Paint::Plain), @r#"
        Error: Wiring that points up a layer [wiring-upward]
          with dev/a
          strata.hcl:2,18
          2 |   inputs = { x = stack.b.y }
            |                  ^^^^^^^^^
          strata.hcl:1,1  the reader
          1 | stack "a" {
          2 |   inputs = { x = stack.b.y }
          `a` reads `b`.
          Move it.
        "#);
    }
}
