//! HCL: native and JSON syntax, text to tree, and the formatting of native text.
//!
//! [`parse_native`] and [`parse_json`] read whole files, report every error they can see and return what they
//! understood; [`parse_expression`], [`parse_template`] and [`parse_traversal`] read pieces. [`statics`] reads
//! expressions without evaluating them. [`format()`] is `tofu fmt`. Nothing here knows what a block means.
//!
//! Invariant: no text makes a parser panic, overflow the stack or run without end.

pub mod ast;
mod children;
mod format;
pub mod json;
pub mod lex;
mod parse;
mod quoted;
pub mod statics;

pub use ast::*;
pub use children::{children, part_children};
pub use format::format;
pub use json::{JsonFile, JsonKind, JsonMember, JsonNode, json_expr, parse_json};
pub use lex::is_identifier;
pub use parse::{parse_expression, parse_native, parse_template, parse_traversal};
pub use quoted::quote;
pub use statics::{
    Step, Traversal, as_traversal, expr_call, expr_keyword, expr_list, expr_map, key_traversal,
    quoted_traversal,
};
