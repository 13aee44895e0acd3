//! Lowered bodies, and decoding them through a schema to an object value.
//!
//! A native body knows which of its items are attributes and which are blocks; a JSON body learns it from the schema
//! that it is decoded through. Meta-arguments (`count`, `provider`, `lifecycle`...) are taken out before a body is
//! lowered.
//!
//! Invariant: lowering drops no other item, so decoding sees everything that the user wrote.

mod attr_blocks;
mod block;
mod decode;
mod dynamic;
mod faults;
mod fits;
mod items;
mod json;
mod lower;
mod nested;
#[cfg(test)]
mod tests;

pub use block::{BlockItem, DynamicBlock, LoweredAttr, LoweredBlock, LoweredBody};
pub use decode::eval_body;
pub use fits::{Absent, check_body};
