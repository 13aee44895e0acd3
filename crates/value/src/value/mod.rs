//! Values: immutable, at most 24 bytes, cheap to clone.
//!
//! A value is null or unknown of some type, a primitive, or an aggregate behind one shared pointer.
//! Marks lie on the value itself; an aggregate remembers what is true of everything below it, so
//! that asking whether a value is wholly known, marked inside, or how deep it is takes constant
//! time. Objects are their type and the values of its attributes in the order of their names.

mod aggregate;
mod elements;
mod equals;
mod hash;
mod inspect;
mod make;
mod marked;
mod same;
mod set;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use aggregate::{Aggregate, Body};
pub use elements::Elements;
pub(crate) use equals::conforms;
pub use make::normalize;

use crate::{Marks, Number, ObjectType, Refinement, Type};

/// A value of the language.
#[derive(Clone)]
pub struct Value(pub(crate) Repr);

/// How values are stored. Each form carries the marks of the value itself.
#[derive(Clone)]
pub(crate) enum Repr {
    Null(Marks, Type),
    /// The flag: it will not be null.
    Unknown(Marks, bool, Type),
    Refined(Marks, Arc<Refined>),
    Bool(Marks, bool),
    Number(Marks, Number),
    String(Marks, Arc<str>),
    Aggregate(Marks, Arc<Aggregate>),
}

/// An unknown about which more is known than that it will not be null.
#[derive(PartialEq, Eq)]
pub(crate) struct Refined {
    pub(crate) ty: Type,
    pub(crate) refinement: Refinement,
}

const _: () = assert!(size_of::<Value>() <= 24, "a value is at most 24 bytes");

/// What a value is, its own marks aside.
#[derive(Clone, Copy, Debug)]
pub enum View<'v> {
    /// Null, of the value's type.
    Null,
    /// Not known yet; what is known about it, where anything is.
    Unknown(Option<&'v Refinement>),
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(&'v Number),
    /// A string, in NFC.
    String(&'v Arc<str>),
    /// The elements of a list in order.
    List(&'v [Value]),
    /// The elements of a set in the order of OpenTofu's set keys.
    Set(&'v [Value]),
    /// The entries of a map, sorted by the bytes of their keys.
    Map(&'v [(Arc<str>, Value)]),
    /// The elements of a tuple in order.
    Tuple(&'v [Value]),
    /// The shape of an object, and the values of its attributes in that order.
    Object(&'static ObjectType, &'v [Value]),
}
