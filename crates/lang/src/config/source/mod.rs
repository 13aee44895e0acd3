//! Bodies and expressions as they stand in a file, native or JSON alike, before they mean anything.
//!
//! A JSON object does not say which of its members are attributes and which are blocks, and a JSON string does not
//! say whether it is a template, a reference or a keyword: whoever reads it decides. So both syntaxes are read
//! through the types here. Everything borrows from the syntax trees, which are dropped after lowering.
//!
//! Invariant: items of a [`BodySrc`] stand in the order of the text.

mod body;
mod content;
mod expr;
mod json;

pub use body::{BodySrc, Item};
pub(super) use content::{AttrSrc, BlockSrc, Content, Need, Shape};
pub use expr::ExprSrc;
