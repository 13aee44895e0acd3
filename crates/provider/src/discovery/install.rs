//! `init`: a version is chosen for each provider, its package verified, put in place and locked.
//!
//! Behaviour of OpenTofu's `providercache/installer.go`. Invariant: nothing is put in place whose hash the lock file
//! does not allow; where anything fails the locks are those from before, with what succeeded.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};
use schema::version::{Constraints, Dialect, Version};

use super::config::CliConfig;
use super::lock::{Lock, Locks};
use super::package::{Location, Package, path_in, program};
use super::places::{Places, platform};
use super::sources::{Offer, Sources};
use super::zip::Archive;
use crate::hash::{Freshness, Hashes};

/// What a configuration asks for: each provider with all constraints on its version, built-in ones left out or not.
pub type Requirements = BTreeMap<ProviderAddr, Constraints>;

/// Whether locked versions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// They do; only what is not locked is chosen anew.
    Locked,
    /// All versions are chosen anew: `init -upgrade`.
    Upgrade,
}

/// How a provider came to be in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It was there before.
    Reused,
    /// It was linked to where it lies.
    Linked,
    /// It was unpacked.
    Unpacked,
    /// It is under development, and used from where it lies.
    Overridden,
}

/// A provider that is in place now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The package.
    pub package: Package,
    /// How it came there.
    pub how: How,
    /// Whether its version was locked before.
    pub was_locked: bool,
}

/// Puts every required provider in place and locks it. `locks` are changed only for what succeeds; saving them is the
/// caller's.
pub fn install(
    places: &Places,
    config: &CliConfig,
    requirements: &Requirements,
    locks: &mut Locks,
    selection: Selection,
    hashes: &Hashes,
    diags: &mut Diags,
) -> Vec<Installed> {
    let sources = Sources::of(config, places);
    let installer = Installer { places, config, sources, selection, hashes, platform: platform() };
    let mut installed = Vec::new();
    for (provider, constraints) in
        requirements.iter().filter(|(provider, _)| !provider.is_builtin())
    {
        if let Some(folder) = config.dev_override(provider) {
            installed.extend(overridden(provider, folder, diags));
            continue;
        }
        match installer.one(provider, constraints, locks.lock_of(provider), diags) {
            Ok((done, lock)) => {
                locks.set(provider.clone(), lock);
                installed.push(done);
            }
            Err(diagnostic) => diags.push(*diagnostic),
        }
    }
    locks.retain(|provider| requirements.contains_key(provider));
    hashes.save();
    installed
}

fn overridden(provider: &ProviderAddr, folder: &Path, diags: &mut Diags) -> Option<Installed> {
    match dev_package(provider, folder) {
        Ok(package) => Some(Installed { package, how: How::Overridden, was_locked: false }),
        Err(diagnostic) => {
            diags.push(*diagnostic);
            None
        }
    }
}

/// The package of a provider under development.
pub(super) fn dev_package(
    provider: &ProviderAddr,
    folder: &Path,
) -> Result<Package, Box<Diagnostic>> {
    let package = |binary| Package {
        provider: provider.clone(),
        version: None,
        folder: folder.to_owned(),
        binary,
    };
    program(folder, provider).map(package).map_err(|error| {
        Box::new(
            Diagnostic::error(
                "provider-override-missing",
                "A provider under development is not there",
            )
            .detail(format!(
                "dev_overrides says that {} is in {}: {error}.",
                provider.for_display(),
                folder.display()
            ))
            .remedy("Build the provider into that folder, or take it out of dev_overrides."),
        )
    })
}

struct Installer<'a> {
    places: &'a Places,
    config: &'a CliConfig,
    sources: Sources,
    selection: Selection,
    hashes: &'a Hashes,
    platform: String,
}

type Outcome<T> = Result<T, Box<Diagnostic>>;

/// What is to be put in place.
struct Choice<'a> {
    provider: &'a ProviderAddr,
    version: Version,
    /// What was locked of this very version.
    lock: Option<&'a Lock>,
}

impl Installer<'_> {
    fn one(
        &self,
        provider: &ProviderAddr,
        constraints: &Constraints,
        lock: Option<&Lock>,
        diags: &mut Diags,
    ) -> Outcome<(Installed, Lock)> {
        let held = lock.filter(|_| self.selection == Selection::Locked);
        let version = match held {
            Some(lock) if !constraints.admits(&lock.version, Dialect::Provider) => {
                return Err(Box::new(locked_out(provider, lock, constraints)));
            }
            Some(lock) => lock.version.clone(),
            None => self.choose(provider, constraints, diags)?,
        };
        let choice =
            Choice { provider, lock: lock.filter(|lock| lock.version == version), version };
        let how = self.put_in_place(&choice)?;
        let package = self.placed(&choice)?;
        let hash =
            Location::Folder(package.folder.clone()).hash(self.hashes, Freshness::Remembered);
        let hash = hash.map_err(|error| Box::new(failed(provider, &package.folder, &error)))?;
        let before = choice.lock.map(|lock| lock.hashes().to_vec()).unwrap_or_default();
        let lock = Lock::new(
            choice.version.clone(),
            constraints.clone(),
            before.into_iter().chain([hash]),
        );
        Ok((Installed { package, how, was_locked: held.is_some() }, lock))
    }

    fn choose(
        &self,
        provider: &ProviderAddr,
        constraints: &Constraints,
        diags: &mut Diags,
    ) -> Outcome<Version> {
        let offer = self.sources.offer(provider);
        match constraints.newest(&offer.versions, Dialect::Provider) {
            Some(version) => {
                if let Some(remote) = offer.remote.first() {
                    diags.push(not_asked(provider, version, remote));
                }
                Ok(version.clone())
            }
            None => Err(Box::new(not_offered(provider, constraints, &offer))),
        }
    }

    /// Puts the package into the plugin cache, where there is one, and links to it; else straight into place.
    fn put_in_place(&self, choice: &Choice<'_>) -> Outcome<How> {
        let target =
            path_in(&self.places.packages_dir(), choice.provider, &choice.version, &self.platform);
        if self.is_there(&target, choice) {
            return Ok(How::Reused);
        }
        let Some(cache) = &self.config.plugin_cache_dir else { return self.place(choice, &target) };
        let cached = path_in(cache, choice.provider, &choice.version, &self.platform);
        let trusted = self.config.cache_may_break_lock && choice.lock.is_none() && cached.is_dir();
        if !trusted && !self.is_there(&cached, choice) {
            self.place(choice, &cached)?;
        }
        link(&cached, &target)
            .map_err(|error| Box::new(failed(choice.provider, &target, &error)))?;
        Ok(How::Linked)
    }

    /// Whether the package is there with a hash of the lock.
    fn is_there(&self, folder: &Path, choice: &Choice<'_>) -> bool {
        let location = Location::Folder(folder.to_owned());
        let matches =
            |lock| location.matches(lock, self.hashes, Freshness::Recomputed).unwrap_or(false);
        folder.is_dir() && choice.lock.is_some_and(matches)
    }

    fn place(&self, choice: &Choice<'_>, target: &Path) -> Outcome<How> {
        let Some(location) = self.sources.package(choice.provider, &choice.version) else {
            let offer = self.sources.offer(choice.provider);
            return Err(Box::new(not_for_this_system(choice, &offer, &self.platform)));
        };
        let fails = |error: io::Error| Box::new(failed(choice.provider, location.path(), &error));
        if let Some(lock) = choice.lock.filter(|lock| lock.usable_hashes().next().is_some())
            && !location.matches(lock, self.hashes, Freshness::Recomputed).map_err(fails)?
        {
            return Err(Box::new(wrong_hash(choice.provider, &choice.version, location.path())));
        }
        match &location {
            Location::Folder(folder) => link(folder, target).map(|()| How::Linked).map_err(fails),
            Location::Archive(archive) => {
                unpack(archive, target).map(|()| How::Unpacked).map_err(fails)
            }
        }
    }

    fn placed(&self, choice: &Choice<'_>) -> Outcome<Package> {
        let folder =
            path_in(&self.places.packages_dir(), choice.provider, &choice.version, &self.platform);
        let binary = program(&folder, choice.provider);
        let binary = binary.map_err(|error| Box::new(failed(choice.provider, &folder, &error)))?;
        let (provider, version) = (choice.provider.clone(), Some(choice.version.clone()));
        Ok(Package { provider, version, folder, binary })
    }
}

/// Makes `target` a link to `folder`, in place of whatever was there.
fn link(folder: &Path, target: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    clear(target)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    symlink(folder, target)
}

/// Unpacks beside `target` and moves it there when whole.
fn unpack(archive: &Path, target: &Path) -> io::Result<()> {
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    clear(&beside)?;
    let unpacked = Archive::open(archive).and_then(|archive| archive.extract(&beside));
    let placed = unpacked.and_then(|()| clear(target)).and_then(|()| fs::rename(&beside, target));
    if placed.is_err() {
        let _ = clear(&beside); // the first error is the one to tell
    }
    placed
}

fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    }
}

fn locked_out(provider: &ProviderAddr, lock: &Lock, constraints: &Constraints) -> Diagnostic {
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

fn not_asked(provider: &ProviderAddr, version: &Version, remote: &str) -> Diagnostic {
    Diagnostic::warning("provider-source-not-asked", "A provider may have later versions")
        .detail(format!(
            "{} {version} is the latest in folders of packages; {remote}, which may have later ones, is not asked yet.",
            provider.for_display()
        ))
}

fn not_offered(provider: &ProviderAddr, constraints: &Constraints, offer: &Offer) -> Diagnostic {
    let name = provider.for_display();
    let folders: Vec<String> = offer.searched.iter().map(|dir| dir.display().to_string()).collect();
    let searched = if folders.is_empty() { "no folder".to_owned() } else { folders.join(", ") };
    let wanted =
        if constraints.is_empty() { "any version".to_owned() } else { constraints.to_string() };
    let versions: Vec<String> = offer.versions.iter().map(ToString::to_string).collect();
    let found = match versions.is_empty() {
        true => format!("none was found in {searched}"),
        false => format!("{searched} has {}", versions.join(", ")),
    };
    let detail = format!("{wanted} of {name} is wanted; {found}.");
    match offer.remote.first() {
        Some(remote) => Diagnostic::error("provider-source-not-yet", "Providers cannot be fetched from a network yet")
            .detail(format!("{detail} Installing by {remote} is not there yet."))
            .remedy("Put the package into a folder and name that as filesystem_mirror under provider_installation."),
        None => Diagnostic::error("provider-not-found", "A provider is not offered anywhere")
            .detail(detail)
            .remedy("Put the package into one of these folders, or name its folder under provider_installation."),
    }
}

fn not_for_this_system(choice: &Choice<'_>, offer: &Offer, platform: &str) -> Diagnostic {
    if offer.versions.contains(&choice.version) {
        return Diagnostic::error("provider-platform", "A provider has no package for this system")
            .detail(format!(
                "{} {} has no package for {platform}.",
                choice.provider.for_display(),
                choice.version
            ))
            .remedy("Put a package for this system into the mirror, or choose another version.");
    }
    not_offered(choice.provider, &Constraints::exactly(choice.version.clone()), offer)
}

pub(super) fn wrong_hash(provider: &ProviderAddr, version: &Version, path: &Path) -> Diagnostic {
    Diagnostic::error("provider-checksum", "A provider's package is not the one that was locked")
        .detail(format!(
            "The package of {} {version} at {} has none of the hashes in the lock file.",
            provider.for_display(),
            path.display()
        ))
        .remedy(
            "If the package is to be trusted, remove the provider's hashes from the lock file and run init; \
             else find out who changed it. Packages for other systems have other hashes.",
        )
}

pub(super) fn failed(provider: &ProviderAddr, path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error("provider-package", "A provider's package cannot be used")
        .detail(format!(
            "The package of {} at {}: {error}.",
            provider.for_display(),
            path.display()
        ))
        .remedy("Mend or replace the package, then run init again.")
}
