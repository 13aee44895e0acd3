//! What a conversion does to values whose contents it cannot see: nulls and unknowns.

use super::Safety;
use super::unify::unify_with;
use crate::{Kind, Refinement, Type, Value};

/// The target type with each `any` in it replaced by what stands there in the source type. Where
/// the two do not correspond, the target stays as it is.
pub(super) fn replace_dynamic(from: Type, to: Type) -> Type {
    if from.is_dynamic() || !to.has_dynamic() {
        return to;
    }
    match (from.kind(), to.kind()) {
        (_, Kind::Dynamic) => from,
        (Kind::Map(from), Kind::Map(to)) => Type::map(replace_dynamic(from, to)),
        (Kind::Object(from), Kind::Map(to)) => {
            let common = unify_with(from.types(), Safety::Unsafe);
            Type::map(common.map_or(to, |common| replace_dynamic(common, to)))
        }
        (Kind::Map(element), Kind::Object(object)) => {
            let types: Vec<_> =
                object.types().iter().map(|&to| replace_dynamic(element, to)).collect();
            Type::object_sorted(object.names(), &types)
        }
        (Kind::Object(from), Kind::Object(object)) => {
            let replaced = object.iter().map(|(name, to)| {
                from.slot(name).map_or(to, |slot| replace_dynamic(from.types()[slot], to))
            });
            Type::object_sorted(object.names(), &replaced.collect::<Vec<_>>())
        }
        (Kind::List(from) | Kind::Set(from), Kind::List(to)) => {
            Type::list(replace_dynamic(from, to))
        }
        (Kind::List(from) | Kind::Set(from), Kind::Set(to)) => Type::set(replace_dynamic(from, to)),
        (Kind::Tuple(from), Kind::List(to)) => Type::list(common_element(from, to)),
        (Kind::Tuple(from), Kind::Set(to)) => Type::set(common_element(from, to)),
        (Kind::Tuple(from), Kind::Tuple(to)) if from.len() == to.len() => {
            let types: Vec<_> =
                from.iter().zip(to).map(|(&from, &to)| replace_dynamic(from, to)).collect();
            Type::tuple(&types)
        }
        _ => to,
    }
}

fn common_element(from: &[Type], to: Type) -> Type {
    unify_with(from, Safety::Unsafe).map_or(to, |common| replace_dynamic(common, to))
}

/// An unknown of the new type that keeps what still holds: that it is not null, and lengths.
pub(super) fn unknown_converted(value: &Value, ty: Type) -> Value {
    let range = value.range();
    let base = if range.not_null { Refinement::NOT_NULL } else { Refinement::NONE };
    let refinement = match (value.ty().kind(), ty.kind()) {
        (Kind::Object(object), Kind::Map(_)) => base.length(object.len() as u64),
        (Kind::Tuple(elements), Kind::List(_)) => base.length(elements.len() as u64),
        (Kind::Tuple(elements), Kind::Set(_)) => match elements.len() as u64 {
            length @ (0 | 1) => base.length(length),
            // Elements can turn out equal, but not all of them to nothing.
            length => base.longer_than_or(1).shorter_than_or(length),
        },
        (
            Kind::List(_) | Kind::Set(_) | Kind::Map(_),
            Kind::List(_) | Kind::Set(_) | Kind::Map(_),
        ) => {
            let min = range.length_min.unwrap_or(0);
            let base = base.longer_than_or(if ty.is_set() { min.min(1) } else { min });
            match range.length_max {
                Some(max) => base.shorter_than_or(max),
                None => base,
            }
        }
        _ => base,
    };
    Value::unknown_with(ty, refinement)
}
