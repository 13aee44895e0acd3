//! Functions on lists, sets, tuples, maps and objects.
//! Invariant: tuples and objects keep the types of their parts; lists, sets and maps have one type for all.

mod choose;
mod combine;
mod keyed;
mod members;
mod product;
mod questions;
mod reshape;
mod sets;

pub(crate) use choose::{COALESCE, COALESCELIST, ELEMENT, ONE, SLICE};
pub(crate) use combine::{CONCAT, DISTINCT, FLATTEN};
pub(crate) use keyed::{KEYS, LOOKUP, MERGE, TRANSPOSE, VALUES, ZIPMAP};
pub(crate) use product::SETPRODUCT;
pub(crate) use questions::{ALLTRUE, ANYTRUE, CONTAINS, INDEX, LENGTH, MATCHKEYS};
pub(crate) use reshape::{CHUNKLIST, COMPACT, LIST, MAP, REVERSE};
pub(crate) use sets::{SETINTERSECTION, SETSUBTRACT, SETUNION};
