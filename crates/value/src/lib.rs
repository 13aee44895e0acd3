//! Types and values of the OpenTofu language, and their codecs.
//!
//! What is here: interned [`Type`]s, small immutable [`Value`]s with unknowns, refinements and
//! [`Marks`], [`Number`]s with their own precision, conversion and unification ([`convert`]), the
//! operators ([`ops`]), and the JSON and MessagePack forms ([`json`], [`msgpack`]).
//!
//! What is not: expressions, functions, schemas, diagnostics, printing for people. Nothing here
//! reads the world, and nothing panics on what a user wrote.

mod build;
pub mod convert;
mod fold;
pub mod json;
mod marks;
pub mod msgpack;
mod number;
pub mod ops;
mod parts;
mod path;
mod refinement;
mod types;
mod value;

pub use marks::Marks;
pub use number::{
    EXPONENT_MAX, NotANumber, Number, PRECISION_DOUBLE, PRECISION_INT, PRECISION_TEXT,
};
pub use path::{Path, Step};
pub use refinement::{Bound, Refinement, safe_prefix};
pub use types::{Kind, ObjectType, Type};
pub use value::{Elements, Value, View, normalize};

/// Deepest nesting of a value that decoders accept, and that callers who build values from a
/// user's input must not exceed ([`Value::depth`]).
pub const DEPTH_MAX: u32 = 1_000;
