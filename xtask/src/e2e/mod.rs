//! `cargo xtask e2e NAME`: the product on real parts, from an empty folder to nothing left behind.

pub(crate) mod acme;
mod adopt;
mod audit;
mod blueprints;
mod ci;
mod cluster;
mod first_light;
mod kill;
mod servers;
mod signing;

use std::path::Path;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn main(root: &Path, args: &[String]) -> ExitCode {
    let ended = match args.first().map(String::as_str) {
        Some("adopt") => adopt::run(root, &args[1..]),
        Some("audit") => audit::run(root),
        Some("first-light") => first_light::run(root, &args[1..]),
        Some("blueprints") => blueprints::run(root),
        Some("ci") => ci::run(root, &args[1..]),
        Some("kill") => kill::run(root, &args[1..]),
        Some("acme") => acme::run(root, &args[1..], acme::Scope::Whole),
        Some("drift") => acme::run(root, &args[1..], acme::Scope::Drift),
        Some("derive") => acme::derive::run(root, &args[1..]),
        Some("access") => acme::run(root, &args[1..], acme::Scope::Access),
        _ => Err("usage: cargo xtask e2e first-light [--without-aws] | kill [--runs] [POINTS [SEED]] | acme [--without-aws] | access | drift | derive [STACK...] | blueprints | adopt [--without-aws] | audit | ci [--without-aws] [--keep]".into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("e2e: {message}");
            ExitCode::FAILURE
        }
    }
}
