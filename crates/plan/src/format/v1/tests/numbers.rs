//! Numbers come back with their value, their precision and their text.

use num_bigint::BigInt;
use proptest::prelude::*;
use value::Number;

use super::without_files;
use crate::format::v1::PlanFileFault;
use crate::format::v1::wire::{Reader, Wire, Writer};

fn check(number: &Number) {
    let mut to = Writer::default();
    number.put(&mut to);
    let mut from = Reader::new(&to.out, 0, "the number");
    let back = Number::take(&mut from).expect("a number that was written");
    from.finish().expect("nothing left");
    assert_eq!(&back, number);
    assert_eq!(back.to_text(), number.to_text());
    assert_eq!(back.compare(number), std::cmp::Ordering::Equal);
    if !number.is_infinite() {
        assert_eq!(back.precision(), number.precision(), "{number}");
    }
    let mut again = Writer::default();
    back.put(&mut again);
    assert_eq!(again.out, to.out, "{number}");
}

fn text(text: &str) -> Number {
    Number::parse(text).expect(text)
}

#[test]
fn numbers_come_back_with_their_precision() {
    let double = |double| Number::from_f64(double).expect("no NaN");
    let three = Number::int(3);
    let third = Number::ONE.div(&three).expect("a third");
    let huge = Number::from_bigint(&(BigInt::from(7) << 900));
    let far = double(1e300).mul(&double(1e300)).expect("a product");
    let near = double(1e-300).mul(&double(1e-300)).expect("a product");
    for number in [
        Number::int(0),
        Number::int(i64::MIN),
        Number::int_text(i64::MAX),
        Number::from_u64(u64::MAX),
        double(1_152_921_504_606_846_976.0),
        double(-1.0),
        double(0.1),
        double(5e-324),
        double(-0.0),
        Number::int(0).neg(),
        text("-0"),
        text("0.1"),
        text("-12.5e3"),
        text("1e100000"),
        text("1e-100000"),
        text("0.30000000000000001665"),
        third.clone(),
        third.neg(),
        huge.div(&three).expect("a quotient"),
        huge,
        far.clone(),
        near.neg(),
        far.div(&three).expect("a quotient"),
        Number::infinity(true),
        Number::infinity(false),
        double(f64::INFINITY),
    ] {
        check(&number);
    }
}

#[test]
fn parts_of_no_number_are_refused() {
    let refused = |bytes: &[u8]| Number::take(&mut Reader::new(bytes, 0, "the number")).is_err();
    // Precision 52; a mantissa of nine bits at eight bits' place; an exponent beyond all; NaN.
    assert!(refused(&[4, 0, 52, 0, 1, 1]));
    assert!(refused(&[4, 0, 53, 0, 8, 255, 0, 0, 0, 0, 0, 0, 0]));
    assert!(refused(&[4, 0, 64, 0x80, 0x80, 0x80, 0x80, 1, 1, 1]));
    assert!(refused(&[3, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1]));
    assert!(!refused(&[4, 0, 64, 1, 1, 1]));
}

#[test]
fn a_number_has_one_form() {
    let refused = |bytes: &[u8]| {
        let error = Number::take(&mut Reader::new(bytes, 0, "the number")).expect_err("a number");
        assert_eq!((error.fault, error.offset), (PlanFileFault::Value, 0));
    };
    // One as parts; a half with an even mantissa, and with a zero before it; one as a double; infinity as one.
    refused(&[4, 0, 64, 0, 1, 1]);
    refused(&[4, 0, 64, 3, 1, 2]);
    refused(&[4, 0, 64, 1, 2, 0, 1]);
    refused(&[3, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
    refused(&[3, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]);
}

proptest! {
    #![proptest_config(without_files())]

    #[test]
    fn all_doubles_come_back(bits: u64) {
        if let Some(number) = Number::from_f64(f64::from_bits(bits)) {
            check(&number);
        }
    }

    #[test]
    fn quotients_come_back(a in any::<i64>(), b in 1..i64::MAX) {
        check(&Number::int(a).div(&Number::int(b)).expect("a quotient"));
        check(&Number::int_text(a).div(&Number::int(b)).expect("a quotient"));
    }

    #[test]
    fn decimals_come_back(digits in "-?[0-9]{1,40}", exponent in -300..300) {
        check(&text(&format!("{digits}e{exponent}")));
    }
}
