//! Functions on numbers, as `tofu console` answers.

mod support;

use support::{check, check_values, list, refused, set};
use value::{Number, Value};

#[test]
fn rounding_and_signs() {
    check("abs", "[-1.5]", "1.5");
    check("abs", "[0]", "0");
    check("ceil", "[1.0000000001]", "2");
    check("ceil", "[-1.5]", "-1");
    check("floor", "[-1.5]", "-2");
    check("floor", "[123456789012345678901234567890.5]", "123456789012345678901234567890");
    check("signum", "[-5]", "-1");
    refused("signum", "[0.5]", "whole number");
}

#[test]
fn doubles() {
    check("pow", "[3, 2]", "9");
    check("pow", "[10, -3]", "0.001");
    check("log", "[16, 2]", "4");
    // Their results have the precision of doubles, and print so.
    let text = |name: &str, args: &[i64]| {
        let args: Vec<Value> = args.iter().map(|n| Value::int(*n)).collect();
        let result = support::call(name, &args).expect(name);
        result.as_number().map(Number::to_text)
    };
    assert_eq!(text("log", &[50, 10]).as_deref(), Some("1.6989700043360185"));
    assert_eq!(text("log", &[0, 10]).as_deref(), Some("-Inf"));
    refused("pow", "[-2, 0.5]", "not a number");
    refused("log", "[-1, 2]", "not a number");
}

#[test]
fn extremes() {
    check("max", "[1, 2.5, -3]", "2.5");
    check("min", "[\"3\", 2]", "2");
    refused("max", "[]", "at least one");
}

#[test]
fn parsing_in_a_base() {
    check("parseint", r#"["100", 2]"#, "4");
    check("parseint", r#"["zZ", 62]"#, "2231");
    check("parseint", r#"["-0012", 10]"#, "-12");
    check("parseint", r#"["99999999999999999999999999", 10]"#, "99999999999999999999999999");
    refused("parseint", r#"["1_0", 10]"#, "not a whole number in base 10");
    refused("parseint", r#"["", 10]"#, "not a whole number");
    refused("parseint", r#"["1", 63]"#, "between 2 and 62");
    refused("parseint", "[12, 10]", "must be a string");
}

#[test]
fn ranges() {
    let check = |args: &str, expect: &str| {
        let expect =
            Value::list(value::Type::NUMBER, support::v(expect).as_slice().expect(expect).to_vec());
        check_values("range", support::v(args).as_slice().expect(args), &expect);
    };
    check("[3]", "[0, 1, 2]");
    check("[-3]", "[0, -1, -2]");
    check("[1, 8, 2]", "[1, 3, 5, 7]");
    check("[4, 1, -1.5]", "[4, 2.5]");
    check("[5, 5]", "[]");
    refused("range", "[0, 1, 0]", "must not be zero");
    refused("range", "[1, 2, -1]", "below the start");
    refused("range", "[2000]", "more than 1024");
    refused("range", "[1, 2, 3, 4]", "one, two or three");
}

#[test]
fn sums() {
    check("sum", r#"[[1, 2.5, "3"]]"#, "6.5");
    check_values("sum", &[set("[1, 2, 2]")], &Value::int(3));
    check_values("sum", &[list("[0.1, 0.2]")], &support::v("0.3"));
    refused("sum", "[[]]", "empty");
    refused("sum", "[[1, null]]", "numbers");
    refused("sum", "[{\"a\": 1}]", "numbers");
}
