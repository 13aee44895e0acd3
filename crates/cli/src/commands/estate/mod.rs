//! What commands do in an estate; each in the file of its name.

pub(crate) mod affected;
pub(crate) mod apply;
mod choose;
mod findings;
pub(crate) mod gate;
pub(crate) mod init;
pub(crate) mod layers;
mod open;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod resume;
mod summary;
pub(crate) mod validate;
pub(crate) mod why;

pub(crate) use choose::{Asked, Depth, choose};
pub(crate) use open::{
    Opened, environment_of, environments, graphs, open, open_from, open_store, open_to_destroy,
    open_with, patterns, read_file,
};
