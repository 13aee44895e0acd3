//! Hashes of values, kept on aggregates once computed.
//!
//! Values that are the same hash the same. Marks are left out, so that a marked value and its bare
//! twin meet in one bucket and equality decides.

use std::hash::{Hash, Hasher};
use std::sync::atomic::Ordering;

use super::{Aggregate, Body, Repr, Value};
use crate::fold::FoldHasher;

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Null(_, ty) => (0u8, ty.id()).hash(state),
            Repr::Unknown(_, _, ty) => (1u8, ty.id()).hash(state),
            Repr::Refined(_, refined) => (1u8, refined.ty.id()).hash(state),
            Repr::Bool(_, value) => (2u8, value).hash(state),
            Repr::Number(_, number) => number.hash(state),
            Repr::String(_, text) => text.hash(state),
            Repr::Aggregate(_, aggregate) => state.write_u64(kept_hash(aggregate)),
        }
    }
}

fn kept_hash(aggregate: &Aggregate) -> u64 {
    let kept = aggregate.hash.load(Ordering::Relaxed);
    if kept != 0 {
        return kept;
    }
    let mut hasher = FoldHasher::default();
    hasher.write_u32(aggregate.ty.id());
    match &aggregate.body {
        Body::Values(values) => values.iter().for_each(|value| value.hash(&mut hasher)),
        Body::Entries(entries) => entries.iter().for_each(|entry| entry.hash(&mut hasher)),
    }
    let hash = hasher.finish().max(1);
    aggregate.hash.store(hash, Ordering::Relaxed);
    hash
}
