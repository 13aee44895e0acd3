//! Tests of the operators.

use super::*;
use crate::Refinement;

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).expect("a number"))
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn unknown() -> Value {
    Value::unknown_not_null(Type::BOOL)
}

#[test]
fn operands_are_converted() {
    assert_eq!(add(&s("2"), &n("1")), Ok(n("3")));
    assert_eq!(not(&s("true")), Ok(Value::FALSE));
    let error = add(&n("1"), &s("x")).expect_err("no number");
    assert_eq!(error.operand, Some(Operand::Right));
    let error = add(&Value::null(Type::DYNAMIC), &n("1")).expect_err("null");
    assert_eq!(error.operand, Some(Operand::Left));
    assert!(div(&n("0"), &n("0")).is_err());
    assert_eq!(neg(&n("5")), Ok(n("-5")));
}

#[test]
fn unknown_operands_give_unknown() {
    let number = Value::unknown_not_null(Type::NUMBER);
    assert_eq!(add(&Value::DYNAMIC, &n("1")), Ok(number.clone()));
    assert_eq!(mul(&Value::unknown(Type::NUMBER), &n("0")), Ok(number));
    assert_eq!(lt(&Value::DYNAMIC, &n("1")), Ok(unknown()));
}

#[test]
fn logic_is_decided_by_either_side() {
    let open = || Value::unknown(Type::BOOL);
    let null = || Value::null(Type::BOOL);
    assert_eq!(and(&open(), &Value::FALSE), Ok(Value::FALSE));
    assert_eq!(and(&Value::TRUE, &open()), Ok(unknown()));
    assert_eq!(or(&open(), &Value::TRUE), Ok(Value::TRUE));
    assert_eq!(or(&Value::FALSE, &open()), Ok(unknown()));
    assert_eq!(and(&null(), &Value::TRUE), Ok(Value::FALSE));
    assert_eq!(or(&null(), &Value::TRUE), Ok(Value::TRUE));
    assert!(or(&null(), &Value::FALSE).is_err());
    let marked = and(&Value::FALSE, &Value::TRUE.with_marks(Marks::SENSITIVE));
    assert_eq!(marked, Ok(Value::FALSE.with_marks(Marks::SENSITIVE)));
}

#[test]
fn order_by_range() {
    let small = Value::unknown_with(
        Type::NUMBER,
        Refinement::NOT_NULL.at_least(0.into(), true).at_most(5.into(), true),
    );
    assert_eq!(lt(&small, &n("6")), Ok(Value::TRUE));
    assert_eq!(gt(&n("6"), &small), Ok(Value::TRUE));
    assert_eq!(lt(&small, &n("5")), Ok(unknown()));
    assert_eq!(ge(&small, &n("6")), Ok(Value::FALSE));
    assert_eq!(le(&n("1"), &n("1")), Ok(Value::TRUE));
    assert_eq!(ge(&n("2"), &n("3")), Ok(Value::FALSE));
    assert_eq!(ne(&small, &n("9")), Ok(Value::TRUE));
}

#[test]
fn lengths() {
    let strings = Type::list(Type::STRING);
    assert_eq!(length(&Value::list(Type::STRING, vec![s("a")])), Some(Value::int(1)));
    assert_eq!(length(&s("abc")), None);
    assert_eq!(length(&Value::null(strings)), None);
    let bounded = Value::unknown_with(strings, Refinement::NOT_NULL.length(3));
    assert_eq!(length(&bounded), Some(Value::int(3)));
    let set = Value::set(Type::STRING, vec![s("a"), Value::unknown(Type::STRING)]);
    let expect = Refinement::NOT_NULL.at_least(1.into(), true).at_most(2.into(), true);
    assert_eq!(length(&set), Some(Value::unknown_with(Type::NUMBER, expect)));
    assert_eq!(contains(&set, &s("a")), Some(Value::TRUE));
    assert_eq!(contains(&set, &s("b")), Some(unknown()));
    assert_eq!(contains(&set, &n("1")), Some(Value::FALSE));
}

#[test]
fn access() {
    let list = Value::list(Type::STRING, vec![s("a"), s("b")]).with_marks(Marks::SENSITIVE);
    assert_eq!(index(&list, &s("1")), Ok(s("b").with_marks(Marks::SENSITIVE)));
    assert_eq!(index(&list, &n("2")), Err(AccessError::TooLarge));
    assert_eq!(index(&list, &n("-1")), Err(AccessError::Negative));
    assert_eq!(index(&list, &n("0.5")), Err(AccessError::Fraction));
    let open = Value::unknown(Type::STRING).with_marks(Marks::SENSITIVE);
    assert_eq!(index(&list, &Value::unknown(Type::NUMBER)), Ok(open));
    let object = Value::object([("a".into(), n("1")), ("0".into(), n("2"))]);
    assert_eq!(attribute(&object, "a"), Ok(n("1")));
    assert_eq!(index(&object, &n("0")), Ok(n("2")));
    assert_eq!(index(&object, &n("7")), Err(AccessError::NoAttribute { by_number: true }));
    assert_eq!(attribute(&Value::unknown(object.ty()), "a"), Ok(Value::unknown(Type::NUMBER)));
    let tuple = Value::unknown(Type::tuple(&[Type::STRING, Type::NUMBER]));
    assert_eq!(index(&tuple, &n("1")), Ok(Value::unknown(Type::NUMBER)));
    assert_eq!(attribute(&s("x"), "a"), Err(AccessError::NoParts(Type::STRING)));
    let set = Value::set(Type::STRING, vec![]);
    assert_eq!(index(&set, &n("0")), Err(AccessError::Set));
}
