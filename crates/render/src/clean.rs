//! Texts fit to be looked at, and short enough for a line.
//!
//! Invariant: a text that is cleaned holds no control character and none that turns the direction of writing, so that
//! nothing in a plan can repaint a terminal.

use std::fmt::Write as _;

/// What stands for what was left out.
pub(crate) const GAP: &str = "...";

/// The text without what could hide or move other text: such characters are written as escapes.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// What begins a command wherever it stands in a line: to the runners of GitHub (its old form), Azure and TeamCity.
const COMMANDS: &[&str] = &["##[", "##vso[", "##teamcity["];
/// What begins a command at the beginning of a line: to the runner of GitHub.
const COMMAND_LINE: &str = "::";

/// The text, of which no line is a command to the runner of a pipeline that keeps it as a log.
pub(crate) fn unheard(text: String) -> String {
    if !text.contains(COMMAND_LINE) && !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start();
        out.push_str(&line[..line.len() - inner.len()]);
        if inner.starts_with(COMMAND_LINE) {
            out.push('\\');
        }
        match COMMANDS.iter().any(|command| inner.contains(command)) {
            true => out.push_str(&inner.replace("##", "#\\#")),
            false => out.push_str(inner),
        }
    }
    out
}

/// Control characters, line separators, and those that turn or hide text (Unicode, bidirectional formatting).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text, with its middle left out where it has more than `max` characters.
pub(crate) fn middle(text: &str, max: usize) -> String {
    let length = text.chars().count();
    if length <= max {
        return text.to_owned();
    }
    let kept = max.saturating_sub(GAP.len());
    let (head, tail) = (kept - kept / 2, kept / 2);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{start}{GAP}{end}")
}

/// The text, with its end left out where it has more than `max` characters.
pub(crate) fn end(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let start: String = text.chars().take(max.saturating_sub(GAP.len())).collect();
    format!("{}{GAP}", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{clean, end, middle, unheard};

    #[test]
    fn nothing_repaints_a_terminal() {
        assert_eq!(clean("a\u{1b}[31m\nb\u{202e}c"), "a\\u{1b}[31m\\u{a}b\\u{202e}c");
        assert_eq!(clean("naïve — ok"), "naïve — ok");
    }

    #[test]
    fn no_line_is_a_command_to_a_pipeline() {
        let check = |text: &str, expect: &str| assert_eq!(unheard(text.to_owned()), expect);
        check("a::b\n## c\n", "a::b\n## c\n");
        check("a\n  ::error::x\n::stop", "a\n  \\::error::x\n\\::stop");
        check("x ##vso[task]", "x #\\#vso[task]");
        check("##[group]", "#\\#[group]");
    }

    #[test]
    fn long_texts_lose_their_middle_or_their_end() {
        assert_eq!(middle("abcdefghij", 10), "abcdefghij");
        assert_eq!(middle("abcdefghijk", 9), "abc...ijk");
        assert_eq!(end("abc defghijk", 7), "abc...");
    }
}
