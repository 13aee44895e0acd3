//! Which conversions exist, by the types alone.

use super::Safety;
use super::unify::unify_with;
use crate::{Kind, ObjectType, Type};

/// Is there a conversion from one type to the other? Of equal types the answer is yes, except that
/// the caller usually knows already.
pub(super) fn possible(from: Type, to: Type, safety: Safety) -> bool {
    let unsafely = safety == Safety::Unsafe;
    if from == to {
        return true;
    }
    match (from.kind(), to.kind()) {
        (_, Kind::Dynamic) => true,
        (Kind::Dynamic, _) => unsafely,
        (Kind::Bool | Kind::Number, Kind::String) => true,
        (Kind::String, Kind::Bool | Kind::Number) => unsafely,
        (Kind::Object(from), Kind::Object(to)) => object_to_object(from, to, safety),
        (Kind::Tuple(from), Kind::Tuple(to)) => {
            from.len() == to.len()
                && from.iter().zip(to).all(|(&from, &to)| possible(from, to, safety))
        }
        (Kind::List(from) | Kind::Set(from), Kind::List(to)) => possible(from, to, safety),
        (Kind::List(from), Kind::Set(to)) => unsafely && possible(from, to, safety),
        (Kind::Set(from), Kind::Set(to)) => possible(from, to, safety),
        (Kind::Map(from), Kind::Map(to)) => possible(from, to, safety),
        (Kind::Tuple(from), Kind::List(to) | Kind::Set(to)) => {
            sequence_element(from, to, safety).is_some()
        }
        (Kind::Object(from), Kind::Map(to)) => map_element(from, to, safety).is_some(),
        (Kind::Map(from), Kind::Object(to)) => unsafely && map_to_object(from, to),
        _ => false,
    }
}

fn object_to_object(from: &ObjectType, to: &ObjectType, safety: Safety) -> bool {
    let mut next = 0;
    to.iter().enumerate().all(|(slot, (name, want))| match from.slot_from(&mut next, name) {
        Some(have) => possible(from.types()[have], want, safety),
        None => to.optional()[slot],
    })
}

/// An attribute whose type does not fit is no obstacle where it is optional: the map may lack it.
fn map_to_object(element: Type, to: &ObjectType) -> bool {
    to.types()
        .iter()
        .zip(to.optional())
        .all(|(&want, &optional)| optional || possible(element, want, Safety::Unsafe))
}

/// The element type of the list or set that a tuple becomes, `any` replaced by what the elements
/// have in common.
pub(super) fn sequence_element(from: &[Type], to: Type, safety: Safety) -> Option<Type> {
    if from.is_empty() {
        return Some(to);
    }
    let mut element = to;
    if to.is_dynamic() {
        element = unify_with(from, safety)?;
        if element.is_dynamic() && from.iter().any(|ty| !ty.is_dynamic()) {
            return None;
        }
    }
    from.iter().all(|&from| possible(from, element, safety)).then_some(element)
}

/// The element type of the map that an object becomes.
pub(super) fn map_element(from: &ObjectType, to: Type, safety: Safety) -> Option<Type> {
    if from.is_empty() {
        return Some(to);
    }
    let element = if to.is_dynamic() { unify_with(from.types(), safety)? } else { to };
    from.types().iter().all(|&from| possible(from, element, safety)).then_some(element)
}
