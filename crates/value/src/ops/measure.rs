//! Length and membership, as far as they are known.

use crate::{Number, Refinement, Type, Value, View};

/// The length of a list, set, map, tuple or object as a number: unknown with bounds where it
/// depends on what is not known. `None` for values that have no length, and for null.
pub fn length(value: &Value) -> Option<Value> {
    let ty = value.ty();
    let bare = match value.view() {
        View::Null => return None,
        _ if ty.is_dynamic() => Value::unknown_not_null(Type::NUMBER),
        _ if let Some(elements) = ty.tuple_elements() => Value::int(elements.len() as i64),
        _ if let Some(object) = ty.object_type() => Value::int(object.len() as i64),
        _ if !ty.is_collection() => return None,
        _ => of_range(&value.range()),
    };
    Some(bare.with_marks(value.marks()))
}

/// A length within a range of lengths.
fn of_range(range: &Refinement) -> Value {
    let number = |length: u64| Number::int(i64::try_from(length).unwrap_or(i64::MAX));
    let min = number(range.length_min.unwrap_or(0));
    let max = number(range.length_max.unwrap_or(u64::MAX));
    Value::unknown_with(Type::NUMBER, Refinement::NOT_NULL.at_least(min, true).at_most(max, true))
}

/// Is the element in the set? Unknown where an unknown could be it. The marks of both are on the
/// result. `None` where the value is no known set.
pub fn contains(set: &Value, element: &Value) -> Option<Value> {
    let View::Set(elements) = set.view() else { return None };
    let marks = set.marks() | element.deep_marks();
    let (element, _) = element.clone().unmark_deep();
    let found = || elements.iter().any(|have| have.certainly_equals(&element));
    let answer = if set.ty().element() != Some(element.ty()) && !element.ty().is_dynamic() {
        Some(false)
    } else if !element.is_known() {
        None
    } else if found() {
        Some(true)
    } else {
        set.is_wholly_known().then_some(false)
    };
    let value = answer.map_or_else(|| Value::unknown_not_null(Type::BOOL), Value::bool);
    Some(value.with_marks(marks))
}
