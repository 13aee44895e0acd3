//! `cargo xtask parts`: brings real programs from the registries into a cache outside the repository, once.
//!
//! Invariant: a part is at its place only when it is whole; it is built aside and renamed. A part that cannot be
//! had is listed as missing with its reason, and is no error unless the ordinary build of it failed.

mod build;
mod catalogue;
mod debian;
mod find;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use catalogue::Part;

/// What became of one part.
enum Outcome {
    There,
    Made { seconds: u64 },
    Missing(String),
    Failed(String),
}

/// The cache's folder: `STRATA_PARTS`, else `strata-parts` in the user's cache folder.
pub(crate) fn cache() -> PathBuf {
    if let Some(set) = std::env::var_os("STRATA_PARTS") {
        return PathBuf::from(set);
    }
    let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| home.join(".cache"), PathBuf::from)
        .join("strata-parts")
}

/// Writes a CLI configuration that takes all providers from the parts cache, and tells where.
pub(crate) fn mirror_config(cache: &Path) -> Result<PathBuf, String> {
    let mirror = cache.join("providers");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror.display().to_string()
    );
    let place = cache.join("mirror.tfrc");
    std::fs::write(&place, text).map_err(|e| format!("{}: {e}", place.display()))?;
    Ok(place)
}

/// Runs the command.
pub(crate) fn main(root: &Path, args: &[String]) -> ExitCode {
    let all = args.iter().any(|arg| arg == "--all");
    let list_only = args.iter().any(|arg| arg == "--list");
    let names: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let parts = match catalogue::read(&root.join("xtask/parts.toml")) {
        Ok(parts) => parts,
        Err(message) => {
            eprintln!("xtask/parts.toml: {message}");
            return ExitCode::FAILURE;
        }
    };
    let wanted = |part: &&Part| {
        if names.is_empty() { all || part.ordinary } else { names.iter().any(|n| **n == part.name) }
    };
    let cache = cache();
    println!("parts in {}", cache.display());
    let mut failed = 0;
    for part in parts.iter().filter(wanted) {
        let outcome = if list_only { look(part, &cache) } else { bring(part, &cache) };
        match &outcome {
            Outcome::There => println!("  {:<26} {:<10} there", part.name, part.version),
            Outcome::Made { seconds } => {
                println!("  {:<26} {:<10} made in {seconds} s", part.name, part.version);
            }
            Outcome::Missing(why) => {
                println!("  {:<26} {:<10} MISSING: {why}", part.name, part.version);
            }
            Outcome::Failed(why) => {
                failed += 1;
                println!("  {:<26} {:<10} FAILED: {why}", part.name, part.version);
            }
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn look(part: &Part, cache: &Path) -> Outcome {
    let place = part.place(cache);
    if place.exists() {
        Outcome::There
    } else {
        Outcome::Missing(format!("run `cargo xtask parts {}`", part.name))
    }
}

fn bring(part: &Part, cache: &Path) -> Outcome {
    let place = part.place(cache);
    if place.exists() {
        return Outcome::There;
    }
    println!("  {:<26} {:<10} building …", part.name, part.version);
    let begun = Instant::now();
    let made = match part.kind.as_str() {
        "go-install" => build::go_install(part, cache),
        "go-tools" => build::go_tools(part, cache),
        "pip" => build::pip(part, cache),
        "npm" => build::npm(part, cache),
        "debian" => debian::bring(part, cache),
        "found" => match find::provider(part) {
            Some(file) => build::link(&file, &place),
            None => {
                return Outcome::Missing("no registry serves it; not found on this machine".into());
            }
        },
        other => Err(format!("unknown kind {other:?} in xtask/parts.toml")),
    };
    match made {
        Ok(()) => Outcome::Made { seconds: begun.elapsed().as_secs() },
        Err(why) => Outcome::Failed(why),
    }
}
