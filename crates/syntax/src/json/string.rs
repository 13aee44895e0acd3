//! Strings of JSON: escapes resolved, and where each run of characters stands.

use std::sync::Arc;

use super::JsonText;

/// What is wrong with a string, and the offset and length of the place in its token.
pub(super) struct BadString {
    pub(super) detail: &'static str,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// The string that the token (with its quotes) writes; it begins at offset `start` of the file.
pub(super) fn string(token: &str, start: u32) -> Result<JsonText, BadString> {
    let closed =
        token.len() >= 2 && token.ends_with('"') && !ends_escaped(&token[1..token.len() - 1]);
    if !closed {
        let detail =
            "The string is not closed; it may not hold ends of lines or other control characters.";
        return Err(BadString { detail, at: token.len() - 1, len: 1 });
    }
    let inner = &token[1..token.len() - 1];
    if !inner.contains('\\') {
        return Ok(JsonText { text: Arc::from(inner), runs: Box::from([]) });
    }
    let mut out = String::with_capacity(inner.len());
    let mut runs = Vec::new();
    let mut at = 0;
    loop {
        runs.push((out.len() as u32, start + 1 + at as u32));
        let rest = &inner[at..];
        let Some(literal) = rest.find('\\') else {
            out.push_str(rest);
            break;
        };
        if literal > 0 {
            out.push_str(&rest[..literal]);
            at += literal;
            runs.push((out.len() as u32, start + 1 + at as u32));
        }
        let (c, len) = escape(&inner[at..]).map_err(|bad| BadString { at: at + 1, ..bad })?;
        out.push(c);
        at += len;
    }
    Ok(JsonText { text: Arc::from(out), runs: runs.into() })
}

/// Whether the text ends in a backslash that is not itself escaped.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The character of the escape at the start of `text`, and the escape's length.
fn escape(text: &str) -> Result<(char, usize), BadString> {
    let bad = |detail, len| BadString { detail, at: 0, len };
    let c = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            return unicode(text)
                .ok_or_else(|| bad("\\u is followed by four hexadecimal digits.", 2));
        }
        _ => {
            return Err(bad(
                "JSON has only the escapes \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t and \\uNNNN.",
                1,
            ));
        }
    };
    Ok((c, 2))
}

/// `\uNNNN`, or two of them that make one character. A half alone becomes U+FFFD, as in Go's decoder.
fn unicode(text: &str) -> Option<(char, usize)> {
    let first = hex(text)?;
    if (0xD800..0xDC00).contains(&first)
        && let Some(second @ 0xDC00..0xE000) = text.get(6..).and_then(hex)
    {
        let number = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return char::from_u32(number).map(|c| (c, 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

fn hex(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn strings() {
        for (token, expected) in [
            (r#""a""#, Some("a")),
            (r#""\u0061\n\/\"""#, Some("a\n/\"")),
            (r#""\ud83d\ude00!""#, Some("😀!")),
            (r#""\ud83d!""#, Some("\u{FFFD}!")),
            (r#""\\""#, Some("\\")),
            (r#""\x""#, None),
            (r#""\u00g0""#, None),
            (r#""a"#, None),
            (r#"""#, None),
            (r#""\""#, None),
        ] {
            let text = string(token, 0).ok().map(|it| it.text.to_string());
            assert_eq!(text.as_deref(), expected, "{token}");
        }
    }

    #[test]
    fn runs_tell_where_characters_stand() {
        let text = string(r#""a\"b\u00e9c""#, 10).ok().expect("a string");
        assert_eq!(&*text.text, "a\"béc");
        assert_eq!(&*text.runs, [(0, 11), (1, 12), (2, 14), (3, 15), (5, 21)]);
    }
}
