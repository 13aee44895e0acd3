//! Numbers with an exponent, with a fixed count of decimals, or whichever is shorter: the verbs `%e`, `%f` and `%g`.
//! Not how the language itself prints numbers; `Number::to_text` does that.
//! Invariant: with a precision, digits are rounded from the exact value, halves to the even digit.

use num_bigint::BigInt;
use value::Number;

/// `0.d1d2d3… × 10^point`, without zeros at either end of the digits; zero has no digits.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// How to write a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `1.5e+10`
    Exponent,
    /// `15000000000.0`
    Fixed,
    /// Whichever is shorter.
    General,
}

/// `number` without its sign, with `precision` decimals (digits, for the general form), or as many as tell it apart.
/// Infinities are `Inf`.
pub(crate) fn magnitude(number: &Number, form: Form, precision: Option<usize>) -> String {
    if number.is_infinite() {
        return "Inf".to_owned();
    }
    let mut decimal = match precision {
        Some(_) => exact(number),
        None => shortest(number),
    };
    match form {
        Form::Exponent => {
            if let Some(precision) = precision {
                decimal.round(1 + precision as i64);
            }
            exponent(&decimal, precision)
        }
        Form::Fixed => {
            if let Some(precision) = precision {
                decimal.round(decimal.point.saturating_add(precision as i64));
            }
            fixed(&decimal, precision)
        }
        Form::General => {
            let precision = precision.map(|precision| precision.max(1));
            if let Some(precision) = precision {
                decimal.round(precision as i64);
            }
            general(&decimal, precision)
        }
    }
}

fn general(decimal: &Decimal, precision: Option<usize>) -> String {
    let length = decimal.digits.len() as i64;
    // Up to this exponent the fixed form is used; without a precision it is six digits.
    let limit = match precision {
        None => 6,
        Some(precision) if precision as i64 > length && length >= decimal.point => length,
        Some(precision) => precision as i64,
    };
    let exponent_value = if length == 0 { 0 } else { decimal.point - 1 };
    if exponent_value < -4 || exponent_value >= limit {
        return exponent(decimal, None);
    }
    fixed(decimal, None)
}

/// One digit, a point and `precision` digits (all there are, by default), then the exponent with two digits or more.
fn exponent(decimal: &Decimal, precision: Option<usize>) -> String {
    let mut out = String::new();
    out.push(decimal.digit(0));
    let decimals = precision.unwrap_or(decimal.digits.len().saturating_sub(1));
    if decimals > 0 {
        out.push('.');
        out.extend((1..=decimals as i64).map(|at| decimal.digit(at)));
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("e{sign}{:02}", exponent.abs())
}

fn fixed(decimal: &Decimal, precision: Option<usize>) -> String {
    let mut out = String::new();
    if decimal.point > 0 {
        out.extend((0..decimal.point).map(|at| decimal.digit(at)));
    } else {
        out.push('0');
    }
    let all = decimal.digits.len() as i64 - decimal.point;
    let decimals = precision.map_or(all.max(0), |precision| precision as i64);
    if decimals > 0 {
        out.push('.');
        out.extend((0..decimals).map(|at| decimal.digit(decimal.point + at)));
    }
    out
}

impl Decimal {
    fn new(mut digits: Vec<u8>, mut point: i64) -> Self {
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        point -= leading as i64;
        let mut decimal = Decimal { digits, point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        let kept = self.digits.iter().rposition(|digit| *digit != b'0').map_or(0, |at| at + 1);
        self.digits.truncate(kept);
        if kept == 0 {
            self.point = 0;
        }
    }

    fn digit(&self, at: i64) -> char {
        let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at));
        digit.map_or('0', |digit| char::from(*digit))
    }

    /// Keeps `count` digits.
    fn round(&mut self, count: i64) {
        if count < 0 {
            self.digits.clear();
            self.point = 0;
            return;
        }
        let count = count as usize;
        let Some(next) = self.digits.get(count) else {
            return;
        };
        let is_half = *next == b'5' && self.digits.len() == count + 1;
        let odd = count > 0 && (self.digits[count - 1] - b'0') % 2 == 1;
        let up = if is_half { odd } else { *next >= b'5' };
        self.digits.truncate(count);
        if up {
            self.increment();
        }
        self.trim();
    }

    fn increment(&mut self) {
        while let Some(last) = self.digits.pop() {
            if last < b'9' {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }
}

/// The fewest digits that tell the number apart at its precision.
fn shortest(number: &Number) -> Decimal {
    let text = number.abs().to_text();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = whole.bytes().chain(fraction.bytes()).collect();
    Decimal::new(digits, whole.len() as i64)
}

/// All digits of the number's value.
fn exact(number: &Number) -> Decimal {
    let mut scaled = number.abs();
    let mut bits = 0_u32;
    // Multiplying by a power of two never rounds; some power makes any binary fraction whole.
    let mut step = 64;
    while !scaled.is_integer() {
        let power = Number::from_bigint(&(BigInt::from(1) << step));
        scaled = scaled.mul(&power).expect("BUG: both are finite");
        bits += step;
        step *= 2;
    }
    let mantissa = scaled.to_bigint().expect("BUG: a finite number has an integer part");
    // m / 2^n = m × 5^n / 10^n
    let digits = (mantissa * BigInt::from(5).pow(bits)).to_string().into_bytes();
    let point = digits.len() as i64 - i64::from(bits);
    Decimal::new(digits, point)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, form: Form, precision: impl Into<Option<usize>>, expect: &str) {
        let number = Number::parse(text).expect(text);
        assert_eq!(magnitude(&number, form, precision.into()), expect, "{text} {form:?}");
    }

    #[test]
    fn exponents() {
        check("0", Form::Exponent, 6, "0.000000e+00");
        check("1234.5678", Form::Exponent, 2, "1.23e+03");
        check("0.00012", Form::Exponent, 0, "1e-04");
        check("1e100", Form::Exponent, 1, "1.0e+100");
        check("9.99", Form::Exponent, 1, "1.0e+01");
    }

    #[test]
    fn fixed_points() {
        check("3.14159", Form::Fixed, 2, "3.14");
        check("0.5", Form::Fixed, 0, "0");
        check("1.5", Form::Fixed, 0, "2");
        check("2.5", Form::Fixed, 0, "2");
        check("0.125", Form::Fixed, 2, "0.12");
        check("0", Form::Fixed, 3, "0.000");
        check("1e20", Form::Fixed, 1, "100000000000000000000.0");
        check("0.0004", Form::Fixed, 3, "0.000");
        check("0.0006", Form::Fixed, 3, "0.001");
        check("0.06", Form::Fixed, 0, "0");
        check("0.1", Form::Fixed, 6, "0.100000");
    }

    #[test]
    fn whichever_is_shorter() {
        check("100000", Form::General, None, "100000");
        check("1000000", Form::General, None, "1e+06");
        check("123456789", Form::General, None, "1.23456789e+08");
        check("0.0001", Form::General, None, "0.0001");
        check("0.00001", Form::General, None, "1e-05");
        check("3.14159", Form::General, 3, "3.14");
        check("100", Form::General, 2, "1e+02");
        check("0", Form::General, None, "0");
        check("Inf", Form::General, None, "Inf");
    }
}
