//! What functions do to plain data: texts, times, networks, formats. Nothing here knows of values, nulls or marks;
//! the files of the groups beside this folder do, and call in here.
//! Invariant: a fault is a text that fits behind "the argument is wrong: ", in lower case and without a full stop.

pub(crate) mod charset;
pub(crate) mod cidr;
pub(crate) mod csv;
pub(crate) mod date_pattern;
pub(crate) mod double;
pub(crate) mod duration;
pub(crate) mod float_text;
pub(crate) mod glob;
pub(crate) mod gzip;
pub(crate) mod letters;
pub(crate) mod path;
pub(crate) mod pattern;
pub(crate) mod query;
pub(crate) mod rsa;
pub(crate) mod timestamp;
pub(crate) mod uuid;
pub(crate) mod verb;
