//! The table of types: each type of a plan's values once, parts before wholes.
//!
//! Numbers 0 to 3 are the primitive types and the dynamic one; the table holds the rest, in the order in which the values
//! name them. Invariant: an entry names only earlier ones, so that neither its bytes nor reading them nests.

use std::collections::HashMap;
use std::sync::Arc;

use value::{DEPTH_MAX, Kind, ObjectType, Type};

use super::TYPES_MAX;
use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer};

const PRIMITIVES: [Type; 4] = [Type::DYNAMIC, Type::BOOL, Type::NUMBER, Type::STRING];
const LIST: u8 = 0;
const SET: u8 = 1;
const MAP: u8 = 2;
const TUPLE: u8 = 3;
const OBJECT: u8 = 4;
/// An object of which attributes are optional.
const CONSTRAINT: u8 = 5;

/// The types met while writing.
#[derive(Default)]
pub(super) struct TypeTable {
    numbers: HashMap<Type, u64>,
    entries: Writer0,
}

/// The bytes of the entries.
#[derive(Default)]
struct Writer0 {
    out: Vec<u8>,
}
