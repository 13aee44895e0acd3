//! The form of a value: what it looks like, not what it is.
//!
//! Invariant: a form says nothing that differs between two runs on the same parts.

use serde_json::Value;

/// The form of null, and of what is empty.
pub(crate) const NOTHING: &str = "nothing";

/// The form of a value that is no object and no list.
pub(crate) fn of(value: &Value) -> String {
    match value {
        // Providers of the old SDK do not tell null from empty.
        Value::Null => NOTHING.into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(text) => of_text(text),
        Value::Array(_) | Value::Object(_) => NOTHING.into(),
    }
}

fn of_text(text: &str) -> String {
    let hex = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    let capitals = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if text.is_empty() {
        return NOTHING.into();
    }
    if let Some(rest) = text.strip_prefix("arn:") {
        let service = rest.split(':').nth(1).unwrap_or_default();
        return format!("arn of {service}");
    }
    if is_uuid(text) {
        return "uuid".into();
    }
    if is_time(text) {
        return "time".into();
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return "url".into();
    }
    if digits(text) {
        return "digits".into();
    }
    if text.len() >= 16 && hex(text) {
        return "hex".into();
    }
    if let Some((prefix, rest)) = text.split_once('-')
        && rest.len() >= 8
        && (hex(rest) || capitals(rest))
        && prefix.chars().all(|c| c.is_ascii_lowercase())
    {
        return format!("id {prefix}-");
    }
    if text.contains("-----BEGIN ") {
        return "pem".into();
    }
    if text.starts_with('{') && serde_json::from_str::<Value>(text).is_ok() {
        return "json".into();
    }
    "text".into()
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// `2026-01-01T00:00:00Z`, with fractions or an offset, too.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b' ')
        && bytes[13] == b':'
        && bytes[..4].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(of_text(text), expect, "{text}");
    }

    #[test]
    fn forms_of_texts() {
        check("", NOTHING);
        check("arn:aws:ec2:eu-west-1:1:vpc/vpc-1", "arn of ec2");
        check("vpc-0a1b2c3d4e5f60718", "id vpc-");
        check("db-ABCDEFGHIJKLMNOP", "id db-");
        check("acme-dev", "text");
        check("111111111111", "digits");
        check("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uuid");
        check("2026-01-01T00:00:00Z", "time");
        check("https://127.0.0.1:1", "url");
        check("0123456789abcdef0123456789abcdef", "hex");
        check("{\"a\":1}", "json");
    }
}
