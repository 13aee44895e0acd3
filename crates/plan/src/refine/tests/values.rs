//! The table of values, row by row: what refines, what does not, and where that is told.

use value::{Marks, Number, Path, Refinement, Type, Value};

use super::super::value_refines;
use super::{object, secret, text};

/// Where `now` fails to refine `approved`; `None` where it refines.
fn failing(approved: &Value, now: &Value) -> Option<String> {
    let mismatch = value_refines(approved, now).err()?;
    Some(Path::from(mismatch.steps.into_iter().rev().collect::<Vec<_>>()).to_string())
}

#[track_caller]
fn allowed(approved: Value, now: Value) {
    assert_eq!(failing(&approved, &now), None, "{approved:?} -> {now:?}");
}

#[track_caller]
fn stopped(approved: Value, now: Value) {
    assert_eq!(failing(&approved, &now).as_deref(), Some(""), "{approved:?} -> {now:?}");
}

#[track_caller]
fn stopped_at(approved: Value, now: Value, place: &str) {
    assert_eq!(failing(&approved, &now).as_deref(), Some(place), "{approved:?} -> {now:?}");
}

fn int(value: i64) -> Value {
    Value::int(value)
}

fn unknown(ty: Type, range: Refinement) -> Value {
    Value::unknown_with(ty, range)
}

#[test]
fn a_known_primitive_is_refined_by_itself_alone() {
    for value in [text("a"), int(1), Value::TRUE] {
        allowed(value.clone(), value.clone());
        stopped(value.clone(), Value::null(value.ty()));
        stopped(value.clone(), Value::unknown(value.ty()));
        stopped(value.clone(), unknown(value.ty(), Refinement::NOT_NULL));
    }
    stopped(text("a"), text("b"));
    stopped(int(1), int(2));
    stopped(Value::TRUE, Value::FALSE);
    stopped(text("1"), int(1));
    allowed(Value::number(Number::int_text(3)), int(3));
}

#[test]
fn null_is_refined_by_null_alone() {
    let null = || Value::null(Type::STRING);
    allowed(null(), null());
    allowed(Value::null(Type::DYNAMIC), null());
    stopped(null(), text(""));
    stopped(null(), Value::unknown(Type::STRING));
    stopped(null(), Value::null(Type::NUMBER));
}

#[test]
fn an_unknown_is_refined_by_what_is_of_its_type() {
    let any = || Value::unknown(Type::STRING);
    allowed(any(), text("x"));
    allowed(any(), Value::null(Type::STRING));
    allowed(any(), unknown(Type::STRING, Refinement::NOT_NULL));
    stopped(any(), int(1));
    stopped(any(), Value::DYNAMIC);
    allowed(Value::DYNAMIC, object([("a", int(1))]));
    let of = |ty| Value::unknown(Type::list(ty));
    allowed(of(Type::DYNAMIC), Value::list(Type::STRING, vec![text("a")]));
    stopped(of(Type::STRING), Value::list(Type::NUMBER, vec![int(1)]));
    stopped(of(Type::STRING), of(Type::DYNAMIC));
    stopped(Value::unknown(Type::set(Type::BOOL)), Value::list(Type::BOOL, vec![Value::TRUE]));
    allowed(Value::unknown(Type::tuple(&[Type::DYNAMIC])), Value::tuple(vec![int(1)]));
    stopped(Value::unknown(Type::tuple(&[Type::DYNAMIC])), Value::tuple(vec![]));
    let shape = Value::unknown(object([("a", Value::DYNAMIC)]).ty());
    allowed(shape.clone(), object([("a", int(1))]));
    stopped(shape, object([("b", int(1))]));
}

#[test]
fn what_is_not_null_is_not_refined_by_null() {
    let value = || unknown(Type::STRING, Refinement::NOT_NULL);
    allowed(value(), text(""));
    allowed(value(), value());
    stopped(value(), Value::null(Type::STRING));
    stopped(value(), Value::unknown(Type::STRING));
}

#[test]
fn a_prefix_holds() {
    let with = |prefix: &str| unknown(Type::STRING, Refinement::NOT_NULL.prefix(prefix));
    allowed(with("arn:"), text("arn:x"));
    allowed(with("arn:"), with("arn:aws:"));
    stopped(with("arn:"), text("urn:x"));
    stopped(with("arn:aws:"), with("arn:"));
    stopped(with("arn:"), unknown(Type::STRING, Refinement::NOT_NULL));
}

#[test]
fn bounds_of_a_number_hold() {
    let range = |low: i64, high: i64, inclusive| {
        let range = Refinement::NOT_NULL.at_least(low.into(), inclusive);
        unknown(Type::NUMBER, range.at_most(high.into(), inclusive))
    };
    allowed(range(1, 3, true), int(1));
    allowed(range(1, 3, true), int(3));
    stopped(range(1, 3, true), int(0));
    stopped(range(1, 3, true), int(4));
    stopped(range(1, 3, false), int(1));
    stopped(range(1, 3, false), int(3));
    allowed(range(1, 3, true), range(1, 3, false));
    stopped(range(1, 3, false), range(1, 3, true));
    allowed(range(0, 9, true), range(1, 3, true));
    stopped(range(1, 3, true), range(0, 3, true));
    stopped(range(1, 3, true), range(1, 4, true));
    stopped(range(1, 3, true), unknown(Type::NUMBER, Refinement::NOT_NULL));
}

#[test]
fn lengths_of_collections_hold() {
    let range = |low, high| Refinement::NOT_NULL.longer_than_or(low).shorter_than_or(high);
    let texts = |n: usize| (0..n).map(|at| text(&format!("k{at}"))).collect::<Vec<_>>();
    let list = |n| Value::list(Type::STRING, texts(n));
    let set = |n| Value::set(Type::STRING, texts(n));
    let map = |n| Value::map(Type::BOOL, (0..n).map(|at| (format!("k{at}").into(), Value::TRUE)));
    let makes: [&dyn Fn(usize) -> Value; 3] = [&list, &set, &map];
    for make in makes {
        let approved = || unknown(make(1).ty(), range(1, 3));
        allowed(approved(), make(1));
        allowed(approved(), make(3));
        stopped(approved(), make(0));
        stopped(approved(), make(4));
        allowed(approved(), unknown(make(1).ty(), range(2, 3)));
        stopped(approved(), unknown(make(1).ty(), range(0, 3)));
        stopped(approved(), unknown(make(1).ty(), range(1, 4)));
    }
}

#[test]
fn each_length_that_a_set_may_come_to_fits() {
    let any = || Value::unknown(Type::STRING);
    let set = |items: Vec<Value>| Value::set(Type::STRING, items);
    let range = |low, high| {
        let range = Refinement::NOT_NULL.longer_than_or(low).shorter_than_or(high);
        unknown(Type::set(Type::STRING), range)
    };
    allowed(range(1, 3), set(vec![any(), any(), any()]));
    stopped(range(1, 2), set(vec![any(), any(), any()]));
    stopped(range(2, 3), set(vec![any(), any(), any()]));
    allowed(range(2, 3), set(vec![text("a"), text("b"), any()]));
}

#[test]
fn sequences_refine_element_by_element() {
    let any = || Value::unknown(Type::STRING);
    let list = |items: Vec<Value>| Value::list(Type::STRING, items);
    let makes: [&dyn Fn(Vec<Value>) -> Value; 2] = [&list, &Value::tuple];
    for make in makes {
        allowed(make(vec![any(), text("b")]), make(vec![text("a"), text("b")]));
        stopped_at(make(vec![any(), text("b")]), make(vec![text("a"), text("c")]), "[1]");
        stopped(make(vec![any()]), make(vec![any(), any()]));
        stopped(make(vec![any()]), make(vec![]));
    }
    stopped(list(vec![]), Value::list(Type::NUMBER, vec![]));
}

#[test]
fn maps_and_objects_refine_name_by_name() {
    let any = || Value::unknown(Type::STRING);
    let map = |name: &str, value| Value::map(Type::STRING, [(name.into(), value)]);
    allowed(map("a", any()), map("a", text("x")));
    stopped(map("a", any()), map("b", text("x")));
    stopped(map("a", any()), Value::map(Type::STRING, []));
    stopped_at(map("a", text("x")), map("a", text("y")), "[\"a\"]");
    stopped(Value::map(Type::STRING, []), Value::map(Type::BOOL, []));
    let nested = |value| object([("a", object([("b", value), ("c", any())]))]);
    allowed(nested(any()), nested(text("x")));
    stopped_at(nested(text("x")), nested(any()), ".a.b");
    stopped(object([("a", any())]), object([("a", any()), ("b", any())]));
}

#[test]
fn sets_refine_both_ways_and_do_not_grow() {
    let any = || Value::unknown(Type::STRING);
    let set = |items: Vec<Value>| Value::set(Type::STRING, items);
    allowed(set(vec![text("a"), any()]), set(vec![text("a"), text("b")]));
    allowed(set(vec![text("a"), any()]), set(vec![text("a")]));
    allowed(set(vec![any(), any()]), set(vec![text("a")]));
    stopped(set(vec![text("a"), any()]), set(vec![text("b"), text("c")]));
    stopped(set(vec![text("a"), text("b")]), set(vec![text("a")]));
    stopped(set(vec![any()]), set(vec![text("a"), text("b")]));
    stopped(set(vec![text("a")]), set(vec![text("b")]));
    let prefixed = unknown(Type::STRING, Refinement::NOT_NULL.prefix("x-"));
    stopped(set(vec![prefixed]), set(vec![text("y")]));
    stopped(set(vec![]), Value::set(Type::BOOL, vec![]));
}

#[test]
fn marks_may_be_added_and_never_lost() {
    let list = |item| Value::list(Type::STRING, vec![item]);
    allowed(text("a"), secret(text("a")));
    allowed(Value::unknown(Type::STRING), secret(text("a")));
    allowed(list(Value::unknown(Type::STRING)), list(secret(text("a"))));
    stopped(secret(text("a")), text("a"));
    stopped(secret(Value::unknown(Type::STRING)), text("a"));
    stopped(secret(Value::null(Type::STRING)), Value::null(Type::STRING));
    stopped_at(list(secret(text("a"))), list(text("a")), "[0]");
    stopped(secret(list(text("a"))), list(secret(text("a"))));
    stopped(
        Value::set(Type::STRING, vec![secret(text("a"))]),
        Value::set(Type::STRING, vec![text("a")]),
    );
    stopped(text("a").with_marks(Marks::DEPRECATED), text("a"));
}

#[test]
fn what_lies_in_something_sensitive_is_told_as_that() {
    let object = |value| object([("open", text("x")), ("shut", secret(object([("k", value)])))]);
    stopped_at(object(text("a")), object(text("b")), ".shut");
    let map = |name: &str| Value::map(Type::STRING, [(name.into(), text("v"))]);
    stopped(secret(map("a")), secret(map("b")));
}
