//! Where providers come from: found in mirrors and caches, chosen by version, locked, verified, put in place.
//!
//! Nothing here reaches out over a network: ways of installing that do are told by name where they would be needed.
//! Formats and choices are OpenTofu's (`command/cliconfig`, `getproviders`, `providercache`, `depsfile`).
//!
//! Invariant: a package is used only if its hash is among those of the lock file, or it is under development.

mod config;
mod dirhash;
mod install;
mod lock;
mod package;
mod packages;
mod patterns;
mod places;
mod rc;
mod sources;
mod zip;

pub use config::CliConfig;
pub use install::{How, Installed, Requirements, Selection, install};
pub use lock::{Lock, Locks};
pub use package::Package;
pub use packages::packages;
pub use places::{Places, platform};
