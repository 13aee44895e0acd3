//! Numbers as OpenTofu computes with them: binary floating point that carries its own precision.
//!
//! A number from text has 512 bits, one from an integer of the program 64 or as many as it needs,
//! one from a MessagePack float, `pow` or `log` 53. Results take the larger precision of their
//! operands and are rounded to the nearest, ties to even. Numbers print with the shortest decimal
//! text that rounds back to them at their precision. Integers below 2^63 take a fast path that
//! gives the same texts. There is a negative zero (it prints `-0`) and there are infinities, and no
//! not-a-number: what would make one is an error.

mod arithmetic;
mod decimal;
mod float;
mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use float::Float;
use num_bigint::{BigInt, Sign};

/// Bits of precision of what is read from text.
pub const PRECISION_TEXT: u32 = 512;
/// Bits of precision of what the program counts.
pub const PRECISION_INT: u32 = 64;
/// Bits of precision of an IEEE double.
pub const PRECISION_DOUBLE: u32 = 53;

/// A number. Equality is the language's: integers by value, others by their shortest text.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    /// The value's bits are at most `precision`, so no rounding hides in it. Never negative zero.
    Int { value: i64, precision: u16 },
    /// All else.
    Float(Arc<Float>),
}

/// The operation has no number as its result: zero by zero, infinity by infinity, and the like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotANumber;

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the result is not a number")
    }
}

impl std::error::Error for NotANumber {}

fn bits(value: i64) -> u32 {
    64 - value.unsigned_abs().leading_zeros()
}

impl Number {
    /// Zero, as the program counts.
    pub const ZERO: Self = Self::int(0);
    /// One, as the program counts.
    pub const ONE: Self = Self::int(1);

    /// An integer of the program (a length, an index): 64 bits of precision.
    pub const fn int(value: i64) -> Self {
        Self(Repr::Int { value, precision: PRECISION_INT as u16 })
    }

    /// An integer as if read from text: 512 bits of precision.
    pub const fn int_text(value: i64) -> Self {
        Self(Repr::Int { value, precision: PRECISION_TEXT as u16 })
    }

    /// An unsigned integer of the program.
    pub fn from_u64(value: u64) -> Self {
        Self::exact_int(i128::from(value), PRECISION_INT)
    }

    /// A double, 53 bits of precision; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Self> {
        const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;
        if value.is_nan() {
            return None;
        }
        if value.abs() <= WHOLE_MAX && value.fract() == 0.0 && !is_negative_zero(value) {
            return Some(Self(Repr::Int {
                value: value as i64,
                precision: PRECISION_DOUBLE as u16,
            }));
        }
        Some(Self::from_float(Float::from_f64(value)))
    }

    /// An integer of any size, with as many bits of precision as it needs, at least 64.
    pub fn from_bigint(value: &BigInt) -> Self {
        let precision = u32::try_from(value.bits()).unwrap_or(u32::MAX).max(PRECISION_INT);
        Self::from_float(Float::from_bigint(value, precision))
    }

    /// Reads decimal text (`-12.5e3`, `.5`, `Inf`) with 512 bits of precision; `None` where it is no
    /// number, or its decimal exponent is beyond [`EXPONENT_MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        parse::parse(text)
    }

    /// Positive or negative infinity.
    pub fn infinity(negative: bool) -> Self {
        Self(Repr::Float(Arc::new(Float::infinity(negative))))
    }

    /// An exact integer at a precision that may be too small for it: then it is rounded.
    fn exact_int(value: i128, precision: u32) -> Self {
        match i64::try_from(value) {
            Ok(small) if bits(small) <= precision => {
                Self(Repr::Int { value: small, precision: precision as u16 })
            }
            _ => Self(Repr::Float(Arc::new(Float::from_bigint(&BigInt::from(value), precision)))),
        }
    }

    /// Takes the fast path again where the float is a small integer.
    fn from_float(float: Float) -> Self {
        match (float.to_i64(), u16::try_from(float.precision())) {
            (Some(value), Ok(precision))
                if bits(value) <= u32::from(precision) && !float.is_negative_zero() =>
            {
                Self(Repr::Int { value, precision })
            }
            _ => Self(Repr::Float(Arc::new(float))),
        }
    }

    /// The same number in the form for slow paths.
    fn float(&self) -> FloatRef<'_> {
        match &self.0 {
            Repr::Int { value, precision } => {
                FloatRef::Made(Float::from_bigint(&BigInt::from(*value), u32::from(*precision)))
            }
            Repr::Float(float) => FloatRef::Kept(float),
        }
    }

    /// Bits of precision.
    pub fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Int { precision, .. } => u32::from(*precision),
            Repr::Float(float) => float.precision(),
        }
    }

    /// Is it zero of either sign?
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Int { value, .. } => *value == 0,
            Repr::Float(float) => float.is_zero(),
        }
    }

    /// Has it a minus before it? True of negative zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Int { value, .. } => *value < 0,
            Repr::Float(float) => float.is_negative(),
        }
    }

    /// One of the infinities?
    pub fn is_infinite(&self) -> bool {
        matches!(&self.0, Repr::Float(float) if float.is_infinite())
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i64 {
        match (self.is_zero(), self.is_negative()) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// An integer? False of infinities.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int { .. } => true,
            Repr::Float(float) => float.is_integer(),
        }
    }

    /// The number as `i64`, where it is exactly one.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int { value, .. } => Some(*value),
            Repr::Float(float) => float.to_i64(),
        }
    }

    /// The number as `u64`, where it is exactly one.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Int { value, .. } => u64::try_from(*value).ok(),
            Repr::Float(float) => u64::try_from(float.to_bigint_exact()?).ok(),
        }
    }

    /// The nearest double, ties to even; too large ones become infinite.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int { value, .. } => *value as f64,
            Repr::Float(float) => float.to_f64(),
        }
    }

    /// The double that equals this number exactly, where there is one.
    pub fn to_f64_exact(&self) -> Option<f64> {
        let double = self.to_f64();
        let back = Self::from_f64(double)?;
        (double.is_finite() && back.compare(self) == Ordering::Equal).then_some(double)
    }

    /// The integer part; `None` of infinities.
    pub fn to_bigint(&self) -> Option<BigInt> {
        match &self.0 {
            Repr::Int { value, .. } => Some(BigInt::from(*value)),
            Repr::Float(float) => float.trunc_bigint(),
        }
    }

    /// The order of the exact values; zeros of both signs are equal. Two numbers that are equal in
    /// the language (by text) can still differ here.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Int { value: a, .. }, Repr::Int { value: b, .. }) => a.cmp(b),
            _ => self.float().compare(&other.float()),
        }
    }

    /// The shortest decimal text that rounds back to this number, without an exponent:
    /// `0.1`, `-0`, `+Inf`.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_text(&mut out);
        out
    }

    /// Appends [`Self::to_text`].
    pub fn write_text(&self, out: &mut String) {
        match &self.0 {
            Repr::Int { value, .. } => write_int(*value, out),
            Repr::Float(float) => out.push_str(float.text()),
        }
    }

    /// Appends the text with at most ten digits that orders sets (`1e+20`, `0.3333333333`).
    pub(crate) fn write_key(&self, out: &mut Vec<u8>) {
        /// Below this, ten digits hold the integer and no exponent is used.
        const PLAIN_MAX: u64 = 10_000_000_000;
        match &self.0 {
            Repr::Int { value, .. } if value.unsigned_abs() < PLAIN_MAX => {
                let mut text = String::new();
                write_int(*value, &mut text);
                out.extend_from_slice(text.as_bytes());
            }
            _ => self.float().write_key(out),
        }
    }
}

/// Appends an integer's decimal text.
pub(crate) fn write_int(value: i64, out: &mut String) {
    const DIGITS_MAX: usize = 20;
    let mut buffer = [0u8; DIGITS_MAX];
    let mut at = DIGITS_MAX;
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(buffer[at..].iter().map(|&digit| char::from(digit)));
}

fn is_negative_zero(value: f64) -> bool {
    value == 0.0 && value.is_sign_negative()
}

pub use parse::EXPONENT_MAX;

/// A float borrowed from a number or made for one operation.
enum FloatRef<'a> {
    Made(Float),
    Kept(&'a Float),
}

impl std::ops::Deref for FloatRef<'_> {
    type Target = Float;

    fn deref(&self) -> &Float {
        match self {
            Self::Made(float) => float,
            Self::Kept(float) => float,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Int { value: a, .. }, Repr::Int { value: b, .. }) => a == b,
            (Repr::Float(a), Repr::Float(b)) => Arc::ptr_eq(a, b) || a.same(b),
            (Repr::Int { value, .. }, Repr::Float(float))
            | (Repr::Float(float), Repr::Int { value, .. }) => float.to_i64() == Some(*value),
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Int { value, .. } => state.write_u64(*value as u64),
            Repr::Float(float) => match float.to_i64() {
                Some(value) => state.write_u64(value as u64),
                None if float.is_integer() => {
                    let (sign, digits) = float.to_bigint_exact().unwrap_or_default().into_parts();
                    (sign == Sign::Minus).hash(state);
                    digits.hash(state);
                }
                None => state.write(float.text().as_bytes()),
            },
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::int(value)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int { value, .. } => fmt::Display::fmt(value, f),
            Repr::Float(float) => f.pad(float.text()),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
