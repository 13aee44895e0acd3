//! The commands that look into states and mend them, through the program itself: with built-in providers, and where the
//! parts cache has them with real ones.

mod doubt;
mod estate;
mod looking;
mod mending;
mod real;
mod support;
mod world;
