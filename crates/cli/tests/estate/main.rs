//! Estates through the program itself.

mod hello;
mod support;
