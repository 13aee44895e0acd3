//! The estate file from text to graph: blocks, instances and wiring, right and wrong.

mod blocks;
mod instances;
mod judged;
mod stored;
mod support;
mod wiring;
