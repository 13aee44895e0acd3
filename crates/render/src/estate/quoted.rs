//! Texts of others within Markdown, so that they stay texts.
//!
//! Resource names, keys and values are written by whoever writes a module or answers for a cloud; a page of them stands
//! in a forge under a reviewer's eyes. Whatever is not ours is put into a code span, a fenced block or an escaped
//! `<code>`, where CommonMark reads nothing, and forges link and mention nobody.
//! Invariant: no text leaves its span, its block, its element or its cell.

use crate::clean::clean;

/// A code span for a cell of a table, which a bar would end.
pub(crate) fn cell(text: &str) -> String {
    span(text).replace('|', "\\|")
}

/// A code span; nothing of an empty text.
pub(crate) fn span(text: &str) -> String {
    let text = unmarked(text);
    if text.is_empty() {
        return text;
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    // A space on both sides is taken away again, and keeps a tick of the text from the fence.
    let pad = if text.contains('`') || text.starts_with(' ') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A text of others as a fenced block, which nothing of it leaves.
pub fn fenced(text: &str) -> String {
    block("", text)
}

/// A fenced block of lines.
pub(crate) fn block(language: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(unmarked).collect();
    let text = lines.join("\n");
    let ticks = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{ticks}{language}\n{text}\n{ticks}\n")
}

/// A `<code>` element, for where HTML stands and Markdown does not.
pub(crate) fn code(text: &str) -> String {
    let text = clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code>{text}</code>")
}

/// A clean text that begins no comment of HTML: whoever looks for a marker of their own in a page, without reading
/// Markdown, finds none that somebody named a resource after.
fn unmarked(text: &str) -> String {
    clean(text).replace("<!--", "<\\!--")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{block, cell, code, span};

    #[test]
    fn a_text_does_not_leave_its_place() {
        assert_eq!(span("aws_vpc.main"), "`aws_vpc.main`");
        assert_eq!(span("a`b``c"), "``` a`b``c ```");
        assert_eq!(span("a|b\nc"), "`a|b\\u{a}c`");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(span(""), "");
        assert_eq!(block("diff", "x\n````\ny"), "`````diff\nx\n````\ny\n`````\n");
        assert_eq!(span("<!-- strata -->"), "`<\\!-- strata -->`");
        assert_eq!(block("", "<!--"), "```\n<\\!--\n```\n");
        assert_eq!(code("</code><b>&"), "<code>&lt;/code&gt;&lt;b&gt;&amp;</code>");
    }
}
