//! JSON text to tokens: brackets, signs, strings with their quotes, numbers and words.
//!
//! It takes more than JSON allows (any word, any run of number characters), so that the parser can say what is wrong.

/// A token of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonToken {
    pub(super) kind: JsonTokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonTokenKind {
    OBrace,
    CBrace,
    OBrack,
    CBrack,
    Comma,
    Colon,
    Equals,
    String,
    Number,
    Word,
    Invalid,
    End,
}

/// The tokens of the text, the last of them [`JsonTokenKind::End`].
pub(super) fn tokens(text: &str) -> Vec<JsonToken> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() / 6 + 2);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (kind, len) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'{' => (JsonTokenKind::OBrace, 1),
            b'}' => (JsonTokenKind::CBrace, 1),
            b'[' => (JsonTokenKind::OBrack, 1),
            b']' => (JsonTokenKind::CBrack, 1),
            b',' => (JsonTokenKind::Comma, 1),
            b':' => (JsonTokenKind::Colon, 1),
            b'=' => (JsonTokenKind::Equals, 1),
            b'"' => (JsonTokenKind::String, string_len(&bytes[at..])),
            b'-' | b'+' | b'.' | b'0'..=b'9' => (
                JsonTokenKind::Number,
                run(&bytes[at..], |b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')),
            ),
            b'a'..=b'z' | b'A'..=b'Z' => {
                (JsonTokenKind::Word, run(&bytes[at..], |b| b.is_ascii_alphabetic() || b == b'_'))
            }
            _ => (JsonTokenKind::Invalid, text[at..].chars().next().map_or(1, char::len_utf8)),
        };
        out.push(JsonToken { kind, start: at as u32, end: (at + len) as u32 });
        at += len;
    }
    out.push(JsonToken { kind: JsonTokenKind::End, start: at as u32, end: at as u32 });
    out
}

fn run(bytes: &[u8], of: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !of(*byte)).unwrap_or(bytes.len())
}

/// Length up to the closing quote, or to a control character or the end where there is none.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' if bytes.get(at + 1).is_some_and(|next| *next >= 0x20) => at += 2,
            0..0x20 => return at,
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}
