//! The table of types: each type is made once, leaked, and shared by the whole process.
//!
//! This is the one static of the crate that changes. It only grows; what it holds is a function of
//! the types asked for, so no caller can see another through it. Looking up allocates nothing.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::object::ObjectType;
use super::{Kind, Type, TypeData};
use crate::fold::FoldHasher;

type Buckets = HashMap<u64, Vec<Type>, BuildHasherDefault<FoldHasher>>;

/// Tuples and objects by the hash of their parts; collections hang on their element types.
static STRUCTURES: OnceLock<RwLock<Buckets>> = OnceLock::new();
/// Ids 0 to 3 are the primitive types and the dynamic one.
static NEXT_ID: AtomicU32 = AtomicU32::new(4);

fn leak(kind: Kind, has_dynamic: bool, has_optional: bool) -> Type {
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    Type(Box::leak(Box::new(TypeData::new(kind, id, has_dynamic, has_optional))))
}

/// A list, set or map type; called once per element type and kind.
pub(super) fn collection(kind: Kind) -> Type {
    match kind {
        Kind::List(element) | Kind::Set(element) | Kind::Map(element) => {
            leak(kind, element.has_dynamic(), element.has_optional())
        }
        _ => panic!("BUG: {kind:?} is not a collection"),
    }
}

pub(super) fn tuple(elements: &[Type]) -> Type {
    let mut hasher = FoldHasher::default();
    hasher.write_u8(b'(');
    for element in elements {
        hasher.write_u32(element.id());
    }
    let same = |ty: &Type| matches!(ty.kind(), Kind::Tuple(have) if have == elements);
    lookup(hasher.finish(), same, || {
        let has_dynamic = elements.iter().any(|ty| ty.has_dynamic());
        let has_optional = elements.iter().any(|ty| ty.has_optional());
        leak(Kind::Tuple(elements.to_vec().leak()), has_dynamic, has_optional)
    })
}

/// An object type from attributes in any order; the last of a name counts.
pub(super) fn object(mut attributes: Vec<(Arc<str>, Type, bool)>) -> Type {
    attributes.sort_by(|a, b| a.0.cmp(&b.0));
    attributes.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            (earlier.1, earlier.2) = (later.1, later.2);
        }
        same
    });
    let mut names = Vec::with_capacity(attributes.len());
    let mut types = Vec::with_capacity(attributes.len());
    let mut optional = Vec::with_capacity(attributes.len());
    for (name, ty, may_be_absent) in attributes {
        names.push(name);
        types.push(ty);
        optional.push(may_be_absent);
    }
    object_parts(&names, &types, &optional)
}

pub(super) fn object_sorted(names: &[Arc<str>], types: &[Type]) -> Type {
    assert_eq!(names.len(), types.len(), "BUG: an object type with names and types of two lengths");
    debug_assert!(names.is_sorted_by(|a, b| a < b), "BUG: names not sorted: {names:?}");
    object_parts(names, types, &[])
}

/// `optional` may be empty, which means that nothing is.
fn object_parts(names: &[Arc<str>], types: &[Type], optional: &[bool]) -> Type {
    let is_optional = |slot: usize| optional.get(slot).copied().unwrap_or(false);
    let mut hasher = FoldHasher::default();
    hasher.write_u8(b'{');
    for (slot, (name, ty)) in names.iter().zip(types).enumerate() {
        hasher.write(name.as_bytes());
        hasher.write_u32(ty.id());
        hasher.write_u8(u8::from(is_optional(slot)));
    }
    let same = |ty: &Type| {
        matches!(ty.kind(), Kind::Object(have)
            if have.types() == types
                && have.names() == names
                && have.optional().iter().enumerate().all(|(slot, &flag)| flag == is_optional(slot)))
    };
    lookup(hasher.finish(), same, || {
        let flags: Box<[bool]> = (0..names.len()).map(is_optional).collect();
        let has_dynamic = types.iter().any(|ty| ty.has_dynamic());
        let has_optional = flags.contains(&true) || types.iter().any(|ty| ty.has_optional());
        let object = ObjectType::new(names.into(), types.into(), flags);
        leak(Kind::Object(Box::leak(Box::new(object))), has_dynamic, has_optional)
    })
}

fn lookup(hash: u64, same: impl Fn(&Type) -> bool, make: impl FnOnce() -> Type) -> Type {
    let table = STRUCTURES.get_or_init(|| RwLock::new(HashMap::default()));
    let find = |buckets: &Buckets| {
        buckets.get(&hash).and_then(|bucket| bucket.iter().copied().find(&same))
    };
    // A panic while the lock is held cannot leave the table half written: entries are whole types.
    if let Some(ty) = find(&table.read().unwrap_or_else(PoisonError::into_inner)) {
        return ty;
    }
    let mut buckets = table.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(ty) = find(&buckets) {
        return ty;
    }
    let ty = make();
    buckets.entry(hash).or_default().push(ty);
    ty
}
