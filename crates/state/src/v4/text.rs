//! JSON text as OpenTofu's encoder forms it: compaction, escapes, indentation, and finding a place again.
//!
//! Works on bytes that were scanned as JSON before; it judges nothing. Iterative: nesting costs no stack.
//! Invariant: compaction is idempotent, and indentation of compact text keeps every token byte for byte.

/// Appends JSON text without white space between tokens, with `<`, `>`, `&`, U+2028 and U+2029 escaped, as the
/// encoder of the state file forms it.
pub(crate) fn compact_into(out: &mut Vec<u8>, json: &[u8]) {
    let mut copied = 0;
    let mut inside = false;
    let mut at = 0;
    while at < json.len() {
        let byte = json[at];
        let (skip, escape): (usize, &[u8]) = match byte {
            b'\\' if inside => {
                at += 2;
                continue;
            }
            b'"' => {
                inside = !inside;
                (0, b"")
            }
            b' ' | b'\n' | b'\r' | b'\t' if !inside => (1, b""),
            b'<' => (1, b"\\u003c"),
            b'>' => (1, b"\\u003e"),
            b'&' => (1, b"\\u0026"),
            0xe2 if json[at..].starts_with(b"\xe2\x80\xa8") => (3, b"\\u2028"),
            0xe2 if json[at..].starts_with(b"\xe2\x80\xa9") => (3, b"\\u2029"),
            _ => (0, b""),
        };
        if skip == 0 {
            at += 1;
            continue;
        }
        out.extend_from_slice(&json[copied..at]);
        out.extend_from_slice(escape);
        at += skip;
        copied = at;
    }
    out.extend_from_slice(&json[copied..]);
}

/// The compact form, in its own allocation.
pub(crate) fn compact(json: &[u8]) -> std::sync::Arc<[u8]> {
    let mut out = Vec::with_capacity(json.len());
    compact_into(&mut out, json);
    out.into()
}

/// Compact JSON text, indented by two blanks per level; empty objects and arrays stay closed.
pub(crate) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut at = 0;
    while at < json.len() {
        let byte = json[at];
        match byte {
            b'"' => {
                let end = string_end(json, at);
                out.extend_from_slice(&json[at..end]);
                at = end;
                continue;
            }
            b'{' | b'[' => {
                out.push(byte);
                if let Some(close @ (b'}' | b']')) = json.get(at + 1) {
                    out.push(*close);
                    at += 1;
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
        at += 1;
    }
    out
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', depth * 2));
}

/// The offset after the string that starts at `at`.
fn string_end(json: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < json.len() {
        match json[end] {
            b'"' => return end + 1,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    json.len()
}

/// Appends a string with quotes and with the escapes of OpenTofu's encoder.
pub(crate) fn string_into(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'<' => b"\\u003c",
            b'>' => b"\\u003e",
            b'&' => b"\\u0026",
            0xe2 if bytes[at..].starts_with(b"\xe2\x80\xa8") => b"\\u2028",
            0xe2 if bytes[at..].starts_with(b"\xe2\x80\xa9") => b"\\u2029",
            0..0x20 => {
                out.extend_from_slice(&bytes[copied..at]);
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                copied = at + 1;
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..at]);
        out.extend_from_slice(escape);
        copied = at + if *byte == 0xe2 { 3 } else { 1 };
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// One step into a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into an object.
    Key(&'static str),
    /// Into an object, by a key that the file chose.
    Name(String),
    /// Into an array.
    At(usize),
}

/// Line and column, both from 1, columns in bytes, of the value that the steps lead to; of the last one that exists.
pub(crate) fn locate(json: &[u8], steps: &[Step]) -> (usize, usize) {
    let mut at = skip_blank(json, 0);
    for step in steps {
        let found = match step {
            Step::Key(key) => member(json, at, key),
            Step::Name(key) => member(json, at, key),
            Step::At(index) => element(json, at, *index),
        };
        match found {
            Some(next) => at = next,
            None => break,
        }
    }
    let before = &json[..at.min(json.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

fn skip_blank(json: &[u8], mut at: usize) -> usize {
    while json.get(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
        at += 1;
    }
    at
}

/// The offset after the value that starts at `at`.
fn value_end(json: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while at < json.len() {
        match json[at] {
            b'"' => {
                at = string_end(json, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 0 { at } else { at + 1 },
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

fn member(json: &[u8], at: usize, key: &str) -> Option<usize> {
    let mut at = json.get(at).filter(|byte| **byte == b'{').map(|_| skip_blank(json, at + 1))?;
    while json.get(at) == Some(&b'"') {
        let end = string_end(json, at);
        let name = json.get(at + 1..end.checked_sub(1)?)?;
        let colon = skip_blank(json, end);
        let value = skip_blank(json, colon + 1);
        if name == key.as_bytes() {
            return Some(value);
        }
        let comma = skip_blank(json, value_end(json, value));
        at = skip_blank(json, comma + 1);
    }
    None
}

fn element(json: &[u8], at: usize, index: usize) -> Option<usize> {
    let mut at = json.get(at).filter(|byte| **byte == b'[').map(|_| skip_blank(json, at + 1))?;
    for _ in 0..index {
        let comma = skip_blank(json, value_end(json, at));
        if json.get(comma) != Some(&b',') {
            return None;
        }
        at = skip_blank(json, comma + 1);
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, compacted: &str, indented: &str) {
        let mut out = Vec::new();
        compact_into(&mut out, json.as_bytes());
        assert_eq!(String::from_utf8(out.clone()).unwrap(), compacted);
        let again = compact(&out);
        assert_eq!(&again[..], &out[..], "compaction is idempotent");
        assert_eq!(String::from_utf8(indent(&out)).unwrap(), indented);
        let back = compact(indented.as_bytes());
        assert_eq!(&back[..], &out[..], "indentation adds white space only");
    }

    #[test]
    fn forms_as_the_encoder_does() {
        check("null", "null", "null");
        check("{ }", "{}", "{}");
        check("[ [ ], {\n} ]", "[[],{}]", "[\n  [],\n  {}\n]");
        check(
            r#"{"a b" : "x < y & \"z\" \\", "n":1.50}"#,
            r#"{"a b":"x \u003c y \u0026 \"z\" \\","n":1.50}"#,
            "{\n  \"a b\": \"x \\u003c y \\u0026 \\\"z\\\" \\\\\",\n  \"n\": 1.50\n}",
        );
        check("\"\u{2028}\u{2027}\"", "\"\\u2028\u{2027}\"", "\"\\u2028\u{2027}\"");
    }

    #[test]
    fn strings_are_escaped() {
        let mut out = Vec::new();
        string_into(&mut out, "a\"\\\n\t\r\u{8}\u{c}\u{1}<\u{2029}é\u{7f}");
        let expect = "\"a\\\"\\\\\\n\\t\\r\\b\\f\\u0001\\u003c\\u2029é\u{7f}\"";
        assert_eq!(String::from_utf8(out).unwrap(), expect);
    }

    #[test]
    fn places_are_found_again() {
        let json = b"{\n \"a\": [1, {\"x\": \"]\"},\n  3 ],\n \"b\": {\"c\": true}\n}";
        let place = |steps: &[Step]| locate(json, steps);
        assert_eq!(place(&[]), (1, 1));
        assert_eq!(place(&[Step::Key("a"), Step::At(2)]), (3, 3));
        assert_eq!(place(&[Step::Key("b"), Step::Key("c")]), (4, 13));
        assert_eq!(place(&[Step::Key("a"), Step::At(1), Step::Name("x".into())]), (2, 17));
        assert_eq!(place(&[Step::Key("a"), Step::At(9)]), (2, 7));
    }
}
