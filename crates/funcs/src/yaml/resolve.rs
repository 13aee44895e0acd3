//! What a YAML scalar means: OpenTofu's mixture of YAML 1.1 (`yes`, `on`, timestamps) and 1.2 (numbers).
//! Invariant: a word that means nothing else is a string.

use value::{Number, Type, Value};

use crate::plain::timestamp::Timestamp;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// In single or double quotes.
    Quoted,
    /// Plain, or as a block.
    Bare,
}

/// The tags that a scalar may bear.
const TAGS: [&str; 7] = ["str", "bool", "int", "float", "null", "timestamp", "binary"];

/// The value of a scalar with this tag: the part behind `!!`, or none.
pub(super) fn resolve(tag: Option<&str>, text: &str, quotes: Quotes) -> Result<Value, String> {
    let cannot = |tag: &str| format!("{text:?} cannot be read as !!{tag}");
    if let Some(unknown) = tag.filter(|tag| !TAGS.contains(tag)) {
        return Err(format!("the tag !!{unknown} is not supported"));
    }
    let mut tag = tag;
    if may_be_special(text) && !matches!(tag, Some("str" | "binary")) {
        if quotes == Quotes::Quoted {
            return Ok(Value::string(text));
        }
        if let Some(value) = word(text) {
            return Ok(value);
        }
        if tag.is_none() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("a number that is not a number (.nan) is not supported".to_owned());
        }
        if text.starts_with('.') {
            if let Some(number) = Number::parse(text) {
                return Ok(Value::number(number));
            }
        } else if matches!(tag, None | Some("timestamp"))
            && let Some(time) = timestamp(text)
        {
            return Ok(Value::string(time.to_text()));
        } else if is_integer(text) || is_float(text) {
            tag = Some("float");
        }
    }
    match tag {
        None | Some("str") => Ok(Value::string(text)),
        Some("binary") => {
            use base64::Engine as _;
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            decoded.map(|_| Value::string(text)).map_err(|_| cannot("binary"))
        }
        Some("null") => Ok(Value::null(Type::DYNAMIC)),
        Some("float" | "int") => {
            let number = number(&text.replace('_', "")).ok_or_else(|| cannot("float"))?;
            Ok(Value::number(number))
        }
        Some("bool") => Err(cannot("bool")),
        Some(_) => {
            let time = timestamp(text).ok_or_else(|| cannot("timestamp"))?;
            Ok(Value::string(time.to_text()))
        }
    }
}

/// Whether the first character allows for something other than a string.
fn may_be_special(text: &str) -> bool {
    text.is_empty() || text.starts_with(|c| "+-.0123456789yYnNtTfFoO~".contains(c))
}

/// Words with a meaning of their own.
fn word(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::TRUE
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::FALSE
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(Type::DYNAMIC),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Value::number(Number::infinity(false))
        }
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::infinity(true)),
        _ => return None,
    })
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_integer(text: &str) -> bool {
    let octal =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    let hex = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    all_digits(unsigned(text))
        || text.strip_prefix("0o").is_some_and(octal)
        || text.strip_prefix("0x").is_some_and(hex)
}

fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match unsigned(text).split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned(text), None),
    };
    let mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => all_digits(fraction),
        Some((whole, fraction)) => {
            all_digits(whole) && (fraction.is_empty() || all_digits(fraction))
        }
        None => all_digits(mantissa),
    };
    mantissa && exponent.is_none_or(|exponent| all_digits(unsigned(exponent)))
}

fn number(text: &str) -> Option<Number> {
    if let Some(number) = Number::parse(text) {
        return Some(number);
    }
    let negative = text.starts_with('-');
    let digits = unsigned(text);
    let value = match digits.get(..2)? {
        "0x" | "0X" => u64::from_str_radix(&digits[2..], 16),
        "0o" | "0O" => u64::from_str_radix(&digits[2..], 8),
        "0b" | "0B" => u64::from_str_radix(&digits[2..], 2),
        _ => return None,
    };
    let number = Number::from_u64(value.ok()?);
    Some(if negative { number.neg() } else { number })
}

/// `2001-1-2`, `2001-1-2 3:4:5`, or `2001-1-2T3:4:5Z` with an offset.
fn timestamp(text: &str) -> Option<Timestamp> {
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..=at], &text[at + 1..]))),
        None => (text, None),
    };
    let date: [i64; 3] = parts(date, '-')?;
    if date[0] > 9999 || text.find('-') != Some(4) {
        return None;
    }
    let Some((between, clock)) = clock else {
        return Timestamp::of(date, [0; 3], 0);
    };
    let (clock, offset) = if between == " " { (clock, 0) } else { split_offset(clock)? };
    let clock = match clock.split_once('.') {
        Some((clock, fraction)) if all_digits(fraction) => clock,
        Some(_) => return None,
        None => clock,
    };
    Timestamp::of(date, parts(clock, ':')?, offset)
}

/// Three numbers; all but the first have one or two digits.
fn parts(text: &str, between: char) -> Option<[i64; 3]> {
    let mut numbers = [0; 3];
    let mut texts = text.split(between);
    for (at, number) in numbers.iter_mut().enumerate() {
        let text = texts.next().filter(|text| all_digits(text) && (at == 0 || text.len() <= 2))?;
        *number = text.parse().ok()?;
    }
    texts.next().is_none().then_some(numbers)
}

fn split_offset(clock: &str) -> Option<(&str, i32)> {
    if let Some(clock) = clock.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = clock.find(['+', '-'])?;
    let (hours, minutes) = clock[at + 1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 || !all_digits(hours) || !all_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = (hours * 60 + minutes) * 60;
    let is_east = clock[at..].starts_with('+');
    (hours < 24 && minutes < 60).then_some((&clock[..at], if is_east { offset } else { -offset }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: Option<&str>, text: &str, expect: Value) {
        let got = resolve(tag, text, Quotes::Bare).expect(text);
        assert!(got.same(&expect), "{text}: {got:?}");
    }

    #[test]
    fn plain_words() {
        let number = |text: &str| Value::number(Number::parse(text).expect(text));
        check(None, "hello", Value::string("hello"));
        check(None, "yes", Value::TRUE);
        check(None, "Off", Value::FALSE);
        check(None, "~", Value::null(Type::DYNAMIC));
        check(None, "", Value::null(Type::DYNAMIC));
        check(None, "0ba", Value::string("0ba"));
        check(None, "12", number("12"));
        check(None, "+1.50e2", number("150"));
        check(None, "010", number("10"));
        check(None, "0x1F", number("31"));
        check(None, "0o17", number("15"));
        check(None, ".5", number("0.5"));
        check(None, "1_000", Value::string("1_000"));
        check(None, "1.2.3", Value::string("1.2.3"));
        check(None, "10:20", Value::string("10:20"));
        check(None, "-.inf", Value::number(Number::infinity(true)));
        check(None, "2001-12-14", Value::string("2001-12-14T00:00:00Z"));
        check(None, "2001-12-14 21:59:43.10", Value::string("2001-12-14T21:59:43Z"));
        check(None, "2001-1-4t2:9:3.1-05:00", Value::string("2001-01-04T02:09:03-05:00"));
        check(None, "2001-13-14", Value::string("2001-13-14"));
        check(None, "1.2.3-4", Value::string("1.2.3-4"));
    }

    #[test]
    fn tags() {
        check(Some("str"), "12", Value::string("12"));
        check(Some("int"), "1_000", Value::int(1000));
        check(Some("null"), "x", Value::null(Type::DYNAMIC));
        check(Some("binary"), "aGk=", Value::string("aGk="));
        for (tag, text) in
            [("binary", "?"), ("bool", "maybe"), ("int", "x"), ("foo", "x"), ("timestamp", "x")]
        {
            assert!(resolve(Some(tag), text, Quotes::Bare).is_err(), "{tag}");
        }
        assert!(resolve(None, ".nan", Quotes::Bare).is_err());
        let quoted = resolve(None, "12", Quotes::Quoted).expect("a string");
        assert!(quoted.same(&Value::string("12")));
    }
}
