//! Escapes in literals: `\n` and its like in quoted strings, `$${` and `%%{` everywhere.

use std::borrow::Cow;

use diag::{Diagnostic, Span};

use super::Parser;
use crate::lex::{Token, TokenKind};

impl<'t> Parser<'t, '_> {
    /// The text that a literal stands for; reports escapes that there are not.
    pub(super) fn unescaped(&mut self, literal: Token) -> Cow<'t, str> {
        let text = literal.text(self.text);
        // The scanner makes each of these a token of its own.
        if text.starts_with("$${") || text.starts_with("%%{") {
            return Cow::Borrowed(&text[1..]);
        }
        if literal.kind != TokenKind::QuotedLit || !text.contains('\\') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            let escape = &rest[at..];
            let offset = (text.len() - escape.len()) as u32;
            let len = match escape_of(escape) {
                Ok((c, len)) => {
                    out.push(c);
                    len
                }
                Err((detail, len)) => {
                    let start = literal.start + offset;
                    let at = self.places.span(start, start + len as u32);
                    self.bad_escape(detail, at);
                    out.push_str(&escape[1..len]);
                    len
                }
            };
            rest = &escape[len..];
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn bad_escape(&mut self, detail: String, at: Span) {
        self.report(
            Diagnostic::error("syntax-escape", "Invalid escape sequence")
                .detail(detail)
                .remedy("To have a backslash in the string, write it twice.")
                .at(at),
        );
    }
}

/// The character of the escape at the start of `text` and the escape's length; else what is wrong, and its length.
fn escape_of(text: &str) -> Result<(char, usize), (String, usize)> {
    let selector = text[1..].chars().next();
    match selector {
        Some('n') => Ok(('\n', 2)),
        Some('r') => Ok(('\r', 2)),
        Some('t') => Ok(('\t', 2)),
        Some('"') => Ok(('"', 2)),
        Some('\\') => Ok(('\\', 2)),
        Some('u') => code_point(text, 4),
        Some('U') => code_point(text, 8),
        Some(c) => Err((
            format!(
                "\"\\{c}\" is not an escape: there are \\n, \\r, \\t, \\\", \\\\, \\uNNNN and \\UNNNNNNNN."
            ),
            1 + c.len_utf8(),
        )),
        None => Err(("A backslash must be followed by the character it escapes.".to_owned(), 1)),
    }
}

fn code_point(text: &str, digits: usize) -> Result<(char, usize), (String, usize)> {
    let found = text[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    if found < digits {
        let selector = &text[..2];
        return Err((format!("{selector} is followed by {digits} hexadecimal digits."), 2 + found));
    }
    let number = u32::from_str_radix(&text[2..2 + digits], 16).expect("BUG: hexadecimal digits");
    match char::from_u32(number) {
        Some(c) => Ok((c, 2 + digits)),
        None => Err((format!("U+{number:04X} is no character."), 2 + digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::escape_of;

    #[test]
    fn escapes() {
        for (text, expected) in [
            (r"\n.", Ok(('\n', 2))),
            (r"\u00e9", Ok(('é', 6))),
            (r"\U0001F600x", Ok(('😀', 10))),
            (r"\u00", Err(4)),
            (r"\ud800", Err(6)),
            (r"\U00110000", Err(10)),
            (r"\x", Err(2)),
            (r"\é", Err(3)),
            (r"\", Err(1)),
        ] {
            assert_eq!(escape_of(text).map_err(|(_, len)| len), expected, "{text}");
        }
    }
}
