//! The ways of installing in their order, and what they offer of a provider.
//!
//! Folders of packages are searched; ways that reach out are only remembered by name. Behaviour of OpenTofu's
//! `getproviders`. Invariant: a folder that the filter does not admit is not looked into.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use addr::ProviderAddr;
use schema::version::Version;

use super::config::{CliConfig, Method, MethodKind};
use super::package::{Location, path_in};
use super::patterns::Filter;
use super::places::{Places, platform};

/// The ways of installing that hold for a command.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    methods: Vec<Method>,
    implied: bool,
    platform: String,
}

/// What is offered of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// The versions in folders, for whatever system.
    pub(super) versions: BTreeSet<Version>,
    /// The ways that would reach out for it.
    pub(super) remote: Vec<&'static str>,
    /// The folders that were searched.
    pub(super) searched: Vec<PathBuf>,
}

impl Sources {
    /// What the configuration says; else the folders that are mirrors by where they are, then the registry.
    pub(super) fn of(config: &CliConfig, places: &Places) -> Sources {
        let platform = platform();
        if let Some(methods) = &config.methods {
            return Sources { methods: methods.clone(), implied: false, platform };
        }
        let folders = places.implied_mirrors.iter().filter(|dir| dir.is_dir());
        let kinds = folders.map(|dir| MethodKind::FilesystemMirror(dir.clone()));
        let kinds = kinds.chain([MethodKind::Remote("direct")]);
        let methods = kinds.map(|kind| Method { kind, filter: Filter::default() }).collect();
        Sources { methods, implied: true, platform }
    }

    /// What is offered of a provider.
    pub(super) fn offer(&self, provider: &ProviderAddr) -> Offer {
        let mut offer = Offer::default();
        for method in self.methods.iter().filter(|method| method.filter.admits(provider)) {
            match &method.kind {
                MethodKind::FilesystemMirror(base) => {
                    offer
                        .versions
                        .extend(packages(base, provider).into_iter().map(|found| found.version));
                    offer.searched.push(base.clone());
                }
                // What implied folders hold is not asked of the registry.
                MethodKind::Remote(_) if self.implied && !offer.versions.is_empty() => {}
                MethodKind::Remote(name) => offer.remote.push(name),
            }
        }
        offer
    }

    /// The package of a version for this system, from the first folder that has it.
    pub(super) fn package(&self, provider: &ProviderAddr, version: &Version) -> Option<Location> {
        let admitting = self.methods.iter().filter(|method| method.filter.admits(provider));
        admitting
            .filter_map(|method| match &method.kind {
                MethodKind::FilesystemMirror(base) => self.package_in(base, provider, version),
                MethodKind::Remote(_) => None,
            })
            .next()
    }

    fn package_in(
        &self,
        base: &Path,
        provider: &ProviderAddr,
        version: &Version,
    ) -> Option<Location> {
        let unpacked = path_in(base, provider, version, &self.platform);
        if unpacked.is_dir() {
            return Some(Location::Folder(unpacked));
        }
        let fits = |found: &Found| found.version == *version && found.platform == self.platform;
        packages(base, provider).into_iter().find(fits).map(|found| found.location)
    }
}

#[derive(Clone, Debug)]
struct Found {
    version: Version,
    platform: String,
    location: Location,
}

/// The packages of a provider in a folder of packages, unpacked ones first.
fn packages(base: &Path, provider: &ProviderAddr) -> Vec<Found> {
    let ProviderAddr { host, namespace, name } = provider;
    let folder = base.join(&**host).join(&**namespace).join(&**name);
    let (mut unpacked, mut packed) = (Vec::new(), Vec::new());
    for (path, entry) in children(&folder) {
        if path.is_dir() {
            if let Ok(version) = Version::parse(&entry) {
                let platforms = children(&path).into_iter().filter(|(path, _)| path.is_dir());
                unpacked.extend(platforms.map(|(path, platform)| Found {
                    version: version.clone(),
                    platform,
                    location: Location::Folder(path),
                }));
            }
        } else if let Some((version, platform)) = archive_name(&entry, name) {
            packed.push(Found { version, platform, location: Location::Archive(path) });
        }
    }
    unpacked.extend(packed);
    unpacked
}

/// What a folder holds, by name; nothing, where it cannot be read.
fn children(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named =
        entries.filter_map(|entry| Some((entry.path(), entry.file_name().into_string().ok()?)));
    let mut children: Vec<(PathBuf, String)> = named.collect();
    children.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    children
}

/// Version and system in the name of an archive: `terraform-provider-NAME_VERSION_OS_ARCH.zip`.
fn archive_name(file: &str, name: &str) -> Option<(Version, String)> {
    let lower = file.to_ascii_lowercase();
    let rest = lower.strip_prefix("terraform-provider-")?.strip_prefix(name)?.strip_prefix('_')?;
    let mut parts = rest.strip_suffix(".zip")?.split('_');
    let version = Version::parse(parts.next()?).ok()?;
    Some((version, format!("{}_{}", parts.next()?, parts.next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives() {
        let read = |file: &str| {
            archive_name(file, "aws").map(|(version, platform)| format!("{version} {platform}"))
        };
        assert_eq!(
            read("terraform-provider-aws_5.1.0_linux_amd64.zip").as_deref(),
            Some("5.1.0 linux_amd64")
        );
        assert_eq!(read("terraform-provider-awscc_5.1.0_linux_amd64.zip"), None);
        assert_eq!(read("terraform-provider-aws_5.1.0.zip"), None);
        assert_eq!(read("terraform-provider-aws_latest_linux_amd64.zip"), None);
    }

    #[test]
    fn both_layouts_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("registry.opentofu.org/hashicorp/aws");
        let this = platform();
        fs::create_dir_all(base.join("1.0.0").join(&this)).unwrap();
        fs::create_dir_all(base.join("1.1.0/plan9_mips")).unwrap();
        fs::write(base.join(format!("terraform-provider-aws_2.0.0_{this}.zip")), "").unwrap();
        let kind = MethodKind::FilesystemMirror(dir.path().to_owned());
        let sources = Sources {
            methods: vec![Method { kind, filter: Filter::default() }],
            implied: false,
            platform: this,
        };
        let aws: ProviderAddr = "hashicorp/aws".parse().unwrap();
        let offer = sources.offer(&aws);
        let versions: Vec<String> = offer.versions.iter().map(ToString::to_string).collect();
        assert_eq!(versions, ["1.0.0", "1.1.0", "2.0.0"]);
        let package = |version: &str| sources.package(&aws, &Version::parse(version).unwrap());
        assert!(matches!(package("1.0.0"), Some(Location::Folder(_))));
        assert_eq!(package("1.1.0"), None);
        assert!(matches!(package("2.0.0"), Some(Location::Archive(_))));
    }
}
