//! Values made short enough for a line.
//!
//! Invariant: two values that differ do not look the same once they are short.

use value::{Value, View};

use crate::clean::{GAP, end, middle};
use crate::value::{Secrets, one_line};

/// Most characters of a value within a line.
const VALUE_CHARS_MAX: usize = 40;

/// A value before and after, each short, and different to look at where they differ.
pub(super) fn pair(before: &Value, after: &Value) -> (String, String) {
    let (was, is) = (short(before), short(after));
    if was != is {
        return (was, is);
    }
    let (was, is) = (one_line(before, Secrets::Hidden), one_line(after, Secrets::Hidden));
    let from = was.chars().zip(is.chars()).take_while(|(a, b)| a == b).count();
    let from = from.saturating_sub(8);
    let window = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        let rest = end(&rest, VALUE_CHARS_MAX);
        if from == 0 { rest } else { format!("{GAP}{rest}") }
    };
    (window(&was), window(&is))
}

/// A value on a line: of a cloud's resource name only its last part.
fn short(value: &Value) -> String {
    let shown = one_line(value, Secrets::Hidden);
    let is_text = matches!(value.view(), View::String(_)) && shown.starts_with("\"arn:");
    match shown.rsplit_once(':') {
        Some((_, last)) if is_text => middle(&format!("\"arn:{GAP}:{last}"), VALUE_CHARS_MAX),
        _ => middle(&shown, VALUE_CHARS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use value::{Marks, Value};

    use super::pair;

    #[test]
    fn values_that_differ_look_different() {
        let text = |text: &str| Value::string(text);
        let check = |a: &Value, b: &Value, expect: (&str, &str)| {
            let (one, other) = pair(a, b);
            assert_eq!((one.as_str(), other.as_str()), expect);
        };
        let key = text("arn:aws:kms:eu-west-1:111122223333:key/1a2b");
        check(&key, &text("alias/orders"), (r#""arn:...:key/1a2b""#, r#""alias/orders""#));
        let other = text("arn:aws:kms:eu-west-2:111122223333:key/1a2b");
        check(
            &key,
            &other,
            (r#"...eu-west-1:111122223333:key/1a2b""#, r#"...eu-west-2:111122223333:key/1a2b""#),
        );
        let secret = text("x").with_marks(Marks::SENSITIVE);
        check(&secret, &text("y"), ("(sensitive value)", "\"y\""));
    }
}
