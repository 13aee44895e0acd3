//! Binary floating point of any precision: sign, odd mantissa, exponent, precision.
//!
//! Arithmetic is exact, then rounded once to the nearest, ties to even. There are no denormals; what
//! grows beyond [`EXPONENT_BITS_MAX`] becomes infinite, what shrinks beyond it becomes zero.

use std::cmp::Ordering;
use std::sync::OnceLock;

use num_bigint::{BigInt, BigUint, Sign};

use super::NotANumber;
use super::decimal;

/// Largest binary exponent, either sign: somewhat over a hundred thousand decimal digits.
const EXPONENT_BITS_MAX: i64 = 400_000;

/// A number that is not a small integer, or is one in the midst of an operation.
#[derive(Clone, Debug)]
pub(super) struct Float {
    negative: bool,
    precision: u32,
    form: Form,
    /// The shortest text, once asked for.
    text: OnceLock<Box<str>>,
}

#[derive(Clone, Debug)]
enum Form {
    Zero,
    /// `mantissa × 2^exponent`, the mantissa odd.
    Finite {
        mantissa: BigUint,
        exponent: i64,
    },
    Infinite,
}

impl Float {
    fn make(negative: bool, precision: u32, form: Form) -> Self {
        Self { negative, precision, form, text: OnceLock::new() }
    }

    pub(super) fn zero(negative: bool, precision: u32) -> Self {
        Self::make(negative, precision, Form::Zero)
    }

    pub(super) fn infinity(negative: bool) -> Self {
        Self::make(negative, 0, Form::Infinite)
    }

    /// `mantissa × 2^exponent` rounded to the precision. `sticky` says that the exact value lies a
    /// little above, by less than one unit of the mantissa given.
    pub(super) fn rounded(
        negative: bool,
        precision: u32,
        mantissa: BigUint,
        exponent: i64,
        sticky: Sticky,
    ) -> Self {
        let bits = mantissa.bits();
        if bits == 0 {
            return Self::zero(negative, precision);
        }
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        if bits > u64::from(precision) {
            let excess = bits - u64::from(precision);
            let half = mantissa.bit(excess - 1);
            let below = sticky == Sticky::More
                || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            mantissa >>= excess;
            exponent += excess as i64;
            if half && (below || mantissa.bit(0)) {
                mantissa += 1u32;
            }
        }
        let zeros = mantissa.trailing_zeros().expect("BUG: a rounded mantissa became zero");
        if zeros > 0 {
            mantissa >>= zeros;
            exponent += zeros as i64;
        }
        if exponent > EXPONENT_BITS_MAX {
            return Self::make(negative, precision, Form::Infinite);
        }
        if exponent < -EXPONENT_BITS_MAX {
            return Self::zero(negative, precision);
        }
        Self::make(negative, precision, Form::Finite { mantissa, exponent })
    }

    pub(super) fn from_bigint(value: &BigInt, precision: u32) -> Self {
        let negative = value.sign() == Sign::Minus;
        Self::rounded(negative, precision, value.magnitude().clone(), 0, Sticky::Exact)
    }

    /// A finite double, or an infinite one. Never called with NaN.
    pub(super) fn from_f64(value: f64) -> Self {
        const MANTISSA_BITS: u32 = 52;
        const EXPONENT_BIAS: i64 = 1075;
        let negative = value.is_sign_negative();
        if value.is_infinite() {
            return Self::make(negative, super::PRECISION_DOUBLE, Form::Infinite);
        }
        let raw = value.to_bits();
        let fraction = raw & ((1 << MANTISSA_BITS) - 1);
        let biased = ((raw >> MANTISSA_BITS) & 0x7ff) as i64;
        let (mantissa, exponent) = match biased {
            0 => (fraction, 1 - EXPONENT_BIAS),
            _ => (fraction | 1 << MANTISSA_BITS, biased - EXPONENT_BIAS),
        };
        let mantissa = BigUint::from(mantissa);
        Self::rounded(negative, super::PRECISION_DOUBLE, mantissa, exponent, Sticky::Exact)
    }

    /// The same number, its shortest text known already.
    pub(super) fn with_text(self, text: &str) -> Self {
        let text = OnceLock::from(Box::from(text));
        Self { text, ..self }
    }

    pub(super) fn precision(&self) -> u32 {
        self.precision
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(self.form, Form::Zero)
    }

    pub(super) fn is_negative_zero(&self) -> bool {
        self.negative && self.is_zero()
    }

    pub(super) fn is_infinite(&self) -> bool {
        matches!(self.form, Form::Infinite)
    }

    pub(super) fn is_integer(&self) -> bool {
        match self.form {
            Form::Zero => true,
            Form::Finite { exponent, .. } => exponent >= 0,
            Form::Infinite => false,
        }
    }

    /// Mantissa and exponent of a finite number that is not zero.
    pub(super) fn parts(&self) -> Option<(&BigUint, i64)> {
        match &self.form {
            Form::Finite { mantissa, exponent } => Some((mantissa, *exponent)),
            Form::Zero | Form::Infinite => None,
        }
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        match &self.form {
            Form::Zero => Some(0),
            Form::Finite { mantissa, exponent } => {
                let shift = u32::try_from(*exponent).ok().filter(|&shift| shift < 64)?;
                let mantissa = u64::try_from(mantissa).ok()?;
                let magnitude = i128::from(mantissa).checked_shl(shift)?;
                i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
            }
            Form::Infinite => None,
        }
    }

    pub(super) fn to_bigint_exact(&self) -> Option<BigInt> {
        if self.is_integer() { self.trunc_bigint() } else { None }
    }

    /// The integer part; `None` of infinities.
    pub(super) fn trunc_bigint(&self) -> Option<BigInt> {
        let magnitude = match &self.form {
            Form::Zero => BigUint::ZERO,
            Form::Finite { mantissa, exponent } if *exponent >= 0 => mantissa << *exponent as u64,
            Form::Finite { mantissa, exponent } => mantissa >> exponent.unsigned_abs(),
            Form::Infinite => return None,
        };
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        Some(BigInt::from_biguint(sign, magnitude))
    }

    pub(super) fn to_f64(&self) -> f64 {
        let magnitude = match &self.form {
            Form::Zero => 0.0,
            Form::Infinite => f64::INFINITY,
            Form::Finite { mantissa, exponent } => double(mantissa, *exponent),
        };
        if self.negative { -magnitude } else { magnitude }
    }

    pub(super) fn neg(&self) -> Self {
        Self::make(!self.negative, self.precision, self.form.clone())
    }

    /// The other sign, but no negative zero where there was none.
    pub(super) fn neg_unless_zero(&self) -> Self {
        if self.is_zero() { Self::zero(false, self.precision) } else { self.neg() }
    }

    pub(super) fn floor(&self) -> Self {
        match &self.form {
            Form::Finite { exponent, .. } if *exponent < 0 => {
                let whole = self.trunc_bigint().expect("BUG: a finite number has an integer part");
                let whole = if self.negative { whole - 1 } else { whole };
                Self::from_bigint(&whole, self.precision)
            }
            _ => self.clone(),
        }
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, NotANumber> {
        let precision = self.precision.max(other.precision);
        match (&self.form, &other.form) {
            (Form::Infinite, Form::Infinite) if self.negative != other.negative => Err(NotANumber),
            (Form::Infinite, _) => Ok(self.clone()),
            (_, Form::Infinite) => Ok(other.clone()),
            (Form::Zero, Form::Zero) => Ok(Self::zero(self.negative && other.negative, precision)),
            (Form::Zero, Form::Finite { .. }) => Ok(other.at_precision(precision)),
            (Form::Finite { .. }, Form::Zero) => Ok(self.at_precision(precision)),
            (
                Form::Finite { mantissa: a, exponent: e },
                Form::Finite { mantissa: b, exponent: f },
            ) => {
                let exponent = *e.min(f);
                let signed = |negative: bool, mantissa: &BigUint, from: i64| {
                    let sign = if negative { Sign::Minus } else { Sign::Plus };
                    BigInt::from_biguint(sign, mantissa << (from - exponent) as u64)
                };
                let sum = signed(self.negative, a, *e) + signed(other.negative, b, *f);
                let negative = sum.sign() == Sign::Minus;
                let magnitude = sum.into_parts().1;
                Ok(Self::rounded(negative, precision, magnitude, exponent, Sticky::Exact))
            }
        }
    }

    fn at_precision(&self, precision: u32) -> Self {
        match &self.form {
            Form::Finite { mantissa, exponent } => {
                Self::rounded(self.negative, precision, mantissa.clone(), *exponent, Sticky::Exact)
            }
            _ => Self::make(self.negative, precision, self.form.clone()),
        }
    }

    /// The product, rounded first to 512 bits, then kept with what it needs.
    pub(super) fn mul(&self, other: &Self) -> Result<Self, NotANumber> {
        let negative = self.negative != other.negative;
        let precision = self.precision.max(other.precision);
        match (&self.form, &other.form) {
            (Form::Infinite, Form::Zero) | (Form::Zero, Form::Infinite) => Err(NotANumber),
            (Form::Infinite, _) | (_, Form::Infinite) => {
                Ok(Self::make(negative, precision, Form::Infinite))
            }
            (Form::Zero, _) | (_, Form::Zero) => Ok(Self::zero(negative, precision)),
            (
                Form::Finite { mantissa: a, exponent: e },
                Form::Finite { mantissa: b, exponent: f },
            ) => {
                let wide = super::PRECISION_TEXT;
                let product = Self::rounded(negative, wide, a * b, e + f, Sticky::Exact);
                let needs = product.parts().map_or(0, |(mantissa, _)| mantissa.bits() as u32);
                Ok(Self { precision: precision.max(needs), ..product })
            }
        }
    }

    pub(super) fn div(&self, other: &Self) -> Result<Self, NotANumber> {
        let precision = self.precision.max(other.precision);
        self.div_at(other, precision)
    }

    /// The quotient at a precision of the caller's choice.
    pub(super) fn div_at(&self, other: &Self, precision: u32) -> Result<Self, NotANumber> {
        let negative = self.negative != other.negative;
        match (&self.form, &other.form) {
            (Form::Zero, Form::Zero) | (Form::Infinite, Form::Infinite) => Err(NotANumber),
            (Form::Zero, _) | (_, Form::Infinite) => Ok(Self::zero(negative, precision)),
            (Form::Infinite, _) | (_, Form::Zero) => {
                Ok(Self::make(negative, precision, Form::Infinite))
            }
            (
                Form::Finite { mantissa: a, exponent: e },
                Form::Finite { mantissa: b, exponent: f },
            ) => {
                // Two bits more than the precision, so that a half is told from what is beside it.
                let spare = u64::from(precision) + 2 + b.bits();
                let shift = spare.saturating_sub(a.bits());
                let dividend = a << shift;
                let quotient = &dividend / b;
                let exact = &quotient * b == dividend;
                let sticky = if exact { Sticky::Exact } else { Sticky::More };
                Ok(Self::rounded(negative, precision, quotient, e - f - shift as i64, sticky))
            }
        }
    }

    /// The remainder: the quotient is rounded to its precision before it is cut, as OpenTofu does.
    pub(super) fn rem(&self, other: &Self) -> Result<Self, NotANumber> {
        let quotient = self.div(other)?;
        let whole = quotient.trunc_bigint().ok_or(NotANumber)?;
        let precision = self.precision;
        let work = Self::from_bigint(&whole, precision);
        let product = match (work.parts(), other.parts()) {
            (Some((a, e)), Some((b, f))) => {
                let negative = work.negative != other.negative;
                Self::rounded(negative, precision, a * b, e + f, Sticky::Exact)
            }
            _ => Self::zero(false, precision),
        };
        let difference = self.add(&product.neg())?;
        Ok(difference.at_precision(precision))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let rank = |float: &Self| match (&float.form, float.negative) {
            (Form::Zero, _) => 0,
            (Form::Finite { .. }, false) => 1,
            (Form::Infinite, false) => 2,
            (Form::Finite { .. }, true) => -1,
            (Form::Infinite, true) => -2,
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self.parts(), other.parts()) {
            (Some(a), Some(b)) => {
                let order = compare_magnitudes(a, b);
                if self.negative { order.reverse() } else { order }
            }
            _ => Ordering::Equal,
        })
    }

    /// Equal in the language: integers by value, others by text.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self.is_integer(), other.is_integer()) {
            (true, true) => self.compare(other) == Ordering::Equal,
            (false, false) => self.text() == other.text(),
            _ => false,
        }
    }

    /// The shortest text, computed once.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| decimal::shortest(self).into_boxed_str())
    }

    pub(super) fn write_key(&self, out: &mut Vec<u8>) {
        decimal::write_ten_digits(self, out);
    }
}

/// Whether a truncated mantissa stands for exactly its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sticky {
    Exact,
    More,
}

fn compare_magnitudes((a, e): (&BigUint, i64), (b, f): (&BigUint, i64)) -> Ordering {
    let top = |mantissa: &BigUint, exponent: i64| mantissa.bits() as i64 + exponent;
    top(a, e).cmp(&top(b, f)).then_with(|| match e.cmp(&f) {
        Ordering::Equal => a.cmp(b),
        Ordering::Greater => (a << (e - f) as u64).cmp(b),
        Ordering::Less => a.cmp(&(b << (f - e) as u64)),
    })
}

/// The double nearest to `mantissa × 2^exponent`, ties to even, denormal and infinite included.
fn double(mantissa: &BigUint, exponent: i64) -> f64 {
    const LOWEST: i64 = -1074;
    const TOP_MAX: i64 = 1024;
    const FRACTION: u64 = (1 << 52) - 1;
    let top = mantissa.bits() as i64 + exponent;
    if top > TOP_MAX {
        return f64::INFINITY;
    }
    // How many bits a double has left at this size.
    let room = (top - LOWEST).min(53);
    if room < 0 {
        return 0.0;
    }
    let drop = mantissa.bits() as i64 - room;
    let (mut kept, unit) = if drop <= 0 {
        (mantissa << (-drop) as u64, exponent + drop)
    } else {
        let half = mantissa.bit(drop as u64 - 1);
        let below = mantissa.trailing_zeros().is_some_and(|zeros| zeros < drop as u64 - 1);
        let mut kept = mantissa >> drop as u64;
        if half && (below || kept.bit(0)) {
            kept += 1u32;
        }
        (kept, exponent + drop)
    };
    let mut unit = unit;
    if kept.bits() > 53 {
        kept >>= 1u32;
        unit += 1;
    }
    let kept = u64::try_from(&kept).expect("BUG: more than 53 bits after rounding");
    if kept >> 52 == 0 {
        return f64::from_bits(kept);
    }
    match unit - LOWEST + 1 {
        biased @ ..=0x7fe => f64::from_bits((biased as u64) << 52 | (kept & FRACTION)),
        _ => f64::INFINITY,
    }
}
