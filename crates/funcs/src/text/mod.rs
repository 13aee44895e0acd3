//! Functions on strings.
//! Invariant: lengths and places are counted in characters as people see them (grapheme clusters), never in bytes.

mod case;
mod format;
mod parts;
mod regex;
mod trim;

pub(crate) use case::{LOWER, STRREV, TITLE, UPPER};
pub(crate) use format::{FORMAT, FORMATLIST};
pub(crate) use parts::{
    ENDSWITH, INDENT, JOIN, REPLACE, SORT, SPLIT, STARTSWITH, STRCONTAINS, SUBSTR,
};
pub(crate) use regex::{REGEX, REGEXALL};
pub(crate) use trim::{CHOMP, TRIM, TRIMPREFIX, TRIMSPACE, TRIMSUFFIX};
