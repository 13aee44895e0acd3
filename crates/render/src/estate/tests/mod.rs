//! The three forms of the page: the example of the design, and their limits.

mod found;
mod golden;
mod limits;
