//! Values come back with types, unknowns, refinements and marks; and what is no value is refused.

use std::sync::Arc;

use proptest::prelude::*;
use value::{DEPTH_MAX, Marks, Number, Path, Refinement, Type, Value};

use super::{sample, without_files};
use crate::format::v1::error::{PlanFileError, PlanFileFault, Taken};
use crate::format::v1::types;
use crate::format::v1::wire::{Reader, Tables, Wire, Writer};

/// The bytes of the types and of the value.
fn write(value: &Value) -> (Vec<u8>, Vec<u8>) {
    let mut to = Writer::default();
    value.put(&mut to);
    let bytes = std::mem::take(&mut to.out);
    types::put(&mut to);
    (to.out, bytes)
}

fn read(table: &[u8], bytes: &[u8]) -> Taken<Value> {
    let mut from = Reader::new(table, 0, "the types");
    let all = types::take(&mut from)?;
    from.finish()?;
    let mut from = Reader::new(bytes, 0, "the value");
    from.tables = Tables { types: &all, ..Tables::default() };
    let value = Value::take(&mut from)?;
    from.finish()?;
    Ok(value)
}

fn check(value: &Value) {
    let (table, bytes) = write(value);
    let back = read(&table, &bytes).expect("a value that was written");
    assert_eq!(&back, value);
    assert_eq!(back.ty(), value.ty());
    assert_eq!(write(&back), (table, bytes));
}

/// The fault of a value of a type, from the bytes behind the type's number.
fn fault(ty: Type, form: &[u8]) -> PlanFileFault {
    let (table, mut bytes) = write(&Value::null(ty));
    bytes.pop();
    bytes.extend_from_slice(form);
    let error: PlanFileError = read(&table, &bytes).expect_err("bytes that are no value");
    error.fault
}

#[test]
fn values_come_back_as_they_were() {
    check(&sample::object());
    check(&sample::object().with_marks(Marks::SENSITIVE | Marks::DEPRECATED));
    let optional = Type::object_with_optional([
        ("a".into(), Type::STRING, true),
        ("b".into(), Type::list(Type::DYNAMIC), false),
    ]);
    check(&Value::null(optional));
    check(&Value::unknown(optional));
    check(&Value::list(Type::DYNAMIC, Vec::new()));
    check(&Value::list(Type::DYNAMIC, vec![Value::DYNAMIC, Value::null(Type::DYNAMIC)]));
    check(&Value::map(Type::list(Type::DYNAMIC), [("k".into(), Value::DYNAMIC)]));
}

#[test]
fn an_ephemeral_value_leaves_its_type_and_marks_only() {
    let secret = Value::string("hunter2").with_marks(Marks::EPHEMERAL | Marks::SENSITIVE);
    let object = Value::object([("a".into(), Value::TRUE), ("s".into(), secret)]);
    let (table, bytes) = write(&object);
    let back = read(&table, &bytes).expect("a value that was written");
    let none = Value::null(Type::STRING).with_marks(Marks::EPHEMERAL | Marks::SENSITIVE);
    assert_eq!(back, Value::object([("a".into(), Value::TRUE), ("s".into(), none)]));
    assert!(!bytes.windows(7).any(|window| window == b"hunter2"));
}

#[test]
fn values_nest_to_their_limit_and_no_further() {
    let nested = |depth| {
        (0..depth).fold(Value::string("x"), |inner, _| Value::list(inner.ty(), vec![inner]))
    };
    check(&nested(DEPTH_MAX));
    let (table, bytes) = write(&nested(DEPTH_MAX + 1));
    let error = read(&table, &bytes).expect_err("a value that nests too deep");
    assert_eq!(error.fault, PlanFileFault::Limit { what: "nested types", max: DEPTH_MAX.into() });
}

#[test]
fn a_form_that_its_type_has_not_is_refused() {
    let string = |form: &[u8]| fault(Type::STRING, form);
    assert_eq!(string(&[4]), PlanFileFault::Value);
    assert_eq!(string(&[7, 0]), PlanFileFault::Value);
    assert_eq!(string(&[8]), PlanFileFault::Tag { what: "form of value", tag: 8 });
    assert_eq!(string(&[16]), PlanFileFault::Tag { what: "form of value", tag: 16 });
    assert_eq!(fault(Type::DYNAMIC, &[3]), PlanFileFault::Value);
    assert_eq!(fault(Type::list(Type::BOOL), &[7, 1, 6, 0]), PlanFileFault::Value);
    assert_eq!(fault(Type::list(Type::BOOL), &[7, 9, 3]), PlanFileFault::Length(9));
}

#[test]
fn texts_are_in_normal_form() {
    let decomposed = "e\u{301}".as_bytes();
    assert_eq!(fault(Type::STRING, &[&[6, 3], decomposed].concat()), PlanFileFault::Value);
    assert_eq!(fault(Type::STRING, &[6, 1, 0xff]), PlanFileFault::Text);
}

#[test]
fn sets_and_maps_are_in_order() {
    let set = Type::set(Type::BOOL);
    assert_eq!(fault(set, &[7, 2, 4, 3]), PlanFileFault::Order);
    assert_eq!(fault(set, &[7, 2, 3, 3]), PlanFileFault::Order);
    assert_eq!(fault(set, &[7, 1, 3 | 1 << 5]), PlanFileFault::Order);
    let map = Type::map(Type::BOOL);
    assert_eq!(fault(map, &[7, 2, 1, b'b', 3, 1, b'a', 3]), PlanFileFault::Order);
    assert_eq!(fault(map, &[7, 2, 1, b'a', 3, 1, b'a', 3]), PlanFileFault::Order);
}

#[test]
fn a_refinement_that_leaves_one_value_or_says_nothing_is_refused() {
    let nothing = [2, 0, 0, 0, 0, 0, 0];
    assert_eq!(fault(Type::STRING, &nothing), PlanFileFault::Value);
    assert_eq!(fault(Type::DYNAMIC, &[2, 1, 0, 0, 0, 0, 0]), PlanFileFault::Value);
    let empty_list = [2, 1, 0, 0, 0, 1, 0, 1, 0];
    assert_eq!(fault(Type::list(Type::BOOL), &empty_list), PlanFileFault::Value);
}

#[test]
fn a_type_names_earlier_types_only() {
    let table = [1, 0, 4];
    let error = read(&table, &[0, 0]).expect_err("a type that names itself");
    assert_eq!((error.fault, error.offset), (PlanFileFault::Index(4), 2));
    let twice = [1, 4, 2, 1, b'a', 1, 1, b'a', 1];
    let error = read(&twice, &[0, 0]).expect_err("an attribute that is there twice");
    assert_eq!(error.fault, PlanFileFault::Order);
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::int),
        any::<i64>().prop_map(Number::int_text),
        any::<f64>().prop_filter_map("NaN", Number::from_f64),
        (any::<i64>(), 1..999i64)
            .prop_map(|(a, b)| Number::int(a).div(&Number::int(b)).expect("a quotient")),
    ]
}

fn leaves() -> impl Strategy<Value = Value> {
    let unknown = (numbers(), numbers(), any::<bool>()).prop_map(|(a, b, not_null)| {
        let range = Refinement::NONE.at_least(a, true).at_most(b, false);
        Value::unknown_with(Type::NUMBER, if not_null { range.not_null() } else { range })
    });
    let prefix = "[a-zé]{0,6}"
        .prop_map(|text| Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix(text)));
    prop_oneof![
        any::<bool>().prop_map(Value::bool),
        numbers().prop_map(Value::number),
        "\\PC{0,12}".prop_map(Value::string),
        Just(Value::DYNAMIC),
        Just(Value::null(Type::set(Type::DYNAMIC))),
        unknown,
        prefix,
    ]
}

/// Values of one type: the given one, a null, an unknown.
fn alike(value: &Value, picks: &[u8]) -> Vec<Value> {
    let ty = value.ty();
    let pick = |pick: &u8| match pick {
        0 => Value::null(ty),
        1 => Value::unknown(ty),
        _ => value.clone(),
    };
    picks.iter().map(pick).collect()
}

fn values() -> impl Strategy<Value = Value> {
    let marked = |value: BoxedStrategy<Value>| {
        let marks = prop_oneof![Just(0u8), Just(1), Just(4), Just(5)];
        (value, marks).prop_map(|(value, marks)| value.with_marks(Marks::from_bits(marks))).boxed()
    };
    leaves().prop_recursive(4, 48, 5, move |inner| {
        let inner = marked(inner.boxed());
        let picks = proptest::collection::vec(0..4u8, 0..4);
        let same =
            (inner.clone(), picks).prop_map(|(value, picks)| (value.ty(), alike(&value, &picks)));
        let named = proptest::collection::btree_map("[a-zé]{1,3}", inner.clone(), 0..4);
        prop_oneof![
            same.clone().prop_map(|(ty, parts)| Value::list(ty, parts)),
            same.clone().prop_map(|(ty, parts)| Value::set(ty, parts)),
            same.prop_map(|(ty, parts)| {
                let entry = |(at, part)| (Arc::from(format!("k{at}")), part);
                Value::map(ty, parts.into_iter().enumerate().map(entry))
            }),
            proptest::collection::vec(inner, 0..4).prop_map(Value::tuple),
            named.prop_map(|parts| Value::object(parts.into_iter().map(|(k, v)| (k.into(), v)))),
        ]
    })
}

proptest! {
    #![proptest_config(without_files())]

    #[test]
    fn any_value_comes_back(value in values()) {
        check(&value);
    }

    #[test]
    fn any_path_comes_back(value in values()) {
        let path = Path::new().attr("a").index(value).index(Value::int(3));
        let mut to = Writer::default();
        path.put(&mut to);
        let bytes = std::mem::take(&mut to.out);
        types::put(&mut to);
        let all = types::take(&mut Reader::new(&to.out, 0, "the types")).expect("types");
        let mut from = Reader::new(&bytes, 0, "the path");
        from.tables.types = &all;
        prop_assert_eq!(Path::take(&mut from).expect("a path that was written"), path);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        value in values(),
        at: prop::sample::Index,
        byte: u8,
    ) {
        let (mut table, mut bytes) = write(&value);
        if let Some(at) = (!bytes.is_empty()).then(|| at.index(bytes.len())) {
            bytes[at] = byte;
            let _ = read(&table, &bytes);
        }
        let (_, bytes) = write(&value);
        let at = at.index(table.len());
        table[at] = byte;
        let _ = read(&table, &bytes);
    }
}
