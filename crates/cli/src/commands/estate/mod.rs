//! What commands do in an estate; each in the file of its name.

pub(crate) mod apply;
pub(crate) mod init;
mod open;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod validate;

pub(crate) use open::{Opened, environment_of, open, patterns, read_file};
