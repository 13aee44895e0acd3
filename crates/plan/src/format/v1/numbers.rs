//! Numbers with their precision.
//!
//! What a number is equal to does not depend on its precision alone, but what is computed from it does: an apply from a
//! plan file must compute what an apply without one computes. So every number comes back with the bits it had.
//! Invariant: the form of a number is a function of its value and precision.

use num_bigint::{BigInt, BigUint};
use value::{Number, PRECISION_DOUBLE, PRECISION_INT, PRECISION_TEXT};

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer};

/// An integer of 64, 512 or 53 bits of precision that fits an `i64`.
const INT: u8 = 0;
const INT_TEXT: u8 = 1;
const INT_DOUBLE: u8 = 2;
/// What a double holds exactly, and no integer (negative zero is none here).
const DOUBLE: u8 = 3;
/// All other finite numbers: sign, precision, odd mantissa, binary exponent.
const PARTS: u8 = 4;
const INFINITY: u8 = 5;

/// Largest precision that is read, in bits: more than the largest integer has.
const PRECISION_BITS_MAX: u32 = 1 << 20;
/// Largest binary exponent that is read, either sign: more than any number has.
const EXPONENT_MAX: u64 = 1 << 20;

impl Wire for Number {
    fn put(&self, to: &mut Writer) {
        let form = form(self);
        to.byte(form);
        match form {
            INFINITY => self.is_negative().put(to),
            INT | INT_TEXT | INT_DOUBLE => to.signed(self.to_i64().expect("BUG: no small integer")),
            DOUBLE => to.out.extend_from_slice(&self.to_f64().to_bits().to_be_bytes()),
            _ => put_parts(to, self),
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        let start = from.offset();
        let tag = from.byte()?;
        let number = match tag {
            INT => Some(Number::int(from.signed()?)),
            INT_TEXT => Some(Number::int_text(from.signed()?)),
            INT_DOUBLE => {
                let integer = from.signed()?;
                Number::from_f64(integer as f64).filter(|back| back.to_i64() == Some(integer))
            }
            DOUBLE => Number::from_f64(f64::from_bits(u64::from_be_bytes(from.fixed()?))),
            PARTS => take_parts(from)?,
            INFINITY => Some(Number::infinity(bool::take(from)?)),
            _ => return Err(from.no_tag("form of number", tag)),
        };
        let number = number.filter(|number| form(number) == tag);
        number.ok_or_else(|| from.fault_at(start, PlanFileFault::Value))
    }
}

/// The form in which a number is written.
fn form(number: &Number) -> u8 {
    if number.is_infinite() {
        return INFINITY;
    }
    let negative_zero = number.is_zero() && number.is_negative();
    let small = number.to_i64().is_some() && !negative_zero;
    match number.precision() {
        PRECISION_INT if small => INT,
        PRECISION_TEXT if small => INT_TEXT,
        PRECISION_DOUBLE if small => INT_DOUBLE,
        PRECISION_DOUBLE if number.to_f64_exact().is_some() => DOUBLE,
        _ => PARTS,
    }
}

/// A precision that numbers can be made with; no number has one that is not.
fn usable(precision: u32) -> u32 {
    if precision <= PRECISION_DOUBLE { PRECISION_DOUBLE } else { precision.max(PRECISION_INT) }
}

/// `2^power` at this precision; the power is smaller than the precision.
fn power_of_two(power: u32, precision: u32) -> Number {
    debug_assert!(power < precision, "BUG: 2^{power} needs more than {precision} bits");
    let exact = if precision == PRECISION_DOUBLE {
        Number::from_f64((1u64 << power) as f64)
    } else {
        Some(Number::from_bigint(&(BigInt::from(1) << power)))
    };
    exact.expect("BUG: a power of two is no number")
}

fn divided(number: &Number, divisor: &Number) -> Number {
    number.div(divisor).expect("BUG: a finite number divided by a power of two is none")
}

fn put_parts(to: &mut Writer, number: &Number) {
    let precision = usable(number.precision());
    let step = precision - 1;
    let unit = divided(&power_of_two(0, precision), &power_of_two(step, precision));
    let (mut whole, mut exponent) = (number.abs(), 0i64);
    while !whole.is_integer() {
        whole = divided(&whole, &unit);
        exponent -= i64::from(step);
    }
    let mut mantissa = whole.to_bigint().unwrap_or_default().into_parts().1;
    let zeros = mantissa.trailing_zeros().unwrap_or(0);
    mantissa >>= zeros;
    number.is_negative().put(to);
    to.number(precision.into());
    to.signed(exponent + zeros as i64);
    to.bytes(&mantissa.to_bytes_be());
}

/// `None` where the parts are those of no number, or not written the shortest way.
fn take_parts(from: &mut Reader<'_>) -> Taken<Option<Number>> {
    let negative = bool::take(from)?;
    let precision = from.number_u32()?;
    let exponent = from.signed()?;
    let bytes = from.bytes()?;
    let mantissa = BigUint::from_bytes_be(bytes);
    let shortest = match mantissa.bits() {
        0 => negative && exponent == 0 && bytes == [0],
        _ => mantissa.bit(0) && bytes[0] != 0,
    };
    let sound = shortest
        && usable(precision) == precision
        && precision <= PRECISION_BITS_MAX
        && exponent.unsigned_abs() <= EXPONENT_MAX
        && mantissa.bits() <= precision.into();
    if !sound {
        return Ok(None);
    }
    let number = scaled(mantissa, exponent, precision);
    Ok(Some(if negative { number.neg() } else { number }))
}

/// `mantissa × 2^exponent` at a precision that holds the mantissa.
fn scaled(mantissa: BigUint, exponent: i64, precision: u32) -> Number {
    let spare = u64::from(precision) - mantissa.bits();
    let zero = mantissa.bits() == 0;
    let (mut number, mut left) = if precision == PRECISION_DOUBLE {
        let small = u64::try_from(&mantissa).expect("BUG: more than 53 bits in a mantissa of 53");
        (Number::from_f64(small as f64).expect("BUG: an integer is no number"), exponent)
    } else {
        // An integer with all its bits in use has exactly the precision wanted.
        (Number::from_bigint(&BigInt::from(mantissa << spare)), exponent - spare as i64)
    };
    let step = precision - 1;
    let one = power_of_two(0, precision);
    if zero {
        return number
            .mul(&divided(&power_of_two(step, precision), &power_of_two(step, precision)))
            .expect("BUG: zero by one is no number");
    }
    while left != 0 {
        let power = left.unsigned_abs().min(step.into()) as u32;
        let factor = power_of_two(power, precision);
        if left < 0 {
            number = divided(&number, &factor);
            left += i64::from(power);
        } else {
            number = divided(&number, &divided(&one, &factor));
            left -= i64::from(power);
        }
    }
    number
}
