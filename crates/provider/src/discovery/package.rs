//! One package of a provider: a folder or an archive, with its hash and its program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use addr::ProviderAddr;
use schema::version::Version;

use super::dirhash;
use super::lock::Lock;
use crate::hash::{Freshness, Hashes};

/// A provider that is ready to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The provider.
    pub provider: ProviderAddr,
    /// The version; none of a provider under development.
    pub version: Option<Version>,
    /// The folder of the package.
    pub folder: PathBuf,
    /// The program in it.
    pub binary: PathBuf,
}

/// Where a package lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// Unpacked.
    Folder(PathBuf),
    /// Packed.
    Archive(PathBuf),
}

impl Location {
    pub(super) fn path(&self) -> &Path {
        match self {
            Location::Folder(path) | Location::Archive(path) => path,
        }
    }

    /// Its `h1:` hash.
    pub(super) fn hash(&self, hashes: &Hashes, freshness: Freshness) -> io::Result<Arc<str>> {
        match self {
            Location::Folder(folder) => dirhash::of_folder(folder, hashes, freshness),
            Location::Archive(archive) => dirhash::of_archive(archive),
        }
    }

    /// Whether it has one of the lock's hashes. Of a folder only `h1:` can be told.
    pub(super) fn matches(
        &self,
        lock: &Lock,
        hashes: &Hashes,
        freshness: Freshness,
    ) -> io::Result<bool> {
        let has = |scheme: &str, hash: &Arc<str>| {
            lock.usable_hashes().any(|one| one.starts_with(scheme) && one == hash)
        };
        if lock.usable_hashes().any(|hash| hash.starts_with("h1:"))
            && has("h1:", &self.hash(hashes, freshness)?)
        {
            return Ok(true);
        }
        match self {
            Location::Folder(_) => Ok(false),
            Location::Archive(path) => {
                dirhash::of_archive_bytes(path, hashes, freshness).map(|hash| has("zh:", &hash))
            }
        }
    }
}

/// The path of a package below a folder of packages.
pub(super) fn path_in(
    base: &Path,
    provider: &ProviderAddr,
    version: &Version,
    platform: &str,
) -> PathBuf {
    let ProviderAddr { host, namespace, name } = provider;
    base.join(&**host).join(&**namespace).join(&**name).join(version.to_string()).join(platform)
}

/// The program in the folder of a package: named for the provider, whatever follows `_` or `.`.
pub(super) fn program(folder: &Path, provider: &ProviderAddr) -> io::Result<PathBuf> {
    let prefix = format!("terraform-provider-{}", provider.name);
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort_unstable();
    let fits = |name: &&String| {
        name.strip_prefix(&prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.']))
    };
    match names.iter().find(fits) {
        Some(name) => Ok(folder.join(name)),
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no program {prefix} in it"),
        )),
    }
}
