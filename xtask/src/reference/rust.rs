//! As much of Rust's syntax as it takes to find calls, their arguments and string literals.
//!
//! Not a parser: macros, types and generics mean nothing here. Invariant: what stands in comments and strings is never
//! taken for code.

/// A piece of a text: what it is, and where it ends.
enum Piece {
    /// A string literal, with the text it stands for.
    Text(String),
    /// A comment, or a character literal.
    Passed,
    /// One byte of code.
    Code(u8),
}

/// The piece at an offset, and the offset behind it.
fn piece(text: &str, at: usize) -> (Piece, usize) {
    let rest = &text[at..];
    if rest.starts_with("//") {
        return (Piece::Passed, at + rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Piece::Passed, at + rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if let Some(length) = raw_string(rest) {
        let hashes = rest.find('"').unwrap_or(1) - 1;
        let inner = &rest[hashes + 2..length - hashes - 1];
        return (Piece::Text(inner.to_owned()), at + length);
    }
    if rest.starts_with('"') {
        let length = quoted_length(rest);
        return (Piece::Text(unescaped(&rest[1..length - 1])), at + length);
    }
    if let Some(length) = character(rest) {
        return (Piece::Passed, at + length);
    }
    let length = rest.chars().next().map_or(1, char::len_utf8);
    (Piece::Code(rest.as_bytes().first().copied().unwrap_or(b' ')), at + length)
}

/// The length of a raw string at the start of a text.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inner = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + inner.find(&end)? + end.len())
}

/// The length of a quoted string at the start of a text, quotes included.
fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal at the start of a text; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let mut letters = inner.char_indices();
    let (_, first) = letters.next()?;
    if first == '\\' {
        return inner
            .char_indices()
            .skip(2)
            .find(|(_, letter)| *letter == '\'')
            .map(|(at, _)| at + 2);
    }
    let (at, second) = letters.next()?;
    (second == '\'').then_some(at + 2)
}

/// What an escaped text stands for. A backslash at the end of a line passes over the indentation of the next.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some('\n')) => {
                while letters.peek().is_some_and(|next| next.is_whitespace()) {
                    letters.next();
                }
            }
            ('\\', Some('n')) => {
                letters.next();
                out.push(' ');
            }
            ('\\', Some(next)) => {
                out.push(*next);
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    out
}

/// Offsets at which a word stands in code, not within another word.
pub(super) fn find_code(text: &str, wanted: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = b' ';
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    while at < text.len() {
        if text[at..].starts_with(wanted)
            && !(is_word(before) && wanted.as_bytes().first().is_some_and(|first| is_word(*first)))
        {
            found.push(at);
        }
        let (piece, next) = piece(text, at);
        before = match piece {
            Piece::Code(byte) => byte,
            Piece::Text(_) | Piece::Passed => b' ',
        };
        at = next;
    }
    found
}

/// The parts between an opening bracket and its partner, split at commas outside of further brackets.
pub(super) fn arguments(text: &str, open: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut at, mut start) = (0_i32, open, open + 1);
    while at < text.len() {
        let (piece, next) = piece(text, at);
        if let Piece::Code(byte) = piece {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 1 => {
                    parts.push(text[start..at].trim());
                    start = next;
                }
                _ => {}
            }
            if depth == 0 {
                parts.push(text[start..at].trim());
                break;
            }
        }
        at = next;
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The string literals of a piece of code, in order.
pub(super) fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let (piece, next) = piece(code, at);
        if let Piece::Text(text) = piece {
            found.push(text);
        }
        at = next;
    }
    found
}

/// The function around an offset: from its `fn` to where the next one of the same indentation begins.
pub(super) fn function_around(text: &str, at: usize) -> &str {
    let starts: Vec<usize> = find_code(text, "fn ");
    let start = starts.iter().copied().rfind(|start| *start <= at).unwrap_or(0);
    let end = starts.iter().copied().find(|start| *start > at).unwrap_or(text.len());
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_no_code() {
        let text = "f(\"g(1, 2)\", /* h( */ ',', r#\"a \"b\" c\"#, [1, 2]) // f(\n";
        assert_eq!(find_code(text, "f("), [0]);
        assert_eq!(find_code(text, "h("), [0; 0]);
        let parts = arguments(text, 1);
        assert_eq!(parts, ["\"g(1, 2)\"", "/* h( */ ','", "r#\"a \"b\" c\"#", "[1, 2]"]);
        assert_eq!(literals(parts[2]), ["a \"b\" c"]);
        assert_eq!(literals("\"a \\\n   b\\\"c\""), ["a b\"c"]);
    }

    #[test]
    fn words_are_whole_and_lifetimes_pass() {
        assert_eq!(find_code("of('a, xof(1))", "of("), [0]);
        assert_eq!(arguments("f(&'a str, 'x', '\\'')", 1), ["&'a str", "'x'", "'\\''"]);
    }
}
