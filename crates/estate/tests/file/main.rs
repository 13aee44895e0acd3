//! The estate file from text to graph: blocks, instances and wiring, right and wrong; and what is chosen of a graph.

mod affected;
mod blocks;
mod instances;
mod judged;
mod orders;
mod selection;
mod stored;
mod support;
mod wiring;
