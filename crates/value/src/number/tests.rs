//! Tests of numbers against texts that OpenTofu 1.12.6 printed.

use super::*;

fn n(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is no number"))
}

#[track_caller]
fn check(number: Result<Number, NotANumber>, expect: &str) {
    assert_eq!(number.expect("a number").to_text(), expect);
}

#[test]
fn text_comes_back_in_plain_form() {
    for (text, expect) in [
        ("1e3", "1000"),
        ("-12.50", "-12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.1", "0.1"),
        ("1e-7", "0.0000001"),
        ("-0", "-0"),
        ("0.000", "0"),
        ("9223372036854775808", "9223372036854775808"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("inf", "+Inf"),
        ("-Inf", "-Inf"),
        ("1p4", "16"),
    ] {
        check(Ok(n(text)), expect);
    }
    for text in ["", "-", ".", "1e", "0x10", "1_000", "nan", "1 ", "1e9999999", "--1", "1e+-3"] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn precision_decides_the_text() {
    let third = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335";
    check(n("1").div(&n("3")), third);
    check(Number::int(2).div(&Number::int(3)), "0.6666666666666666667");
    check(n("0.1").add(&n("0.2")), "0.3");
    check(Number::int(3).mul(&n("0.1")), "0.3");
    let power = Number::from_f64(2f64.powi(60)).expect("a number");
    check(Ok(power.clone()), "1152921504606847000");
    check(power.add(&n("1")), "1152921504606846977");
    assert_eq!(power, n("1152921504606846976"));
    check(Ok(Number::from_f64(2f64.sqrt()).expect("a number")), "1.4142135623730951");
    check(Number::int(3).mul(&n("4611686018427387904")), "13835058055282163712");
    check(n("9223372036854775807").add(&n("1")), "9223372036854775808");
}

#[test]
fn zeros_and_infinities() {
    check(Ok(n("0").neg()), "-0");
    check(n("0").mul(&n("-1")), "-0");
    check(n("0").sub(&n("0")), "0");
    check(n("5").sub(&n("5")), "0");
    check(n("1").div(&n("0")), "+Inf");
    check(n("5").rem(&n("0")), "5");
    assert_eq!(n("0").div(&n("0")), Err(NotANumber));
    assert_eq!(Number::infinity(false).sub(&Number::infinity(false)), Err(NotANumber));
    assert_eq!(n("-0"), n("0"));
    assert_eq!(n("-0").compare(&n("0")), Ordering::Equal);
}

#[test]
fn remainder_and_rounding() {
    check(n("10").rem(&n("3")), "1");
    check(n("-10").rem(&n("3")), "-1");
    check(n("5.5").rem(&n("2")), "1.5");
    check(Ok(n("-1.5").floor()), "-2");
    check(Ok(n("-1.5").ceil()), "-1");
    check(Ok(n("1.2").ceil()), "2");
    check(Ok(n("-0.5").ceil()), "0");
}

#[test]
fn doubles_are_exact_or_nearest() {
    for double in [0.1, 1.5, -2.75, 1e300, 5e-324, f64::MAX, f64::MIN_POSITIVE, 3.0, 1e17] {
        let number = Number::from_f64(double).expect("a number");
        assert_eq!(number.to_f64(), double);
        assert_eq!(number.to_f64_exact(), Some(double));
    }
    assert_eq!(n("0.1").to_f64(), 0.1);
    assert_eq!(n("0.1").to_f64_exact(), None);
    assert_eq!(n("1e400").to_f64(), f64::INFINITY);
    assert_eq!(n("1e-400").to_f64(), 0.0);
    assert_eq!(n("9007199254740993").to_f64(), 9_007_199_254_740_992.0);
    assert_eq!(Number::from_f64(f64::NAN), None);
}

#[test]
fn keys_have_ten_digits() {
    for (text, expect) in [
        ("10", "10"),
        ("-3", "-3"),
        ("12345678901", "1.23456789e+10"),
        ("10000000000", "1e+10"),
        ("0.00001", "1e-05"),
        ("123456.789", "123456.789"),
        ("0.33333333333333", "0.3333333333"),
        ("-0", "-0"),
        ("100000000000000000000", "1e+20"),
    ] {
        let mut out = Vec::new();
        n(text).write_key(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expect);
    }
}

#[test]
fn exponents_have_a_limit() {
    let tiny = n("1e-100000").mul(&n("3")).expect("a number");
    assert!(tiny.to_text().starts_with("0.000") && tiny.to_text().len() > 100_000);
    assert_eq!(Number::parse("1e-100001"), None);
    assert_eq!(Number::parse("1e99999999999999999999"), None);
    let huge = (0..20).fold(n("1e100000"), |number, _| number.mul(&number).expect("a number"));
    assert_eq!(huge.to_text(), "+Inf");
    let nothing = (0..20).fold(n("1e-100000"), |number, _| number.mul(&number).expect("a number"));
    assert!(nothing.is_zero());
}
