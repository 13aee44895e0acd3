//! Estates through the program itself.

mod affected;
mod choice;
mod hello;
mod support;
