//! The estate file from text to graph: blocks, instances and wiring, right and wrong.

mod blocks;
mod instances;
mod support;
mod wiring;
