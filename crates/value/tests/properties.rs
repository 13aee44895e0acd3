//! Laws that hold for every value: codecs come back, conversion is idempotent, sets do not depend
//! on the order in which they are made, refinements admit what they stand for.

use proptest::prelude::*;
use value::{Kind, Marks, Number, Refinement, Type, Value, View, convert, json, msgpack, ops};

fn types(constraints: bool) -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        4 => Just(Type::STRING),
        3 => Just(Type::NUMBER),
        2 => Just(Type::BOOL),
        u32::from(constraints) => Just(Type::DYNAMIC),
    ];
    leaf.prop_recursive(3, 16, 3, move |inner| {
        let attributes =
            prop::collection::btree_map("[a-c]|é", (inner.clone(), any::<bool>()), 0..3);
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner, 0..3).prop_map(|types| Type::tuple(&types)),
            attributes.prop_map(move |attributes| {
                Type::object_with_optional(
                    attributes
                        .into_iter()
                        .map(|(name, (ty, optional))| (name.into(), ty, optional && constraints)),
                )
            }),
        ]
    })
}

fn numbers() -> impl Strategy<Value = Number> {
    let parsed = |text: String| Number::parse(&text).expect("a number");
    prop_oneof![
        any::<i64>().prop_map(Number::int),
        (-100i64..100).prop_map(Number::int_text),
        doubles(),
        "-?[0-9]{1,40}\\.[0-9]{1,30}".prop_map(parsed),
        "-?[0-9]{1,20}e-?[0-9]{1,2}".prop_map(parsed),
    ]
}

/// Doubles, but no integers beyond 2^53: those are equal by value and not by text, so that the one
/// read back from the text of a double is another number, as it is in OpenTofu. And no negative
/// zero, which loses its sign in MessagePack.
fn doubles() -> impl Strategy<Value = Number> {
    any::<f64>().prop_filter_map("finite, no large integer", |double| {
        let number = Number::from_f64(double)?;
        let large = number.is_integer() && number.to_i64().is_none_or(|n| n.abs() > 1 << 53);
        let minus_zero = number.is_zero() && number.is_negative();
        (!large && !minus_zero && !number.is_infinite()).then_some(number)
    })
}

/// Known values of a type, nulls among them.
fn known(ty: Type) -> BoxedStrategy<Value> {
    let plain = match ty.kind() {
        Kind::Dynamic => Just(Value::null(Type::DYNAMIC)).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::bool).boxed(),
        Kind::Number => numbers().prop_map(Value::number).boxed(),
        Kind::String => "\\PC{0,6}|[<>&\"\\\\\n\u{2028}]{0,3}".prop_map(Value::string).boxed(),
        Kind::List(element) => prop::collection::vec(known(element), 0..4)
            .prop_map(move |parts| Value::list(element, parts))
            .boxed(),
        Kind::Set(element) => prop::collection::vec(known(element), 0..5)
            .prop_map(move |parts| Value::set(element, parts))
            .boxed(),
        Kind::Map(element) => prop::collection::vec(("[a-d]", known(element)), 0..4)
            .prop_map(move |parts| {
                Value::map(element, parts.into_iter().map(|(key, part)| (key.into(), part)))
            })
            .boxed(),
        Kind::Tuple(types) => {
            types.iter().map(|&ty| known(ty)).collect::<Vec<_>>().prop_map(Value::tuple).boxed()
        }
        Kind::Object(object) => object
            .types()
            .iter()
            .map(|&ty| known(ty))
            .collect::<Vec<_>>()
            .prop_map(move |parts| Value::object_of(ty, parts))
            .boxed(),
    };
    prop_oneof![9 => plain, 1 => Just(Value::null(ty))].boxed()
}

fn values() -> impl Strategy<Value = Value> {
    types(false).prop_flat_map(known)
}

/// Hides some parts of a value behind unknowns that admit them.
fn hide(value: &Value, choices: &mut impl Iterator<Item = bool>) -> Value {
    let ty = value.ty();
    if choices.next().unwrap_or(false) {
        let range = value.range();
        return match choices.next().unwrap_or(false) && range.not_null {
            true => Value::unknown_with(ty, loosened(range)),
            false => Value::unknown(ty),
        };
    }
    match value.view() {
        View::List(parts) => Value::list(
            ty.element().expect("a list"),
            parts.iter().map(|part| hide(part, choices)).collect(),
        ),
        View::Tuple(parts) => Value::tuple(parts.iter().map(|part| hide(part, choices)).collect()),
        View::Object(_, parts) => {
            Value::object_of(ty, parts.iter().map(|part| hide(part, choices)).collect::<Vec<_>>())
        }
        _ => value.clone(),
    }
}

/// A range that still holds the value but does not give it away.
fn loosened(range: Refinement) -> Refinement {
    // Whole bounds, since others can change their precision on the wire.
    let out = |bound: &value::Bound, step: i64| {
        bound.value.floor().add(&Number::int(step)).expect("finite numbers have a sum")
    };
    let mut loose = Refinement::NOT_NULL;
    if let Some(bound) = &range.number_min {
        loose = loose.at_least(out(bound, -1), true);
    }
    if let Some(bound) = &range.number_max {
        loose = loose.at_most(out(bound, 2), true);
    }
    if let Some(prefix) = &range.string_prefix {
        loose = loose.prefix(value::safe_prefix(prefix));
    }
    if let Some(length) = range.length_max {
        loose = loose.shorter_than_or(length + 1);
    }
    loose
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_comes_back(value in values()) {
        let text = json::encode(&value, value.ty()).expect("known");
        prop_assert_eq!(json::decode(text.as_bytes(), value.ty()), Ok(value.clone()));
        let wrapped = json::encode(&value, Type::DYNAMIC).expect("known");
        prop_assert_eq!(json::decode(wrapped.as_bytes(), Type::DYNAMIC), Ok(value));
    }

    #[test]
    fn msgpack_comes_back(value in values(), choices in prop::collection::vec(any::<bool>(), 40)) {
        let hidden = hide(&value, &mut choices.into_iter());
        let bytes = msgpack::encode(&hidden, hidden.ty());
        prop_assert_eq!(msgpack::decode(&bytes, hidden.ty()), Ok(hidden.clone()));
        let wrapped = msgpack::encode(&hidden, Type::DYNAMIC);
        prop_assert_eq!(msgpack::decode(&wrapped, Type::DYNAMIC), Ok(hidden));
    }

    #[test]
    fn decoders_survive_anything(bytes in prop::collection::vec(any::<u8>(), 0..40), ty in types(true)) {
        let _ = msgpack::decode(&bytes, ty);
        let _ = json::decode(&bytes, ty);
        let _ = json::type_from_json(&bytes);
    }

    #[test]
    fn types_come_back(ty in types(true)) {
        prop_assert_eq!(json::type_from_json(json::type_to_json(ty).as_bytes()), Ok(ty));
        prop_assert!(!ty.without_optional().has_optional());
    }

    #[test]
    fn conversion_is_idempotent(value in values(), ty in types(true)) {
        if let Ok(once) = convert::convert(&value, ty) {
            prop_assert!(convert::can_convert(value.ty(), ty));
            prop_assert_eq!(convert::convert(&once, ty), Ok(once.clone()));
            prop_assert_eq!(convert::convert(&once, once.ty()), Ok(once));
        }
    }

    #[test]
    fn unified_types_accept_all(types in prop::collection::vec(types(false), 1..4)) {
        if let Some(unified) = convert::unify(&types) {
            for ty in types {
                prop_assert!(convert::can_convert(ty, unified), "{:?} to {:?}", ty, unified);
            }
        }
    }

    #[test]
    fn numbers_come_back_from_their_text(number in numbers()) {
        let again = Number::parse(&number.to_text()).expect("a number");
        prop_assert_eq!(&again.to_text(), &number.to_text());
        let double = number.to_f64();
        if number.precision() == value::PRECISION_DOUBLE {
            prop_assert_eq!(number.to_text().parse::<f64>().ok(), Some(double));
            prop_assert_eq!(number.to_f64_exact(), Some(double));
        }
    }

    #[test]
    fn sums_go_back(a in -1_000_000_000i64..1_000_000_000, b in any::<i32>()) {
        let (x, y) = (Number::int(a), Number::int(i64::from(b)));
        let sum = x.add(&y).expect("a number");
        prop_assert_eq!(sum.sub(&y), Ok(x.clone()));
        if b != 0 {
            let product = x.mul(&y).expect("a number");
            prop_assert_eq!(product.div(&y), Ok(x));
        }
    }

    #[test]
    fn sets_do_not_depend_on_order(
        (element, parts) in types(false)
            .prop_flat_map(|ty| (Just(ty), prop::collection::vec(known(ty), 0..8))),
        seed in any::<u64>(),
    ) {
        let set = Value::set(element, parts.clone());
        let mut shuffled = parts;
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let other = Value::set(element, shuffled);
        prop_assert_eq!(other.len(), set.len());
        prop_assert!(set.certainly_equals(&other));
    }

    #[test]
    fn unknowns_are_never_certainly_other(
        value in values(),
        choices in prop::collection::vec(any::<bool>(), 40),
    ) {
        let hidden = hide(&value, &mut choices.into_iter());
        prop_assert_ne!(hidden.equals(&value), Value::FALSE);
        prop_assert_ne!(value.equals(&hidden), Value::FALSE);
    }

    #[test]
    fn comparisons_hold_when_values_become_known(
        a in -20i64..20,
        b in -20i64..20,
        slack in (0i64..5, 0i64..5),
    ) {
        let range = Refinement::NOT_NULL
            .at_least(Number::int(a - slack.0), true)
            .at_most(Number::int(a + slack.1), true);
        let hidden = Value::unknown_with(Type::NUMBER, range);
        for op in [ops::lt, ops::le, ops::gt, ops::ge, ops::eq, ops::ne] {
            let guess = op(&hidden, &Value::int(b)).expect("numbers");
            let truth = op(&Value::int(a), &Value::int(b)).expect("numbers");
            prop_assert!(!guess.is_known() || guess == truth);
        }
    }

    #[test]
    fn marks_come_off_and_on(value in values(), choices in prop::collection::vec(any::<bool>(), 40)) {
        let marked = mark(&value, &mut choices.into_iter());
        let (bare, paths) = marked.clone().unmark_deep_with_paths();
        prop_assert_eq!(bare.deep_marks(), Marks::NONE);
        let again = bare.mark_with_paths(paths.iter().map(|(path, marks)| (path, *marks)));
        prop_assert_eq!(again, marked);
    }
}

/// Marks some parts of a value.
fn mark(value: &Value, choices: &mut impl Iterator<Item = bool>) -> Value {
    let ty = value.ty();
    let own = if choices.next().unwrap_or(false) { Marks::SENSITIVE } else { Marks::NONE };
    let inside = match value.view() {
        View::List(parts) => Value::list(
            ty.element().expect("a list"),
            parts.iter().map(|part| mark(part, choices)).collect(),
        ),
        View::Tuple(parts) => Value::tuple(parts.iter().map(|part| mark(part, choices)).collect()),
        View::Map(entries) => Value::map(
            ty.element().expect("a map"),
            entries
                .iter()
                .map(|(key, part)| (key.clone(), mark(part, choices)))
                .collect::<Vec<_>>(),
        ),
        View::Object(_, parts) => {
            Value::object_of(ty, parts.iter().map(|part| mark(part, choices)).collect::<Vec<_>>())
        }
        _ => value.clone(),
    };
    inside.with_marks(own)
}
