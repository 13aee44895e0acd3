//! Sums, products and their kin. Small integers stay on the fast path, which gives what the slow one
//! would give.

use super::{NotANumber, Number, Repr};

impl Number {
    /// The sum. Errs for infinities of opposite sign.
    pub fn add(&self, other: &Self) -> Result<Self, NotANumber> {
        if let (Repr::Int { value: a, precision: p }, Repr::Int { value: b, precision: q }) =
            (&self.0, &other.0)
        {
            return Ok(Self::exact_int(i128::from(*a) + i128::from(*b), u32::from(*p.max(q))));
        }
        self.float().add(&other.float()).map(Self::from_float)
    }

    /// The difference. Errs for infinities of one sign.
    pub fn sub(&self, other: &Self) -> Result<Self, NotANumber> {
        if let (Repr::Int { value: a, precision: p }, Repr::Int { value: b, precision: q }) =
            (&self.0, &other.0)
        {
            return Ok(Self::exact_int(i128::from(*a) - i128::from(*b), u32::from(*p.max(q))));
        }
        self.add(&other.neg())
    }

    /// The product, with as much precision as it needs up to 512 bits. Errs for zero by infinity.
    pub fn mul(&self, other: &Self) -> Result<Self, NotANumber> {
        if let (Repr::Int { value: a, precision: p }, Repr::Int { value: b, precision: q }) =
            (&self.0, &other.0)
            && *a != 0
            && *b != 0
        {
            let product = i128::from(*a) * i128::from(*b);
            let needs = 128 - product.unsigned_abs().leading_zeros() - product.trailing_zeros();
            return Ok(Self::exact_int(product, u32::from(*p.max(q)).max(needs)));
        }
        self.float().mul(&other.float()).map(Self::from_float)
    }

    /// The quotient; by zero it is an infinity. Errs for zero by zero and infinity by infinity.
    pub fn div(&self, other: &Self) -> Result<Self, NotANumber> {
        if let (Repr::Int { value: a, precision: p }, Repr::Int { value: b, precision: q }) =
            (&self.0, &other.0)
            && *a != 0
            && *b != 0
            && i128::from(*a) % i128::from(*b) == 0
        {
            return Ok(Self::exact_int(i128::from(*a) / i128::from(*b), u32::from(*p.max(q))));
        }
        self.float().div(&other.float()).map(Self::from_float)
    }

    /// The remainder of the quotient cut towards zero, with the sign of this number; by zero this
    /// number itself. Errs where an infinity takes part and their product would err.
    pub fn rem(&self, other: &Self) -> Result<Self, NotANumber> {
        if self.is_infinite() || other.is_infinite() {
            return self.mul(other);
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (Repr::Int { value: a, precision: p }, Repr::Int { value: b, .. }) =
            (&self.0, &other.0)
        {
            return Ok(Self::exact_int(i128::from(*a) % i128::from(*b), u32::from(*p)));
        }
        self.float().rem(&other.float()).map(Self::from_float)
    }

    /// The number with the other sign; of zero, negative zero.
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Int { value, precision } if *value != 0 => {
                Self::exact_int(-i128::from(*value), u32::from(*precision))
            }
            _ => Self::from_float(self.float().neg()),
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Self {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// The nearest integer not above.
    pub fn floor(&self) -> Self {
        match &self.0 {
            Repr::Int { .. } => self.clone(),
            Repr::Float(float) => Self::from_float(float.floor()),
        }
    }

    /// The nearest integer not below.
    pub fn ceil(&self) -> Self {
        match &self.0 {
            Repr::Int { .. } => self.clone(),
            Repr::Float(float) => Self::from_float(float.neg().floor().neg_unless_zero()),
        }
    }
}
