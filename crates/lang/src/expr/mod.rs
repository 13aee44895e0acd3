//! Lowered expressions: a flat arena per module definition, its references resolved to indices.
//!
//! What is here knows no value but literals, and evaluates nothing (`eval` does). The tree of the syntax is not kept:
//! a node holds its place and the indices of its operands.
//!
//! Invariant: an operand's [`ExprId`] is smaller than that of the node that holds it, so the arena has no cycle, and
//! no expression is higher than the parser's limit on nesting.

mod arena;
mod context;
mod frame;
mod json;
mod lower;
mod lower_call;
mod lower_control;
mod lower_ref;
mod node;
mod optimise;
mod undeclared;

pub(crate) use arena::List;
pub use arena::{ExprId, Exprs, HoistIdx};
pub use context::{Allowed, Depends};
pub use lower::Lowerer;
pub use lower_call::ConsoleLine;
pub(crate) use node::{CallNode, Callee, ForNode, Node, SplatNode};
pub use node::{PathAttr, ProviderFunction, Reference, Target};
