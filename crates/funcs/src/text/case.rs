//! Upper, lower and title case, and the order of characters reversed.
//! Invariant: the mappings are Unicode's simple ones, letter by letter.

use crate::args::{string, text};
use crate::function::{Allows, Function, Param};
use crate::plain::letters;

const STR: &[Param] = &[Param::text("str").allowing(Allows::DYNAMIC)];

pub(crate) static UPPER: Function =
    Function::to_text("upper", STR, |args, _| string(letters::upper(text(&args[0]))));

pub(crate) static LOWER: Function =
    Function::to_text("lower", STR, |args, _| string(letters::lower(text(&args[0]))));

pub(crate) static STRREV: Function =
    Function::to_text("strrev", STR, |args, _| string(letters::reversed(text(&args[0]))));

pub(crate) static TITLE: Function = Function::to_text("title", &[Param::text("str")], |args, _| {
    string(letters::title(text(&args[0])))
});
