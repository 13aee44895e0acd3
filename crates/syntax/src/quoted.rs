//! Texts as the language writes them in quotes.
//!
//! Invariant: what is written means the text again, and nothing in it begins a template.

/// Appends a text in quotes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&escaped(text));
    out.push('"');
}

/// The content of a quoted string that means this text.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() && u32::from(c) < 0x10000 => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_quoted_text_begins_anything() {
        let mut out = String::new();
        quote("a\n${b} %{c} $d \"e\" \\ \u{7}", &mut out);
        assert_eq!(out, r#""a\n$${b} %%{c} $d \"e\" \\ \u0007""#);
    }
}
