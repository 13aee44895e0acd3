//! Binary to decimal: the shortest text that rounds back, and the ten digits that order sets.
//!
//! The digits are those of the exact value, cut and rounded as Go's `math/big` does it, since its
//! texts are what OpenTofu writes.

use num_bigint::BigUint;

use super::float::Float;

/// Decimal digits without zeros at the end: `0.d1d2d3… × 10^point`.
#[derive(Clone)]
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The exact value of `mantissa × 2^exponent`.
    fn exact(mantissa: &BigUint, exponent: i64) -> Self {
        let (whole, places) = if exponent >= 0 {
            (mantissa << exponent as u64, 0)
        } else {
            let places = u32::try_from(-exponent).expect("BUG: an exponent beyond its limit");
            (mantissa * BigUint::from(5u32).pow(places), i64::from(places))
        };
        let mut digits = if whole == BigUint::ZERO { Vec::new() } else { whole.to_radix_be(10) };
        let point = digits.len() as i64 - places;
        trim(&mut digits);
        Self { digits, point }
    }

    fn digit(&self, at: usize) -> u8 {
        self.digits.get(at).copied().unwrap_or(0)
    }

    fn round_down(&mut self, keep: usize) {
        self.digits.truncate(keep);
        trim(&mut self.digits);
    }

    fn round_up(&mut self, keep: usize) {
        self.digits.truncate(keep);
        while let Some(last) = self.digits.last_mut() {
            if *last < 9 {
                *last += 1;
                return;
            }
            self.digits.pop();
        }
        self.digits.push(1);
        self.point += 1;
    }

    /// To the nearest; an exact half goes to the even digit.
    fn round(&mut self, keep: usize) {
        if keep >= self.digits.len() {
            return;
        }
        let exactly_half = self.digits[keep] == 5 && keep + 1 == self.digits.len();
        let up = if exactly_half {
            keep > 0 && self.digits[keep - 1] % 2 == 1
        } else {
            self.digits[keep] >= 5
        };
        if up { self.round_up(keep) } else { self.round_down(keep) }
    }
}

fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&0) {
        digits.pop();
    }
}

/// The shortest text without an exponent.
pub(super) fn shortest(float: &Float) -> String {
    let sign = if float.is_negative() { "-" } else { "" };
    if float.is_infinite() {
        return if sign.is_empty() { "+Inf".into() } else { "-Inf".into() };
    }
    let Some((mantissa, exponent)) = float.parts() else { return format!("{sign}0") };
    let mut out = Vec::from(sign);
    write_plain(&shortest_digits(mantissa, exponent, float.precision()), &mut out);
    String::from_utf8(out).expect("BUG: digits are ASCII")
}

/// The fewest digits that lie nearer to this number than to its neighbours at the precision.
fn shortest_digits(mantissa: &BigUint, exponent: i64, precision: u32) -> Decimal {
    let mut decimal = Decimal::exact(mantissa, exponent);
    // One bit more than the precision: plus and minus one are then half the way to a neighbour.
    let widen = u64::from(precision) + 1 - mantissa.bits().min(u64::from(precision));
    let wide = mantissa << widen;
    let wide_exponent = exponent - widen as i64;
    let lower = Decimal::exact(&(&wide - 1u32), wide_exponent);
    let upper = Decimal::exact(&(&wide + 1u32), wide_exponent);
    // The bounds themselves round to this number where its mantissa is even.
    let inclusive = !wide.bit(1);
    for at in 0..decimal.digits.len() {
        let (low, here, high) = (lower.digit(at), decimal.digits[at], upper.digit(at));
        let down = low != here || inclusive && at + 1 == lower.digits.len();
        let up = here != high && (inclusive || here + 1 < high || at + 1 < upper.digits.len());
        match (down, up) {
            (true, true) => decimal.round(at + 1),
            (true, false) => decimal.round_down(at + 1),
            (false, true) => decimal.round_up(at + 1),
            (false, false) => continue,
        }
        break;
    }
    decimal
}

fn write_plain(decimal: &Decimal, out: &mut Vec<u8>) {
    let point = decimal.point;
    if point <= 0 {
        out.push(b'0');
    } else {
        out.extend((0..point as usize).map(|at| b'0' + decimal.digit(at)));
    }
    let places = (decimal.digits.len() as i64 - point).max(0);
    if places > 0 && !decimal.digits.is_empty() {
        out.push(b'.');
        for place in 0..places {
            let digit = usize::try_from(point + place).map_or(0, |at| decimal.digit(at));
            out.push(b'0' + digit);
        }
    }
}

/// At most ten significant digits, with an exponent where Go's `%.10g` has one.
pub(super) fn write_ten_digits(float: &Float, out: &mut Vec<u8>) {
    const DIGITS_MAX: usize = 10;
    if float.is_infinite() {
        out.extend_from_slice(if float.is_negative() { b"-Inf" } else { b"+Inf" });
        return;
    }
    if float.is_negative() {
        out.push(b'-');
    }
    let Some((mantissa, exponent)) = float.parts() else {
        out.push(b'0');
        return;
    };
    let mut decimal = Decimal::exact(mantissa, exponent);
    decimal.round(DIGITS_MAX);
    let count = decimal.digits.len();
    let threshold = if DIGITS_MAX > count && count as i64 >= decimal.point {
        count as i64
    } else {
        DIGITS_MAX as i64
    };
    let power = decimal.point - 1;
    if power < -4 || power >= threshold {
        write_scientific(&decimal, power, out);
    } else {
        write_plain(&decimal, out);
    }
}

fn write_scientific(decimal: &Decimal, power: i64, out: &mut Vec<u8>) {
    out.push(b'0' + decimal.digit(0));
    if decimal.digits.len() > 1 {
        out.push(b'.');
        out.extend(decimal.digits[1..].iter().map(|digit| b'0' + digit));
    }
    let sign = if power < 0 { '-' } else { '+' };
    out.extend_from_slice(format!("e{sign}{:02}", power.abs()).as_bytes());
}
