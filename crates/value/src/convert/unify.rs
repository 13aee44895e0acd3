//! Unification: the one type that several types convert to.
//!
//! Structures of one kind are unified part by part; where their names or lengths differ, objects
//! become a map and tuples a list. For the rest, the most general of the given types wins to which
//! all others convert. Lists, sets, maps, objects or tuples beside an unknown of no type give
//! [`Type::DYNAMIC`]: what they will be cannot be told yet.

use std::collections::HashSet;

use super::Safety;
use super::possible::possible;
use crate::{Kind, Type};

/// The type that values of all these types convert to, unsafe conversions allowed; none where there
/// is none, or no type was given.
///
/// Where the result is [`Type::DYNAMIC`] though a given type is not, values of the given types do
/// not convert to it as they are: the caller treats the result as not known.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_with(types, Safety::Unsafe)
}

/// As [`unify`], by safe conversions only.
pub fn unify_safe(types: &[Type]) -> Option<Type> {
    unify_with(types, Safety::Safe)
}

pub(super) fn unify_with(types: &[Type], safety: Safety) -> Option<Type> {
    let (&first, rest) = types.split_first()?;
    if rest.iter().all(|&ty| ty == first) {
        return Some(first);
    }
    let mut seen = HashSet::new();
    let distinct: Vec<_> = types.iter().copied().filter(|ty| seen.insert(ty.id())).collect();
    unify_distinct(&distinct, safety)
}

/// How many of each kind there are.
#[derive(Default)]
struct Census {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    dynamics: usize,
}

impl Census {
    fn of(types: &[Type]) -> Self {
        let mut census = Self::default();
        for ty in types {
            match ty.kind() {
                Kind::Map(_) => census.maps += 1,
                Kind::List(_) => census.lists += 1,
                Kind::Set(_) => census.sets += 1,
                Kind::Object(_) => census.objects += 1,
                Kind::Tuple(_) => census.tuples += 1,
                Kind::Dynamic => census.dynamics += 1,
                Kind::Bool | Kind::Number | Kind::String => {}
            }
        }
        census
    }
}

fn unify_distinct(types: &[Type], safety: Safety) -> Option<Type> {
    let n = Census::of(types);
    let all = types.len();
    let known = all - n.dynamics;
    let of_one_kind = [n.maps, n.lists, n.sets, n.objects, n.tuples].contains(&known) && known > 0;
    if of_one_kind {
        if n.dynamics > 0 {
            return Some(Type::DYNAMIC);
        }
        return match types[0].kind() {
            Kind::Map(_) => unify_elements(types, safety).map(Type::map),
            Kind::List(_) => unify_elements(types, safety).map(Type::list),
            Kind::Set(_) => unify_elements(types, safety).map(Type::set),
            Kind::Object(_) => unify_objects(types, safety),
            _ => unify_tuples(types, safety),
        };
    }
    if n.maps > 0 && n.maps + n.objects == known {
        if let Some(ty) = unify_as(types, safety, Type::is_object, objects_as_map) {
            return Some(ty);
        }
    } else if n.lists > 0 && n.lists + n.tuples == known {
        if let Some(ty) = unify_as(types, safety, Type::is_tuple, tuples_as_list) {
            return Some(ty);
        }
    } else if n.objects > 0 && n.tuples > 0 {
        return None;
    }
    most_general(types, safety)
}

/// The collections' element types, unified, where the collections then convert.
fn unify_elements(types: &[Type], safety: Safety) -> Option<Type> {
    let elements: Vec<_> = types.iter().filter_map(|ty| ty.element()).collect();
    unify_with(&elements, safety)
}

/// Objects among maps, or tuples among lists: seen as the collection first, then all together. The
/// result counts only where it is such a collection.
fn unify_as(
    types: &[Type],
    safety: Safety,
    structural: fn(Type) -> bool,
    collection: fn(&[Type], Safety) -> Option<Type>,
) -> Option<Type> {
    let structures: Vec<_> = types.iter().copied().filter(|&ty| structural(ty)).collect();
    let stand_in = collection(&structures, safety)?;
    let replaced: Vec<_> =
        types.iter().map(|&ty| if structural(ty) { stand_in } else { ty }).collect();
    unify_with(&replaced, safety).filter(|ty| ty.is_collection())
}

fn unify_objects(types: &[Type], safety: Safety) -> Option<Type> {
    let shapes: Vec<_> = types.iter().filter_map(|ty| ty.object_type()).collect();
    let names = shapes[0].names();
    if shapes.iter().any(|shape| shape.names() != names) {
        return objects_as_map(types, safety);
    }
    let mut unified = Vec::with_capacity(names.len());
    for slot in 0..names.len() {
        let across: Vec<_> = shapes.iter().map(|shape| shape.types()[slot]).collect();
        unified.push(unify_with(&across, safety)?);
    }
    let ty = Type::object_sorted(names, &unified);
    if types.iter().all(|&from| possible(from, ty, safety)) {
        return Some(ty);
    }
    objects_as_map(types, safety)
}

fn objects_as_map(types: &[Type], safety: Safety) -> Option<Type> {
    let shapes = types.iter().filter_map(|ty| ty.object_type());
    let attributes: Vec<_> = shapes.flat_map(|shape| shape.types().iter().copied()).collect();
    let ty = Type::map(unify_with(&attributes, safety)?);
    types.iter().all(|&from| possible(from, ty, safety)).then_some(ty)
}

fn unify_tuples(types: &[Type], safety: Safety) -> Option<Type> {
    let rows: Vec<_> = types.iter().filter_map(|ty| ty.tuple_elements()).collect();
    let length = rows[0].len();
    if rows.iter().any(|row| row.len() != length) {
        return tuples_as_list(types, safety);
    }
    let mut unified = Vec::with_capacity(length);
    for at in 0..length {
        let across: Vec<_> = rows.iter().map(|row| row[at]).collect();
        unified.push(unify_with(&across, safety)?);
    }
    let ty = Type::tuple(&unified);
    if types.iter().all(|&from| possible(from, ty, safety)) {
        return Some(ty);
    }
    tuples_as_list(types, safety)
}

fn tuples_as_list(types: &[Type], safety: Safety) -> Option<Type> {
    let rows = types.iter().filter_map(|ty| ty.tuple_elements());
    let elements: Vec<_> = rows.flatten().copied().collect();
    let ty = Type::list(unify_with(&elements, safety)?);
    types.iter().all(|&from| possible(from, ty, safety)).then_some(ty)
}

/// The first of the given types, the more general before the less, that all others convert to.
fn most_general(types: &[Type], safety: Safety) -> Option<Type> {
    by_generality(types)
        .into_iter()
        .map(|at| types[at])
        .find(|&want| types.iter().all(|&from| possible(from, want, safety)))
}

/// Positions in a topological order of "more general than"; ties in the order given.
fn by_generality(types: &[Type]) -> Vec<usize> {
    let count = types.len();
    let mut more_general: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut above = vec![0usize; count];
    for i in 0..count {
        for j in i + 1..count {
            match generality(types[i], types[j]) {
                std::cmp::Ordering::Less => {
                    more_general[i].push(j);
                    above[j] += 1;
                }
                std::cmp::Ordering::Greater => {
                    more_general[j].push(i);
                    above[i] += 1;
                }
                std::cmp::Ordering::Equal => {}
            }
        }
    }
    let mut order: Vec<_> = (0..count).filter(|&at| above[at] == 0).collect();
    let mut next = 0;
    while next < order.len() {
        for &below in &more_general[order[next]] {
            above[below] -= 1;
            if above[below] == 0 {
                order.push(below);
            }
        }
        next += 1;
    }
    order
}

/// `Less` where the first is the more general, on the assumption that conversions work out.
fn generality(a: Type, b: Type) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (a.kind(), b.kind()) {
        (Kind::Dynamic, Kind::Dynamic) => Equal,
        // What has no type yet will become what its neighbours are.
        (Kind::Dynamic, _) => Greater,
        (_, Kind::Dynamic) => Less,
        (Kind::String, Kind::Bool | Kind::Number) => Less,
        (Kind::Bool | Kind::Number, Kind::String) => Greater,
        (Kind::List(a), Kind::List(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Map(a), Kind::Map(b)) => generality(a, b),
        (Kind::List(_) | Kind::Tuple(_), Kind::Set(_)) => Less,
        (Kind::Set(_), Kind::List(_) | Kind::Tuple(_)) => Greater,
        (Kind::List(_), Kind::Tuple(_)) | (Kind::Map(_), Kind::Object(_)) => Less,
        (Kind::Tuple(_), Kind::List(_)) | (Kind::Object(_), Kind::Map(_)) => Greater,
        (Kind::Object(a), Kind::Object(b)) if a.names() == b.names() => {
            parts_generality(a.types(), b.types())
        }
        (Kind::Tuple(a), Kind::Tuple(b)) if a.len() == b.len() => parts_generality(a, b),
        _ => Equal,
    }
}

/// More general where no part is less general and some part is more.
fn parts_generality(a: &[Type], b: &[Type]) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = |at: usize| generality(a[at], b[at]);
    let more = (0..a.len()).any(|at| order(at) == Less);
    let less = (0..a.len()).any(|at| order(at) == Greater);
    match (more, less) {
        (true, false) => Less,
        (false, true) => Greater,
        _ => Equal,
    }
}
