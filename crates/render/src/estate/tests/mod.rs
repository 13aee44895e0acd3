//! The three forms of the page: the example of the design, and their limits.

mod golden;
mod limits;
