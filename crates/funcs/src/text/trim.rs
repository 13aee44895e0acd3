//! Functions that take characters off the ends of a string.
//! Invariant: the middle of the string stays as it is.

use crate::args::{string, text};
use crate::function::{Function, Param};

const STR: &[Param] = &[Param::text("str")];

pub(crate) static CHOMP: Function = Function::to_text("chomp", STR, |args, _| {
    string(text(&args[0]).trim_end_matches(['\r', '\n']))
});

pub(crate) static TRIM: Function =
    Function::to_text("trim", &[Param::text("str"), Param::text("cutset")], |args, _| {
        let cut = text(&args[1]);
        string(text(&args[0]).trim_matches(|c| cut.contains(c)))
    });

pub(crate) static TRIMPREFIX: Function =
    Function::to_text("trimprefix", &[Param::text("str"), Param::text("prefix")], |args, _| {
        let whole = text(&args[0]);
        string(whole.strip_prefix(text(&args[1])).unwrap_or(whole))
    });

pub(crate) static TRIMSPACE: Function =
    Function::to_text("trimspace", STR, |args, _| string(text(&args[0]).trim()));

pub(crate) static TRIMSUFFIX: Function =
    Function::to_text("trimsuffix", &[Param::text("str"), Param::text("suffix")], |args, _| {
        let whole = text(&args[0]);
        string(whole.strip_suffix(text(&args[1])).unwrap_or(whole))
    });
