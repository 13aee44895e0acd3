//! The providers of a run: what the lock file chose, verified where it lies.
//!
//! Behaviour of OpenTofu's `configs/config.go` (dependency selections) and `command/meta_providers.go`. Invariant: a
//! package that is given out has one of the lock's hashes, or is under development.

use std::collections::BTreeMap;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};
use schema::version::{Constraints, Dialect};

use super::config::CliConfig;
use super::install::{Requirements, dev_package, failed, wrong_hash};
use super::lock::{Lock, Locks};
use super::package::{Location, Package, path_in, program};
use super::places::{Places, platform};
use crate::hash::{Freshness, Hashes};

/// The package of every required provider but the built-in ones. Each that cannot be had is one diagnostic.
pub fn packages(
    places: &Places,
    config: &CliConfig,
    requirements: &Requirements,
    locks: &Locks,
    hashes: &Hashes,
    diags: &mut Diags,
) -> BTreeMap<ProviderAddr, Package> {
    let mut packages = BTreeMap::new();
    for (provider, constraints) in
        requirements.iter().filter(|(provider, _)| !provider.is_builtin())
    {
        let found = match config.dev_override(provider) {
            Some(folder) => dev_package(provider, folder),
            None => locked(places, provider, constraints, locks.lock_of(provider), hashes),
        };
        match found {
            Ok(package) => drop(packages.insert(provider.clone(), package)),
            Err(diagnostic) => diags.push(*diagnostic),
        }
    }
    hashes.save();
    packages
}

fn locked(
    places: &Places,
    provider: &ProviderAddr,
    constraints: &Constraints,
    lock: Option<&Lock>,
    hashes: &Hashes,
) -> Result<Package, Box<Diagnostic>> {
    let lock = lock.ok_or_else(|| Box::new(not_locked(provider)))?;
    if !constraints.admits(&lock.version, Dialect::Provider) {
        return Err(Box::new(outdated(provider, constraints, lock)));
    }
    let folder = path_in(&places.packages_dir(), provider, &lock.version, &platform());
    if !folder.is_dir() {
        return Err(Box::new(not_installed(provider, lock, &folder.display().to_string())));
    }
    let fails = |error: std::io::Error| Box::new(failed(provider, &folder, &error));
    let location = Location::Folder(folder.clone());
    if lock.usable_hashes().next().is_some()
        && !location.matches(lock, hashes, Freshness::Remembered).map_err(fails)?
    {
        return Err(Box::new(wrong_hash(provider, &lock.version, &folder)));
    }
    let binary = program(&folder, provider).map_err(fails)?;
    Ok(Package { provider: provider.clone(), version: Some(lock.version.clone()), folder, binary })
}

fn not_locked(provider: &ProviderAddr) -> Diagnostic {
    Diagnostic::error("provider-not-locked", "A provider has no chosen version")
        .detail(format!(
            "The configuration needs {}, of which the lock file knows nothing.",
            provider.for_display()
        ))
        .remedy("Run init, which chooses a version and locks it.")
}

fn outdated(provider: &ProviderAddr, constraints: &Constraints, lock: &Lock) -> Diagnostic {
    Diagnostic::error(
        "provider-lock-constraint",
        "The locked version of a provider is not admitted",
    )
    .detail(format!(
        "{} is locked at {}, and the configuration asks for {constraints}.",
        provider.for_display(),
        lock.version
    ))
    .remedy("Run `init -upgrade` to choose again, or change the constraint.")
}

fn not_installed(provider: &ProviderAddr, lock: &Lock, folder: &str) -> Diagnostic {
    Diagnostic::error("provider-not-installed", "A provider is not installed")
        .detail(format!(
            "{} {} is locked, and there is no package at {folder}.",
            provider.for_display(),
            lock.version
        ))
        .remedy("Run init, which puts it there.")
}
