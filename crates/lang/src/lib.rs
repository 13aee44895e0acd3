//! The OpenTofu language: modules, references, evaluation to a value or `Blocked`.
//!
//! Configuration is read by `config`, type constraints by `constraint`, and `graph` holds the static reference graph.
//! Expressions are lowered into an arena by `expr`, bodies by `body`; `eval` computes them, asking a `Scope` for all
//! that is not in them, and `print` writes values down.
//! Pure: no file is read here, no clock asked.

pub mod body;
pub mod config;
pub mod constraint;
pub mod eval;
pub mod expr;
#[cfg(test)]
mod fixture;
pub mod graph;
pub mod outline;
pub mod print;
pub mod refs;
pub mod suggest;

/// The version of OpenTofu whose language is spoken: it stands in states and plan documents and answers
/// `required_version`.
pub const TOFU_VERSION: &str = "1.12.6";
