//! Values made up: from an overlay's templates, and where it says nothing from the attribute's name and type.
//!
//! Invariant: what is made is a function of the [`Key`], the place and the object, and conforms to the type asked for.

mod eval;
mod fill;
mod form;
mod key;
mod special;

pub(crate) use eval::{Eval, Scene, at, made, text};
pub(crate) use fill::{See, filled, text_place};
pub(crate) use key::Key;

#[cfg(test)]
pub(crate) use eval::tests::scene;
