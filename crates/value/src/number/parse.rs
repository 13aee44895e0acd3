//! Decimal text to a number of 512 bits, rounded to the nearest.
//!
//! Accepts what OpenTofu accepts where a string becomes a number: an optional sign, digits with an
//! optional point, an optional decimal (`e`) or binary (`p`) exponent, and `Inf`.

use num_bigint::BigUint;

use super::float::{Float, Sticky};
use super::{Number, PRECISION_TEXT};

/// Largest decimal exponent accepted, either sign, counted after the point is taken away. What lies
/// beyond would print as more than a hundred thousand digits.
pub const EXPONENT_MAX: i64 = 100_000;

/// So many significant digits come back from 512 bits unchanged, so the text is its own shortest.
const DIGITS_EXACT: usize = 153;

/// What stands in the text, taken apart.
struct Parts {
    negative: bool,
    /// Digits before and after the point, without the point.
    digits: String,
    /// How many of them stand after the point.
    places: i64,
    exponent: i64,
    binary: bool,
}

pub(super) fn parse(text: &str) -> Option<Number> {
    if let Some(small) = small_integer(text) {
        return Some(Number::int_text(small));
    }
    match text {
        "Inf" | "inf" | "+Inf" | "+inf" => return Some(Number::infinity(false)),
        "-Inf" | "-inf" => return Some(Number::infinity(true)),
        _ => {}
    }
    let parts = split(text)?;
    let significant = parts.digits.trim_start_matches('0');
    let zeros = significant.len() - significant.trim_end_matches('0').len();
    let significant = &significant[..significant.len() - zeros];
    if significant.is_empty() {
        return Some(Number::from_float(Float::zero(parts.negative, PRECISION_TEXT)));
    }
    let mantissa = BigUint::parse_bytes(significant.as_bytes(), 10)?;
    let tens = zeros as i64 - parts.places + if parts.binary { 0 } else { parts.exponent };
    let twos = if parts.binary { parts.exponent } else { 0 };
    if tens.abs() > EXPONENT_MAX || twos.abs() > EXPONENT_MAX {
        return None;
    }
    let float = scale(parts.negative, mantissa, tens, twos);
    let float = if twos == 0 && significant.len() <= DIGITS_EXACT {
        let text = plain(parts.negative, significant, tens);
        float.with_text(&text)
    } else {
        float
    };
    Some(Number::from_float(float))
}

/// The commonest text: a short integer in its plain form.
fn small_integer(text: &str) -> Option<i64> {
    const DIGITS_MAX: usize = 18;
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    match text.starts_with('-') {
        true if value == 0 => None,
        true => Some(-value),
        false => Some(value),
    }
}

fn split(text: &str) -> Option<Parts> {
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let at = body.find(['e', 'E', 'p', 'P']).unwrap_or(body.len());
    let (mantissa, exponent) = body.split_at(at);
    let binary = exponent.starts_with(['p', 'P']);
    let exponent = match exponent.get(1..) {
        None => 0,
        Some(digits) => {
            let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
            if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            digits.parse::<i64>().ok()?
        }
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Beyond any limit the sum below could overflow.
    let exponent = exponent.clamp(-2 * EXPONENT_MAX - i64::from(u32::MAX), i64::from(u32::MAX));
    Some(Parts { negative, digits, places: fraction.len() as i64, exponent, binary })
}

/// `mantissa × 10^tens × 2^twos`, rounded once.
fn scale(negative: bool, mantissa: BigUint, tens: i64, twos: i64) -> Float {
    let power = BigUint::from(5u32).pow(tens.unsigned_abs() as u32);
    let exponent = tens + twos;
    if tens >= 0 {
        return Float::rounded(negative, PRECISION_TEXT, mantissa * power, exponent, Sticky::Exact);
    }
    let precision = u64::from(PRECISION_TEXT) + 2 + power.bits();
    let shift = precision.saturating_sub(mantissa.bits());
    let dividend = mantissa << shift;
    let quotient = &dividend / &power;
    let sticky = if &quotient * &power == dividend { Sticky::Exact } else { Sticky::More };
    Float::rounded(negative, PRECISION_TEXT, quotient, exponent - shift as i64, sticky)
}

/// The significant digits with the point in its place.
fn plain(negative: bool, digits: &str, tens: i64) -> String {
    let sign = if negative { "-" } else { "" };
    if tens >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(tens as usize));
    }
    let places = tens.unsigned_abs() as usize;
    match digits.len().checked_sub(places) {
        None | Some(0) => format!("{sign}0.{}{digits}", "0".repeat(places - digits.len())),
        Some(whole) => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
    }
}
