//! The built-in functions of the OpenTofu language. [`lookup`] finds one, [`call`] calls it. Functions that need the world
//! (files, the clock, random bits) are split: [`request`] says what they ask, [`finish`] makes the result of the answer.
//! Not here: functions that evaluate expressions (`try`, `can`, `templatefile`, `templatestring`), of which only the
//! parameters are known here, and functions of providers.
//! Invariant: no function reads anything but its arguments and its answer.

mod args;
mod call;
mod collection;
mod convert;
mod crypto;
mod datetime;
mod encoding;
mod file;
mod function;
mod impure;
mod ip;
mod number;
mod plain;
mod suggest;
mod table;
mod text;
mod yaml;

pub use call::{call, postponed};
pub use function::{Allows, Cause, FuncError, Function, Outcome, Param, Purity};
pub use impure::{Answer, Depth, FileKind, Request, Step, When, WorldFault, finish, request, when};
pub use table::{all, lookup, names, suggestion};
