//! Texts and values made short enough for a line, and fit to be looked at.
//!
//! Invariants: a text that is cleaned holds no control character and none that turns the direction of writing, so that
//! nothing in a plan can repaint a terminal; two values that differ do not look the same once they are short.

use std::fmt::Write as _;

use value::{Value, View};

use crate::value::{Secrets, one_line};

/// Most characters of a value within a line.
const VALUE_CHARS_MAX: usize = 40;
/// What stands for what was left out.
const GAP: &str = "...";

/// The text without what could hide or move other text: such characters are written as escapes.
pub(super) fn clean(text: &str) -> String {
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

/// Control characters, line separators, and those that turn or hide text (Unicode, bidirectional formatting).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text, with its middle left out where it has more than `max` characters.
pub(super) fn middle(text: &str, max: usize) -> String {
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
pub(super) fn end(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let start: String = text.chars().take(max.saturating_sub(GAP.len())).collect();
    format!("{}{GAP}", start.trim_end())
}

/// A value before and after, each short, and different to look at where they differ.
pub(super) fn pair(before: &Value, after: &Value) -> (String, String) {
    let (was, is) = (short(before), short(after));
    if was != is {
        return (was, is);
    }
    let (was, is) = (one_line(before, Secrets::Hidden), one_line(after, Secrets::Hidden));
    let from = was.chars().zip(is.chars()).take_while(|(a, b)| a == b).count();
    let from = from.saturating_sub(8);
    let window = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        let rest = end(&rest, VALUE_CHARS_MAX);
        if from == 0 { rest } else { format!("{GAP}{rest}") }
    };
    (window(&was), window(&is))
}

/// A value on a line: of a cloud's resource name only its last part.
fn short(value: &Value) -> String {
    let shown = one_line(value, Secrets::Hidden);
    let is_text = matches!(value.view(), View::String(_)) && shown.starts_with("\"arn:");
    match shown.rsplit_once(':') {
        Some((_, last)) if is_text => middle(&format!("\"arn:{GAP}:{last}"), VALUE_CHARS_MAX),
        _ => middle(&shown, VALUE_CHARS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use value::{Marks, Value};

    use super::{clean, end, middle, pair};

    #[test]
    fn nothing_repaints_a_terminal() {
        assert_eq!(clean("a\u{1b}[31m\nb\u{202e}c"), "a\\u{1b}[31m\\u{a}b\\u{202e}c");
        assert_eq!(clean("naïve — ok"), "naïve — ok");
    }

    #[test]
    fn long_texts_lose_their_middle_or_their_end() {
        assert_eq!(middle("abcdefghij", 10), "abcdefghij");
        assert_eq!(middle("abcdefghijk", 9), "abc...ijk");
        assert_eq!(end("abc defghijk", 7), "abc...");
    }

    #[test]
    fn values_that_differ_look_different() {
        let text = |text: &str| Value::string(text);
        let check = |a: &Value, b: &Value, expect: (&str, &str)| {
            let (one, other) = pair(a, b);
            assert_eq!((one.as_str(), other.as_str()), expect);
        };
        let key = text("arn:aws:kms:eu-west-1:111122223333:key/1a2b");
        check(&key, &text("alias/orders"), (r#""arn:...:key/1a2b""#, r#""alias/orders""#));
        let other = text("arn:aws:kms:eu-west-2:111122223333:key/1a2b");
        check(
            &key,
            &other,
            (r#"...eu-west-1:111122223333:key/1a2b""#, r#"...eu-west-2:111122223333:key/1a2b""#),
        );
        let secret = text("x").with_marks(Marks::SENSITIVE);
        check(&secret, &text("y"), ("(sensitive value)", "\"y\""));
    }
}
