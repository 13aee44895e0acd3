//! The order of sets, and what counts as one element.
//!
//! OpenTofu sorts strings by their bytes, numbers by value, `false` before `true`, and everything
//! else by the bytes of a key that it makes of each element; unknowns come after what is known, and
//! null last. The key writes numbers with ten digits, so two elements may share one; such stay in
//! the order in which they came. Two elements are one where their keys are the same and the
//! language calls them equal, so unknowns never are.

use std::cmp::Ordering;

use super::{Value, View};

/// Sorts the elements and drops what is there already. The elements bear no marks.
pub(super) fn arrange(mut elements: Vec<Value>) -> Vec<Value> {
    if elements.len() < 2 {
        return elements;
    }
    let strings = elements.iter().all(|element| element.as_str().is_some());
    if strings {
        elements.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        elements.dedup_by(|a, b| a.as_str() == b.as_str());
        return elements;
    }
    let mut keyed: Vec<_> = elements.into_iter().map(|e| (key(&e), e)).collect();
    keyed.sort_by(|(k, a), (l, b)| order(a, b, k, l));
    drop_equal(&mut keyed);
    keyed.into_iter().map(|(_, element)| element).collect()
}

/// Equal elements have equal keys and sort together, but others with that key may stand between.
fn drop_equal(keyed: &mut Vec<(Vec<u8>, Value)>) {
    let mut kept: Vec<(Vec<u8>, Value)> = Vec::with_capacity(keyed.len());
    let mut run = 0;
    for (key, element) in keyed.drain(..) {
        if kept.get(run).is_some_and(|(have, _)| *have != key) {
            run = kept.len();
        }
        let known = element.is_wholly_known();
        let there = known && kept[run..].iter().any(|(_, have)| have.certainly_equals(&element));
        if !there {
            kept.push((key, element));
        }
    }
    *keyed = kept;
}

/// Null last, unknown before it, the rest by value or by key.
fn order(a: &Value, b: &Value, a_key: &[u8], b_key: &[u8]) -> Ordering {
    let class = |value: &Value| match value.view() {
        View::Null => 2,
        View::Unknown(_) => 1,
        _ => 0,
    };
    class(a).cmp(&class(b)).then_with(|| match (a.view(), b.view()) {
        (View::String(a), View::String(b)) => a.cmp(b),
        (View::Bool(a), View::Bool(b)) => a.cmp(&b),
        (View::Number(a), View::Number(b)) => a.compare(b).then_with(|| a_key.cmp(b_key)),
        (View::Null | View::Unknown(_), _) => Ordering::Equal,
        _ => a_key.cmp(b_key),
    })
}

/// The key of a set element, byte for byte as OpenTofu makes it.
pub(crate) fn key(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_key(value, &mut out);
    out
}

fn write_key(value: &Value, out: &mut Vec<u8>) {
    match value.view() {
        View::Unknown(_) => out.push(b'?'),
        View::Null => out.push(b'~'),
        View::Bool(true) => out.push(b'T'),
        View::Bool(false) => out.push(b'F'),
        View::Number(number) => number.write_key(out),
        View::String(text) => quote(text, out),
        View::List(parts) | View::Set(parts) => enclose(b"[]", parts, out),
        View::Tuple(parts) | View::Object(_, parts) => enclose(b"<>", parts, out),
        View::Map(entries) => {
            out.push(b'{');
            for (key, part) in entries {
                quote(key, out);
                out.push(b':');
                write_key(part, out);
                out.push(b';');
            }
            out.push(b'}');
        }
    }
}

fn enclose(brackets: &[u8; 2], parts: &[Value], out: &mut Vec<u8>) {
    out.push(brackets[0]);
    for part in parts {
        write_key(part, out);
        out.push(b';');
    }
    out.push(brackets[1]);
}

/// A string in double quotes, escaped as Go's `%q` does it.
fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for c in text.chars() {
        let plain = match c {
            '"' | '\\' => {
                out.extend_from_slice(&[b'\\', c as u8]);
                continue;
            }
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\x0c' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\x0b' => "\\v",
            ' '..='~' => {
                out.push(c as u8);
                continue;
            }
            _ if is_printable(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            '\0'..='\x7f' => {
                out.extend_from_slice(format!("\\x{:02x}", c as u32).as_bytes());
                continue;
            }
            '\u{80}'..='\u{ffff}' => {
                out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
                continue;
            }
            _ => {
                out.extend_from_slice(format!("\\U{:08x}", c as u32).as_bytes());
                continue;
            }
        };
        out.extend_from_slice(plain.as_bytes());
    }
    out.push(b'"');
}

/// A letter, mark, number, punctuation, symbol or the ASCII space. Rust escapes in debug text what
/// is none of these (a mark that extends the character before it is printed, not escaped).
fn is_printable(c: char) -> bool {
    let mut buffer = [b'a', 0, 0, 0, 0];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    let text = std::str::from_utf8(&buffer[..length]).expect("BUG: a character is UTF-8");
    text.escape_debug().nth(1) != Some('\\')
}
