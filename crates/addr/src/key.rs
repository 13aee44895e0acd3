//! Keys of instances, and how a string key is quoted. Not the values that `each.key` and `count.index` give.
//! Invariant: keys sort as OpenTofu sorts them: none, then numbers, then strings by bytes (`addrs/instance_key.go`).

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Which instance of a resource or module: its `count.index` or `each.key`, or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum InstanceKey {
    /// The only instance of an object without `count` and `for_each`.
    #[default]
    None,
    /// `[0]`, by `count`.
    Int(i64),
    /// `["a"]`, by `for_each`.
    Str(Arc<str>),
}

impl InstanceKey {
    /// Whether there is no key.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, InstanceKey::None)
    }
}

impl From<i64> for InstanceKey {
    fn from(index: i64) -> Self {
        InstanceKey::Int(index)
    }
}

impl From<&str> for InstanceKey {
    fn from(key: &str) -> Self {
        InstanceKey::Str(key.into())
    }
}

impl From<Arc<str>> for InstanceKey {
    fn from(key: Arc<str>) -> Self {
        InstanceKey::Str(key)
    }
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::None => Ok(()),
            InstanceKey::Int(index) => write!(f, "[{index}]"),
            InstanceKey::Str(key) => {
                f.write_char('[')?;
                write_quoted(f, key)?;
                f.write_char(']')
            }
        }
    }
}

/// `text` as a quoted string of the language: with escapes, and with `${` and `%{` doubled so that nothing interpolates.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_quoted(&mut out, text).expect("BUG: writing to a string cannot fail");
    out
}

fn write_quoted(out: &mut dyn fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '$' | '%' => {
                out.write_char(c)?;
                if chars.peek() == Some(&'{') {
                    out.write_char(c)?;
                }
            }
            _ if is_printable(c) => out.write_char(c)?,
            _ if u32::from(c) < 0x1_0000 => write!(out, "\\u{:04x}", u32::from(c))?,
            _ => write!(out, "\\U{:08x}", u32::from(c))?,
        }
    }
    out.write_char('"')
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space, as Go's `unicode.IsPrint` says.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // The standard library keeps the same table but shows it only through `escape_debug`,
    // which also escapes combining marks at the start of a string: hence the letter before.
    let mut buffer = ['a'; 5];
    buffer[1] = c;
    let probe: String = buffer[..2].iter().collect();
    probe.escape_debug().nth(1) != Some('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: impl Into<InstanceKey>, expect: &str) {
        assert_eq!(key.into().to_string(), expect);
    }

    #[test]
    fn keys_print_as_opentofu_prints_them() {
        check(0, "[0]");
        check(-3, "[-3]");
        check("", "[\"\"]");
        check("a b", "[\"a b\"]");
        check("a\"b\\", "[\"a\\\"b\\\\\"]");
        check("${x} %{y} $ $x %", "[\"$${x} %%{y} $ $x %\"]");
        check("$${", "[\"$$${\"]");
        check("a\nb\r\t", "[\"a\\nb\\r\\t\"]");
        check("\u{7f}\u{a0}\u{200b}", "[\"\\u007f\\u00a0\\u200b\"]");
        check("\u{e000}\u{10ffff}", "[\"\\ue000\\U0010ffff\"]");
        check("é e\u{301} 雪 \u{1f600}", "[\"é e\u{301} 雪 \u{1f600}\"]");
        assert_eq!(InstanceKey::None.to_string(), "");
    }

    #[test]
    fn none_sorts_before_numbers_before_strings() {
        let mut keys: Vec<InstanceKey> =
            vec!["b".into(), 10.into(), "a".into(), InstanceKey::None, 2.into(), "B".into()];
        keys.sort();
        let sorted: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(sorted, ["", "[2]", "[10]", "[\"B\"]", "[\"a\"]", "[\"b\"]"]);
    }
}
