//! Powers and logarithms of doubles by the methods that Go uses, so that the last digit is the same: the whole part of an
//! exponent by squaring, with powers of two kept apart; logarithms by the method of FreeBSD's libm.
//! Invariant: exact where a double can hold every step's result.

/// The natural logarithm of `value`.
pub(crate) fn ln(value: f64) -> f64 {
    /// The logarithm of 2 in two parts, of which the first has few bits.
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// Coefficients of the approximation, by the power of the argument's square.
    const L: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if !(value.is_finite() && value > 0.0) {
        return value.ln();
    }
    let (mut fraction, mut twos) = split(value);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        twos -= 1;
    }
    let (f, k) = (fraction - 1.0, twos as f64);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (L[0] + s4 * (L[2] + s4 * (L[4] + s4 * L[6])));
    let even = s4 * (L[1] + s4 * (L[3] + s4 * L[5]));
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * LN2_LOW)) - f)
}

/// `base` to the power of `exponent`.
pub(crate) fn pow(base: f64, exponent: f64) -> f64 {
    let special = exponent == 0.0
        || base == 1.0
        || exponent == 1.0
        || exponent.abs() == 0.5
        || !base.is_finite()
        || !exponent.is_finite()
        || base == 0.0
        || exponent.abs() >= 9.2e18
        || base < 0.0 && exponent.fract() != 0.0;
    if special {
        return match exponent {
            0.5 if base.is_finite() => base.sqrt(),
            -0.5 if base.is_finite() => 1.0 / base.sqrt(),
            _ => base.powf(exponent),
        };
    }
    let (mut whole, mut rest) = (exponent.abs().trunc(), exponent.abs().fract());
    let mut mantissa = 1.0;
    let mut twos: i64 = 0;
    if rest != 0.0 {
        if rest > 0.5 {
            rest -= 1.0;
            whole += 1.0;
        }
        mantissa = (rest * ln(base)).exp();
    }
    let (mut square, mut square_twos) = split(base);
    let mut bits = whole as i64;
    while bits != 0 {
        if square_twos.abs() > 1 << 12 {
            // The result is zero or infinite, whatever follows.
            twos += square_twos;
            break;
        }
        if bits & 1 == 1 {
            mantissa *= square;
            twos += square_twos;
        }
        square *= square;
        square_twos <<= 1;
        if square < 0.5 {
            square += square;
            square_twos -= 1;
        }
        bits >>= 1;
    }
    if exponent < 0.0 {
        mantissa = 1.0 / mantissa;
        twos = -twos;
    }
    scaled(mantissa, twos)
}

/// `value` as a fraction of magnitude 0.5 to 1 and a power of two.
fn split(value: f64) -> (f64, i64) {
    let (normal, shift) =
        if value.abs() < f64::MIN_POSITIVE { (value * 2_f64.powi(52), -52) } else { (value, 0) };
    let bits = normal.to_bits();
    let exponent = i64::try_from(bits >> 52 & 0x7ff).expect("BUG: eleven bits") - 1022;
    let fraction = f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52);
    (fraction, exponent + shift)
}

/// `mantissa` times a power of two, rounded once.
fn scaled(mantissa: f64, twos: i64) -> f64 {
    let (fraction, exponent) = split(mantissa);
    let exponent = exponent + twos;
    if exponent > 1024 {
        return f64::INFINITY.copysign(mantissa);
    }
    if exponent < -1075 {
        return 0.0_f64.copysign(mantissa);
    }
    // In two steps, so that neither factor leaves the range of doubles; only the last one can round.
    let power = i32::try_from(exponent).expect("BUG: a small exponent");
    let half = power / 2;
    fraction * 2_f64.powi(half) * 2_f64.powi(power - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms() {
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(2.5) / ln(3.0), 0.834_043_767_146_469_9);
        assert_eq!(ln(16.0) / ln(2.0), 4.0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert!(ln(-1.0).is_nan());
        for value in [1e-310, 0.3, 7.0, 1e300] {
            assert!((ln(value) - value.ln()).abs() <= value.ln().abs() * f64::EPSILON, "{value}");
        }
    }

    #[test]
    fn powers() {
        assert_eq!(pow(2.0, 0.5), std::f64::consts::SQRT_2);
        assert_eq!(pow(2.0, 10.0), 1024.0);
        assert_eq!(pow(2.0, -1.0), 0.5);
        assert_eq!(pow(-3.0, 3.0), -27.0);
        assert_eq!(pow(10.0, 22.0), 1e22);
        assert_eq!(pow(2.0, 1023.0), 2_f64.powi(1023));
        assert_eq!(pow(2.0, -1074.0), f64::from_bits(1));
        assert_eq!(pow(2.0, 1024.0), f64::INFINITY);
        assert_eq!(pow(2.0, -1080.0), 0.0);
        assert_eq!(pow(0.0, 0.0), 1.0);
        assert_eq!(pow(-8.0, 0.0), 1.0);
        assert!(pow(-8.0, 1.5).is_nan());
    }
}
