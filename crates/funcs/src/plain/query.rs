//! Percent-encoding as in the query of a URL: a space is `+`. Not the encoding of paths.
//! Invariant: decoding what was encoded gives it back.

use std::fmt::Write as _;

/// `text` with everything but letters, digits, `-`, `_`, `.` and `~` encoded.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(b));
            }
            b' ' => out.push('+'),
            _ => write!(out, "%{b:02X}").expect("BUG: writing to a string cannot fail"),
        }
    }
    out
}

/// The bytes that `text` encodes.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((b, after)) = rest.split_first() {
        rest = after;
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
                let byte = digits
                    .filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()))
                    .and_then(|two| u8::from_str_radix(two, 16).ok());
                let Some(byte) = byte else {
                    let shown = String::from_utf8_lossy(&rest[..rest.len().min(2)]).into_owned();
                    return Err(format!("\"%{shown}\" is not an encoded character"));
                };
                out.push(byte);
                rest = &rest[2..];
            }
            b => out.push(*b),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_and_back() {
        let text = "foo:bar@localhost?foo=bar&bar=b é~-_.";
        let encoded = encode(text);
        assert_eq!(encoded, "foo%3Abar%40localhost%3Ffoo%3Dbar%26bar%3Db+%C3%A9~-_.");
        assert_eq!(decode(&encoded).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decode("a%2"), Err("\"%2\" is not an encoded character".to_owned()));
        assert_eq!(decode("%zz"), Err("\"%zz\" is not an encoded character".to_owned()));
    }
}
